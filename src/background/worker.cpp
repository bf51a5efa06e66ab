#include "background/worker.hpp"

#include "background/obstacle.hpp"
#include "background/pending_runs.hpp"
#include "background/pick_up.hpp"
#include "catalog/online_run.hpp"
#include "catalog/session.hpp"
#include "pg/lock.hpp"
#include "pg/settings.hpp"
#include "pg/sleep.hpp"
#include "pg/top_level_statement.hpp"

extern "C" {
#include "storage/procarray.h"
}

#include <algorithm>
#include <cstring>
#include <vector>

namespace migsafe::background {
namespace {

constexpr char worker_function[] = "migsafe_online_worker";

constexpr long look_every = 25; /* milliseconds */
constexpr int looks_at_lock = 80;

/* What a worker finds in its bgw_extra. */
struct assignment
{
	int64 run_id;
	Oid database, role;
	TransactionId starter;
	dsm_handle control;
	int32 place; /* 0: to carry the run out */
};
static_assert(sizeof(assignment) <= BGW_EXTRALEN);

std::optional<pg::background_worker>
start(const assignment &what)
{
	if (obstacle_of(what.role))
		return std::nullopt;
	return pg::background_worker::start(
		worker_function, "migsafe run " + std::to_string(what.run_id), 0,
		std::string(reinterpret_cast<const char *>(&what), sizeof(what)));
}

/*
 * Wait until that transaction has ended; false if it was prepared.  BackendXidGetPid
 * knows no prepared ones.
 */
bool
wait_for_end(TransactionId starter)
{
	while (pg::call(BackendXidGetPid, starter) != 0)
		pg::sleep(look_every);
	return !pg::call(TransactionIdIsInProgress, starter);
}

/* One worker at a time is to carry a run out; held as long as the process lives. */
bool
take_worker_lock(int64 run_id)
{
	return pg::call([=] {
		const LOCKTAG tag = pg::lock_tag(pg::lock_kind::worker, static_cast<uint64>(run_id));

		return LockAcquire(&tag, ExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL;
	});
}

/* As soon as try_take succeeds, each time in a transaction; false if it does not for two seconds. */
template <typename Fn>
bool
wait_for_lock(Fn try_take)
{
	for (int i = 0; i < looks_at_lock; i++)
	{
		bool taken = false;

		pg::in_transaction([&] { taken = try_take(); });
		if (taken)
			return true;
		pg::sleep(look_every);
	}
	return false;
}

bool
is_installed()
{
	return OidIsValid(pg::call(get_namespace_oid, "migsafe", true));
}

/*
 * Does the run stand in the catalogs, and is it its turn?  Not if its record was rolled
 * back, or the extension with it.
 */
bool
is_to_be_carried_out(const assignment &what)
{
	if (!is_installed())
		return false;

	const std::vector<pending_run> runs = pending_runs();

	return std::any_of(runs.begin(), runs.end(), [&](const pending_run &r) {
		return r.run_id == what.run_id && r.role == what.role;
	});
}

std::vector<pg::setting>
settings_of(int64 run_id)
{
	catalog::session s;
	std::vector<pg::setting> settings;

	for (const pg::text_row &row :
		 s->query("SELECT e.key, e.value FROM migsafe.run r, jsonb_each_text(r.settings) e"
				  " WHERE r.run_id = $1 AND e.value IS NOT NULL",
				  {pg::value::of(run_id)}))
		settings.push_back({row[0].value(), row[1].value()});
	return settings;
}

/* Those of the moment of its start become those of this session. */
void
take_over_settings(int64 run_id)
{
	pg::in_transaction([=] { pg::set_in_session(settings_of(run_id)); });
}

/*
 * Also what stopped the run before it could begin, else it would be tried again and
 * again.  It stays as it is if another session was quicker, another run is writing the
 * table, or the worker was cancelled.
 */
void
record_failure(int64 run_id, const pg::problem &why)
{
	if (why.sqlstate != ERRCODE_OBJECT_IN_USE && why.sqlstate != ERRCODE_QUERY_CANCELED &&
		is_installed() && pg::try_lock(pg::lock_kind::run, static_cast<uint64>(run_id)))
		catalog::set_failed_unless_stopped(run_id, why.sqlstate, why.message, why.detail);
}

/*
 * Neither lock is free at once: one of a worker that has failed at the run and ends,
 * and the run's own, which its starter gives up a moment after he is seen to have ended.
 */
void
carry_out(const assignment &what)
{
	if (!wait_for_lock([&] { return take_worker_lock(what.run_id); }))
		return;
	if (TransactionIdIsValid(what.starter) && !wait_for_end(what.starter))
		return;

	bool is_mine = false;

	pg::in_transaction([&] { is_mine = is_to_be_carried_out(what); });
	if (!is_mine || !wait_for_lock([&] {
			return pg::try_lock(pg::lock_kind::run, static_cast<uint64>(what.run_id));
		}))
		return;
	take_over_settings(what.run_id);
	if (const auto why = pg::execute_at_top_level("CALL migsafe.resume_online(" +
												  std::to_string(what.run_id) + ")"))
		pg::in_transaction([&] { record_failure(what.run_id, *why); });
	/* those that waited for the table, or for a free worker */
	pg::in_transaction([&] { pick_up_pending(what.run_id); });
}

void
do_parts(const assignment &what)
{
	take_over_settings(what.run_id);
	(void) pg::execute_at_top_level("CALL migsafe.work_on_run(" + std::to_string(what.run_id) +
									", " + std::to_string(what.control) + ", " +
									std::to_string(what.place) + ")");
}

} // namespace

bool
is_online_worker()
{
	return pg::is_background_worker(worker_function);
}

std::optional<pg::background_worker>
start_run_worker(int64 run_id, Oid role, TransactionId starter)
{
	return start({run_id, MyDatabaseId, role, starter, DSM_HANDLE_INVALID, 0});
}

std::optional<pg::background_worker>
start_part_worker(int64 run_id, dsm_handle control, int place)
{
	return start({run_id, MyDatabaseId, GetUserId(), InvalidTransactionId, control, place});
}

} // namespace migsafe::background

MIGSAFE_WORKER(migsafe_online_worker)
{
	using namespace migsafe;

	background::assignment what;

	memcpy(&what, MyBgworkerEntry->bgw_extra, sizeof(what));
	pg::begin_background_worker(what.database, what.role);
	/* a default of the role or the database; who started the run could write */
	pg::set_for_process({{"default_transaction_read_only", "off"}});
	if (what.place == 0)
		background::carry_out(what);
	else
		background::do_parts(what);
}
