#include "background/pick_up.hpp"

#include "background/pending_runs.hpp"
#include "background/worker.hpp"
#include "catalog/session.hpp"
#include "pg/message.hpp"
#include "pg/steady_time.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xlog.h"
}

#include <algorithm>
#include <set>
#include <vector>

namespace migsafe::background {
namespace {

constexpr size_t most_at_once = 4;
constexpr int patience =
	5000; /* milliseconds for a worker to show, before another one is started */

/* The last runs for which this backend started workers. */
class recent_starts
{
public:
	[[nodiscard]] bool has(int64 run_id) const
	{
		return std::any_of(std::begin(starts_), std::end(starts_), [&](const one &s) {
			return s.run_id == run_id && pg::steady_time() - s.at < patience * int64{1000};
		});
	}
	void add(int64 run_id) { starts_[next_++ % std::size(starts_)] = {run_id, pg::steady_time()}; }

private:
	struct one
	{
		int64 run_id = 0;
		int64 at = 0;
	};
	one starts_[32];
	size_t next_ = 0;
};

recent_starts recent; /* NOLINT(cert-err58-cpp): nothing in it can fail */

/* Those that somebody carries out, or is about to. */
std::set<int64>
locked_runs()
{
	catalog::session s;
	std::set<int64> runs;

	for (const pg::text_row &row :
		 s->query("SELECT classid::bigint << 32 | objid::bigint FROM pg_locks"
				  " WHERE locktype = 'advisory' AND objsubid IN (27906, 27909)"
				  " AND database = $1 AND granted",
				  {pg::value::of_oid(MyDatabaseId)}))
		runs.insert(std::stoll(row[0].value()));
	return runs;
}

/* Those for which a worker is worth while. */
std::vector<pending_run>
idle_runs(int64 except)
{
	std::vector<pending_run> runs = pending_runs();

	if (runs.empty())
		return runs;

	const std::set<int64> locked = locked_runs();

	runs.erase(std::remove_if(runs.begin(), runs.end(),
							  [&](const pending_run &r) {
								  return r.run_id == except || locked.count(r.run_id) > 0 ||
										 recent.has(r.run_id);
							  }),
			   runs.end());
	runs.resize(std::min(runs.size(), most_at_once));
	return runs;
}

bool
may_start_workers()
{
	return !XactReadOnly && !IsInParallelMode() && !pg::call(RecoveryInProgress);
}

} // namespace

void
pick_up_pending(std::optional<int64> except)
{
	if (!may_start_workers())
		return;
	for (const pending_run &run : idle_runs(except.value_or(0)))
	{
		recent.add(run.run_id);
		if (!start_run_worker(run.run_id, run.role))
			return;
	}
}

void
start_at_commit(int64 run_id, Oid role)
{
	recent.add(run_id);
	if (!start_run_worker(run_id, role, pg::call(GetTopTransactionId)))
		pg::warning("no background worker is free for run " + std::to_string(run_id),
					"It stays pending until the next call of migsafe that finds one free. Their "
					"number is set by max_worker_processes.");
}

} // namespace migsafe::background
