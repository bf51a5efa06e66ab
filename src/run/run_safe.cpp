/*
 * run_safe.cpp
 *		migsafe.run_safe: a run in one transaction, the caller's.
 */
#include "background/pick_up.hpp"
#include "catalog/online_run.hpp"
#include "catalog/run_meter.hpp"
#include "check/check.hpp"
#include "pg/message.hpp"
#include "pg/once.hpp"
#include "pg/settings.hpp"
#include "pg/snapshot.hpp"
#include "pg/steady_time.hpp"
#include "run/batch_size.hpp"
#include "run/batch_writer.hpp"
#include "run/dry_run.hpp"
#include "run/evaluation.hpp"
#include "run/run_conditions.hpp"
#include "run/run_request.hpp"
#include "run/side_effects.hpp"
#include "run/write_cycle.hpp"
#include "table/table_scan.hpp"
#include "table/write_guard.hpp"

#include <algorithm>

using namespace migsafe;

namespace {

constexpr int64 default_batch_size = 1000;

Datum
make_result(FunctionCallInfo fcinfo, std::optional<int64> run_id, const catalog::run_result &result,
			const std::string &samples, const std::string &note)
{
	using pg::value;

	return pg::make_record(fcinfo, {run_id ? value::of(*run_id) : value::none(INT8OID),
									value::of(result.total_rows), value::of(result.successful_rows),
									value::of(result.failed_rows), value::of(result.skipped_rows),
									value::json(result.skipped), value::of(result.batches),
									value::interval(result.elapsed), value::json(result.errors),
									value::json(samples), value::json(result.checks_result),
									note.empty() ? value::none(TEXTOID) : value::text(note)});
}

class safe_run
{
public:
	safe_run(const run_request &request, const target &t, transform change)
		: request_(request), target_(t), transform_(std::move(change)),
		  checks_(parse_checks(t, request.checks)),
		  precondition_(parse_checks(t, request.precondition)), key_(t.key(transform_.columns))
	{
	}

	Datum execute(FunctionCallInfo fcinfo)
	{
		const pg::registered_snapshot snapshot;

		require_precondition(target_, precondition_, snapshot.get());

		const int64 run_id = catalog::new_run_id();

		catalog::recorded(run_id, [&, this] { run(run_id, snapshot.get()); });
		return make_result(fcinfo, run_id, result_, "", "");
	}

private:
	const run_request &request_;
	const target &target_;
	const transform transform_;
	const std::vector<check> checks_, precondition_;
	const std::vector<AttrNumber> key_;
	const int64 started_ = pg::steady_time();
	catalog::run_result result_;

	void run(int64 run_id, Snapshot snapshot)
	{
		undo_log undo(target_, run_id, key_);

		catalog::insert(record_of(request_, target_, run_id, undo));

		error_log errors(target_, key_, run_id, request_.max_errors);
		table_scan scan(target_, snapshot);
		evaluation rows(target_, transform_, request_.only_if, snapshot, scan, errors,
						options(snapshot));
		batch_writer writer(target_, transform_.columns, undo);
		catalog::run_meter meter(run_id, catalog::estimated_rows(target_),
								 [&] { return tally(rows.counts, errors.count()); });

		const side_effects effects(target_);

		rows.tell(meter);
		migrate(scan, rows, writer, errors, meter);
		effects.warn(result_.successful_rows, rows.counts.changed_by_triggers);
		result_.errors = errors.first_json();
		result_.batches = writer.batches();
		result_.undo_hash = undo.finish();
		meter.enter("checks");
		finish(rows, errors);
		catalog::insert(run_id, result_);
	}

	/* Without the row that is being evaluated; rows that failed to be written may still count as transformed. */
	static catalog::row_tally tally(const row_counts &counts, int64 failed)
	{
		const int64 skipped = counts.skipped();

		return {std::min(counts.seen, counts.transformed + failed + skipped), failed, skipped};
	}

