#include "online/record_run.hpp"

#include "catalog/session.hpp"
#include "pg/message.hpp"
#include "pg/snapshot.hpp"
#include "run/run_conditions.hpp"
#include "run/transform.hpp"
#include "table/row_key.hpp"
#include "table/write_guard.hpp"

namespace migsafe::online {
namespace {

constexpr int32 most_workers = 64;

/* The arguments batch_size and pace speak of one thing. */
std::string
read_pace_argument(const pg::arguments &args, const run_request &run)
{
	pace p = args.null(12) ? pace() : read_pace(args.jsonb(12));

	if (run.batch_size)
		p.batch_size = *run.batch_size;
	return p.to_json();
}

int64
insert_run(const online_request &request, const target &t, const transform &change, bool background)
{
	const std::vector<AttrNumber> key = t.key(change.columns);
	const int64 run_id = catalog::new_run_id();

	require_online_target(t, key);
	(void) row_key(t, key); /* is there an order? */
	try_expressions(t, change, request.run.only_if);
	{
		const pg::registered_snapshot snapshot;

		require_precondition(t, parse_checks(t, request.run.precondition), snapshot.get());
	}

	const undo_log undo(t, run_id, key);
	catalog::run_record run = record_of(request.run, t, run_id, undo);
	catalog::online_run online;

	run.online = true;
	catalog::insert(run);
	online.run_id = run_id;
	online.background = background;
	online.workers = request.workers;
	online.pace = request.pace;
	online.sweep = request.sweeps();
	online.notice_every = request.run.notice_every;
	catalog::insert(online);
	return run_id;
}

/* How it is carried out is no part of what a run is, so a call that says otherwise goes on with it as it is. */
void
notice_what_stays(const online_request &request, int64 run_id)
{
	const catalog::online_run begun = catalog::find_online_run(run_id);
	std::string what;
	auto compare = [&](const char *argument, bool is_asked_for, bool same) {
		if (is_asked_for && !same)
			what += (what.empty() ? "" : ", ") + std::string(argument);
	};

	compare("workers", request.workers != 1, request.workers == begun.workers);
	compare("sweep", request.sweep.has_value(), request.sweeps() == begun.sweep);
	compare("pace", request.has_pace, request.pace == read_pace(begun.pace).to_json());
	if (!what.empty())
		pg::notice("run \"" + *request.run.name + "\" stays as it was begun in: " + what,
				   "To change the pace: SELECT migsafe.set_pace(" + std::to_string(run_id) +
					   ", ...).");
}

} // namespace

void
require_online_target(const target &t, const std::vector<AttrNumber> &key)
{
	if (t.persistence() == RELPERSISTENCE_TEMP)
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  "table \"" + t.name() + "\" is a temporary table")
			.detail("No other session could resume the run.")
			.hint("Use migsafe.run_safe().");
	if (key.empty())
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  "table \"" + t.name() + "\" has no key to walk by")
			.detail(
				"An online run needs a primary key, or a unique index over NOT NULL columns that "
				"the transform does not set.")
			.hint("Give the table one, or use migsafe.run_safe().");
}

online_request
read_online_request(const pg::arguments &args)
{
	online_request r{read_run_request(args), 0, {}, {}, false};

	args.require(10, "workers");
	r.workers = args.integer(10);
	if (r.workers < 1 || r.workers > most_workers)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"workers\" must be from 1 to " + std::to_string(most_workers))
			.hint("1 is the calling session, or background worker, alone.");
	if (!args.null(11))
		r.sweep = args.boolean(11);
	r.pace = read_pace_argument(args, r.run);
	r.has_pace = r.run.batch_size || !args.null(12);
	return r;
}

recorded_run
record_run(const online_request &request, bool background)
{
	const target t(request.run.target_oid, "target", AccessShareLock);

	t.require_readable();

	const transform change = parse_transform(t, request.run.transform);

	require_no_update_action(t, change.columns);
	t.require_updatable(change.columns);
	t.require_writable_in_place(CMD_UPDATE);
	(void) parse_checks(t, request.run.checks);
	if (request.run.name)
	{
		lock_name(*request.run.name);
		if (const auto before = completed_before(request.run, t))
			return {before->run_id, true, false};
		if (const auto begun = catalog::find_unfinished_run(*request.run.name))
		{
			require_same_request(
				catalog::find_run(*begun), request.run, t, "has been begun, and is not finished",
				"Go on with it by CALL migsafe.resume_online(" + std::to_string(*begun) +
					"), take it back by CALL migsafe.rollback_online(" + std::to_string(*begun) +
					"), or choose another name.");
			notice_what_stays(request, *begun);
			return {*begun, false, true};
		}
	}
	if (!background)
		(void) write_guard(t, AccessShareLock); /* better now than after the run is recorded */
	return {insert_run(request, t, change, background), false, false};
}

} // namespace migsafe::online
