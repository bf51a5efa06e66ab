/*
 * row_reader.hpp
 *		Versions of rows of a target, in the layout of their leaf and in that of the target.
 *
 * Everything below but the constructor is server code: called under pg::call,
 * inside one subtransaction from begin_reading to finish_reading.  After an ERROR
 * the reader is to be abandoned with that subtransaction, and may begin again in
 * the next.
 */
#pragma once

#include "pg/memory.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

class row_reader
{
public:
	explicit row_reader(const target &t);

	void begin_reading();
	void finish_reading();

	/* The version at tid; nullptr if snapshot() does not see it. */
	TupleTableSlot *fetch(size_t leaf_no, ItemPointer tid);
	/* The version at tid, whether it is the present one or not. */
	TupleTableSlot *fetch_any(size_t leaf_no, ItemPointer tid);
	/* The newest version of the row that tid is a version of; nullptr if it was deleted. */
	TupleTableSlot *fetch_latest(size_t leaf_no, ItemPointer tid);
	/*
	 * Lock the newest version of the row that tid is a version of, and set tid to
	 * it; nullptr if it was deleted.
	 */
	TupleTableSlot *lock_newest(size_t leaf_no, ItemPointer tid);

	/* A new row in the leaf's layout, with the values of row, for the caller to change. */
	TupleTableSlot *copy_of(size_t leaf_no, TupleTableSlot *row);
	/* A slot for rows of another table, and one for rows in the target's layout. */
	TupleTableSlot *extra_slot(Relation rel);
	TupleTableSlot *target_slot() { return target_slot(converted_new_); }
	/* A row of the leaf in the target's layout; one slot each for old and new rows. */
	TupleTableSlot *old_in_target_layout(size_t leaf_no, TupleTableSlot *row);
	TupleTableSlot *new_in_target_layout(size_t leaf_no, TupleTableSlot *row);

	[[nodiscard]] Snapshot snapshot() const { return state_->es_snapshot; }

protected:
	[[nodiscard]] EState *state() const { return state_; }
	/* Begin anew, whatever became of the state before. */
	void make_state();
	void free_state();
	void take_snapshot();
	void give_up_snapshot();
	/* What fetch, fetch_any or lock_newest had last; nullptr: nothing yet. */
	[[nodiscard]] TupleTableSlot *last_read(size_t leaf_no) const { return old_slots_[leaf_no]; }

private:
	const target &target_;
	pg::memory_context state_cxt_; /* of a state, even an abandoned one */
	EState *state_ = nullptr;
	std::vector<TupleTableSlot *> old_slots_, new_slots_; /* [leaf], made when first used */
	TupleTableSlot *converted_old_ = nullptr, *converted_new_ = nullptr, *extra_ = nullptr;

	TupleTableSlot *slot(std::vector<TupleTableSlot *> &slots, size_t leaf_no);
	TupleTableSlot *new_slot(Relation rel);
	TupleTableSlot *target_slot(TupleTableSlot *&into);
	TupleTableSlot *converted(size_t leaf_no, TupleTableSlot *row, TupleTableSlot *&into);
};

} // namespace migsafe
