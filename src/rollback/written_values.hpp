/*
 * written_values.hpp
 *		What a run wrote, computed again.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "pg/settings.hpp"
#include "run/transform.hpp"
#include "table/row_evaluator.hpp"

#include <optional>
#include <vector>

namespace migsafe {

/*
 * The undo log has only a hash of what a run wrote.  The value itself is what the
 * run's own transform makes of the row before the run; whether it is, the hash
 * tells.  Expressions run as the role that began the run, and with its settings.
 */
class written_values
{
public:
	/*
	 * The target has to outlive it.  Of a run without a transform, or whose expressions are none
	 * any more, there are no values.
	 */
	written_values(const target &t, const catalog::run_record &run);

	/*
	 * Compute them for a row, in the target's layout, as it was before the run but for
	 * its generated columns, which are computed first; false if that fails.
	 */
	bool compute(TupleTableSlot *before);

	/* The value of a column of the target, until the next is computed; nullptr if the transform does not set it. */
	[[nodiscard]] const NullableDatum *find(AttrNumber attnum) const;

private:
	const target &target_;
	const Oid role_;
	const std::vector<pg::setting> settings_;
	pg::memory_context cxt_{"migsafe written values"};
	transform transform_;
	std::optional<row_evaluator> expressions_;
	std::vector<NullableDatum> values_; /* [column of the transform] */

	template <typename Fn>
	bool as_in_run(Fn fn);
	void keep(TupleTableSlot *values);
};

} // namespace migsafe
