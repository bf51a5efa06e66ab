/*
 * rolling_back.hpp
 *		The entries of an undo log, or some of them, taken back.
 */
#pragma once

#include "catalog/run_meter.hpp"
#include "pg/memory.hpp"
#include "rollback/collected_rows.hpp"
#include "rollback/entry_key.hpp"
#include "rollback/later_changes.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/* Where a rollback records what it does. */
struct rollback_record
{
	undo_log &redo;
	error_log &left; /* rows that a conflict leaves as they are */
	int32 batches_before = 0;
	catalog::run_meter *meter = nullptr; /* told of each row */
};

/* Told of each row. */
class outcome_observer
{
public:
	virtual ~outcome_observer() = default;
	/* now: as it is, in the target's layout; nullptr if it is missing.  after: as it would be; nullptr if it stays. */
	virtual void met(const undo_entry &entry, TupleTableSlot *now, TupleTableSlot *after,
					 const resolution &found) = 0;
};

class rolling_back
{
public:
	/* As undo_source. */
	rolling_back(const target &t, const catalog::run_record &run, const rollback_terms &terms,
				 std::optional<undo_piece> piece = std::nullopt);

	/*
	 * Take every entry in turn, from the last to the first.  Of the whole undo log, XX001 unless
	 * it is complete.  55000 with a list if there are conflicts that are to stop
	 * it; then, as after any other error, the caller has to undo the (sub)transaction.
	 */
	void write(const rollback_record &record);

	/* Find out what write() would do. */
	void rehearse(outcome_observer *observer = nullptr);

	[[nodiscard]] const undo_source &source() const { return source_; }
	[[nodiscard]] const rollback_counts &counts() const { return counts_; }
	[[nodiscard]] const conflict_list &conflicts() const { return conflicts_; }
	/* How many batches write() has written. */
	[[nodiscard]] int32 batches() const { return batches_; }
	/* So far, for who watches. */
	[[nodiscard]] catalog::row_tally tally() const
	{
		return {counts_.rows, counts_.conflicts, counts_.skipped()};
	}

private:
	const target &target_;
	const catalog::run_record &run_;
	const rollback_terms &terms_;
	const undo_source source_;
	row_writer writer_;
	resolver resolver_;
	entry_key key_;
	pg::memory_context row_cxt_{"migsafe rollback row"};
	std::vector<image_hash> known_; /* of the present row */
	rollback_counts counts_;
	conflict_list conflicts_, stopping_; /* all; those that the terms do not leave alone */
	int32 batches_ = 0;

	template <typename Take>
	int64 each_row(undo_scan &scan, int64 limit, catalog::run_meter *meter, Take take);
	void write_at_once(const rollback_record &record);
	void write_in_batches(const rollback_record &record);

	resolution resolve(const undo_scan &scan);
	TupleTableSlot *new_row(const present_row &now, const resolution &found);
	TupleTableSlot *tried_row(const present_row &now, resolution &found);
	bool update(const present_row &now, const resolution &found, undo_log &redo);
	void leave(const undo_scan &scan, const resolution &found, error_log &left);
	void note(const undo_scan &scan, const resolution &found);
	[[nodiscard]] bool is_stopped_by(conflict_kind kind) const;
	void note_failure(ItemPointerData entry_tid, const pg::row_failure &problem);
	void require_complete_log(const undo_scan &scan) const;
	void finish_scan(const undo_scan &scan, const later_changes &later) const;
};

/* 55000 if later runs stand on what the terms but for rows select. */
void require_no_later_changes(const undo_source &source);

} // namespace migsafe
