/*
 * backup_tables.cpp
 *		migsafe.backup_tables: backups of several tables as they were at one moment.
 */
#include "backup/backup_set.hpp"
#include "pg/message.hpp"
#include "pg/once.hpp"
#include "pg/snapshot.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;

namespace {

void
announce(const std::vector<catalog::backup_record> &taken)
{
	int64 rows = 0, bytes = 0;

	for (const catalog::backup_record &b : taken)
	{
		rows += b.row_count;
		bytes += b.bytes;
	}
	pg::notice("backup set " + std::to_string(*taken.front().backup_set) + ": " +
				   pg::count_of(static_cast<int64>(taken.size()), "table") + ", " +
				   pg::count_of(rows, "row") + ", " + pg::size_text(bytes) + ", verified",
			   "To restore them together: " + restore_call_of_set(taken));
}

} // namespace

MIGSAFE_SET_ACTION(migsafe_backup_tables)
{
	const pg::arguments args(fcinfo);

	args.require(0, "targets");
	require_read_write("migsafe.backup_tables()", "Call it in a read-write transaction.");

	const target_list targets(args, 0, "targets", AccessShareLock);

	for (const auto &t : targets.tables())
	{
		t->require_readable();
		require_no_children(*t);
	}

	/* under READ COMMITTED too, one snapshot for all: of a moment when no table can be truncated any more */
	const pg::registered_snapshot snapshot;
	std::vector<catalog::backup_record> taken;
	std::vector<std::vector<pg::value>> rows;
	catalog::backup_record asked;

	asked.label = args.optional_string(1);
	asked.backup_set = catalog::new_backup_set();
	for (const auto &t : targets.tables())
		taken.push_back(take_backup(*t, place_asked_for(args.null(2) ? t->schema() : args.name(2)),
									asked, snapshot.get()));
	announce(taken);
	for (const size_t i : targets.as_given())
		rows.push_back({pg::value::of_oid(targets.tables()[i]->relid()),
						pg::value::of(taken[i].backup_set), pg::value::of(taken[i].backup_id),
						pg::value::text(taken[i].quoted()), pg::value::of(taken[i].row_count),
						pg::value::of(taken[i].bytes), pg::value::text(taken[i].fingerprint)});
	return pg::make_records(fcinfo, rows);
}
