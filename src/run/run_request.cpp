#include "run/run_request.hpp"

#include "catalog/unfinished_rollback.hpp"
#include "pg/message.hpp"
#include "run/redone_part.hpp"

#include <algorithm>

namespace migsafe {
namespace {

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

} // namespace

run_request
read_run_request(const pg::arguments &args)
{
	run_request r{};

	args.require(0, "target");
	args.require(1, "transform");
	args.require(4, "max_errors");
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
	if (args.has(8))
	{
		args.require(8, "dry_run");
		r.dry_run = args.boolean(8);
	}
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

catalog::run_record
record_of(const run_request &request, const target &t, int64 run_id, const undo_log &undo)
{
	catalog::run_record run;

	run.run_id = run_id;
	run.kind = "run";
	run.name = request.name;
	run.target = catalog::target_record::of(t);
	run.transform = pg::jsonb_text(request.transform);
	run.only_if = request.only_if;
	run.checks = request.checks.json;
	run.precondition = request.precondition.json;
	run.max_errors = request.max_errors;
	run.batch_size = request.batch_size;
	run.undo_schema = undo.schema();
	run.undo_name = undo.name();
	run.undo_columns = undo.columns_json();
	return run;
}

void
require_same_request(const catalog::run_record &before, const run_request &request, const target &t,
					 const std::string &state, const std::string &hint)
{
	std::string differs;
	auto compare = [&](const char *argument, bool same) {
		if (!same)
			differs += (differs.empty() ? "" : ", ") + std::string(argument);
	};

	compare("target", before.target.resolve() == t.relid());
	compare("transform", before.transform == pg::jsonb_text(request.transform));
	compare("only_if", before.only_if == request.only_if);
	compare("checks", before.checks == request.checks.json);
	compare("precondition", before.precondition == request.precondition.json);
	if (!differs.empty())
		throw failure(ERRCODE_DUPLICATE_OBJECT, "a run named \"" + *request.name + "\" " + state)
			.detail("It differs from this call in: " + differs + ". Its run_id is " +
					std::to_string(before.run_id) + ".")
			.hint(hint);
}

std::optional<catalog::run_record>
completed_before(const run_request &request, const target &t)
{
	auto before = catalog::find_standing_run(*request.name);

	if (!before)
	{
		if (const auto redone = redone_in_part(*request.name))
			throw failure(*redone);
		return std::nullopt;
	}
	require_same_request(*before, request, t, "has already been completed",
						 "Choose another name, or roll that run back first.");
	catalog::require_no_unfinished_rollback(before->run_id);

	const int64 failed = catalog::find_result(before->run_id).failed_rows;

	pg::notice("run \"" + *request.name + "\" has already been completed" +
				   (failed > 0 ? " (" + pg::count_of(failed, "row") + " failed)" : "") +
				   ", skipping",
			   std::string("To run it again, roll it back first.") +
				   (failed > 0 ? " To run it for the rows that failed, choose another name." : ""));
	return before;
}

} // namespace migsafe
