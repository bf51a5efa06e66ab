#include "run/dry_run.hpp"

#include "pg/snapshot.hpp"
#include "pg/steady_time.hpp"
#include "run/run_conditions.hpp"
#include "table/table_scan.hpp"

namespace migsafe {
namespace {

std::string
note_of(const run_request &request, const evaluation &rows, const error_log &errors)
{
	std::string note = "not tried: unique, exclusion and foreign key constraints, triggers";

	if (rows.left_constraints_to_triggers())
		note += ", NOT NULL and CHECK constraints (a BEFORE trigger may change the row first)";
	if (!request.checks.json.empty())
		note += ", checks";
	if (errors.count() > request.max_errors)
		note += "; the run would be aborted: more than max_errors (" +
				std::to_string(request.max_errors) + ") rows fail";
	return note;
}

} // namespace

dry_run_result
try_run(const run_request &request, const target &t, const transform &change)
{
	const int64 started = pg::steady_time();
	const pg::registered_snapshot snapshot;

	(void) parse_checks(t, request.checks);
	require_precondition(t, parse_checks(t, request.precondition), snapshot.get());

	error_log errors(t, t.key(change.columns), std::nullopt, std::nullopt);
	table_scan scan(t, snapshot.get());
	evaluation_options options;

	options.sample = true;
	if (request.notice_every)
	{
		options.notice_every = *request.notice_every;
		options.rows_expected = count_rows(t, snapshot.get());
	}

	evaluation rows(t, change, request.only_if, snapshot.get(), scan, errors, options);
	dry_run_result dry;

	(void) rows.fill(nullptr, 0);
	dry.result.successful_rows = rows.counts.transformed;
	dry.result.errors = errors.first_json();
	account_for(rows.counts, errors.count(), dry.result);
	dry.result.elapsed = pg::steady_time() - started;
	dry.samples = rows.samples_json();
	dry.note = note_of(request, rows, errors);
	return dry;
}

} // namespace migsafe
