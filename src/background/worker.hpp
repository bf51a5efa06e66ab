/*
 * worker.hpp
 *		The background workers of online runs.  Each connects as the run's role
 *		itself, so that nothing in it could become a superuser again.
 */
#pragma once

#include "pg/background_worker.hpp"

#include <optional>

namespace migsafe::background {

/* Is this process one of them? */
bool is_online_worker();

/*
 * A worker that carries a run out, as CALL migsafe.resume_online(run_id) would; with
 * a starter, once that transaction of this cluster has committed.  Nothing if there
 * is no free slot, or there is an obstacle to connecting as the role.
 */
std::optional<pg::background_worker> start_run_worker(int64 run_id, Oid role,
													  TransactionId starter = InvalidTransactionId);

/*
 * A worker that does parts of a run whose leader is this process, as the
 * present user: CALL migsafe.work_on_run(run_id, control, place).  Nothing in the
 * same cases.
 */
std::optional<pg::background_worker> start_part_worker(int64 run_id, dsm_handle control, int place);

} // namespace migsafe::background
