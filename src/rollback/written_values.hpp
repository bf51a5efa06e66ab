/*
 * written_values.hpp
 *		What a run wrote, computed again.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "pg/settings.hpp"
#include "run/transform.hpp"
#include "table/row_evaluator.hpp"

#include <list>
#include <string>
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
	/* The target has to outlive it.  55006 within an expression that another one computes. */
	written_values(const target &t, const catalog::run_record &run);
	/* Is this within such an expression? */
	static bool are_being_computed();

	/*
	 * What the run wrote into a column of type jsonb, until the next is computed.  before: the
	 * row, in the target's layout, as it was before the run but for its generated columns,
	 * which are computed first.  nullptr if the transform does not set the column, if its
	 * expression is none any more, whatever may be with those of others, or if it fails.
	 */
	const NullableDatum *compute(AttrNumber attnum, TupleTableSlot *before);

	/* The role that began the run, if the caller has not the rights of it, and so nothing is computed; or empty. */
	[[nodiscard]] const std::string &lacking() const { return lacking_; }

private:
	/* Each by itself: one may name a column that is not there any more. */
	struct column_expression
	{
		column_expression(const target &t, const transform &only)
			: attnum(only.columns.at(0)), value(t, only.expressions)
		{
		}

		const AttrNumber attnum;
		row_evaluator value;
	};

	const target &target_;
	const Oid role_;
	const std::string lacking_;
	const std::vector<pg::setting> settings_;
	pg::memory_context cxt_{"migsafe written values"};
	std::list<column_expression> expressions_;
	NullableDatum value_{};

	template <typename Fn>
	bool as_in_run(Fn fn);
	void parse(const std::string &transform, const column &c);
	void evaluate(column_expression &e, TupleTableSlot *before);
};

} // namespace migsafe
