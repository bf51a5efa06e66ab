/*
 * restore_tables.cpp
 *		migsafe.restore_tables: several tables put back as a set of backups has them.
 */
#include "backup/backup_set.hpp"
#include "backup/restore_together.hpp"
#include "pg/once.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;

MIGSAFE_SET_ACTION(migsafe_restore_tables)
{
	const pg::arguments args(fcinfo);

	args.require(0, "targets");

	const restore_request request = restore_request_of(args, 2, true);

	if (!request.dry_run)
		require_read_write("migsafe.restore_tables()", "Use dry_run => true to see the plan only.");

	const target_list targets(args, 0, "targets", AccessShareLock);

	for (const auto &t : targets.tables())
		require_restore_rights(*t, request);

	const std::vector<catalog::backup_record> backups =
		choose_set(targets, args.null(1) ? std::nullopt : std::optional<int64>(args.bigint(1)));
	std::vector<restorable_table> tables;
	std::vector<std::vector<pg::value>> rows;

	for (size_t i = 0; i < targets.size(); i++)
		tables.push_back({*targets.tables()[i], backups[i]});

	const std::vector<restore_result> results = restore_together(tables, request);

	for (const size_t i : targets.as_given())
	{
		rows.push_back({pg::value::of_oid(targets.tables()[i]->relid())});
		rows.back().insert(rows.back().end(), results[i].begin(), results[i].end());
	}
	return pg::make_records(fcinfo, rows);
}
