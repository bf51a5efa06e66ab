/*
 * statement.hpp
 *		Single statements over the catalogs.
 */
#pragma once

#include "pg/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::catalog {

/* For who executes it as the first of a transaction, at top level. */
struct statement
{
	std::string sql;
	std::vector<pg::value> values;
};

/* In a session of its own. */
void execute(const std::string &sql, const std::vector<pg::value> &values);
/* The number that a query gives; 0: NULL. */
int64 ask(const std::string &sql, const std::vector<pg::value> &values);
/* A number as a query gives it; 0: NULL. */
int64 number(const std::optional<std::string> &text);

} // namespace migsafe::catalog
