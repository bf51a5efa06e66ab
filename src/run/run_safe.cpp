/*
 * run_safe.cpp
 *		migsafe.run_safe: a run in one transaction, the caller's.
 */
#include "catalog/run_record.hpp"
#include "check/check.hpp"
#include "pg/message.hpp"
#include "pg/once.hpp"
#include "pg/snapshot.hpp"
#include "run/batch_size.hpp"
#include "run/batch_writer.hpp"
#include "run/evaluation.hpp"
#include "run/side_effects.hpp"
#include "table/table_scan.hpp"
#include "table/write_guard.hpp"

#include <algorithm>

using namespace migsafe;

namespace {

constexpr int64 default_batch_size = 1000;
constexpr int rounds_of_changed_rows = 10;

struct run_request
{
	Oid target_oid;
	Jsonb *transform;
	std::optional<std::string> only_if, name;
	int64 max_errors;
	std::optional<int32> batch_size;
	check_list checks; /* empty if there are none, as the next */
	std::optional<int64> notice_every;
	bool dry_run;
	check_list precondition;
};

failure
invalid_argument(const std::string &what, const std::string &hint)
{
	return failure(ERRCODE_INVALID_PARAMETER_VALUE, what).hint(hint);
}

void
check_name(const std::string &name)
{
	if (name.empty() ||
		std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }))
		throw invalid_argument("argument \"name\" must not be empty or consist of digits only",
							   "Digits alone would be taken for a run_id.");
}

run_request
read_request(FunctionCallInfo fcinfo)
{
	const pg::arguments args(fcinfo);
	run_request r{};

	args.require(0, "target");
	args.require(1, "transform");
	args.require(4, "max_errors");
	args.require(8, "dry_run");
	r.target_oid = args.oid(0);
	r.transform = args.jsonb(1);
	r.only_if = args.optional_string(2);
	r.name = args.optional_string(3);
	r.max_errors = args.bigint(4);
	if (!args.null(5))
		r.batch_size = args.integer(5);
	if (!args.null(6))
		r.checks = read_checks(args.jsonb(6), "checks");
	if (!args.null(7))
		r.notice_every = args.bigint(7);
	r.dry_run = args.boolean(8);
	if (!args.null(9))
		r.precondition = read_checks(args.jsonb(9), "precondition");

	if (r.max_errors < 0)
		throw invalid_argument("argument \"max_errors\" must not be negative",
							   "0 ends the run at the first row that fails.");
	if (r.batch_size && *r.batch_size <= 0)
		throw invalid_argument("argument \"batch_size\" must be greater than zero",
							   "Leave it out to let migsafe choose.");
	if (r.notice_every && *r.notice_every <= 0)
		throw invalid_argument("argument \"notice_every\" must be greater than zero",
							   "Leave it out for no progress messages.");
	if (r.name)
		check_name(*r.name);
	return r;
}

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

		test_precondition(snapshot.get());

		const int64 run_id = catalog::new_run_id();
		undo_log undo(target_, run_id, key_);

		record_start(run_id, undo);

		error_log errors(target_, key_, run_id, request_.max_errors);
		table_scan scan(target_, snapshot.get());
		evaluation rows(target_, transform_, request_.only_if, snapshot.get(), scan, errors,
						options(snapshot.get()));
		batch_writer writer(target_, transform_, undo);

		const side_effects effects(target_);

		migrate(scan, rows, writer, errors);
		effects.warn(result_.successful_rows, rows.counts.changed_by_triggers);
		result_.errors = errors.first_json();
		result_.batches = writer.batches();
		finish(rows, errors);
		catalog::insert(run_id, result_);
		return make_result(fcinfo, run_id, result_, "", "");
	}

	Datum try_dry(FunctionCallInfo fcinfo)
	{
		const pg::registered_snapshot snapshot;

		test_precondition(snapshot.get());

		error_log errors(target_, key_, std::nullopt, std::nullopt);
		table_scan scan(target_, snapshot.get());
		evaluation rows(target_, transform_, request_.only_if, snapshot.get(), scan, errors,
						options(snapshot.get()));

		(void) rows.fill(nullptr, 0);
		result_.successful_rows = rows.counts.transformed;
		result_.errors = errors.first_json();
		account(rows.counts, errors.count());
		return make_result(fcinfo, std::nullopt, result_, rows.samples_json(),
						   dry_run_note(rows, errors));
	}

