/*
 * steering.cpp
 *		migsafe.pause, resume, cancel and set_pace: an online run steered from other
 *		sessions.
 *
 * A run that is under way is spoken to through its shared memory, at once.  One
 * that is not is locked until the caller's transaction ends, and its record is
 * changed by that transaction.
 */
#include "background/obstacle.hpp"
#include "background/pick_up.hpp"
#include "catalog/online_run.hpp"
#include "catalog/owner_record.hpp"
#include "online/control.hpp"
#include "online/run_context.hpp"
#include "online/run_state.hpp"
#include "online/throttle.hpp"
#include "pg/lock.hpp"
#include "pg/sleep.hpp"
#include "pg/steady_time.hpp"
#include "pg/value.hpp"
#include "rollback/rollback_request.hpp"
#include "run/undo_fields.hpp"

using namespace migsafe;
using online::control;

namespace {

constexpr int answer_time = 5000; /* milliseconds */
constexpr long look_every = 50;

/* A run that the caller may steer. */
struct steered
{
	catalog::run_record run;
	catalog::owner_record run_by;

	[[nodiscard]] std::string name() const { return "run " + std::to_string(run.run_id); }
};

failure
wrong_state(const steered &r, const std::string &what)
{
	return failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, r.name() + " " + what);
}

bool
owns_target(const catalog::run_record &run)
{
	const Oid table = run.target.resolve();

	return OidIsValid(table) && pg::call([=] { return compat::owns_table(table, GetUserId()); });
}

/* Those who may stop the run's statements anyway, and those whose table it writes. */
bool
caller_may_steer(const steered &r)
{
	return r.run_by.gives_rights_to(pg::call(GetUserId)) || owns_target(r.run);
}

failure
atomic_run(const steered &r)
{
	return wrong_state(r, "is not an online run")
		.detail("It runs in one transaction, so it can neither wait nor stop half-way.")
		.hint("While it is under way it is cancelled by: SELECT pg_cancel_backend(pid) FROM "
			  "migsafe.progress WHERE run_id = " +
			  std::to_string(r.run.run_id) + ".");
}

/* What is under way then is that rollback, which has a number of its own. */
void
require_no_rollback_of(const steered &r)
{
	const auto rollback = catalog::find_unfinished_rollback(r.run.run_id);

	if (!rollback)
		return;

	const failure same = rollback->in_the_way_of(r.name());

	throw failure(same).hint("That is steered by its own number: pause, resume, cancel and "
							 "set_pace of " +
							 std::to_string(rollback->run_id) + ".");
}

/*
 * The run of the argument "run_id".  42704 if there is none that the caller may see, 55000 if it
 * is atomic or being taken back, 42501 without the right.
 */
steered
find_steered(const pg::arguments &args)
{
	args.require(0, "run_id");

	const int64 run_id = args.bigint(0);
	steered r{catalog::find_run(run_id), {}};

	/* elsewhere, after a dump and restore, its role's OID means nothing; nor is it under way there */
	r.run_by = {"", InvalidOid, r.run.target.system_identifier, r.run.target.extension_oid};
	if (r.run.online)
		r.run_by.oid = r.run.run_by;

	const bool may = caller_may_steer(r);

	if (!may && !r.run.target.caller_may_read())
		throw catalog::no_such_run(run_id);
	require_no_rollback_of(r);
	if (!r.run.online)
		throw atomic_run(r);
	if (!may)
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied to steer " + r.name())
			.detail("That takes the rights of the role that started it, or of the target's owner.")
			.hint("Ask one of them, or have the role granted.");
	return r;
}

bool
is_finished(const steered &r)
{
	return catalog::is_committed(r.run.run_id) ||
		   catalog::find_online_run(r.run.run_id).phase == "done";
}

void
require_unfinished(const steered &r)
{
	if (is_finished(r))
		throw wrong_state(r, "has finished")
			.hint("To take back what it did: CALL migsafe.rollback_online(" +
				  std::to_string(r.run.run_id) + ").");
}

/*
 * What the run is steered by; nothing if it is not under way, and then it stays
 * so until the caller's transaction ends.  A run that just begins, or ends, is waited for.
 */
std::optional<control>
reach(const steered &r)
{
	const int64 end = pg::steady_time() + answer_time * int64{1000};

	require_unfinished(r); /* its lock may be held by who takes it back */
	for (;;)
	{
		const auto handle = catalog::find_online_run(r.run.run_id).control;

		if (handle)
		{
			if (auto found = control::attach(static_cast<dsm_handle>(*handle), r.run.run_id))
				return found;
		}
		if (pg::try_lock(pg::lock_kind::run, static_cast<uint64>(r.run.run_id)))
			return std::nullopt;
		if (pg::steady_time() >= end)
			throw wrong_state(r, "cannot be reached")
				.detail("Its lock is held, but it does not listen yet, or no longer.")
				.hint(
					"See migsafe.status, and try again; outside of a REPEATABLE READ transaction.");
		pg::sleep(look_every);
	}
}

void
wait_for_answer(const steered &r, control &run)
{
	if (run.wait_for_answer(answer_time))
		return;
	if (run.leader_gone())
		throw wrong_state(r, "ended before it answered").hint("See migsafe.status.");
	throw wrong_state(r, "did not answer within 5 s")
		.detail("It was told, and does so as soon as it can.")
		.hint("See migsafe.status; it may wait for a disk, or for something else that cannot be "
			  "interrupted.");
}

void
send(const steered &r, control &run, online::command what)
{
	run.send(what);
	wait_for_answer(r, run);
}

