/*
 * entry_hash.hpp
 *		The content of an undo log in one number, by which it is verified before use.
 *
 * Each entry is hashed by its content, all its columns: so neither a rewrite of the
 * undo log, nor another compression, nor a dump and restore changes anything.  The
 * hash stands in the entry, and what the hashes of all entries add up to is
 * recorded with the run: so who uses some entries verifies these, and only adds up
 * the others.
 */
#pragma once

#include "catalog/undo_count.hpp"
#include "pg/memory.hpp"
#include "run/undo_layout.hpp"
#include "table/content.hpp"

#include <functional>
#include <optional>

namespace migsafe {

class entry_hash
{
public:
	/* For entries in slots of an undo log's layout. */
	explicit entry_hash(TupleDesc undo_log);

	/*
	 * Server code.  What it needs of the current memory context is left there.  images: for
	 * each column hash_image() of its value, or nullptr where that is not known; or nullptr.
	 */
	hash128 of(TupleTableSlot *entry, const hash128 *const *images = nullptr) const;
	/* Server code.  What stands in an entry as its hash; nothing if that was altered to NULL. */
	static Datum to_write(const hash128 &hash);
	static std::optional<hash128> written_in(TupleTableSlot *entry);

private:
	pg::memory_context types_cxt_{"migsafe entry types"};
	const int columns_;
	const content_type **types_;
};

/* How many entries there are now in an undo log, as the transaction sees it, and their hash, computed anew. */
catalog::undo_content read_undo_content(Relation undo_log);
/*
 * The same from the hashes that stand in the entries: these are not as the run wrote
 * them if the sum is another.  look: server code that is shown each entry.  snapshot: as
 * which; nullptr: of this moment.  55000 unless the undo log has the columns for it.
 */
catalog::undo_content
add_up_undo_hashes(Relation undo_log, Snapshot snapshot = nullptr,
				   const std::function<void(TupleTableSlot *)> &look = nullptr);

} // namespace migsafe
