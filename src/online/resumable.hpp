/*
 * resumable.hpp
 *		Who may go on with an online run, and whether it can go on.
 */
#pragma once

#include "online/batch.hpp"

#include <optional>

namespace migsafe::online {

/*
 * 42501 unless the caller has begun the run: its expressions run with the rights of
 * who carries it out, so nobody else may, not even a superuser; 42704 for who may not
 * even see it.
 */
void require_may_carry_out(const run_context &context);

/*
 * False if there is nothing left to do.  max_errors: from now on, if given.  ERRORs:
 * those above, 55000 the run cannot go on, 22023 a negative max_errors.
 */
bool require_resumable(int64 run_id, std::optional<int64> max_errors);

} // namespace migsafe::online
