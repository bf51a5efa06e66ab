/*
 * recorder.hpp
 *		The record of a run that outlives it: a background worker commits what it is
 *		told here while the transaction of the run is open.
 *
 * All of it is for runs in one transaction; of other runs nothing is recorded, nor
 * if there is no free worker (a WARNING says so).  Nothing here makes a run fail,
 * or wait, but for failed().
 */
#pragma once

#include "catalog/run_record.hpp"

namespace migsafe::catalog {

/* How far a run is, at one moment. */
struct run_progress
{
	std::string phase;
	int64 rows_done = 0, failed_rows = 0, skipped_rows = 0;
	std::optional<int64> rows_total, batch_size;
	std::optional<double> rows_per_second;
};

namespace recorder {

/* Is this run being recorded? */
bool records(int64 run_id) noexcept;

void begun(const run_record &run);
/* May be lost where something newer comes soon; said the last time, it is not. */
void progress(int64 run_id, const run_progress &at, bool last = false);
void failed_row(int64 run_id, const row_error &error);
void completed(int64 run_id, const run_result &result);
/* Waits until all of it has been committed, a second at most. */
void failed(int64 run_id, const pg::problem &why);

} // namespace recorder

/* Do the work of some runs; an exception that ends it is recorded for each, and goes on its way. */
template <typename Fn>
auto
recorded(const std::vector<int64> &run_ids, Fn work) -> std::invoke_result_t<Fn &>
{
	return pg::report_escaping(work, [&](const pg::problem &why) {
		for (const int64 run_id : run_ids)
			recorder::failed(run_id, why);
	});
}

/* The same of one run. */
template <typename Fn>
auto
recorded(int64 run_id, Fn work) -> std::invoke_result_t<Fn &>
{
	return recorded(std::vector<int64>{run_id}, work);
}

} // namespace migsafe::catalog
