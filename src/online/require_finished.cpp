/*
 * require_finished.cpp
 *		migsafe.require_finished: the gate between a file that starts a run and one
 *		that builds on its result.
 */
#include "background/obstacle.hpp"
#include "background/pending_runs.hpp"
#include "background/pick_up.hpp"
#include "catalog/run_record.hpp"
#include "online/run_state.hpp"
#include "pg/message.hpp"
#include "pg/sleep.hpp"
#include "pg/steady_time.hpp"
#include "pg/value.hpp"
#include "run/redone_part.hpp"
#include "table/write_guard.hpp"

#include <algorithm>
#include <optional>

using namespace migsafe;
using migsafe::online::run_state;

namespace {

constexpr int64 look_every = 250; /* milliseconds */

/* What to say of a run that is not finished. */
struct explanation
{
	std::string detail, hint;
	bool may_finish; /* by itself, while somebody waits for it */
};

std::string
number_of(const run_state &run)
{
	return std::to_string(run.run_id);
}

std::string
progress_of(const run_state &run)
{
	std::string text;

	if (run.rows_expected)
		text = " " + run.rows_done + " of about " + *run.rows_expected + " rows are done" +
			   (run.percent ? " (" + *run.percent + " %)" : "") + ".";
	if (run.held_back_by && run.is_carried_out)
		text += " It waits for: " + *run.held_back_by + ".";
	return text;
}

explanation
explain_stopped(const run_state &run)
{
	if (run.stopped == "failed")
		return {"It failed: " + run.message.value_or("") + " (SQLSTATE " +
					run.sqlstate.value_or("unknown") + ")." + progress_of(run),
				run.ways_out(), false};
	return {"It was " + *run.stopped +
				(run.stopped == "paused" && !run.is_carried_out ? ", and its process has ended."
																: ".") +
				progress_of(run),
			run.ways_out(), false};
}

/* Nobody can go on with it any more, and its name is free.  This is told to everybody. */
explanation
explain_gone(const run_state &run)
{
	const std::string table = run.target.quoted();

	if (run.committed)
		return {"It was finished on a table " + table +
					" that was dropped since. Now there is another one of that name.",
				"Run it again, for the table that is there now: under the same name it is a new "
				"run.",
				false};
	return {"Its table " + table + " was dropped.",
			"Once there is such a table again, run it again: under the same name it is a new run.",
			false};
}

explanation
explain_obstacle(const run_state &run, const background::obstacle &found)
{
	return {"It cannot go on: role \"" + run.run_by + "\", as which it is carried out, " +
				found.what + ". Its run_id is " + number_of(run) + "." + progress_of(run),
			found.cure, false};
}

/* That was started before it on the same table, if it has to wait for that one. */
std::optional<int64>
run_before(const run_state &run)
{
	if (!run.background || run.rows_expected)
		return std::nullopt;
	for (const background::pending_run &first : background::pending_runs())
	{
		if (first.target == run.target.oid && first.run_id < run.run_id)
			return first.run_id;
	}
	return std::nullopt;
}

/* It is to go on in the background, and somebody else is at its table. */
std::optional<explanation>
explain_occupied(const run_state &run)
{
	const std::string who = run.background ? who_writes(run.target.resolve()) : "";

	if (who.empty())
		return std::nullopt;
	return explanation{"It waits for its table, which is in use. " + who.substr(0, who.size() - 1) +
						   progress_of(run),
					   "Give it time by the argument timeout. SELECT * FROM migsafe.progress shows "
					   "what is at the table; a paused run goes on by migsafe.resume(), or ends by "
					   "migsafe.cancel().",
					   true};
}

explanation
explain_idle(const run_state &run)
{
	if (const auto occupied = explain_occupied(run))
		return *occupied;
	if (!run.background)
		return {"It was interrupted." + progress_of(run),
				"Go on with it by " + run.way_on() +
					", or by the same arguments to migsafe.start().",
				false};
	return {(run.rows_expected ? "It was interrupted, and is to go on in the background."
							   : "It is pending: no background worker has begun with it.") +
				progress_of(run),
			"Give it time by the argument timeout. If it does not begin, see the server's log, and "
			"whether max_worker_processes leaves a worker free.",
			true};
}

explanation
explain(const run_state &run)
{
	if (run.under_rollback)
	{
		const failure same = run.under_rollback->in_the_way_of(run.title());

		return {same.detail(), same.hint(), false};
	}
	if (const auto redone =
			run.taken_back_by && run.name ? redone_in_part(*run.name) : std::nullopt)
		return {redone->detail(), redone->hint(), false};
	if (run.taken_back_by)
		return {"It has been taken back by run " + *run.taken_back_by + ".",
				"Run it again, or take that rollback back by migsafe.rollback(" +
					*run.taken_back_by + ").",
				false};
	if (run.target_is_gone)
		return explain_gone(run);
	if (run.is_own)
		return {"It begins when the present transaction commits.",
				"Ask for it in a transaction of its own: after COMMIT, or in the next file.",
				false};
	if (run.stopped)
		return explain_stopped(run);
	if (const auto found = background::obstacle_of(run.run_by_oid);
		found && run.background && !run.is_carried_out)
		return explain_obstacle(run, *found);
	if (const auto before = run_before(run))
		return {"It waits for run " + std::to_string(*before) +
					", which was started before it on the same table.",
				"Give it time by the argument timeout. SELECT * FROM migsafe.status shows what has "
				"become of that run.",
				true};
	if (!run.is_carried_out)
		return explain_idle(run);
	if (run.waits_for_us)
		return {"It waits for a lock that the present transaction holds." + progress_of(run),
				"Ask for it in a transaction of its own, before anything that locks the table.",
				false};
	return {"It is running." + progress_of(run),
			"Give it time by the argument timeout. SELECT * FROM migsafe.progress shows how far it "
			"has come.",
			true};
}

/* It has no record of its own. */
explanation
explain(online::uncommitted what)
{
	if (what == online::uncommitted::open)
		return {"The one transaction in which it runs has not ended.",
				"Give it time by the argument timeout. SELECT * FROM migsafe.progress shows how "
				"far it has come.",
				true};
	return {"The one transaction in which it ran was rolled back.", "Run it again.", false};
}

/* What is found when one looks for the run. */
struct finding
{
	std::optional<int64> finished; /* its number */
	explanation why;
	std::string state; /* " is not finished" */
	bool may_tell;
};

std::string
state_of(const run_state &run)
{
	if (run.under_rollback)
		return run.under_rollback->effect();
	return run.taken_back_by ? " has been rolled back" : " is not finished";
}

/* Who may not read the rows shall not learn of them from an error that they caused. */
finding
judge(const run_state &run)
{
	if (run.stands())
		return {run.run_id, {}, "", run.target.caller_may_read()};
	return {std::nullopt, explain(run), state_of(run),
			run.target_is_gone || run.target.caller_may_read()};
}

/* key: a run_id or a name; title: what messages call the run */
template <typename Key>
finding
look_for(const Key &key, const std::string &title)
{
	const online::uncommitted before = online::find_uncommitted(key); /* it may just commit */

	if (const auto run = online::find_state(key))
		return judge(*run);
	if (before == online::uncommitted::unknown)
		throw failure(ERRCODE_UNDEFINED_OBJECT, "there is no " + title)
			.hint("Start it first, in a file before this one. The runs are listed by: SELECT * "
				  "FROM migsafe.status.");
	return {std::nullopt, explain(before), " is not finished", true};
}

/* Of rows that stayed as they were: nobody else tells of those of a run in the background. */
void
tell_of_failed_rows(int64 run_id, const std::string &title)
{
	if (const int64 failed = catalog::find_result(run_id).failed_rows; failed > 0)
		pg::warning(
			title + " is finished, but " + pg::count_of(failed, "row") + " failed",
			"What failed stayed as it was: SELECT * FROM migsafe.row_error WHERE run_id = " +
				std::to_string(run_id) + ".");
}

failure
unfinished(const std::string &title, const finding &found)
{
	failure error(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, title + found.state);

	if (!found.may_tell)
		return std::move(error).hint("Ask as a role that may read its table, which is told why.");
	return std::move(error).detail(found.why.detail).hint(found.why.hint);
}

/* In milliseconds; a month counts as 30 days. */
int64
milliseconds_of(const Interval *timeout)
{
	const double days = timeout->month * 30.0 + timeout->day;
	const double milliseconds = days * 86400e3 + static_cast<double>(timeout->time) / 1000;

	if (milliseconds < 0)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE, "argument \"timeout\" must not be negative")
			.hint("Leave it out to ask without waiting.");
	return static_cast<int64>(std::min(milliseconds, 1e12));
}

