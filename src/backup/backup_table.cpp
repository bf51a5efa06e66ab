/*
 * backup_table.cpp
 *		migsafe.backup_table: a full copy of a table, proven to be one.
 */
#include "backup/take_backup.hpp"
#include "pg/once.hpp"
#include "pg/snapshot.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;

MIGSAFE_ACTION(migsafe_backup_table)
{
	const pg::arguments args(fcinfo);

	args.require(0, "target");
	require_read_write("migsafe.backup_table()", "Call it in a read-write transaction.");

	const target t(args.oid(0), "target", AccessShareLock);

	t.require_readable();
	require_no_children(t);

	const pg::registered_snapshot snapshot;
	catalog::backup_record asked;

	asked.label = args.optional_string(1);

	const catalog::backup_record b = take_backup(
		t, place_asked_for(args.null(2) ? t.schema() : args.name(2)), asked, snapshot.get());

	announce(b);
	return pg::make_record(fcinfo, result_of(b));
}
