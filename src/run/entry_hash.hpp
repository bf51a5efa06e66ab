/*
 * entry_hash.hpp
 *		The content of an undo log in one number, by which it is verified before use.
 *
 * Each entry is hashed by its content, all its columns: so neither a rewrite of the
 * undo log, nor another compression, nor a dump and restore changes anything.
 */
#pragma once

#include "catalog/undo_count.hpp"
#include "pg/memory.hpp"
#include "table/content.hpp"

namespace migsafe {

class entry_hash
{
public:
	/* For entries in slots of an undo log's layout. */
	explicit entry_hash(TupleDesc undo_log);

	/* Server code.  What it needs of the current memory context is left there. */
	hash128 of(TupleTableSlot *entry) const;

private:
	pg::memory_context types_cxt_{"migsafe entry types"};
	const int columns_;
	const content_type **types_;
};

/* How many entries there are now in an undo log, as the transaction sees it, and their hash. */
catalog::undo_content read_undo_content(Relation undo_log);

} // namespace migsafe
