/*
 * entry_choice.hpp
 *		The entries that a rollback in part may need, looked up ahead of their join with the
 *		target.
 */
#pragma once

#include "pg/snapshot.hpp"
#include "rollback/undo_source.hpp"
#include "run/entry_hash.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace migsafe {

/*
 * So the plan of that join is one for as many rows as there are: of keys in an undo log
 * that was never analyzed the server assumes that half the entries have them.  The rows
 * that a predicate selects are looked up by a query of the caller's, and by whatever
 * indexes serve it; then the digest of the undo log tells which blocks have the entries of
 * these rows.  Where it cannot, the undo log is gone through once, for these and for what
 * all of them add up to.
 */
class entry_choice
{
public:
	/* Of a whole undo log it is nothing; of a piece, the entries that keys select. */
	explicit entry_choice(const undo_source &source);

	/* Those that the join has to look at; nullptr: all. */
	[[nodiscard]] place_list *entries() { return entries_ ? &*entries_ : nullptr; }
	/* The rows that the predicate selects; nullptr: there is none, or each row is to be tried. */
	[[nodiscard]] place_list *rows() { return rows_ ? &*rows_ : nullptr; }
	/* What the undo log holds, as its entries say; nothing if it was not gone through. */
	[[nodiscard]] const std::optional<catalog::undo_content> &log_content() const
	{
		return log_content_;
	}
	/* Were they found by the digest, where it says?  Then it does not matter what else the undo log holds. */
	[[nodiscard]] bool is_by_digest() const { return by_digest_; }

private:
	std::optional<pg::registered_snapshot> as_;
	std::optional<place_list> entries_, rows_;
	std::optional<catalog::undo_content> log_content_;
	bool by_digest_ = false;
	std::vector<list_column> key_; /* as the lists have it; empty: they have not */
	std::vector<int> positions_;   /* what of an entry its list has besides the place */
	std::vector<Datum> values_;    /* of the entry at hand */
	std::unique_ptr<bool[]> nulls_;

	void list_keys(const undo_source &source);
	void begin_entries();
	void add_entry(TupleTableSlot *entry);
	void take_entries(const undo_source &source, const key_filter &keys);
	void query_entries(const undo_source &source);
};

} // namespace migsafe
