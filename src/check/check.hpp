/*
 * check.hpp
 *		Rules that the data of a target must meet.
 *
 * A row-local check is a predicate over the columns of one row; all of them are
 * tested in one pass.  Every other check is a query of its own.
 */
#pragma once

#include "check/bounds.hpp"
#include "check/check_list.hpp"
#include "check/whole_check.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace migsafe {

struct check
{
	std::string label; /* how messages name it */
	std::string name;  /* the user's, or a description of the rule */
	bool is_named = false;
	std::string kind;
	bool is_error = true; /* severity error, else warning */

	/* of a row-local check */
	std::string predicate;
	std::function<std::string()> constraint; /* the predicate for a constraint, if it is another */
	bool null_passes = true;                 /* a row for which the predicate is NULL */
	std::string explanation;     /* SQL over a row that failed: why it did; may be empty */
	std::optional<bounds> share; /* of the rows that must pass; without it all of them */

	/* of any other; null for a row-local one */
	std::shared_ptr<const whole_check> whole;
};

/*
 * Give the checks their meaning for a target.  22023 for an unknown kind, key
 * or severity, a missing member, a wrong type, contradictory bounds; 42703 for a
 * column that the target does not have, 42P01 for a table that is not there,
 * 42501 if the caller may not read it.  Queries and schemas are compiled once.
 */
std::vector<check> parse_checks(const target &t, const check_list &list);

/*
 * Test what snapshot sees, as the caller, read-only.  A row fails a check if the
 * predicate is false for it, as with a CHECK constraint, or raises an error.
 * The results are indexed as the checks.
 */
std::vector<check_result> run_checks(const target &t, const std::vector<check> &checks,
									 Snapshot snapshot);

/* The keys of failing rows as a JSON array. */
std::string keys_json(const check_result &result);

/* The results as a JSON array, for records. */
std::string results_json(const std::vector<check> &checks,
						 const std::vector<check_result> &results);

/* What a call says of unmet checks. */
struct check_messages
{
	std::string failed;  /* the primary message of the ERROR */
	std::string of;      /* what they belong to, after the name of each */
	std::string warning; /* what becomes of the call if one of severity warning failed */
	std::string hint;    /* of the ERROR */
};

/*
 * Report each check: a NOTICE if it passed, a WARNING if it has severity warning
 * and failed; then 23514 if there is one of severity error that failed.
 */
void require_passed(const std::vector<check> &checks, const std::vector<check_result> &results,
					const check_messages &messages);

} // namespace migsafe