template <typename Key>
int64
require_finished(const Key &key, const std::string &title, int64 timeout)
{
	const int64 end = pg::steady_time() + timeout * 1000;

	for (;;)
	{
		background::pick_up_pending();

		const finding found = look_for(key, title);
		const int64 left = (end - pg::steady_time()) / 1000;

		if (found.finished)
		{
			if (found.may_tell)
				tell_of_failed_rows(*found.finished, title);
			return *found.finished;
		}
		if (!found.why.may_finish || left <= 0)
			throw unfinished(title, found);
		pg::sleep(static_cast<long>(std::min(left, look_every)));
	}
}

int64
timeout_of(const pg::arguments &args)
{
	return args.null(1) ? 0 : milliseconds_of(DatumGetIntervalP(args.datum(1)));
}

} // namespace

MIGSAFE_FUNCTION(migsafe_require_finished_name)
{
	const pg::arguments args(fcinfo);

	args.require(0, "name");

	const std::string name = args.string(0);

	PG_RETURN_INT64(require_finished(name, "run \"" + name + "\"", timeout_of(args)));
}

MIGSAFE_FUNCTION(migsafe_require_finished_id)
{
	const pg::arguments args(fcinfo);

	args.require(0, "run_id");
	PG_RETURN_INT64(require_finished(args.bigint(0), "run " + std::to_string(args.bigint(0)),
									 timeout_of(args)));
}
