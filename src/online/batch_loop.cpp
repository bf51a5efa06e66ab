#include "online/batch_loop.hpp"

#include "catalog/session.hpp"
#include "pg/memory.hpp"
#include "pg/message.hpp"
#include "pg/steady_time.hpp"

extern "C" {
#include "access/xlog.h"
#include "common/pg_prng.h"
#include "executor/instrument.h"
}

#include <algorithm>

namespace migsafe::online {
namespace {

constexpr int most_attempts = 30;
constexpr int64 looked_every = 500; /* milliseconds, while something holds the run back */
constexpr int64 for_waiters = 100;  /* milliseconds of rest when sessions waited for a batch */
constexpr int64 for_workers = 3000; /* milliseconds until workers have obeyed */
constexpr int64 shortest_retry = 10, longest_retry = 5'000; /* milliseconds */

/* Serialization failures, deadlocks and lock timeouts pass. */
bool
is_transient(int sqlstate)
{
	return sqlstate == ERRCODE_T_R_SERIALIZATION_FAILURE ||
		   sqlstate == ERRCODE_T_R_DEADLOCK_DETECTED || sqlstate == ERRCODE_LOCK_NOT_AVAILABLE;
}

/* Twice as long each time, and anywhere within the upper half of that, so that two do not meet again. */
int64
retry_after(int attempts)
{
	const int64 most = std::min(longest_retry, shortest_retry << std::min(attempts, 16));

	return most / 2 + static_cast<int64>(pg_prng_double(&pg_global_prng_state) *
										 static_cast<double>(most) / 2);
}

std::string
run_label(const run_context &context)
{
	return "run " + std::to_string(context.run.run_id);
}

} // namespace

uint64
execute_first(pg::procedure &procedure, const catalog::statement &statement)
{
	return procedure.execute(catalog::owner(), statement.sql, statement.values);
}

std::string
go_on_hint(int64 run_id)
{
	const std::string id = std::to_string(run_id);

	return "What was done so far has been committed. Once the cause is gone, go on by CALL "
		   "migsafe.resume_online(" +
		   id + "); or take it back by CALL migsafe.rollback_online(" + id + ").";
}

void
record_failure(pg::procedure &procedure, int64 run_id, const pg::broken_transaction &broken)
{
	(void) procedure.attempt(
		[&] {
			execute_first(procedure, catalog::stop_run(run_id, broken.sqlstate, broken.message,
													   broken.detail));
		},
		[] {});
}

batch_loop::batch_loop(pg::procedure &procedure, run_context &context, control &steering, role as,
					   std::vector<Oid> tables, batch_action action)
	: procedure_(procedure), context_(context), control_(steering), role_(as),
	  action_(std::move(action)), pace_(read_pace(context.online.pace)), tuner_(pace_.batch_size),
	  throttle_(pace_, std::move(tables), context.run.run_id)
{
	pace_version_ = control_.pace_version();
}

std::optional<int64>
batch_loop::batch(catalog::run_part &part, rows_of which, LockWaitPolicy wait)
{
	pg::memory_context batch_cxt("migsafe online batch");
	pg::memory_scope scope(batch_cxt.get());

	if (test_)
		test_();
	yield();

	const catalog::run_part before = part;
	const int64 run_id = context_.run.run_id;
	const int64 started = pg::steady_time();
	const uint64 wal_before = pgWalUsage.wal_bytes;
	const int64 target_time = pace_.target_batch_time * 1000;
	catalog::part_counts all;
	int64 rows = 0, waiters = 0;
	poll watch(control_, pace_.target_batch_time * patience_);
	const auto broken = procedure_.attempt(
		[&] {
			if (execute_first(procedure_, catalog::begin_batch(run_id, part)) != 1)
				throw failure(ERRCODE_OBJECT_IN_USE,
							  run_label(context_) + " is carried out by another session, too")
					.detail("Somebody released the locks of the session: "
							"pg_advisory_unlock_all() in an expression or a trigger does.")
					.hint("Leave the run to that session.");
		},
		[&] {
			all = catalog::sum_of_parts(run_id);
			rows = action_({context_, which, tuner_.size(),
							context_.run.max_errors.value_or(PG_INT64_MAX) - all.failed,
							pace_.lock_timeout, started + target_time, wait},
						   part);
			part.batch_size = tuner_.size();
			all = catalog::sum_of_parts(run_id, part);
			catalog::update(run_id, part, rows_per_second_);
			waiters = pace_.yield_to_waiters ? sessions_waiting_behind(MyProcPid) : 0;
			watch.stop(); /* a cancel would end the wait of the commit for a synchronous standby */
		});
	const poll::reason interrupted_by = broken ? watch.interrupted_by() : poll::reason::none;

	watch.stop();
	if (broken)
	{
		part = before;
		recover(*broken, interrupted_by, part);
		return std::nullopt;
	}

	const int64 took = pg::steady_time() - started;

	attempts_ = 0;
	patience_ = 10;
	throttle_.committed(XactLastCommitEnd);
	learn(rows, took, pgWalUsage.wal_bytes - wal_before);
	show_progress(all.seen, all.failed);
	require_few_errors(all.failed);
	if (!part.done)
		rest_after(took, waiters);
	return rows;
}

/* Sessions that waited for the batch go first: the next one would take the same locks from them again. */
void
batch_loop::rest_after(int64 microseconds, int64 waiters)
{
	const auto share = static_cast<int64>(static_cast<double>(microseconds) / 1000 * pace_.rest);

	if (waiters > 0)
		record_held_back(pg::count_of(waiters, "session") + " that waited for the last batch");
	rest(std::max(share, waiters > 0 ? for_waiters : 0));
}

void
batch_loop::learn(int64 rows, int64 microseconds, uint64 wal_bytes)
{
	constexpr double weight = 0.3; /* of the last batch */
	const int64 end = pg::steady_time();
	const int64 with_rest = last_end_ != 0 ? end - last_end_ : microseconds;
	const double now =
		static_cast<double>(rows) * 1e6 / static_cast<double>(std::max<int64>(with_rest, 1));

	last_end_ = end;
	rows_per_second_ = rows_per_second_ == 0 ? now : rows_per_second_ * (1 - weight) + now * weight;
	tuner_.finished(
		{rows, static_cast<double>(microseconds) / 1000, static_cast<double>(wal_bytes)},
		{static_cast<double>(pace_.target_batch_time), static_cast<double>(pace_.max_batch_wal)});
}

void
batch_loop::show_progress(int64 rows, int64 failed)
{
	const auto every = context_.online.notice_every;

	if (role_ != role::leader || !every || rows / *every == reported_ / *every)
		return;
	reported_ = rows;
	pg::notice("[" + std::to_string(rows) + "/" + std::to_string(context_.online.rows_expected) +
			   "] " + pg::count_of(failed, "row") + " failed");
}

void
batch_loop::require_few_errors(int64 failed)
{
	const int64 most = context_.run.max_errors.value_or(PG_INT64_MAX); /* none: of a rollback */

	if (failed <= most)
		return;

	const std::string id = std::to_string(context_.run.run_id);

	stop(pg::broken_transaction(
		failure(ERRCODE_DATA_EXCEPTION,
				run_label(context_) + " stopped: " + pg::count_of(failed, "row") +
					" failed, more than max_errors (" + std::to_string(most) + ")")
			.detail("They are listed in migsafe.row_error.")
			.hint("All other rows up to here have been migrated and committed. Go on by CALL "
				  "migsafe.resume_online(" +
				  id + ", max_errors => ...), or take it back by CALL migsafe.rollback_online(" +
				  id + ").")));
}

void
batch_loop::recover(const pg::broken_transaction &broken, poll::reason interrupted_by,
					catalog::run_part &part)
{
	switch (interrupted_by)
	{
		case poll::reason::command:
		case poll::reason::leader:
			return; /* yield() sees to it */
		case poll::reason::deadline:
			if (tuner_.size() == 1)
				patience_ *= 2; /* a row that takes so long by itself */
			tuner_.halve();
			part.retries++;
			return;
		case poll::reason::none:
			break;
	}
	if (broken.sqlstate == ERRCODE_PROGRAM_LIMIT_EXCEEDED && tuner_.size() > 1)
	{
		tuner_.halve();
		return;
	}
	if (broken.sqlstate == ERRCODE_QUERY_CANCELED || broken.sqlstate == ERRCODE_OBJECT_IN_USE)
		broken.raise();
	if (!is_transient(broken.sqlstate) || ++attempts_ > most_attempts)
		stop(broken);
	part.retries++;
	tuner_.halve();
	record_held_back("another attempt at a batch, after: " + broken.message);
	nap(retry_after(attempts_), control_);
}

void
batch_loop::stop(const pg::broken_transaction &broken)
{
	record_failure(procedure_, context_.run.run_id, broken);
	broken.raise();
}

void
batch_loop::yield()
{
	obey();
	wait_while_held_back();
}

void
batch_loop::rest(int64 milliseconds)
{
	nap(milliseconds, control_);
	obey();
}

/* Until nothing but going on is wanted. */
void
batch_loop::obey()
{
	if (role_ == role::worker && control_.leader_gone())
		end_without_leader();
	switch (control_.wanted())
	{
		case command::pause:
			pause();
			break;
		case command::cancel:
			end_cancelled();
		case command::run:
			break;
	}
	if (control_.pace_version() != pace_version_)
		take_pace();
	control_.acknowledge();
}

void
batch_loop::pause()
{
	const int64 patient_until = pg::steady_time() + for_workers * 1000;

	if (role_ == role::leader)
		procedure_.run([&] { catalog::set_stopped(context_.run.run_id, "paused"); });
	while (control_.wanted() == command::pause)
	{
		if (role_ == role::worker && control_.leader_gone())
			end_without_leader();
		if (control_.pace_version() != pace_version_)
			take_pace();
		if (!control_.has_acknowledged() &&
			(workers_ == 0 || control_.is_acknowledged_by_all(workers_) ||
			 pg::steady_time() >= patient_until))
			control_.acknowledge();
		nap(looked_every, control_);
	}
	if (control_.wanted() == command::cancel)
		end_cancelled();
	throttle_.forget_holds();
	last_end_ = 0;
	if (role_ == role::leader)
		procedure_.run([&] { catalog::set_stopped(context_.run.run_id, ""); });
}

void
batch_loop::end_cancelled()
{
	if (role_ == role::leader)
		procedure_.run([&] { catalog::set_stopped(context_.run.run_id, "cancelled"); });
	control_.acknowledge();
	throw failure(ERRCODE_QUERY_CANCELED, run_label(context_) + " was cancelled")
		.detail("By a call of migsafe.cancel() in another session.")
		.hint("What was done so far has been committed. Go on by CALL migsafe.resume_online(" +
			  std::to_string(context_.run.run_id) +
			  "), or take it back by CALL migsafe.rollback_online(" +
			  std::to_string(context_.run.run_id) + ").");
}

void
batch_loop::end_without_leader()
{
	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  run_label(context_) + " has no leader any more")
		.hint("Go on with it by CALL migsafe.resume_online(" + std::to_string(context_.run.run_id) +
			  ").");
}

