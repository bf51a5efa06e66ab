/*
 * run_online.cpp
 *		migsafe.run_online and resume_online: a run in batches that commit.
 */
#include "background/pick_up.hpp"
#include "background/worker.hpp"
#include "catalog/session.hpp"
#include "online/free_parts.hpp"
#include "online/leader.hpp"
#include "online/record_run.hpp"
#include "online/resumable.hpp"
#include "pg/message.hpp"
#include "rollback/rollback_request.hpp"
#include "run/dry_run.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;
using namespace migsafe::online;

namespace {

using pg::value;

constexpr char online_hint[] =
	"Use SELECT migsafe.start(...), which begins the run in the background when this transaction "
	"commits, or SELECT * FROM migsafe.run_safe(...), which is one transaction.";

/* What the caller is told: the columns that run_online and resume_online share. */
std::vector<value>
result_values(const catalog::run_result &result, std::optional<int64> not_visited)
{
	return {
		value::of(result.total_rows),  value::of(result.successful_rows),
		value::of(result.failed_rows), value::of(result.skipped_rows),
		value::json(result.skipped),   not_visited ? value::of(*not_visited) : value::none(INT8OID),
		value::of(result.batches),     value::interval(result.elapsed),
		value::json(result.errors)};
}

Datum
make_result(FunctionCallInfo fcinfo, std::optional<int64> run_id, const catalog::run_result &result,
			std::optional<int64> not_visited, const std::string &samples, const std::string &note)
{
	std::vector<value> values = {run_id ? value::of(*run_id) : value::none(INT8OID)};

	for (const value &v : result_values(result, not_visited))
		values.push_back(v);
	values.push_back(value::json(samples));
	values.push_back(value::json(result.checks_result));
	values.push_back(note.empty() ? value::none(TEXTOID) : value::text(note));
	return pg::make_record(fcinfo, values);
}

/* A completed run, atomic or online. */
struct outcome
{
	catalog::run_result result;
	std::optional<int64> not_visited;
};

outcome
outcome_of(pg::procedure &procedure, int64 run_id)
{
	outcome o;

	procedure.run([&] {
		o.result = catalog::find_result(run_id);
		if (catalog::find_run(run_id).online)
			o.not_visited = catalog::find_online_run(run_id).not_visited;
	});
	if (o.not_visited.value_or(0) > 0)
		pg::warning("run " + std::to_string(run_id) + " has not visited " +
						pg::count_of(*o.not_visited, "row"),
					"They were inserted, or changed, behind it or beyond its last key while it "
					"went on. With an only_if that tells them apart, or sweep => true, a run takes "
					"them at its end.");
	return o;
}

dry_run_result
try_online(const online_request &request)
{
	const target t(request.run.target_oid, "target", AccessShareLock);

	t.require_readable();

	const transform change = parse_transform(t, request.run.transform);

	require_online_target(t, t.key(change.columns));
	return try_run(request.run, t, change);
}

/* Its arguments lead to memory of other processes: only a worker of ours has the right ones. */
void
require_worker(int32 place)
{
	if (!background::is_online_worker() || place <= control::leader ||
		place >= control::most_places)
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "migsafe.work_on_run() is called by background workers of migsafe only")
			.hint("To go on with a run: CALL migsafe.resume_online().");
}

} // namespace

MIGSAFE_FUNCTION(migsafe_run_online)
{
	pg::procedure procedure(fcinfo, "migsafe.run_online()", online_hint);
	std::optional<online_request> request;
	std::optional<recorded_run> recorded;
	std::optional<pg::session_lock> lock;
	dry_run_result dry;

	procedure.run([&] {
		request.emplace(read_online_request(pg::arguments(fcinfo)));
		if (request->run.dry_run)
			dry = try_online(*request);
		else
		{
			require_read_write("migsafe.run_online()",
							   "Use dry_run => true to try the transform only.");
			background::pick_up_pending();
			recorded = record_run(*request, false);
			if (recorded->resumed)
				lock = hold_resumable(recorded->run_id, request->run.max_errors);
		}
	});
	if (request->run.dry_run)
		return procedure.result([&] {
			return make_result(fcinfo, std::nullopt, dry.result, std::nullopt, dry.samples,
							   dry.note);
		});
	if (recorded->resumed)
		pg::notice("run \"" + *request->run.name + "\" has been begun before, going on",
				   "Its run_id is " + std::to_string(recorded->run_id) + ".");
	if (!recorded->completed)
		leader(procedure, recorded->run_id, std::move(lock)).carry_out();

	const outcome o = outcome_of(procedure, recorded->run_id);

	return procedure.result(
		[&] { return make_result(fcinfo, recorded->run_id, o.result, o.not_visited, "", ""); });
}

MIGSAFE_FUNCTION(migsafe_resume_online)
{
	pg::procedure procedure(fcinfo, "migsafe.resume_online()",
							"Call it outside of a transaction block.");
	const pg::arguments args(fcinfo);

	args.require(0, "run_id");

	const int64 run_id = args.bigint(0);
	std::optional<pg::session_lock> lock;

	procedure.run([&] {
		require_read_write("migsafe.resume_online()", "Call it on the primary.");
		background::pick_up_pending(run_id);
		lock = hold_resumable(run_id,
							  args.null(1) ? std::nullopt : std::optional<int64>(args.bigint(1)));
	});
	if (lock)
		leader(procedure, run_id, std::move(lock)).carry_out();
	else
		pg::notice("run " + std::to_string(run_id) + " is finished already");

	const outcome o = outcome_of(procedure, run_id);

	return procedure.result([&] {
		std::vector<value> values = result_values(o.result, o.not_visited);

		values.push_back(value::json(o.result.checks_result));
		return pg::make_record(fcinfo, values);
	});
}

MIGSAFE_FUNCTION(migsafe_work_on_run)
{
	pg::procedure procedure(fcinfo, "migsafe.work_on_run()",
							"Background workers of migsafe call it.");
	const pg::arguments args(fcinfo);

	args.require(0, "run_id");
	args.require(1, "control");
	args.require(2, "place");
	require_worker(args.integer(2));
	procedure.run([&] { require_may_carry_out(load_context(args.bigint(0))); });
	work_on_parts(procedure, args.bigint(0), static_cast<dsm_handle>(args.bigint(1)),
				  args.integer(2));
	return 0;
}