failure
not_under_way(const steered &r)
{
	return wrong_state(r, "is not under way")
		.detail("No backend carries it out.")
		.hint("To go on with it: CALL migsafe.resume_online(" + std::to_string(r.run.run_id) +
			  "); or SELECT migsafe.resume(" + std::to_string(r.run.run_id) +
			  "), which lets a background worker do it.");
}

void
steer_under_way(const steered &r, online::command what)
{
	auto run = reach(r);

	if (run)
		return send(r, *run, what);
	require_unfinished(r);
	throw not_under_way(r);
}

/* A query is asked with the rights of the run's role, so others may not give one. */
void
require_right_to_ask(const steered &r, const online::pace &before, const online::pace &after)
{
	if (after.hold_while.empty() || after.hold_while == before.hold_while)
		return;
	if (!r.run_by.gives_rights_to(pg::call(GetUserId)))
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "permission denied to set \"hold_while\" of " + r.name())
			.detail("The query is executed with the rights of the role that started the run.")
			.hint("Ask a member of that role, or use migsafe.pause.");
	online::try_hold_query(after);
}

online::pace
changed(const steered &r, const std::string &before_json, Jsonb *changes)
{
	const online::pace before = online::read_pace(before_json);
	online::pace after = online::merged(before, changes);

	require_right_to_ask(r, before, after);
	return after;
}

/* Others may do the same meanwhile: what each of them changes holds. */
std::string
send_pace(const steered &r, control &run, Jsonb *changes)
{
	for (;;)
	{
		uint32 version;
		const std::string before = run.read_pace(version);
		std::string after = changed(r, before, changes).to_json();

		if (run.send_pace(after, version))
		{
			wait_for_answer(r, run);
			return after;
		}
	}
}

std::string
store_pace(const steered &r, Jsonb *changes)
{
	require_unfinished(r);

	std::string after = changed(r, catalog::find_online_run(r.run.run_id).pace, changes).to_json();

	catalog::set_pace(r.run.run_id, after);
	return after;
}

void
require_right_to_carry_out(const steered &r)
{
	if (r.run_by.gives_rights_to(pg::call(GetUserId)))
		return;

	const failure denied(ERRCODE_INSUFFICIENT_PRIVILEGE,
						 "permission denied to go on with " + r.name() + " in the background");

	if (!pg::call(GetUserNameFromId, r.run.run_by, true))
		throw failure(denied)
			.detail("The role that began it is gone.")
			.hint("Take it back by CALL migsafe.rollback_online(" + std::to_string(r.run.run_id) +
				  "), and begin another run.");
	throw failure(denied)
		.detail("A worker would carry it out with the rights of the role that began it.")
		.hint("Ask a member of that role.");
}

/* A worker would say what is gone when nobody listens. */
void
require_all_there(const catalog::run_record &run)
{
	(void) target_of(run);
	(void) undo_table(run);
	if (run.rollback_of)
		(void) undo_table(catalog::find_run(*run.rollback_of));
}

/*
 * That lets code run as the run's role, triggers of the target's owner among it: so it
 * takes the rights of that role, and not only those to steer.
 */
void
go_on_in_background(const steered &r)
{
	const Oid role = r.run.run_by;

	require_unfinished(r);
	require_right_to_carry_out(r);
	require_all_there(r.run);
	online::require_may_go_on(r.run);
	if (const auto found = background::obstacle_of(role))
		throw wrong_state(r, "cannot go on in the background")
			.detail("A worker would have to connect as the role that began the run, which " +
					found->what + ".")
			.hint(found->cure +
				  " Where it still exists, a session of that role may CALL "
				  "migsafe.resume_online(" +
				  std::to_string(r.run.run_id) + ").");
	if (!r.run.rollback_of) /* a rollback has no limit: rows that it leaves do not stop it */
		online::warn_of_failed_rows(r.run.run_id, r.run.max_errors.value_or(0));
	catalog::set_in_background(r.run.run_id);
	background::start_at_commit(r.run.run_id, role);
	background::pick_up_pending(r.run.run_id); /* one on the same table may come first */
}

Datum
text_datum(const char *text)
{
	return pg::value::text(std::string(text)).datum;
}

} // namespace

MIGSAFE_FUNCTION(migsafe_pause)
{
	steer_under_way(find_steered(pg::arguments(fcinfo)), online::command::pause);
	return text_datum("paused");
}

MIGSAFE_FUNCTION(migsafe_resume)
{
	const steered r = find_steered(pg::arguments(fcinfo));

	if (auto run = reach(r))
	{
		send(r, *run, online::command::run);
		return text_datum("running");
	}
	go_on_in_background(r);
	return text_datum("started");
}

MIGSAFE_FUNCTION(migsafe_cancel)
{
	const steered r = find_steered(pg::arguments(fcinfo));

	if (auto run = reach(r))
		send(r, *run, online::command::cancel);
	else
	{
		require_unfinished(r);
		catalog::set_stopped(r.run.run_id, "cancelled");
	}
	return text_datum("cancelled");
}

MIGSAFE_FUNCTION(migsafe_set_pace)
{
	const pg::arguments args(fcinfo);
	const steered r = find_steered(args);

	args.require(1, "pace");
	Jsonb *const changes = args.jsonb(1);

	(void) online::read_pace(changes); /* mistakes are reported before anything is waited for */

	auto run = reach(r);

	return pg::value::json(run ? send_pace(r, *run, changes) : store_pace(r, changes)).datum;
}
