/*
 * pick_up.hpp
 *		Background runs that nobody carries out: because no worker was free when they
 *		were started, or because theirs did not live to the end.
 */
#pragma once

#include "pg/call.hpp"

#include <optional>

namespace migsafe::background {

/*
 * Start a worker for some of those that have committed, unless this backend has tried
 * just now; but not for this one.  To be called where a call of migsafe begins that
 * may write; in a read-only transaction it does nothing.
 */
void pick_up_pending(std::optional<int64> except = {});

/*
 * Start a worker for a run of the present transaction, which waits for its end; a
 * WARNING if none is free.
 */
void start_at_commit(int64 run_id, Oid role);

} // namespace migsafe::background
