#pragma once

#include "pg/api.hpp"

namespace migsafe {

/*
 * Server code.  Lock the newest version of the row that *tid is a version of, as
 * an UPDATE that leaves the key alone would; set *tid to it and put it into
 * slot.  False if the row was deleted.  Under REPEATABLE READ and above, 40001 if
 * another transaction changed it.
 */
bool lock_newest_version(Relation rel, ItemPointer tid, TupleTableSlot *slot);

} // namespace migsafe
