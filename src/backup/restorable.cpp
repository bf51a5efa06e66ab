#include "backup/restorable.hpp"

#include "backup/fingerprint.hpp"
#include "catalog/run_record.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/*
 * The backup belongs to the target's owner, who may have altered it: its values
 * are used by position, so each has to be of the type that is expected there.
 */
void
check_shape(const target &t, const catalog::backup_record &backup, Relation copy)
{
	const TupleDesc shape = RelationGetDescr(copy);
	const std::vector<column> &columns = t.columns();
	bool same = copy->rd_rel->relkind == RELKIND_RELATION && !copy->rd_rel->relhassubclass &&
				shape->natts == static_cast<int>(columns.size());

	for (size_t i = 0; same && i < columns.size(); i++)
	{
		const FormData_pg_attribute &att = *TupleDescAttr(shape, static_cast<int>(i));

		same = !att.attisdropped && columns[i].name == NameStr(att.attname) &&
			   att.atttypid == pg::call(getBaseType, columns[i].type);
	}
	if (!same)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "backup table " + backup.quoted() +
																	" does not fit table \"" +
																	t.name() + "\"")
			.detail("It was altered or replaced since the backup was taken.")
			.hint("Restore another backup, or copy from " + backup.quoted() + " by hand.");
}

void
check_columns(const target &t, const catalog::backup_record &backup)
{
	const std::string differ = catalog::columns_that_differ(t.relid(), backup.backup_id);

	if (differ.empty())
		return;

	const std::string runs =
		catalog::runs_where(t, backup.backup_id,
							"r.pruned_at IS NULL AND r.run_id <> ALL (b.runs_seen)"
							" AND migsafe.taken_back_by(r.run_id) IS NULL");

	throw failure(ERRCODE_DATATYPE_MISMATCH, "table \"" + t.name() +
												 "\" has other columns than backup " +
												 std::to_string(backup.backup_id))
		.detail(differ)
		.hint((runs.empty() ? ""
							: "To take back what these runs wrote, use migsafe.rollback(), which "
							  "minds only the columns that they changed: " +
								  runs + ". ") +
			  "To keep the table's columns, copy what you need from " + backup.quoted() +
			  " by hand; to restore, give it those of the backup.");
}

} // namespace

void
require_restorable(const target &t, const catalog::backup_record &backup, Relation copy)
{
	check_columns(t, backup);
	check_shape(t, backup, copy);
	if (summarize_now(RelationGetRelid(copy)) !=
		content_summary{backup.row_count, backup.fingerprint})
		throw failure(ERRCODE_DATA_CORRUPTED,
					  "backup " + std::to_string(backup.backup_id) + " is no longer what it was")
			.detail("The rows of table " + backup.quoted() +
					" do not have the recorded count and fingerprint.")
			.hint("See SELECT * FROM migsafe.verify_backup(" + std::to_string(backup.backup_id) +
				  "), and restore another backup.");
}

void
require_rows(const std::vector<restorable_table> &tables)
{
	if (!std::all_of(tables.begin(), tables.end(), [](const restorable_table &r) {
			return r.backup.row_count == 0 && !r.backup.restore_run_id;
		}))
		return;

	const restorable_table &first = tables.front();

	if (tables.size() > 1)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "the backups of all " + std::to_string(tables.size()) + " tables are empty")
			.detail("Restoring them would delete every row of these tables.")
			.hint("If that is what you want, use TRUNCATE.");
	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  "backup " + std::to_string(first.backup.backup_id) + " is empty")
		.detail("Restoring it would delete every row of table \"" + first.table.name() + "\".")
		.hint("If that is what you want, use TRUNCATE.");
}

} // namespace migsafe
