#pragma once

#include "check/check_reader.hpp"

#include <string>
#include <vector>

namespace migsafe {

/* A table or view that the target is compared with. */
struct reference
{
	std::string name, quoted; /* quoted: with its schema */
	std::vector<column> columns;
	std::vector<std::string> key; /* of a table with a primary key */

	[[nodiscard]] const column *find(const std::string &column_name) const;
};

/*
 * Find what a member of a check names, as the caller would.  42P01 if there is
 * none, 42809 if it has no rows, 42501 unless the caller may read all of it.
 */
reference find_reference(const check_reader &reader, const std::string &name);

/* 42703 unless the reference has it. */
const column &require_column(const check_reader &reader, const reference &r,
							 const std::string &name);

/* "left = right" in SQL, each alias.column; 42883 if the types cannot be compared. */
std::string equality_sql(const check_reader &reader, const column &left,
						 const std::string &left_alias, const column &right,
						 const std::string &right_alias);

} // namespace migsafe
