/*
 * batch_writer.hpp
 *		Writing a batch: rows and before-images together, bad rows apart.
 */
#pragma once

#include "run/error_log.hpp"
#include "run/row_batch.hpp"
#include "run/undo_log.hpp"
#include "table/row_source.hpp"
#include "table/row_writer.hpp"

#include <optional>
#include <vector>

namespace migsafe {

struct batch_outcome
{
	int64 written = 0, suppressed = 0, deleted = 0, failed = 0;
	std::vector<int64> failed_rows; /* their numbers in the batch */
	std::vector<row_place> changed; /* no longer the version that was evaluated: once more */
	std::vector<row_place> locked;  /* held by others, who were not waited for */
};

/* How to write. */
struct write_options
{
	LockWaitPolicy wait = LockWaitBlock; /* for rows that others hold */
	triggers fire = triggers::all;

	/*
	 * 54000 when a batch has been tried so often because rows of it failed, or
	 * when it fails as a whole; 0: never.  Each attempt that is rolled back counts for a standby's
	 * snapshots as a subtransaction, too.
	 */
	int max_attempts = 0;
	int32 batches_before = 0; /* numbers of batches go on from here */
	int32 batch_step = 1;
};

/*
 * A batch is written in one subtransaction.  If that fails, the guilty rows are
 * found by writing parts of the batch inside another one, which is always
 * rolled back; then all others are written, again in one.  So a batch leaves one
 * surviving subtransaction, whatever the number of bad rows.
 */
class batch_writer
{
public:
	/* columns: those that are set, in the order in which a batch has their values */
	batch_writer(const target &t, const std::vector<AttrNumber> &columns, undo_log &undo,
				 const write_options &options = {});

	/* Write the batch; rows that fail go to errors, which may find them too many. */
	batch_outcome write(row_batch &batch, error_log &errors);

	[[nodiscard]] int32 batches() const { return batches_; }

private:
	enum class fate : uint8 { pending, written, suppressed, changed, deleted, locked, failed };

	struct range
	{
		int64 from, to;
		bool operator==(const range &) const = default;
	};

	struct guilty_row
	{
		int64 row_no = 0;
		pg::row_failure problem;
	};

	struct written_row
	{
		size_t leaf_no;
		ItemPointerData old_tid, new_tid;
	};

	const target &target_;
	const std::vector<AttrNumber> &columns_;
	undo_log &undo_;
	const write_options options_;
	row_writer writer_;
	const bool after_triggers_;
	int32 batches_ = 0;
	int attempts_ = 0; /* at the present batch */

	std::vector<fate> fates_; /* [row of the batch] */
	std::vector<guilty_row> guilty_;
	std::vector<written_row> written_; /* only if AFTER triggers may change them again */
	int64 current_ = -1;               /* the row being written, or -1 */

	std::optional<pg::row_failure> try_range(row_batch &batch, range r);
	void write_rows(row_batch &batch, range r);
	fate write_row(row_batch &batch);
	void record_final_images();
	void isolate(row_batch &batch, const pg::row_failure &first, const error_log &errors);
	void split(range r, const pg::row_failure &problem, std::vector<range> &todo);
	void convict(int64 row_no, const pg::row_failure &problem);
	[[nodiscard]] bool has_rows_to_write(range r) const;
	void report_guilty(row_batch &batch, error_log &errors);
	batch_outcome collect(row_batch &batch) const;
	[[nodiscard]] int32 batch_number() const;
};

} // namespace migsafe
