/*
 * restore.cpp
 *		migsafe.restore: a table put back as a backup has it.
 */
#include "backup/choose_backup.hpp"
#include "backup/restore_together.hpp"
#include "pg/once.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;

MIGSAFE_ACTION(migsafe_restore)
{
	const pg::arguments args(fcinfo);

	args.require(0, "target");

	const restore_request request = restore_request_of(args, 2, false);

	if (!request.dry_run)
		require_read_write("migsafe.restore()", "Use dry_run => true to see the plan only.");

	const target t(args.oid(0), "target", AccessShareLock);

	require_restore_rights(t, request);

	const catalog::backup_record backup =
		choose_backup(t, args.null(1) ? std::nullopt : std::optional<int64>(args.bigint(1)));

	return pg::make_record(fcinfo, restore_together({{t, backup}}, request).front());
}
