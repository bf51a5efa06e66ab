/*
 * verify_backup.cpp
 *		migsafe.verify_backup: is a backup still what its manifest says?
 */
#include "backup/backup_access.hpp"
#include "backup/fingerprint.hpp"
#include "pg/value.hpp"

using namespace migsafe;

MIGSAFE_FUNCTION(migsafe_verify_backup)
{
	const pg::arguments args(fcinfo);

	args.require(0, "backup_id");

	const catalog::backup_record backup = catalog::find_backup(args.bigint(0));
	const content_summary expected{backup.row_count, backup.fingerprint};
	const content_summary actual = summarize_now(backup_table_for_caller(backup));

	return pg::make_record(fcinfo,
						   {pg::value::of(actual == expected), pg::value::of(expected.rows),
							pg::value::of(actual.rows), pg::value::text(expected.fingerprint),
							pg::value::text(actual.fingerprint)});
}
