/*
 * batch_loop.hpp
 *		The transactions of an online run: batch after batch, steered, held back,
 *		retried, and of a size that fits.
 */
#pragma once

#include "online/batch.hpp"
#include "online/batch_tuner.hpp"
#include "online/control.hpp"
#include "online/pace.hpp"
#include "online/poll.hpp"
#include "online/throttle.hpp"
#include "pg/procedure.hpp"

#include <functional>
#include <memory>

namespace migsafe::online {

/* What a batch does; as transform_batch. */
using batch_action = std::function<int64(const batch_task &, catalog::run_part &)>;

/* In the first part of a transaction of the procedure. */
uint64 execute_first(pg::procedure &procedure, const catalog::statement &statement);

/* In a transaction of its own: that an ERROR has stopped the run. */
void record_failure(pg::procedure &procedure, int64 run_id, const pg::broken_transaction &broken);

/* Sentences: what became of what was done, and how to go on once the cause is gone. */
std::string go_on_hint(int64 run_id);

/* Of one process that carries out a run, or parts of it. */
class batch_loop
{
public:
	enum class role { leader, worker };

	/* tables: those that are written */
	batch_loop(pg::procedure &procedure, run_context &context, control &steering, role as,
			   std::vector<Oid> tables, batch_action action);

	/*
	 * One batch, or an attempt at one.  Returns how many rows it dealt with;
	 * nothing if it was given up, and is to be done again.  ERRORs that end the
	 * run here: 57014 it was cancelled, 55000 the leader is gone, all that a
	 * batch raises and that does not pass; they are recorded before.
	 */
	std::optional<int64> batch(catalog::run_part &part, rows_of which,
							   LockWaitPolicy wait = LockWaitSkip);

	/* Between batches: do what is wanted of the run, and wait while something holds it back. */
	void yield();

	/* The same, and sleep as long, unless there is something to do. */
	void rest(int64 milliseconds);

	/*
	 * Show what the run waits for besides, since when; 55P03 if that is longer than max_hold.
	 */
	void hold_for(const std::string &reason, int64 since);

	/* Stop the run, as below, if more rows have failed than may. */
	void require_few_errors(int64 failed);

	/* Record that the run was stopped by an ERROR, and raise it with this hint if it has none. */
	[[noreturn]] void stop(const pg::broken_transaction &broken);

	[[nodiscard]] const pace &current_pace() const { return pace_; }
	/* Called before each batch, in a transaction that it has for itself no use for. */
	void before_each(std::function<void()> test) { test_ = std::move(test); }
	/* How many workers have to obey a command, too. */
	void leads(int workers) { workers_ = workers; }

private:
	pg::procedure &procedure_;
	run_context &context_;
	control &control_;
	const role role_;
	const batch_action action_;
	pace pace_;
	uint32 pace_version_ = 0;
	batch_tuner tuner_;
	throttle throttle_;
	int attempts_ = 0;    /* at the present batch */
	int64 patience_ = 10; /* in target times: how long a batch may take */
	double rows_per_second_ = 0;
	std::string held_back_by_; /* as recorded */
	int64 last_end_ = 0;       /* of a batch; 0: not yet */
	int64 reported_ = 0;       /* rows, by the last NOTICE */
	int workers_ = 0;
	std::function<void()> test_;

	void obey();
	void pause();
	[[noreturn]] void end_cancelled();
	[[noreturn]] void end_without_leader();
	void take_pace();
	void record_held_back(const std::string &reason);
	void wait_while_held_back();
	void recover(const pg::broken_transaction &broken, poll::reason interrupted_by,
				 catalog::run_part &part);
	void rest_after(int64 microseconds, int64 waiters);
	void learn(int64 rows, int64 microseconds, uint64 wal_bytes);
	void show_progress(int64 rows, int64 failed);
};

} // namespace migsafe::online
