#include "run/redone_part.hpp"

#include "catalog/run_record.hpp"
#include "catalog/unfinished_rollback.hpp"

namespace migsafe {
namespace {

/* In batches that have committed, as far as they have come. */
std::optional<catalog::unfinished_rollback>
being_redone_by(int64 run_id)
{
	for (const catalog::unfinished_rollback &found : catalog::unfinished_rollbacks(run_id))
	{
		if (found.redoes())
			return found;
	}
	return std::nullopt;
}

} // namespace

std::optional<failure>
redone_in_part(const std::string &name)
{
	for (const int64 run_id : catalog::runs_taken_back(name))
	{
		if (const auto redo = being_redone_by(run_id))
			return redo->in_the_way_of("run \"" + name + "\"");

		const std::vector<int64> parts = catalog::standing_parts(*catalog::taken_back_by(run_id));

		if (parts.empty())
			continue;

		const std::string id = std::to_string(run_id), part = std::to_string(parts.front());

		return failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					   "run \"" + name + "\" was taken back, and a part of it has been redone")
			.detail("Run " + part + " has redone a part of run " + id +
					". To run all of it again would change those rows twice.")
			.hint("Take back what was redone: SELECT * FROM migsafe.rollback(" + part +
				  "); then call again. Or choose another name, and leave those rows out.");
	}
	return std::nullopt;
}

} // namespace migsafe