void
batch_loop::take_pace()
{
	const int64 size_before = pace_.batch_size;
	std::string json = control_.read_pace(pace_version_);

	procedure_.run([&] {
		pace_ = read_pace(json);
		if (role_ == role::leader)
			catalog::set_pace(context_.run.run_id, json);
	});
	throttle_.change_pace(pace_);
	if (pace_.batch_size != size_before)
		tuner_.restart(pace_.batch_size);
}

void
batch_loop::record_held_back(const std::string &reason)
{
	if (reason == held_back_by_)
		return;
	procedure_.run([&] { catalog::set_held_back(context_.run.run_id, reason); });
	held_back_by_ = reason;
}

void
batch_loop::hold_for(const std::string &reason, int64 since)
{
	record_held_back(reason);
	if (pg::steady_time() - since > pace_.max_hold * 1000)
		stop(pg::broken_transaction(
			failure(ERRCODE_LOCK_NOT_AVAILABLE,
					run_label(context_) + " stopped: it was held back for longer than max_hold")
				.detail("It waited for: " + reason + ".")
				.hint(go_on_hint(context_.run.run_id))));
}

void
batch_loop::wait_while_held_back()
{
	for (;;)
	{
		pg::memory_context look_cxt("migsafe throttle");
		pg::memory_scope scope(look_cxt.get());
		std::optional<hold> found;
		poll watch(control_, std::nullopt); /* hold_while may take seconds */
		const auto broken = procedure_.attempt_reading([&] {
			const pg::local_settings as_written(context_.settings,
												pg::local_settings::if_refused::warning);

			found = throttle_.check();
			watch.stop();
		});

		if (broken && watch.interrupted_by() != poll::reason::none)
		{
			obey();
			continue;
		}
		watch.stop();
		if (broken && broken->sqlstate != ERRCODE_QUERY_CANCELED)
			stop(*broken);
		if (broken)
			broken->raise();
		record_held_back(found ? found->reason : "");
		if (!found)
			return;
		nap(looked_every, control_);
		obey();
	}
}

} // namespace migsafe::online