private:
	const run_request &request_;
	const target &target_;
	const transform transform_;
	const std::vector<check> checks_, precondition_;
	const std::vector<AttrNumber> key_;
	const TimestampTz started_ = GetCurrentTimestamp();
	catalog::run_result result_;
	int64 deleted_ = 0, suppressed_ = 0;

	evaluation_options options(Snapshot snapshot) const
	{
		evaluation_options o;

		o.sample = request_.dry_run;
		if (request_.notice_every)
		{
			o.notice_every = *request_.notice_every;
			o.rows_expected = count_rows(snapshot);
		}
		return o;
	}

	int64 count_rows(Snapshot snapshot) const
	{
		table_scan scan(target_, snapshot);
		int64 rows = 0;

		pg::call([&] {
			while (scan.next())
			{
				CHECK_FOR_INTERRUPTS();
				rows++;
			}
		});
		return rows;
	}

	void record_start(int64 run_id, const undo_log &undo) const
	{
		catalog::run_record run;

		run.run_id = run_id;
		run.kind = "run";
		run.name = request_.name;
		run.target = catalog::target_record::of(target_);
		run.transform = pg::jsonb_text(request_.transform);
		run.only_if = request_.only_if;
		run.checks = request_.checks.json;
		run.precondition = request_.precondition.json;
		run.max_errors = request_.max_errors;
		run.batch_size = request_.batch_size;
		run.undo_schema = undo.schema();
		run.undo_name = undo.name();
		run.undo_columns = undo.columns_json();
		catalog::insert(run);
	}

	void migrate(const table_scan &scan, evaluation &rows, batch_writer &writer, error_log &errors)
	{
		row_batch batch(target_, transform_.columns);
		batch_sizer sizer(target_, request_.batch_size.value_or(default_batch_size));
		bool more = true;
		int rounds = 0;

		while (more || batch.rows() > 0)
		{
			if (more)
				more = rows.fill(&batch, next_size(sizer, scan, rows));
			else if (++rounds > rounds_of_changed_rows)
				throw failure(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION,
							  "rows of table \"" + target_.name() +
								  "\" are changed again each time they are written")
					.detail("A trigger of the table updates the row that fires it.")
					.hint("Let the trigger change NEW, or disable it for the migration.");
			write_batch(rows, writer, batch, errors);
		}
		pg::call([&] { batch.close(); });
	}

	static int64 next_size(batch_sizer &sizer, const table_scan &scan, const evaluation &rows)
	{
		const bool begun = rows.counts.seen > 0;

		return sizer.next(rows.counts.seen, scan.leaf_no(),
						  begun ? ItemPointerGetBlockNumberNoCheck(&scan.stored()->tts_tid) : 0);
	}

	/* Afterwards the batch holds the rows that have to be written once more. */
	void write_batch(evaluation &rows, batch_writer &writer, row_batch &batch, error_log &errors)
	{
		if (batch.rows() == 0)
			return;

		const batch_outcome outcome = writer.write(batch, errors);

		result_.successful_rows += outcome.written;
		deleted_ += outcome.deleted;
		suppressed_ += outcome.suppressed;
		rows.counts.transformed -= batch.rows() - outcome.written;
		rows.counts.deleted += outcome.deleted;
		rows.counts.suppressed += outcome.suppressed;
		pg::call([&] { batch.clear(); });
		for (const row_place &changed : outcome.changed)
			(void) rows.evaluate_newest(batch, changed, LockWaitBlock);
	}

	void account(const row_counts &counts, int64 failed)
	{
		result_.total_rows = counts.seen;
		result_.failed_rows = failed;
		result_.skipped_rows = counts.skipped();
		result_.skipped = "{\"only_if\": " + std::to_string(counts.only_if) +
						  ", \"unchanged\": " + std::to_string(counts.unchanged) +
						  ", \"deleted\": " + std::to_string(counts.deleted) +
						  ", \"suppressed\": " + std::to_string(counts.suppressed) + "}";
		result_.elapsed = GetCurrentTimestamp() - started_;
		if (result_.total_rows !=
			result_.successful_rows + result_.failed_rows + result_.skipped_rows)
			throw failure(ERRCODE_INTERNAL_ERROR, "the rows of the run do not add up")
				.detail(std::to_string(result_.total_rows) + " seen, " +
						std::to_string(result_.successful_rows) + " successful, " +
						std::to_string(result_.failed_rows) + " failed, " +
						std::to_string(result_.skipped_rows) + " skipped.")
				.hint("Nothing was changed. Please report this.");
	}

	void finish(const evaluation &rows, const error_log &errors)
	{
		result_.undo_rows = result_.successful_rows;
		if (!checks_.empty())
			test_result();
		account(rows.counts, errors.count());
	}

	/* Of the table as the run will see it: one of severity error that is not met ends the run. */
	void test_precondition(Snapshot snapshot) const
	{
		if (precondition_.empty())
			return;
		require_passed(precondition_, run_checks(target_, precondition_, snapshot),
					   {"run aborted: its precondition is not met", " of the precondition",
						"the run goes on",
						"Nothing was changed. Bring the table into the state that the run needs, "
						"or give the check the severity \"warning\"."});
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

	[[nodiscard]] std::string dry_run_note(const evaluation &rows, const error_log &errors) const
	{
		std::string note = "not tried: unique, exclusion and foreign key constraints, triggers";

		if (rows.left_constraints_to_triggers())
			note += ", NOT NULL and CHECK constraints (a BEFORE trigger may change the row first)";
		if (!checks_.empty())
			note += ", checks";
		if (errors.count() > request_.max_errors)
			note += "; the run would be aborted: more than max_errors (" +
					std::to_string(request_.max_errors) + ") rows fail";
		return note;
	}
};

