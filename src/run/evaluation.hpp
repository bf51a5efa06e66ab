/*
 * evaluation.hpp
 *		From rows of the target to rows of a batch: the read-only half of a run.
 */
#pragma once

#include "catalog/run_meter.hpp"
#include "run/error_log.hpp"
#include "run/plain_row.hpp"
#include "run/row_batch.hpp"
#include "run/transform.hpp"
#include "table/lock_row.hpp"
#include "table/row_evaluator.hpp"
#include "table/row_source.hpp"
#include "table/row_writer.hpp"

#include <optional>
#include <string>

namespace migsafe {

/* What became of the rows seen so far. */
struct row_counts
{
	int64 seen = 0;
	int64 transformed = 0; /* handed on for writing, less those that failed or were skipped then */
	int64 only_if = 0, unchanged = 0, deleted = 0, suppressed = 0; /* skipped */
	int64 changed_by_triggers = 0; /* of this run, before the run came to them */

	[[nodiscard]] int64 skipped() const { return only_if + unchanged + deleted + suppressed; }
};

/* Progress NOTICEs, and up to ten rows before and after for a dry run. */
struct evaluation_options
{
	int64 notice_every = 0; /* 0: never */
	int64 rows_expected = 0;
	bool sample = false;
	/* by pg::steady_time, 0: never; then the batch takes no more rows, after the first */
	int64 stop_at = 0;
};

/* What is wrong with the expressions, before there is a row: as the evaluation of one reports it. */
void try_expressions(const target &t, const transform &change,
					 const std::optional<std::string> &only_if);

class evaluation
{
public:
	/* rows: what to evaluate, as snapshot sees it */
	evaluation(const target &t, const transform &change, const std::optional<std::string> &only_if,
			   Snapshot snapshot, row_source &rows, error_log &errors,
			   const evaluation_options &options);

	/*
	 * Evaluate rows until the batch holds limit rows, the time is up, there is no
	 * room for another error, or the rows end; false then.  Without a batch the
	 * results are only counted.  A row that fails goes to the error log.
	 */
	bool fill(row_batch *batch, int64 limit);

	/*
	 * A row that changed since it was read: lock its newest version, and
	 * evaluate that.  The lock is held by the surrounding transaction.  A row that
	 * others hold is not waited for if wait says so.
	 */
	row_lock evaluate_newest(row_batch &batch, const row_place &place, LockWaitPolicy wait);

	/* Let it know of each row; it must live as long as rows are evaluated. */
	void tell(catalog::run_meter &meter) { meter_ = &meter; }

	row_counts counts;
	/* JSON array; empty unless samples were asked for and there are any. */
	[[nodiscard]] std::string samples_json() const
	{
		return samples_.empty() ? "" : "[" + samples_ + "]";
	}
	/* Is there a leaf whose BEFORE triggers kept constraints from being tried? */
	[[nodiscard]] bool left_constraints_to_triggers() const;

private:
	const target &target_;
	const transform &transform_;
	const std::vector<AttrNumber> key_;
	Snapshot snapshot_;
	error_log &errors_;
	const evaluation_options options_;
	row_source &rows_;
	std::optional<row_evaluator> only_if_;
	row_evaluator expressions_;
	plain_row plain_;
	row_writer checker_;
	catalog::run_meter *meter_ = nullptr;
	bool at_row_ = false;
	int samples_taken_ = 0;
	std::string samples_;

	template <typename Fn>
	bool guarded(Fn evaluate);
	[[nodiscard]] bool is_time_up() const;
	bool evaluate_rows(row_batch *batch, int64 limit);
	void evaluate_row(row_batch *batch);
	void evaluate_present(row_batch *batch);
	void start();
	void finish();
	bool put_back_unchanged(TupleTableSlot *row, TupleTableSlot *values);
	void check_constraints(TupleTableSlot *values);
	void take_sample(TupleTableSlot *values);
	void row_failed(const pg::row_failure &problem);
	void show_progress() const;
};

} // namespace migsafe
