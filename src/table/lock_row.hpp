#pragma once

#include "pg/api.hpp"

namespace migsafe {

enum class row_lock { taken, row_deleted, held_by_others };

/*
 * Server code.  Lock the newest version of the row that *tid is a version of, as
 * an UPDATE that leaves the key alone would; set *tid to it and put it into
 * slot.  If others hold the row, wait for them or not, as wait says.  Under
 * REPEATABLE READ and above, 40001 if another transaction changed it.
 */
row_lock lock_newest_version(Relation rel, ItemPointer tid, TupleTableSlot *slot,
							 LockWaitPolicy wait);

} // namespace migsafe
