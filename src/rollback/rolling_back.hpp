/*
 * rolling_back.hpp
 *		The entries of an undo log, or of a piece of it, taken back.
 */
#pragma once

#include "catalog/run_meter.hpp"
#include "pg/memory.hpp"
#include "pg/relation.hpp"
#include "rollback/conflict_list.hpp"
#include "rollback/undo_entry.hpp"
#include "run/undo_log.hpp"
#include "table/pairing.hpp"
#include "table/row_writer.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace migsafe {

enum class rollback_mode {
	write,
	dry_run /* find out what would be done, with all conflicts */
};

/* Some blocks of an undo log, and the rollback that takes them back. */
struct undo_piece
{
	block_range blocks;
	int64 rollback_run_id;
};

class rolling_back
{
public:
	/*
	 * The target and the run have to outlive it.  piece: only the entries in these
	 * blocks of the undo log; nothing: all of them.  55000 if the undo log is gone
	 * or was altered, 42804 if a column that it needs is not there any more.
	 */
	rolling_back(const target &t, const catalog::run_record &run, rollback_mode mode,
				 std::optional<undo_piece> piece = std::nullopt);

	/*
	 * Take every entry in turn, from the last to the first.  redo: where what is
	 * written is recorded, as batch number batch; nullptr in a dry run.  meter:
	 * told of each, if there is one.
	 *
	 * Of the whole undo log, XX001 unless it is complete.  55000 with a list if there
	 * are conflicts, unless it is a dry run; then, as after any other error, the
	 * caller has to undo the (sub)transaction.
	 */
	void execute(undo_log *redo, int32 batch = 1, catalog::run_meter *meter = nullptr);

	[[nodiscard]] int64 entries() const { return entries_; }
	[[nodiscard]] int64 restored() const { return restored_; }
	/* Rows that were as before the run already. */
	[[nodiscard]] int64 unchanged() const { return unchanged_; }
	[[nodiscard]] const conflict_list &conflicts() const { return conflicts_; }
	/* So far, for who watches. */
	[[nodiscard]] catalog::row_tally tally() const
	{
		return {entries_, std::min(conflicts_.found(), entries_ - restored_ - unchanged_),
				unchanged_};
	}

	/* The key columns of the undo log, for that of the rollback. */
	[[nodiscard]] const std::vector<AttrNumber> &key() const { return key_; }

private:
	const target &target_;
	const catalog::run_record &run_;
	const bool dry_run_;
	const std::optional<undo_piece> piece_;
	const pg::relation undo_rel_;
	const std::vector<undo_mapping> mappings_;
	const std::vector<AttrNumber> key_;
	row_writer writer_;
	pg::memory_context row_cxt_{"migsafe rollback row"};
	int64 last_seq_ = -1, entries_ = 0, restored_ = 0, unchanged_ = 0;
	std::vector<column_state> states_; /* [mapping], of the present row */
	conflict_list conflicts_;

	[[nodiscard]] std::vector<AttrNumber> key_columns() const;
	[[nodiscard]] std::vector<AttrNumber> settable_columns() const;
	[[nodiscard]] counterpart counterpart_of_undo() const;

	void begin(undo_log *redo, int32 batch);
	void finish(undo_log *redo);
	void take_back(const row_pairs &pair, undo_log *redo);
	TupleTableSlot *fetch_entry(ItemPointerData tid);
	TupleTableSlot *current_version(size_t leaf_no, ItemPointer tid);
	bool find_conflicts(const undo_entry &entry, TupleTableSlot *row);
	void restore_row(const undo_entry &entry, size_t leaf_no, ItemPointer tid,
					 TupleTableSlot *stored, TupleTableSlot *row, undo_log *redo);
	void add_conflict(const undo_entry &entry, TupleTableSlot *row, const column *c,
					  const char *reason);
	std::string old_key(const undo_entry &entry);
	TupleTableSlot *old_row(const undo_entry &entry);
	[[noreturn]] void stop() const;
};

} // namespace migsafe