/*
 * The same name again: if it stands for the same thing, there is nothing to do.
 * Else an ERROR that says what differs.
 */
std::optional<Datum>
completed_before(FunctionCallInfo fcinfo, const run_request &request, const target &t)
{
	const auto before = catalog::find_standing_run(*request.name);

	if (!before)
		return std::nullopt;

	std::string differs;
	auto compare = [&](const char *argument, bool same) {
		if (!same)
			differs += (differs.empty() ? "" : ", ") + std::string(argument);
	};

	compare("target", before->target.resolve() == t.relid());
	compare("transform", before->transform == pg::jsonb_text(request.transform));
	compare("only_if", before->only_if == request.only_if);
	compare("checks", before->checks == request.checks.json);
	compare("precondition", before->precondition == request.precondition.json);
	if (!differs.empty())
		throw failure(ERRCODE_DUPLICATE_OBJECT,
					  "a run named \"" + *request.name + "\" has already been completed")
			.detail("It differs from this call in: " + differs + ". Its run_id is " +
					std::to_string(before->run_id) + ".")
			.hint("Choose another name, or roll that run back first.");
	const catalog::run_result result = catalog::find_result(before->run_id);
	const bool failed = result.failed_rows > 0;

	pg::notice("run \"" + *request.name + "\" has already been completed" +
				   (failed ? " (" + pg::count_of(result.failed_rows, "row") + " failed)" : "") +
				   ", skipping",
			   std::string("To run it again, roll it back first.") +
				   (failed ? " To run it for the rows that failed, choose another name." : ""));
	return make_result(fcinfo, before->run_id, result, "", "");
}

} // namespace

MIGSAFE_ACTION(migsafe_run_safe)
{
	const run_request request = read_request(fcinfo);

	if (!request.dry_run)
		require_read_write("migsafe.run_safe()", "Use dry_run => true to try the transform only.");

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
			if (const auto result = completed_before(fcinfo, request, t))
				return *result;
		}
	}

	if (request.dry_run)
		return safe_run(request, t, std::move(change)).try_dry(fcinfo);

	const write_guard guard(t, RowExclusiveLock);

	return safe_run(request, t, std::move(change)).execute(fcinfo);
}
