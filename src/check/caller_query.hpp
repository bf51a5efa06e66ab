#pragma once

#include "check/check_reader.hpp"

#include <string>

namespace migsafe {

/* A query that a check was given as text. */
struct caller_query
{
	std::string sql;
	int columns;
	Oid first_type;

	/* The query with no more rows than these. */
	[[nodiscard]] std::string limited_to(int rows) const;
};

/*
 * Take the member "query": one SELECT, VALUES or WITH that writes and locks
 * nothing, analysed as the caller, so that mistakes in it are known at once.
 */
caller_query take_query(check_reader &reader);

} // namespace migsafe
