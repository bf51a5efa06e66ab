/*
 * row_writer.hpp
 *		Changing rows of a target through the executor's own functions.
 *
 * What a plain UPDATE, INSERT or DELETE does with a row is done here by the same
 * functions of the server: triggers, generated columns, constraints, indexes.
 * Two things differ, and they are why it is not a plain UPDATE: deferrable
 * constraints are checked when a batch ends, not at COMMIT, without touching
 * the transaction's SET CONSTRAINTS state; and rollback and restore leave the
 * triggers of users out, while foreign keys stay checked (which
 * session_replication_role would skip).
 *
 * Everything below but the constructor is server code: called under pg::call,
 * inside one subtransaction from begin to finish.  After an ERROR the writer is
 * to be abandoned with that subtransaction, and may begin again in the next.
 */
#pragma once

#include "pg/compat_executor.hpp"
#include "pg/memory.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

enum class triggers { all, only_constraints };

enum class write_outcome {
	written,
	suppressed, /* a BEFORE trigger returned NULL */
	changed,    /* the row is no longer the version that was read */
	deleted,    /* the row is gone */
	locked,     /* others hold the row, and the writer does not wait for them */
};

class row_writer
{
public:
	/*
	 * updated: the columns that the caller sets, for column-specific triggers.
	 * wait: for rows that others hold when they are updated.
	 */
	row_writer(const target &t, triggers which, const std::vector<AttrNumber> &updated,
			   LockWaitPolicy wait = LockWaitBlock);

	/*
	 * With only_constraints: tables that do not follow an update, whatever their foreign
	 * keys say, since who writes this table writes them as well.
	 */
	void leave_alone(std::vector<Oid> tables) { not_to_follow_ = std::move(tables); }

	/* Begin a batch: fires BEFORE STATEMENT triggers of an UPDATE. */
	void begin();
	/*
	 * The batches of several writers, of tables that have no rows in common, as one:
	 * AFTER triggers wait until all have written, so that foreign keys between the
	 * tables are checked when all rows are there.
	 */
	static void begin_together(row_writer *const *writers, size_t count);
	static void finish_together(row_writer *const *writers, size_t count);
	/* Begin for checking only: fires nothing. */
	void begin_checking();

	/* The version at tid; nullptr if snapshot() does not see it. */
	TupleTableSlot *fetch(size_t leaf_no, ItemPointer tid);
	/* Begin to read versions of rows outside of a batch: with begin_reading, fetch_any and
	 * fetch_latest until finish_reading. */
	void begin_reading();
	/* The version at tid, whether it is the present one or not. */
	TupleTableSlot *fetch_any(size_t leaf_no, ItemPointer tid);
	/* The newest version of the row that tid is a version of; nullptr if it was deleted. */
	TupleTableSlot *fetch_latest(size_t leaf_no, ItemPointer tid);
	void finish_reading();

	/*
	 * Lock the newest version of the row that tid is a version of, and set tid to
	 * it; nullptr if it was deleted.
	 */
	TupleTableSlot *lock_newest(size_t leaf_no, ItemPointer tid);

	/* A new row in the leaf's layout, with the values of row, for the caller to change. */
	TupleTableSlot *copy_of(size_t leaf_no, TupleTableSlot *row);
	/* A slot for rows of another table, and one for rows in the target's layout. */
	TupleTableSlot *extra_slot(Relation rel);
	TupleTableSlot *target_slot();
	/* A row of the leaf in the target's layout; one slot each for old and new rows. */
	TupleTableSlot *old_in_target_layout(size_t leaf_no, TupleTableSlot *row);
	TupleTableSlot *new_in_target_layout(size_t leaf_no, TupleTableSlot *row);

	/*
	 * Replace the version at *old_tid, which snapshot() sees, by row.  On
	 * written, row holds the row as written, and its tts_tid its place.
	 */
	write_outcome update(size_t leaf_no, ItemPointer old_tid, TupleTableSlot *row);
	void insert(TupleTableSlot *row); /* in the target's layout */
	write_outcome remove(size_t leaf_no, ItemPointer tid);

	/* The row with its generated columns, if it meets NOT NULL, CHECK and partition constraints. */
	void check(size_t leaf_no, TupleTableSlot *row);

	/* End a batch: fires AFTER triggers, foreign keys and deferred constraints included. */
	void finish();
	void finish_checking();

	[[nodiscard]] Snapshot snapshot() const { return estate_->es_snapshot; }

private:
	const target &target_;
	const triggers which_;
	const LockWaitPolicy wait_;
	std::vector<Oid> not_to_follow_;
	compat::range_table range_table_;
	pg::memory_context cxt_,
		state_cxt_; /* the range table; the state of a batch, even an abandoned one */
	EState *estate_ = nullptr;
	EPQState epq_{};
	ResultRelInfo *root_ = nullptr;          /* for statement triggers; may be a leaf's */
	std::vector<ResultRelInfo *> relations_; /* [leaf], made when first written, as the slots are */
	std::vector<TupleTableSlot *> old_slots_, new_slots_, lock_slots_;
	TupleTableSlot *converted_old_ = nullptr, *converted_new_ = nullptr, *extra_ = nullptr;
	bool checking_ = false;
	ModifyTableState *routing_plan_ = nullptr;
	PartitionTupleRouting *routing_ = nullptr;
	TransitionCaptureState *transition_ = nullptr;

	void open();
	void begin_statement();
	void close();
	void make_state();
	void free_state();
	void adapt_triggers(ResultRelInfo *info) const;
	ResultRelInfo *relation(size_t leaf_no);
	TupleTableSlot *slot(std::vector<TupleTableSlot *> &slots, size_t leaf_no);
	TupleTableSlot *target_slot(TupleTableSlot *&into);
	TupleTableSlot *converted(size_t leaf_no, TupleTableSlot *row, TupleTableSlot *&into);
	ResultRelInfo *make_relation(Relation rel, Index range_table_index, ResultRelInfo *root);
	void compute_and_check(ResultRelInfo *info, TupleTableSlot *row, CmdType command);
	void put_in_indexes_and_queue(ResultRelInfo *info, ItemPointer old_tid, TupleTableSlot *row,
								  compat::indexes_to_update which);
};

} // namespace migsafe
