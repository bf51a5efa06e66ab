/*
 * each_entry.hpp
 *		Entries of an undo log, one after the other.
 */
#pragma once

#include "pg/api.hpp"

namespace migsafe {

/* Server code.  next(slot): is there another entry, which the slot has then?  take(slot): in a memory context for it. */
template <typename Next, typename Take>
void
each_entry(Relation undo_log, Snapshot snapshot, MemoryContext row_cxt, Next next, Take take)
{
	TupleTableSlot *const entry = table_slot_create(undo_log, nullptr);

	PushActiveSnapshot(snapshot);
	while (next(entry))
	{
		MemoryContext const saved = MemoryContextSwitchTo(row_cxt);

		CHECK_FOR_INTERRUPTS();
		take(entry);
		MemoryContextSwitchTo(saved);
		MemoryContextReset(row_cxt);
	}
	PopActiveSnapshot();
	ExecDropSingleTupleTableSlot(entry);
}

} // namespace migsafe
