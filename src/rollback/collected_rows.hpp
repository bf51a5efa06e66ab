/*
 * collected_rows.hpp
 *		Rows of a rollback that are written in batches, so that one which cannot be
 *		written is left apart.
 */
#pragma once

#include "rollback/conflict_list.hpp"
#include "rollback/rollback_counts.hpp"
#include "rollback/undo_scan.hpp"
#include "run/batch_writer.hpp"

#include <vector>

namespace migsafe {

class collected_rows
{
public:
	/* left: what cannot be written goes there, and is counted and listed as a conflict. */
	collected_rows(const undo_source &source, undo_log &redo, error_log &left, int32 batches_before,
				   rollback_counts &counts, conflict_list &conflicts);

	/* How many entries are to be met before write(), so that a rollback takes no more than its share of subtransactions. */
	[[nodiscard]] int64 size() const;

	void add(const present_row &now, const resolution &found);
	/* Write what was added; 40001 if a row that was locked is another by now. */
	void write();
	/* When all is written. */
	void close();

	[[nodiscard]] int32 batches() const { return writer_.batches(); }

private:
	const undo_source &source_;
	error_log &left_;
	rollback_counts &counts_;
	conflict_list &conflicts_;
	batch_writer writer_;
	row_batch batch_;
	std::vector<outcome> outcomes_; /* [row of the batch] */
};

} // namespace migsafe
