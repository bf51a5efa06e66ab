#include "rollback/rollback_failure.hpp"

#include "pg/message.hpp"

namespace migsafe {

namespace {

/* What stopped it, for the message. */
std::string
summary(const conflict_list &conflicts)
{
	const int64 n = conflicts.found();

	if (conflicts.has_others(conflict_kind::missing))
		return pg::count_of(n, "conflict");
	return pg::count_of(n, "row") + (n == 1 ? " is missing" : " are missing");
}

/* What a rollback wrote no merge computes again. */
const char *
merge_of(const catalog::run_record &run)
{
	return run.rollback_of ? "" : "'merge' to keep both changes where there is room, ";
}

/* The arguments that pass over what stopped it; empty if there are none. */
std::string
ways_on(const catalog::run_record &run, const conflict_list &conflicts)
{
	std::string ways;

	if (conflicts.has(conflict_kind::changed))
		ways = std::string("on_conflict => 'skip' to leave such rows as they are, ") +
			   merge_of(run) + "'overwrite' to lose the later ones";
	else if (conflicts.has(conflict_kind::taken) || conflicts.has(conflict_kind::unrelated) ||
			 conflicts.has(conflict_kind::refused))
		ways = "on_conflict => 'skip' to leave such rows as they are";
	if (conflicts.has(conflict_kind::missing))
		ways += std::string(ways.empty() ? "" : "; ") +
				"on_missing => 'leave' to pass over rows that are gone";
	return ways;
}

/* What to mend in the tables instead, as a part of a sentence; empty if that is not told by kind. */
std::string
repair(const conflict_list &conflicts)
{
	if (conflicts.has(conflict_kind::repeated))
		return "give each row a key of its own again";
	if (conflicts.has(conflict_kind::taken))
		return "change or delete the row that is in the way, which has the key in parentheses";
	if (conflicts.has(conflict_kind::unrelated))
		return "mend the rows of the other table, with which the foreign key does not admit the "
			   "old value";
	if (conflicts.has(conflict_kind::refused))
		return "change the constraint of today, which does not admit the old value";
	return "";
}

/* Whoever has several rows with one key is not helped by any argument. */
const char *
beside(const conflict_list &conflicts)
{
	return conflicts.has(conflict_kind::repeated) ? "; and " : "; or ";
}

/* What finds constraints with other rows is to write. */
bool
shows_in_dry_run(const conflict_list &conflicts)
{
	return !conflicts.has(conflict_kind::taken) && !conflicts.has(conflict_kind::unrelated);
}

/* together: the runs, if several are taken back, for which there is no dry run. */
std::string
hint_at_once(const catalog::run_record &run, const conflict_list &conflicts,
			 const std::vector<int64> &together)
{
	const std::string ways = ways_on(run, conflicts), mend = repair(conflicts);

	return std::string("Nothing was changed. ") +
		   (together.empty() && shows_in_dry_run(conflicts)
				? "dry_run => true lists all conflicts in conflict_rows. "
				: "") +
		   (ways.empty() ? "Before another call, " : ways) +
		   (ways.empty() || mend.empty() ? "" : beside(conflicts)) + mend + "." +
		   (together.empty()
				? ""
				: " To look first: BEGIN; " +
					  rollback_runs_call(together, "on_conflict => 'skip'") + " ROLLBACK;");
}

/* It can go on where it has stopped. */
std::string
hint_of_piece(const catalog::run_record &run, const conflict_list &conflicts, int64 rollback_run_id)
{
	const std::string ways = ways_on(run, conflicts), mend = repair(conflicts);

	return "What was taken back before stays so. " +
		   (ways.empty() ? "To go on, "
						 : "Call rollback_online again with " + ways + beside(conflicts)) +
		   (mend.empty() ? "put back the values that the run wrote" : mend) +
		   ", and CALL migsafe.resume_online(" + std::to_string(rollback_run_id) + ").";
}

} // namespace

void
raise_stopped(const undo_source &source, const conflict_list &conflicts)
{
	const auto &piece = source.piece();

	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  "rollback of run " + std::to_string(source.run().run_id) +
					  " stopped: " + (piece ? "at least " : "") + summary(conflicts))
		.detail(conflicts.text())
		.hint(piece ? hint_of_piece(source.run(), conflicts, piece->rollback_run_id)
					: hint_at_once(source.run(), conflicts, source.terms().together));
}

failure
changed_meanwhile()
{
	return failure(ERRCODE_T_R_SERIALIZATION_FAILURE,
				   "a row was changed while it was being rolled back")
		.hint("Call again.");
}

void
notice_of_nothing(int64 run_id, const rollback_terms &terms, int64 rows)
{
	if (rows == 0 && terms.is_partial())
		pg::notice("no row that run " + std::to_string(run_id) +
					   " wrote is selected: nothing to take back",
				   "Selected by " + part_text(terms) + ".");
}

void
warn_of_missing(int64 run_id, int64 missing)
{
	if (missing > 0)
		pg::warning(
			pg::count_of(missing, "row") + " of run " + std::to_string(run_id) +
				(missing == 1 ? " is" : " are") + " not there any more",
			"Deleted since, or their keys were changed: then they are as the run left them.");
}

} // namespace migsafe
