/*
 * undo_scan.hpp
 *		The entries that are to be taken back, each beside its row.
 */
#pragma once

#include "rollback/entry_choice.hpp"
#include "rollback/undo_walk.hpp"
#include "run/entry_hash.hpp"
#include "table/row_evaluator.hpp"
#include "table/row_reader.hpp"

#include <optional>

namespace migsafe {

/* The row of an entry. */
struct present_row
{
	size_t leaf_no;
	ItemPointerData tid;
	TupleTableSlot *stored; /* in the leaf's layout */
	TupleTableSlot *row;    /* in the target's */
};

/* 42601 and other errors of an expression unless rows is one, if it is given. */
void require_predicate(const target &t, const rollback_terms &terms);

/* From the last entry to the first. */
class undo_scan
{
public:
	/* What is done with rows that are found. */
	enum class find { to_read, to_lock };

	/* rows: begun to read or to write, whenever next() is called */
	undo_scan(const undo_source &source, row_reader &rows, find how);

	/*
	 * Go to the next entry whose row is selected; false at the end.  XX001 if it is not as
	 * the run wrote it.  To be called in a memory context for that entry.
	 */
	bool next();

	/*
	 * Lock the row that was found to read, as it is by then; false if it is not
	 * selected any more.
	 */
	bool lock_row();

	[[nodiscard]] const undo_entry &entry() const { return *entry_; }
	[[nodiscard]] ItemPointerData entry_tid() const { return entry_tid_; }
	/* nullptr: there is none any more */
	[[nodiscard]] const present_row *row() const { return row_ ? &*row_ : nullptr; }
	/* Has the entry come before, beside another row with its key? */
	[[nodiscard]] bool is_repeated() const { return repeated_; }
	/*
	 * What the undo log holds; at the end, when the entries that it has gone to are verified.
	 * Nothing if it is known without that that none of those to go to is missing.
	 */
	[[nodiscard]] std::optional<catalog::undo_content> log_content() const;

private:
	const undo_source &source_;
	row_reader &rows_;
	const find how_;
	std::optional<row_evaluator> predicate_;
	std::optional<entry_choice> choice_;
	std::optional<row_pairs> pairs_;
	std::optional<undo_walk> walk_; /* where it goes, the query of the pairs has not begun */
	ItemPointerData entry_tid_{};
	std::optional<row_place> place_; /* of the row, as it was found */
	bool is_back_ = false;           /* row_pairs::is_back */
	std::optional<undo_entry> entry_;
	std::optional<present_row> row_;
	const entry_hash hashes_;
	catalog::undo_content content_;
	bool repeated_ = false, altered_ = false;

	bool find_entry();
	bool walk_on();
	void found(ItemPointerData entry, const std::optional<row_place> &place, bool is_back);
	TupleTableSlot *fetch_entry();
	void meet_entry();
	void require_unaltered() const;
	bool find_selected_row(find how);
	void find_row(find how);
	TupleTableSlot *fetch_row(find how, ItemPointer tid);
	bool is_selected();
	bool meets_predicate();
	bool evaluate_predicate();
};

} // namespace migsafe
