/*
 * undo_walk.hpp
 *		The entries of an undo log beside their rows, as long as these lie as the run has left them.
 */
#pragma once

#include "pg/snapshot.hpp"
#include "rollback/undo_source.hpp"
#include "table/key_lookup.hpp"
#include "table/row_walk.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/*
 * A run writes row after row, and the server puts the new versions where there is room, which
 * is mostly at the end: so the rows lie in the order of their entries until somebody changes
 * them.  Who goes through both from their ends meets each row with its entry, and needs
 * neither a join nor a sort.  A row that is not the one which comes next is looked up by its
 * key.  Where that happens too often, the walk ends, and a join has to find the rest.
 */
class undo_walk
{
public:
	/* Can all entries of the source be found so, and is it to be tried? */
	[[nodiscard]] static bool is_worthwhile(const undo_source &source);

	/* The source has to outlive it. */
	explicit undo_walk(const undo_source &source);
	~undo_walk();
	undo_walk(const undo_walk &) = delete;
	undo_walk &operator=(const undo_walk &) = delete;

	/* Go to the next entry; false if there is none, or the walk ends before it. */
	bool next();

	[[nodiscard]] TupleTableSlot *entry() const { return entry_; }
	/* Where its row lies; nothing if there is none. */
	[[nodiscard]] const std::optional<row_place> &place() const { return place_; }
	/* The row, if it was met, and not looked up. */
	[[nodiscard]] const row_source *row() const { return is_met_ ? &rows_ : nullptr; }

	/* When next() was false: a condition over entries o that are left; empty if none is. */
	[[nodiscard]] const std::string &rest() const { return rest_; }

private:
	const undo_source &source_;
	const int exceptions_ = std::uncaught_exceptions();
	const pg::registered_snapshot snapshot_;
	pg::memory_context cxt_{"migsafe undo walk"};
	row_walk rows_;
	key_lookup lookup_;
	std::vector<int> key_; /* where an entry has its key, from 0 */
	int key_columns_;      /* so many of a row are needed to compare keys */
	int64 entries_left_, lookups_left_, seq_ = PG_INT64_MAX;
	TableScanDesc log_ = nullptr;
	TupleTableSlot *entry_ = nullptr;
	bool has_ended_ = false, has_row_ = false, is_met_ = false;
	std::optional<row_place> place_, looked_up_; /* of this entry; of the one before, by its key */
	std::string rest_;

	bool fetch_entry();
	[[nodiscard]] bool is_in_order();
	bool end_before_entry();
	bool meet_row();
	bool is_next();
	void look_up();
};

} // namespace migsafe
