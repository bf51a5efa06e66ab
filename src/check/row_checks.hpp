/*
 * row_checks.hpp
 *		The row-local checks of a call, tested together.
 */
#pragma once

#include "check/check.hpp"
#include "table/row_evaluator.hpp"

#include <optional>
#include <vector>

namespace migsafe {

struct row_check
{
	const check *rule;
	check_result *result;
};

using row_checks = std::vector<row_check>;

/* The predicate as it is to be evaluated, and named in messages. */
expression expression_of(const check &rule);

/* Test them in one pass, and find the keys of rows that fail.  Returns the number of rows. */
int64 run_row_checks(const target &t, const row_checks &checks, Snapshot snapshot);

/*
 * Count rows, and the rows that fail each check, by one query, which may run in
 * parallel.  Nothing if it raised an error of the kind that a row causes.
 */
std::optional<int64> count_at_once(const target &t, const row_checks &checks, Snapshot snapshot);

/*
 * Count row by row: a row on which a predicate raises an error fails, and the
 * first such error is the message.  Finds keys as well.
 */
int64 count_row_by_row(const target &t, const row_checks &checks, Snapshot snapshot);

/* Find the keys of rows that fail, now that it is known how many there are. */
void find_samples(const target &t, const row_checks &checks, Snapshot snapshot);

} // namespace migsafe