	evaluation_options options(Snapshot snapshot) const
	{
		evaluation_options o;

		if (request_.notice_every)
		{
			o.notice_every = *request_.notice_every;
			o.rows_expected = count_rows(target_, snapshot);
		}
		return o;
	}

	void migrate(const table_scan &scan, evaluation &rows, batch_writer &writer, error_log &errors,
				 catalog::run_meter &meter)
	{
		row_batch batch(target_, transform_.columns);
		batch_sizer sizer(target_, request_.batch_size.value_or(default_batch_size));
		cycle_limit cycles(target_);
		bool more = true;

		while (more || batch.rows() > 0)
		{
			if (more)
			{
				const int64 size = next_size(sizer, scan, rows);

				meter.enter("evaluating", size);
				more = rows.fill(&batch, size);
			}
			else
				cycles.count();
			if (batch.rows() > 0)
			{
				meter.enter("writing");
				result_.successful_rows +=
					write_cycle(rows, writer, batch, errors, LockWaitBlock).written;
			}
		}
		pg::call([&] { batch.close(); });
	}

	static int64 next_size(batch_sizer &sizer, const table_scan &scan, const evaluation &rows)
	{
		const bool begun = rows.counts.seen > 0;

		return sizer.next(rows.counts.seen, scan.leaf_no(),
						  begun ? ItemPointerGetBlockNumberNoCheck(&scan.stored()->tts_tid) : 0);
	}

	void finish(const evaluation &rows, const error_log &errors)
	{
		result_.undo_rows = result_.successful_rows;
		if (!checks_.empty())
			test_result();
		account_for(rows.counts, errors.count(), result_);
		result_.elapsed = pg::steady_time() - started_;
	}

	/* The checks at the end of the run: one of severity error undoes it. */
	void test_result()
	{
		const pg::registered_snapshot now;
		const std::vector<check_result> results = run_checks(target_, checks_, now.get());

		result_.checks_result = results_json(checks_, results);
		require_passed(checks_, results,
					   {"run aborted: the result does not pass its checks", "", "the run stands",
						"Nothing was changed. Mend the transform or the rows, or give the check "
						"the severity \"warning\"."});
	}
};

/* An online run that is not finished bears its name as one that has committed does. */
void
require_name_not_begun(const std::string &name)
{
	const auto begun = catalog::find_unfinished_run(name);

	if (begun)
		throw failure(ERRCODE_DUPLICATE_OBJECT,
					  "a run named \"" + name + "\" has been begun, and is not finished")
			.detail("It is the online run " + std::to_string(*begun) + ".")
			.hint("Choose another name, finish that run by CALL migsafe.resume_online(" +
				  std::to_string(*begun) + "), or take it back by CALL migsafe.rollback_online(" +
				  std::to_string(*begun) + ").");
}

} // namespace

MIGSAFE_ACTION(migsafe_run_safe)
{
	const run_request request = read_run_request(pg::arguments(fcinfo));

	/* what expressions, triggers, constraints and functions of indexes set ends here */
	const pg::local_settings none_stay;

	if (!request.dry_run)
	{
		require_read_write("migsafe.run_safe()", "Use dry_run => true to try the transform only.");
		background::pick_up_pending();
	}

	const target t(request.target_oid, "target", AccessShareLock);

	t.require_readable();

	transform change = parse_transform(t, request.transform);

	if (!request.dry_run)
	{
		require_no_update_action(t, change.columns);
		t.require_updatable(change.columns);
		t.require_writable_in_place(CMD_UPDATE);
		if (request.name)
		{
			lock_name(*request.name);
			if (const auto before = completed_before(request, t))
				return make_result(fcinfo, before->run_id, catalog::find_result(before->run_id), "",
								   "");
			require_name_not_begun(*request.name);
		}
	}

	if (request.dry_run)
	{
		const dry_run_result dry = try_run(request, t, change);

		return make_result(fcinfo, std::nullopt, dry.result, dry.samples, dry.note);
	}

	const write_guard guard(t, RowExclusiveLock);

	return safe_run(request, t, std::move(change)).execute(fcinfo);
}
