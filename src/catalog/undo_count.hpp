/*
 * undo_count.hpp
 *		How many entries the undo log of a run must have.
 */
#pragma once

#include "pg/api.hpp"

namespace migsafe::catalog {

/*
 * Of a run that has committed, what it recorded at its end; of an online run on
 * its way, what its batches have written so far.
 */
int64 undo_count(int64 run_id);

/*
 * 40001 if an online run has written more than the transaction's snapshot sees,
 * which is possible under REPEATABLE READ and above.
 */
void require_newest_undo_count(int64 run_id);

} // namespace migsafe::catalog
