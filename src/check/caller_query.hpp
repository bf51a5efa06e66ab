#pragma once

#include "check/check_reader.hpp"
#include "check/whole_check.hpp"

#include <string>

namespace migsafe {

/* A query that a check was given as text. */
struct caller_query
{
	std::string sql;
	int columns;
	Oid first_type;
	std::string missing; /* what the query needs and is not there; else empty */

	/* The query with no more rows than these. */
	[[nodiscard]] std::string limited_to(int rows) const;
};

/* Without the semicolon that a statement may end in. */
std::string without_end(const std::string &sql);

/*
 * Take the member "query": one SELECT, VALUES or WITH that writes and locks
 * nothing, analysed as the caller, so that mistakes in it are known at once.
 * That a table, column or function is missing is no mistake in it: a check is
 * there to find that out.
 */
caller_query take_query(check_reader &reader);

/* The check failed because its query did. */
void query_failed(const std::string &why, check_result &result);

} // namespace migsafe
