/*
 * check.hpp
 *		Rules that the data of a target must meet.
 */
#pragma once

#include "pg/value.hpp"
#include "table/target.hpp"

#include <string>
#include <vector>

namespace migsafe {

struct check
{
	std::string name; /* the user's, or a description of the rule */
	std::string kind;
	bool is_error = true; /* severity error, else warning */
	std::string predicate;
};

/* What came of a check. */
struct check_result
{
	int64 failed_rows = 0;
	std::vector<std::string> sample_keys; /* JSON, up to ten */
	std::string message;                  /* why the predicate failed on a row, if it did */
};

/* How messages name a check. */
std::string check_label(size_t number);

/*
 * Parse the argument checks: a JSON array of objects.  22023 for an unknown
 * kind, key or severity, a missing member or a wrong type; 42703 for a column
 * that the target does not have.
 */
std::vector<check> parse_checks(const target &t, Jsonb *checks);

/*
 * Test every row that snapshot sees, in one scan.  A row fails a check if the
 * predicate is false for it, as with a CHECK constraint, or raises an error.
 * Returns the number of rows; results is indexed as checks.
 */
int64 run_checks(const target &t, const std::vector<check> &checks, Snapshot snapshot,
				 std::vector<check_result> &results);

/* The keys of failing rows as a JSON array. */
std::string keys_json(const check_result &result);

/* The results as a JSON array, for records. */
std::string results_json(const std::vector<check> &checks,
						 const std::vector<check_result> &results);

} // namespace migsafe
