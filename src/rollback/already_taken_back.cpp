#include "rollback/already_taken_back.hpp"

#include "catalog/run_record.hpp"
#include "rollback/rollback_terms.hpp"

#include <algorithm>

namespace migsafe {
namespace {

/* A call that takes them back. */
std::string
rollback_call(const std::vector<int64> &runs)
{
	return runs.size() == 1
			   ? "SELECT * FROM migsafe.rollback(" + std::to_string(runs.front()) + ");"
			   : rollback_runs_call(runs);
}

/* "run 3 has", "runs 5, 3 have". */
std::string
runs_and_verb(const std::vector<int64> &runs, const char *one, const char *several)
{
	std::string list;

	for (const int64 run_id : runs)
		list += (list.empty() ? "" : ", ") + std::to_string(run_id);
	return (runs.size() == 1 ? "run " : "runs ") + list + (runs.size() == 1 ? one : several);
}

} // namespace

failure
already_taken_back(int64 run_id, int64 by)
{
	const std::string kind = catalog::find_run(by).kind;
	std::string detail = "That was done by run " + std::to_string(by) + ", a " + kind;
	std::string hint = "To do it again, call migsafe.run_safe().";

	if (kind == "rollback")
	{
		std::vector<int64> undone = catalog::standing_parts(run_id);
		const std::vector<int64> redone = catalog::standing_parts(by);

		if (!undone.empty())
			detail += ", after " +
					  runs_and_verb(undone, " had taken back a part", " had taken back parts");
		if (!redone.empty())
			detail += "; " + runs_and_verb(redone, " has", " have") + " redone a part of it";
		undone.push_back(by);
		std::sort(undone.begin(), undone.end(), std::greater<>());
		hint =
			(redone.empty() ? "" : "To take back what was redone: " + rollback_call(redone) + " ") +
			(redone.empty() ? "To redo the run, roll " : "To redo the rest, roll ") +
			(undone.size() == 1 ? "that rollback back: " : "these rollbacks back: ") +
			rollback_call(undone);
	}
	return failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				   "run " + std::to_string(run_id) + " has already been taken back")
		.detail(detail + ".")
		.hint(hint);
}

} // namespace migsafe
