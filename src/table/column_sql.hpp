#pragma once

#include "table/target.hpp"

#include <string>

namespace migsafe {

/*
 * The type for a stored copy of a column's values, as CREATE TABLE takes it, with
 * its collation: of a domain the base type, whose values need not meet the
 * domain's constraints.
 */
std::string storage_type(const column &c);

/* The column's type, qualified: the same name whatever the search_path is. */
std::string type_name(const column &c);

} // namespace migsafe
