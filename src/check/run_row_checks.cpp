#include "check/row_checks.hpp"
#include "pg/memory.hpp"

namespace migsafe {
namespace {

/* They are evaluated together, each as a column. */
void
require_room(const row_checks &checks)
{
	constexpr size_t most = MaxTupleAttributeNumber;

	if (checks.size() > most)
		throw failure(ERRCODE_PROGRAM_LIMIT_EXCEEDED, std::to_string(checks.size()) +
														  " checks look at rows, more than " +
														  std::to_string(most))
			.hint("Divide them between several calls.");
}

/* Syntax, name and type errors of the predicates, each by itself. */
void
require_predicates(const target &t, const row_checks &checks)
{
	for (const row_check &c : checks)
		row_evaluator(t, {expression_of(*c.rule)});
}

void
judge_share(const bounds &share, int64 rows, check_result &result)
{
	const int64 covered = rows - result.failed_rows;
	const bounds counts = share.times(rows);
	const std::string number = std::to_string(covered);
	const std::string error = result.message;

	result.passed = rows == 0 || !(counts.below(number) || counts.above(number));
	result.message = rows == 0 ? "there are no rows to be covered"
							   : quotient_text(covered, rows) + " of the rows (" + number + " of " +
									 std::to_string(rows) + ")";
	if (!result.passed)
		result.message += ", " + share.wanted();
	if (!error.empty())
		result.message += "; on a row: " + error;

	/* rows that are not covered explain only that there are too few that are */
	if (!counts.below(number))
		result.sample_keys.clear();
}

void
judge(const row_check &c, int64 rows)
{
	if (c.rule->share)
		judge_share(*c.rule->share, rows, *c.result);
	else
		c.result->passed = c.result->failed_rows == 0;
}

/* Those whose failed rows are to be shown. */
row_checks
to_be_sampled(const row_checks &checks, int64 rows)
{
	row_checks some;

	for (const row_check &c : checks)
	{
		const bool shown = !c.rule->share || c.rule->share->times(rows).below(
												 std::to_string(rows - c.result->failed_rows));

		if (shown && c.result->failed_rows > 0)
			some.push_back(c);
	}
	return some;
}

} // namespace

expression
expression_of(const check &rule)
{
	return {rule.predicate, rule.label + " (" + rule.name + ")", BOOLOID, -1};
}

int64
run_row_checks(const target &t, const row_checks &checks, Snapshot snapshot)
{
	pg::memory_context cxt("migsafe checks");
	pg::memory_scope scope(cxt.get());

	require_room(checks);
	require_predicates(t, checks);

	const auto counted = count_at_once(t, checks, snapshot);
	const int64 rows = counted ? *counted : count_row_by_row(t, checks, snapshot);

	if (counted)
	{
		const row_checks some = to_be_sampled(checks, rows);

		if (!some.empty())
			find_samples(t, some, snapshot);
	}
	for (const row_check &c : checks)
		judge(c, rows);
	return rows;
}

} // namespace migsafe
