#include "rollback/rollback_failure.hpp"

#include "pg/message.hpp"

namespace migsafe {

void
raise_stopped(const undo_source &source, const conflict_list &conflicts)
{
	const std::string id = std::to_string(source.run().run_id);
	const auto &piece = source.piece();

	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  "rollback of run " + id + " stopped: " + (piece ? "at least " : "") +
					  pg::count_of(conflicts.found(), "conflict"))
		.detail(conflicts.text())
		.hint((piece ? "What was taken back before stays so. Call rollback_online again with "
					   "on_conflict => "
					 : std::string("Nothing was changed. dry_run => true lists all conflicts in "
								   "conflict_rows. on_conflict => ")) +
			  "'skip' to leave such rows as they are, 'merge' to keep both changes where there is "
			  "room, 'overwrite' to lose the later ones" +
			  (source.terms().on_missing == missing_policy::stop
				   ? "; on_missing => 'leave' to pass over rows that are gone"
				   : "") +
			  (piece ? "; or put back the values that the run wrote, and CALL "
					   "migsafe.resume_online(" +
						   std::to_string(piece->rollback_run_id) + ")."
					 : std::string(".")));
}

failure
changed_meanwhile()
{
	return failure(ERRCODE_T_R_SERIALIZATION_FAILURE,
				   "a row was changed while it was being rolled back")
		.hint("Call again.");
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
