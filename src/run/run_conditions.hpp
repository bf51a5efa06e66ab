/*
 * run_conditions.hpp
 *		What has to hold before a run, and of its numbers after it.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "check/check.hpp"
#include "run/evaluation.hpp"

namespace migsafe {

/*
 * Of the table as the run will see it: 23514 if a check of severity error is not
 * met.
 */
void require_precondition(const target &t, const std::vector<check> &precondition,
						  Snapshot snapshot);

/* What a snapshot sees, as a total to show progress against. */
int64 count_rows(const target &t, Snapshot snapshot);

/*
 * Put what became of the rows that a run has seen into its result, which says
 * how many were successful; XX000 if the numbers do not add up.
 */
void account_for(const row_counts &counts, int64 failed, catalog::run_result &result);

} // namespace migsafe
