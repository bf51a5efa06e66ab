/*
 * rollback.cpp
 *		migsafe.rollback: a run taken back from its undo log.
 */
#include "catalog/run_meter.hpp"
#include "catalog/undo_count.hpp"
#include "check/check.hpp"
#include "pg/once.hpp"
#include "pg/snapshot.hpp"
#include "pg/value.hpp"
#include "rollback/rollback_request.hpp"
#include "rollback/rolling_back.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;

namespace {

struct rollback_options
{
	bool dry_run = false;
	check_list checks; /* empty if there are none */
};

Datum
make_result(FunctionCallInfo fcinfo, const pg::value &run_id, const rolling_back &work,
			const pg::value &elapsed)
{
	return pg::make_record(fcinfo, {run_id, pg::value::of(work.entries()),
									pg::value::of(work.restored()), pg::value::of(work.unchanged()),
									pg::value::of(work.conflicts().found()),
									pg::value::json(work.conflicts().json()), elapsed});
}

/* Of the table as it is now, after the rollback: one of severity error undoes it.  The results. */
std::string
test_result(const target &t, const std::vector<check> &checks)
{
	if (checks.empty())
		return "";

	const pg::registered_snapshot now;
	const std::vector<check_result> results = run_checks(t, checks, now.get());

	require_passed(checks, results,
				   {"rollback aborted: the result does not pass its checks", "",
					"the rollback stands",
					"Nothing was changed. Mend the rows that fail first, or give the check the "
					"severity \"warning\"."});
	return results_json(checks, results);
}

Datum
roll_back(FunctionCallInfo fcinfo, const catalog::run_record &run, const rollback_options &options)
{
	const TimestampTz started = GetCurrentTimestamp();
	const target t(target_of(run), "run_id", AccessShareLock);

	t.require_readable();
	require_standing(run, options.dry_run ? rollback_mode::dry_run : rollback_mode::write);

	const std::vector<check> checks = parse_checks(t, options.checks);

	if (options.dry_run)
	{
		rolling_back work(t, run, rollback_mode::dry_run);

		work.execute(nullptr);
		return make_result(fcinfo, pg::value::none(INT8OID), work, pg::value::none(INTERVALOID));
	}
	t.require_updatable(columns_set_by(t, run));
	t.require_writable_in_place(CMD_UPDATE);

	const write_guard guard(t, RowExclusiveLock);

	require_standing(run, rollback_mode::write); /* again, now that nobody else can be at it */

	rolling_back work(t, run, rollback_mode::write);
	const int64 run_id = catalog::new_run_id();
	catalog::run_result result;

	catalog::recorded(run_id, [&] {
		undo_log redo(t, run_id, work.key());

		catalog::run_record record = record_of_rollback(t, run, run_id, redo);

		record.checks = options.checks.json;
		catalog::insert(record);

		catalog::run_meter meter(run_id, catalog::undo_count(run.run_id),
								 [&] { return work.tally(); });

		meter.enter("rolling back");
		work.execute(&redo, 1, &meter);
		meter.enter("checks");
		result.checks_result = test_result(t, checks);
		result.total_rows = work.entries();
		result.successful_rows = result.undo_rows = work.restored();
		result.skipped_rows = work.unchanged();
		result.skipped = "{\"unchanged\": " + std::to_string(work.unchanged()) + "}";
		result.batches = 1;
		result.elapsed = GetCurrentTimestamp() - started;
		catalog::insert(run_id, result);
	});
	return make_result(fcinfo, pg::value::of(run_id), work, pg::value::interval(result.elapsed));
}

rollback_options
read_options(const pg::arguments &args)
{
	args.require(1, "dry_run");

	rollback_options options;

	options.dry_run = args.boolean(1);
	if (!options.dry_run)
		require_read_write("migsafe.rollback()", "Use dry_run => true to see the plan only.");
	if (!args.null(2))
		options.checks = read_checks(args.jsonb(2), "checks");
	return options;
}

} // namespace

MIGSAFE_ACTION(migsafe_rollback)
{
	const pg::arguments args(fcinfo);

	args.require(0, "run_id");

	const rollback_options options = read_options(args);

	return roll_back(fcinfo, catalog::find_run(args.bigint(0)), options);
}

MIGSAFE_ACTION(migsafe_rollback_by_name)
{
	const pg::arguments args(fcinfo);

	args.require(0, "name");

	const rollback_options options = read_options(args);
	const std::string name = args.string(0);

	if (!options.dry_run)
		lock_name(name);

	return roll_back(fcinfo, find_run_named(name), options);
}
