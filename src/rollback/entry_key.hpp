/*
 * entry_key.hpp
 *		How messages and lists name the row of an entry.
 */
#pragma once

#include "rollback/undo_scan.hpp"

#include <string>

namespace migsafe {

/* As JSON text.  Of a target without a key the whole row before the run, as the member row_before. */
class entry_key
{
public:
	/* rows: begun to read or to write, whenever a name is asked for; but see at() */
	entry_key(const undo_source &source, row_writer &rows) : source_(source), rows_(rows) {}

	/* By which the run knew the row. */
	std::string of(const undo_scan &scan);
	/* Of the entry at that place in the undo log; rows: not begun, after a failure. */
	std::string at(ItemPointerData entry_tid);

private:
	const undo_source &source_;
	row_writer &rows_;

	std::string of_entry(const undo_entry &entry);
	TupleTableSlot *old_row(const undo_entry &entry);
};

} // namespace migsafe
