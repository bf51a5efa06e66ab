#include "online/leader.hpp"

#include "background/worker.hpp"
#include "catalog/deferred_row.hpp"
#include "catalog/session.hpp"
#include "check/check.hpp"
#include "online/free_parts.hpp"
#include "online/rollback_batch.hpp"
#include "online/rows_to_visit.hpp"
#include "online/run_lock.hpp"
#include "online/target_now.hpp"
#include "pg/message.hpp"
#include "pg/snapshot.hpp"
#include "pg/steady_time.hpp"
#include "rollback/rollback_failure.hpp"
#include "rollback/rollback_request.hpp"

#include <algorithm>

namespace migsafe::online {
namespace {

constexpr int64 look_every = 20;                       /* milliseconds, for parts of others */
constexpr int64 first_wait = 50, longest_wait = 2'000; /* milliseconds, for rows that others hold */

} // namespace

leader::leader(pg::procedure &procedure, int64 run_id, std::optional<pg::session_lock> lock)
	: procedure_(procedure), run_id_(run_id), lock_(lock ? std::move(*lock) : hold_run(run_id))
{
}

leader::~leader()
{
	for (const pg::background_worker &worker : workers_)
		worker.terminate();
}

void
leader::carry_out()
{
	pg::advising(go_on_hint(run_id_), [this] { carry_out_phases(); });
}

void
leader::carry_out_phases()
{
	begin();
	if (is_at("pending"))
		plan();
	else if (is_at("rows") && is_rollback())
		verify_undo_log();
	if (is_at("rows"))
		walk();
	if (is_at("deferred rows") && is_rollback())
		go_to("checks");
	if (is_at("deferred rows"))
	{
		revisit(rows_of::locked);
		look_for_fresh_rows();
	}
	if (is_at("new rows"))
	{
		revisit(rows_of::fresh);
		go_to("checks");
	}
	if (is_at("checks"))
		finish();
}

void
leader::begin()
{
	std::vector<Oid> tables;
	int64 failed = 0;

	const auto broken = procedure_.attempt(
		[&] { execute_first(procedure_, catalog::touch_run(run_id_)); },
		[&] {
			context_ = load_context(run_id_);
			require_may_go_on(context_.run); /* asked before, but without its lock */
			failed = catalog::sum_of_parts(run_id_).failed;
			if (is_rollback())
				take_over(catalog::find_run(*context_.run.rollback_of));
			claim_.emplace(target(target_of(context_.run), "run_id", AccessShareLock));
			tables = tables_of(context_.run);
			control_.emplace(control::create(run_id_, context_.online.pace));
			catalog::set_under_way(run_id_, control_->handle());
		});
	if (broken)
		cannot_begin(*broken);
	loop_.emplace(procedure_, context_, *control_, batch_loop::role::leader, tables, action());
	loop_->require_few_errors(failed);
	loop_->before_each([this] {
		if (!lock_.keep() || !claim_->keep() || (lock_of_ && !lock_of_->keep()))
			throw is_under_way(run_id_);
	});
}

/* What others are at, or have done, is theirs to say; all else is recorded, so that nobody waits for the run. */
void
leader::cannot_begin(const pg::broken_transaction &broken)
{
	if (broken.sqlstate != ERRCODE_OBJECT_IN_USE && broken.sqlstate != ERRCODE_QUERY_CANCELED &&
		broken.sqlstate != ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE)
		record_failure(procedure_, run_id_, broken);
	broken.raise();
}

/* Nobody goes on with the run that is taken back. */
void
leader::take_over(const catalog::run_record &of)
{
	of_ = of;
	lock_of_ = hold_run(of.run_id);
}

/* Somebody may have altered it since the rollback was begun. */
void
leader::verify_undo_log()
{
	procedure_.run([this] {
		require_complete(of_, find_undo_content(of_), "What was taken back before stays so.");
	});
}

batch_action
leader::action() const
{
	if (!is_rollback())
		return transform_batch;
	return [this](const batch_task &task, catalog::run_part &part) {
		return rollback_batch(task, of_, part);
	};
}

void
leader::plan()
{
	const auto broken =
		procedure_.attempt([&] { execute_first(procedure_, catalog::touch_run(run_id_)); },
						   [&] {
							   if (is_rollback())
								   plan_rollback(of_, run_id_);
							   else
								   plan_transform(context_);
							   context_ = load_context(run_id_);
						   });

	if (broken)
		loop_->stop(*broken);
}

void
leader::go_to(const char *phase)
{
	procedure_.run([&] { catalog::set_phase(run_id_, phase); });
	context_.online.phase = phase;
}

void
leader::walk()
{
	start_workers();
	for (;;)
	{
		std::vector<int32> left;

		while (work_on_free_part(procedure_, *loop_, run_id_))
			require_not_stopped();
		procedure_.run([&] { left = catalog::unfinished_parts(run_id_); });
		if (left.empty() && !begins_again())
			break;
		require_not_stopped();
		loop_->rest(look_every);
	}
	loop_->leads(0);
	workers_.clear();
	go_to("deferred rows");
}

/* A rollback whose undo log somebody has put in another order on its way. */
bool
leader::begins_again()
{
	bool again = false;

	if (!is_rollback())
		return false;

	const auto broken =
		procedure_.attempt([&] { execute_first(procedure_, catalog::touch_run(run_id_)); },
						   [&] { again = online::begins_again(of_, run_id_); });

	if (broken)
		loop_->stop(*broken);
	return again;
}

void
leader::start_workers()
{
	const int wanted = std::min(context_.online.workers, context_.parts) - 1;

	for (int place = 1; place <= wanted; place++)
	{
		auto worker = background::start_part_worker(run_id_, control_->handle(), place);

		if (!worker)
		{
			pg::warning("run " + std::to_string(run_id_) + " has " + pg::count_of(place, "worker") +
							" instead of " + std::to_string(context_.online.workers),
						"There is no free slot for a background worker, see "
						"max_worker_processes, or the role is not permitted to log in.");
			break;
		}
		workers_.push_back(*worker);
	}
	loop_->leads(static_cast<int>(workers_.size()));
}

/* A worker records what it fails at. */
void
leader::require_not_stopped()
{
	procedure_.run([&] {
		const catalog::online_run now = catalog::find_online_run(run_id_);

		if (now.stopped == "failed")
			throw failure(now.sqlstate ? catalog::sqlstate_of(*now.sqlstate)
									   : ERRCODE_INTERNAL_ERROR,
						  now.message.value_or(""))
				.detail(now.detail.value_or(""))
				.hint(go_on_hint(run_id_));
	});
}

/* Rows that were put off.  Those that others hold still are put off again, and tried later. */
void
leader::revisit(rows_of which)
{
	const char *const reason = which == rows_of::fresh ? "new" : "locked";
	catalog::run_part part;
	int64 left = 0, left_before = -1, wait = first_wait;
	int64 since = pg::steady_time();
	auto look = [&] {
		procedure_.run([&] {
			part = catalog::find_part(run_id_, 0);
			left = catalog::count_deferred(run_id_, reason);
		});
		return left > 0;
	};

	while (look())
	{
		if (left != left_before)
		{
			wait = first_wait;
			since = pg::steady_time();
		}
		else
		{
			loop_->hold_for(pg::count_of(left, "row") + " held by other sessions", since);
			loop_->rest(wait);
			wait = std::min(wait * 2, longest_wait);
		}
		left_before = left;
		(void) loop_->batch(part, which);
	}
}

void
leader::look_for_fresh_rows()
{
	const auto broken =
		procedure_.attempt([&] { execute_first(procedure_, catalog::touch_run(run_id_)); },
						   [&] {
							   const int64 found = find_fresh_rows(context_);

							   if (!context_.online.sweep)
								   catalog::set_not_visited(run_id_, found);
							   catalog::set_phase(run_id_, "new rows");
						   });

	if (broken)
		loop_->stop(*broken);
	context_.online.phase = "new rows";
}

/* Of a rollback that is done. */
void
leader::tell_of(const catalog::run_result &result) const
{
	warn_of_missing(of_.run_id, catalog::sum_of_parts(run_id_).deleted);
	notice_of_nothing(of_.run_id, terms_from_json(context_.run.terms), result.total_rows);
}

void
leader::finish()
{
	const auto broken = procedure_.attempt(
		[&] { execute_first(procedure_, catalog::touch_run(run_id_)); },
		[&] {
			const pg::local_settings as_written(context_.settings,
												pg::local_settings::if_refused::warning);
			const target t(target_of(context_.run), "run_id", AccessShareLock);
			catalog::run_result result = catalog::result_of_parts(run_id_);
			const std::vector<check> checks =
				parse_checks(t, checks_from_text(context_.run.checks));

			if (!checks.empty())
			{
				const pg::registered_snapshot now;
				const std::vector<check_result> results = run_checks(t, checks, now.get());

				result.checks_result = results_json(checks, results);
				require_passed(
					checks, results,
					{"run " + std::to_string(run_id_) +
						 " stopped: the result does not pass its checks",
					 "", "the run stands",
					 "The rows have been migrated, but for those that failed, and committed. Mend "
					 "what "
					 "fails and CALL "
					 "migsafe.resume_online(" +
						 std::to_string(run_id_) +
						 "), which checks again; or take the run back by CALL "
						 "migsafe.rollback_online(" +
						 std::to_string(run_id_) + ")."});
			}
			catalog::insert(run_id_, result);
			catalog::set_phase(run_id_, "done");
			if (is_rollback())
				tell_of(result);
		});

	if (broken)
		loop_->stop(*broken);
}

} // namespace migsafe::online
