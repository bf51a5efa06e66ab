/*
 * resumable.hpp
 *		Who may go on with an online run, and whether it can go on.
 */
#pragma once

#include "online/batch.hpp"
#include "pg/session_lock.hpp"

#include <optional>

namespace migsafe::online {

/*
 * 42501 unless the caller has begun the run: its expressions run with the rights of
 * who carries it out, so nobody else may, not even a superuser; 42704 for who may not
 * even see it.
 */
void require_may_carry_out(const run_context &context);

/*
 * The lock of a run that can go on, so that nobody else does; nothing if there is nothing
 * left to do.  max_errors: from now on, if given.  ERRORs: those above, 55000 the run cannot
 * go on, 55006 it is under way, 22023 a negative max_errors.
 */
std::optional<pg::session_lock> hold_resumable(int64 run_id, std::optional<int64> max_errors);

} // namespace migsafe::online
