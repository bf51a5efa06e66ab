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

#include "table/result_relations.hpp"
#include "table/row_inserter.hpp"
#include "table/row_reader.hpp"

#include <vector>

namespace migsafe {

enum class write_outcome {
	written,
	suppressed, /* a BEFORE trigger returned NULL */
	changed,    /* the row is no longer the version that was read */
	deleted,    /* the row is gone */
	locked,     /* others hold the row, and the writer does not wait for them */
};

/* Reads by itself between begin_reading and finish_reading, and within a batch as well. */
class row_writer : public row_reader
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
	void leave_alone(std::vector<Oid> tables) { relations_.leave_alone(std::move(tables)); }

	/* Begin a batch: fires BEFORE STATEMENT triggers of an UPDATE. */
	void begin();
	/*
	 * The batches of several writers, of tables that have no rows in common, as one:
	 * AFTER triggers wait until all have written, so that foreign keys between the
	 * tables are checked when all rows are there.
	 */
	static void begin_together(row_writer *const *writers, size_t count);
	static void finish_together(row_writer *const *writers, size_t count);

	/*
	 * Replace the version at *old_tid, which snapshot() sees, by row.  On
	 * written, row holds the row as written, and its tts_tid its place.
	 */
	write_outcome update(size_t leaf_no, ItemPointer old_tid, TupleTableSlot *row);
	void insert(TupleTableSlot *row) { inserter_.insert(row); } /* in the target's layout */
	write_outcome remove(size_t leaf_no, ItemPointer tid);

	/* End a batch: fires AFTER triggers, foreign keys and deferred constraints included. */
	void finish();

	/* Begin for checking only: fires nothing, and reads nothing. */
	void begin_checking() { make_state(); }
	/*
	 * The row with its generated columns, if it meets NOT NULL, CHECK and partition constraints.
	 * While the writer is checking or reading.
	 */
	void check(size_t leaf_no, TupleTableSlot *row);
	void finish_checking() { free_state(); }

private:
	result_relations relations_;
	row_inserter inserter_;
	const LockWaitPolicy wait_;
	EPQState epq_{};
	TransitionCaptureState *transition_ = nullptr;

	void open();
	void begin_statement();
	void close();
	TM_Result lock(ResultRelInfo *info, ItemPointer tid, TM_FailureData *failed);
	TM_Result lock_if_held(ResultRelInfo *info, size_t leaf_no, ItemPointer tid,
						   TM_FailureData *failed);
	void put_in_indexes_and_queue(ResultRelInfo *info, ItemPointer old_tid, TupleTableSlot *row,
								  compat::indexes_to_update which);
};

} // namespace migsafe
