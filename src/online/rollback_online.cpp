/*
 * rollback_online.cpp
 *		migsafe.rollback_online: a run taken back in batches that commit.
 */
#include "catalog/run_part.hpp"
#include "catalog/session.hpp"
#include "catalog/unfinished_rollback.hpp"
#include "check/check.hpp"
#include "online/leader.hpp"
#include "online/resumable.hpp"
#include "pg/message.hpp"
#include "rollback/rollback_request.hpp"
#include "rollback/rolling_back.hpp"
#include "rollback/stuck_rollback.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;
using namespace migsafe::online;

namespace {

using pg::value;

constexpr char function_name[] = "migsafe.rollback_online()";
constexpr terms_positions positions{1, 2, 3, 4, 5, 6};
constexpr int checks_position = 7, pace_position = 8;
constexpr char online_hint[] =
	"SELECT * FROM migsafe.rollback(...) takes a run back in the present transaction.";

void
require_key(const target &t, const rolling_back &work)
{
	if (work.source().key().empty())
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  "table \"" + t.name() + "\" has no key to find rows by")
			.detail("Each batch would have to look through the whole table.")
			.hint("Use migsafe.rollback().");
}

/* A sentence; empty if there is none: an argument that is left out has its default, not what it had. */
std::string
change_of_policies(const rollback_terms &so_far, const rollback_terms &from_now)
{
	const std::string had = policies_text(so_far), has = policies_text(from_now);

	return had == has ? "" : " It had " + had + " so far, and has " + has + " from now on.";
}

/* A rollback to carry out; the lock of one that has been begun before. */
struct rollback_at_hand
{
	int64 run_id = 0;
	std::optional<pg::session_lock> lock;
};

/*
 * A rollback of the same part that has been begun, and not finished: it goes on, and
 * does from now on with conflicts as this call says.
 */
std::optional<rollback_at_hand>
go_on_with(const catalog::run_record &of, const pg::arguments &args)
{
	const auto begun = catalog::find_unfinished_rollback(of.run_id);

	if (!begun)
		return std::nullopt;

	const int64 run_id = begun->run_id;
	const catalog::run_record rollback = catalog::find_run(run_id);
	const rollback_terms terms = read_terms(args, positions);
	const rollback_terms terms_so_far = terms_from_json(rollback.terms);

	if (rollback.rollback_of != of.run_id || !terms.is_same_part(terms_so_far) ||
		is_stuck(rollback))
		return std::nullopt;

	auto lock = hold_resumable(run_id, {});

	if (!lock)
		return std::nullopt;
	catalog::set_terms(run_id, terms.to_json());
	if (!args.null(pace_position))
		catalog::set_pace(run_id, read_pace(args.jsonb(pace_position)).to_json());
	pg::notice(
		"this rollback of run " + std::to_string(of.run_id) + " has been begun before, going on",
		"Its run_id is " + std::to_string(run_id) + "." + change_of_policies(terms_so_far, terms));
	return rollback_at_hand{run_id, std::move(lock)};
}

/* Of those that have been begun before, and cannot be finished, now that another one is recorded. */
void
tell_of_stuck(const std::vector<catalog::unfinished_rollback> &rollbacks)
{
	for (const catalog::unfinished_rollback &stuck : rollbacks)
		pg::notice("rollback " + std::to_string(stuck.run_id) +
					   " of this run cannot be finished, beginning another one",
				   "What it has taken back is found unchanged.");
}

/* Record the rollback, with an undo log of its own; its run_id. */
int64
record_rollback(const catalog::run_record &of, const pg::arguments &args)
{
	const target t(target_of(of), "run_id", AccessShareLock);

	const rollback_terms terms = read_terms(args, positions);

	t.require_readable();
	require_standing(of, rollback_mode::write);
	t.require_updatable(columns_taken_back(t, of, terms));
	t.require_writable_in_place(CMD_UPDATE);

	const check_list checks = args.null(checks_position)
								  ? check_list{}
								  : read_checks(args.jsonb(checks_position), "checks");
	const pace p = args.null(pace_position) ? pace() : read_pace(args.jsonb(pace_position));
	const rolling_back work(t, of, terms);

	(void) parse_checks(t, checks);
	require_key(t, work);
	require_predicate(t, terms);
	require_no_later_changes(work.source());
	work.source().require_no_lost_column();

	/* better now than after the rollback is recorded */
	const write_guard guard(t, AccessShareLock);

	require_standing(of, rollback_mode::write); /* again, now that nobody else can be at it */

	const auto stuck = catalog::unfinished_rollbacks(of.run_id);
	const int64 run_id = catalog::new_run_id();
	const undo_log redo(t, run_id, work.source().key());
	catalog::run_record run = record_of_rollback(t, of, run_id, redo, terms);
	catalog::online_run online;

	run.checks = checks.json;
	run.online = true;
	catalog::insert(run);
	online.run_id = run_id;
	online.pace = p.to_json();
	catalog::insert(online);
	tell_of_stuck(stuck);
	return run_id;
}

Datum
roll_back(FunctionCallInfo fcinfo, catalog::run_record (*find)(const pg::arguments &))
{
	pg::procedure procedure(fcinfo, function_name, online_hint);
	const pg::arguments args(fcinfo);
	rollback_at_hand work;
	catalog::run_result result;
	catalog::part_counts counts;

	procedure.run([&] {
		require_read_write(function_name, "Call it on the primary.");

		const catalog::run_record of = find(args);

		if (auto begun = go_on_with(of, args))
			work = std::move(*begun);
		else
			work.run_id = record_rollback(of, args);
	});
	leader(procedure, work.run_id, std::move(work.lock)).carry_out();
	procedure.run([&] {
		result = catalog::find_result(work.run_id);
		counts = catalog::sum_of_parts(work.run_id);
	});
	return procedure.result([&] {
		return pg::make_record(fcinfo,
							   {value::of(work.run_id), value::of(result.total_rows),
								value::of(result.successful_rows), value::of(counts.unchanged),
								value::of(result.failed_rows), value::of(counts.deleted),
								value::of(result.batches), value::interval(result.elapsed),
								value::json(result.checks_result)});
	});
}

} // namespace

MIGSAFE_FUNCTION(migsafe_rollback_online)
{
	return roll_back(fcinfo, [](const pg::arguments &args) {
		args.require(0, "run_id");
		return catalog::find_run(args.bigint(0));
	});
}

MIGSAFE_FUNCTION(migsafe_rollback_online_by_name)
{
	return roll_back(fcinfo, [](const pg::arguments &args) {
		args.require(0, "name");

		const std::string name = args.string(0);

		lock_name(name);
		return find_run_named(name);
	});
}
