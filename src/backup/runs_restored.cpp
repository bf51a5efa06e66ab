#include "backup/runs_restored.hpp"

#include "catalog/run_record.hpp"
#include "pg/message.hpp"

namespace migsafe {

void
tell_of_runs(const target &t, const catalog::backup_record &backup, bool exact)
{
	const std::string stands = "migsafe.taken_back_by(r.run_id) IS NULL";
	const std::string seen = "b.runs_seen || coalesce(b.related_runs_seen, '{}')";
	const std::string stood =
		"r.run_id = ANY (b.runs_seen) AND migsafe.taken_back_by(r.run_id, " + seen + ") IS NULL";
	const auto runs = [&](const std::string &condition) {
		return catalog::runs_where(t, backup.backup_id, condition);
	};
	const std::string id = std::to_string(backup.backup_id);

	if (const std::string related =
			catalog::runs_where(t, backup.backup_id, stands + " AND r.run_id <> ALL (" + seen + ")",
								catalog::whose::related);
		!related.empty())
		pg::notice(
			"these runs of other tables that have rows of this one still count as committed: " +
				related,
			"In the rows that were restored their changes may be undone.");
	if (exact)
	{
		if (const std::string kept = runs(stood); !kept.empty())
			pg::notice("backup " + id + " holds what these runs of the table wrote: " + kept,
					   "To take them back, use migsafe.rollback(), or restore an older backup.");
		return;
	}
	if (const std::string undone = runs(stands + " AND NOT (" + stood + ")"); !undone.empty())
		pg::notice(
			"these runs of the table still count as committed: " + undone,
			"Their changes are undone in the rows of the backup. To run them again, roll them "
			"back: that also undoes the rows that are not in the backup.");
	if (const std::string back = runs("NOT (" + stands + ") AND " + stood); !back.empty())
		pg::warning("these runs of the table still count as rolled back: " + back,
					"Backup " + id +
						" holds what they wrote. Do not run them again on these rows.");
}

} // namespace migsafe
