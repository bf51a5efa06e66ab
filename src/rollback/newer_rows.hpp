/*
 * newer_rows.hpp
 *		Rows that came after a run.
 */
#pragma once

#include "rollback/undo_source.hpp"

#include <functional>

namespace migsafe {

/*
 * Hand on, in the target's layout, the rows that the run has not written and whose present
 * version was made after its end: they were inserted, or given their key, or changed;
 * which of these, nobody knows.  None where what came after the run cannot be told: in a
 * table without a key, of a run that has not finished, and in another database than the
 * run's own.
 */
void each_newer_row(const undo_source &source, const std::function<void(TupleTableSlot *)> &take);

} // namespace migsafe
