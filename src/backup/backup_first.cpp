#include "backup/backup_first.hpp"

#include "backup/backup_set.hpp"
#include "pg/message.hpp"
#include "pg/snapshot.hpp"

namespace migsafe {
namespace {

backup_place
place_beside(const std::string &backup_schema)
{
	return {backup_schema, "pass backup_first => false.",
			"Pass backup_first => false, or restore a backup that lies in a schema that no "
			"publication includes."};
}

/* How to undo the restore. */
std::string
restore_call(const std::vector<catalog::backup_record> &taken)
{
	if (taken.front().backup_set)
		return restore_call_of_set(taken);
	return "SELECT * FROM migsafe.restore(" + pg::literal(taken.front().target.quoted()) + ", " +
		   std::to_string(taken.front().backup_id) + ");";
}

} // namespace

void
tell_how_to_undo(const std::vector<catalog::backup_record> &taken)
{
	for (const catalog::backup_record &b : taken)
	{
		const bool last = &b == &taken.back();

		pg::notice("backup " + std::to_string(b.backup_id) + " of table " + b.target.quoted() +
					   " as it was before this restore: " + summary_of(b),
				   last ? "To undo this restore: " + restore_call(taken) : "");
	}
}

std::vector<catalog::backup_record>
back_up_first(const std::vector<endangered_table> &tables, bool as_set)
{
	if (tables.empty())
		return {};

	const pg::registered_snapshot snapshot;
	std::vector<catalog::backup_record> taken;
	catalog::backup_record asked;

	if (as_set)
		asked.backup_set = catalog::new_backup_set();
	for (const endangered_table &e : tables)
	{
		asked.restore_run_id = e.restore_run_id;
		taken.push_back(take_backup(e.table, place_beside(e.schema), asked, snapshot.get()));
	}
	return taken;
}

} // namespace migsafe
