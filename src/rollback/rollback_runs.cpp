/*
 * rollback_runs.cpp
 *		migsafe.rollback_runs: several runs taken back together, the newest first.
 */
#include "pg/value.hpp"
#include "rollback/rollback_request.hpp"
#include "rollback/take_back.hpp"
#include "table/write_guard.hpp"

#include <algorithm>

using namespace migsafe;

namespace {

/* The newest first: so each finds what it wrote, and what foreign keys refer to is there. */
std::vector<int64>
newest_first(const pg::arguments &args)
{
	args.require(0, "run_ids");

	std::vector<int64> runs;

	for (const std::string &run_id : args.list(0, "run_ids"))
		runs.push_back(std::stoll(run_id));
	std::sort(runs.begin(), runs.end(), std::greater<>());
	if (runs.empty())
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE, "argument \"run_ids\" is an empty list")
			.hint("Name the runs to take back, as in '{2, 1}'.");

	const auto twice = std::adjacent_find(runs.begin(), runs.end());

	if (twice != runs.end())
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"run_ids\" names run " + std::to_string(*twice) + " twice")
			.hint("Name each run once.");
	return runs;
}

} // namespace

MIGSAFE_FUNCTION(migsafe_rollback_runs)
{
	const pg::arguments args(fcinfo);
	const std::vector<int64> runs = newest_first(args);
	rollback_options options;
	pg::result_set out(fcinfo);

	require_read_write(
		"migsafe.rollback_runs()",
		"To look first, call it in a transaction that is rolled back: BEGIN; SELECT * "
		"FROM migsafe.rollback_runs(...); ROLLBACK;");
	options.terms.on_conflict = read_conflict_policy(args, 1);
	options.terms.on_missing = read_missing_policy(args, 2);
	options.terms.together = runs;
	for (const int64 run_id : runs)
	{
		std::vector<pg::value> row = take_back(catalog::find_run(run_id), options).values();

		row.insert(row.begin(), pg::value::of(run_id));
		out.add(row);
	}
	return 0;
}
