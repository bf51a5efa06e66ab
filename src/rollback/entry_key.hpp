/*
 * entry_key.hpp
 *		How messages and lists name the row of an entry.
 */
#pragma once

#include "rollback/undo_scan.hpp"

#include <string>

namespace migsafe {

/*
 * By which the run knew the row, as JSON text.  Of a target without a key the whole row before the
 * run, as the member row_before.
 */
std::string key_of(const undo_source &source, const undo_entry &entry);

/* The same, for who has a scan, or only a place. */
class entry_key
{
public:
	entry_key(const undo_source &source, row_reader &rows) : source_(source), rows_(rows) {}

	std::string of(const undo_scan &scan);
	/* Of the entry at that place in the undo log; rows: not begun, after a failure. */
	std::string at(ItemPointerData entry_tid);

private:
	const undo_source &source_;
	row_reader &rows_;
};

} // namespace migsafe
