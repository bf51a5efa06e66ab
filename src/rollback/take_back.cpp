#include "rollback/take_back.hpp"

#include "catalog/run_meter.hpp"
#include "catalog/undo_count.hpp"
#include "pg/settings.hpp"
#include "pg/snapshot.hpp"
#include "pg/steady_time.hpp"
#include "pg/value.hpp"
#include "rollback/rollback_failure.hpp"
#include "rollback/rollback_request.hpp"
#include "table/write_guard.hpp"

namespace migsafe {
namespace {

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

taken_back
result_of(const rolling_back &work)
{
	return {std::nullopt, work.counts(), work.conflicts().found(), work.conflicts().json(), 0};
}

taken_back
rehearse(const target &t, const catalog::run_record &run, const rollback_terms &terms)
{
	rolling_back work(t, run, terms);

	work.rehearse();
	return result_of(work);
}

taken_back
told(const catalog::run_record &run, const rollback_terms &terms, taken_back result)
{
	notice_of_nothing(run.run_id, terms, result.counts.rows);
	return result;
}

catalog::run_result
to_run_result(const rolling_back &work)
{
	const rollback_counts &counts = work.counts();
	catalog::run_result result;

	result.total_rows = counts.rows;
	result.successful_rows = result.undo_rows = counts.written();
	result.failed_rows = counts.conflicts;
	result.skipped_rows = counts.skipped();
	result.skipped = counts.skipped_json();
	result.batches = work.batches();
	return result;
}

taken_back
write(const target &t, const catalog::run_record &run, const rollback_options &options,
	  const std::vector<check> &checks)
{
	const int64 started = pg::steady_time();
	rolling_back work(t, run, options.terms);
	const std::vector<AttrNumber> key = work.source().key();
	const int64 run_id = catalog::new_run_id();
	int64 elapsed = 0;

	catalog::recorded(run_id, [&] {
		undo_log redo(t, run_id, key);
		catalog::run_record record = record_of_rollback(t, run, run_id, redo, options.terms);

		record.checks = options.checks.json;
		catalog::insert(record);

		error_log left(t, key, run_id, std::nullopt);
		catalog::run_meter meter(run_id, catalog::undo_count(run.run_id),
								 [&] { return work.tally(); });

		left.say("was left as it is");
		meter.enter("rolling back");
		work.write({redo, left, 0, &meter});
		meter.enter("checks");

		const std::string checks_result = test_result(t, checks);
		catalog::run_result result = to_run_result(work);

		result.undo_hash = redo.finish();
		result.checks_result = checks_result;
		result.elapsed = elapsed = pg::steady_time() - started;
		catalog::insert(run_id, result);
	});

	taken_back result = result_of(work);

	result.run_id = run_id;
	result.elapsed = elapsed;
	return result;
}

} // namespace

std::vector<pg::value>
taken_back::values() const
{
	using pg::value;

	return {run_id ? value::of(*run_id) : value::none(INT8OID),
			value::of(counts.rows),
			value::of(counts.restored),
			value::of(counts.merged),
			value::of(counts.overwritten),
			value::of(counts.unchanged),
			value::of(counts.conflicts),
			value::of(counts.missing),
			value::of(conflicts),
			value::json(conflict_rows),
			run_id ? value::interval(elapsed) : value::none(INTERVALOID)};
}

taken_back
take_back(const catalog::run_record &run, const rollback_options &options)
{
	/* what constraints and functions of indexes set as rows are written ends here */
	const pg::local_settings none_stay;
	const target t(target_of(run), "run_id", AccessShareLock);

	t.require_readable();
	require_standing(run, options.dry_run ? rollback_mode::dry_run : rollback_mode::write);

	const std::vector<check> checks = parse_checks(t, options.checks);

	if (options.dry_run)
		return told(run, options.terms, rehearse(t, run, options.terms));
	t.require_updatable(columns_taken_back(t, run, options.terms));
	t.require_writable_in_place(CMD_UPDATE);

	const write_guard guard(t, RowExclusiveLock);

	require_standing(run, rollback_mode::write); /* again, now that nobody else can be at it */
	return told(run, options.terms, write(t, run, options, checks));
}

} // namespace migsafe
