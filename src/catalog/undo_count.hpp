/*
 * undo_count.hpp
 *		What the undo log of a run must hold.
 */
#pragma once

#include "table/hash_sum.hpp"

namespace migsafe::catalog {

struct undo_content
{
	int64 entries = 0;
	hash_sum hash; /* of all entries */

	bool operator==(const undo_content &) const = default;
};

/*
 * Of a run that has committed, what it recorded at its end; of an online run on
 * its way, what its batches have written so far.
 */
int64 undo_count(int64 run_id);
undo_content recorded_undo_content(int64 run_id);

/*
 * 40001 if an online run has written more than the transaction's snapshot sees,
 * which is possible under REPEATABLE READ and above.
 */
void require_newest_undo_count(int64 run_id);

} // namespace migsafe::catalog
