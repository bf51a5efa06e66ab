#pragma once

#include "table/target.hpp"

#include <optional>
#include <string>

namespace migsafe {

/*
 * The operator, qualified, that says whether two values are equal: of one type
 * that of its default ordering or hashing, whatever the search_path; of two
 * types that of the server, if it has one for them.
 */
std::optional<std::string> equality_operator(Oid left, Oid right);

/* The same of a column of a key; 42883 if its type has none. */
std::string key_equality(const column &c);

/*
 * Server code.  Is what equality_operator() takes for equal one value to column i, from 0, of a unique
 * index, whose operator class or collation may tell more apart?  column: what that column is of.
 */
bool is_as_coarse(Relation index, int i, const FormData_pg_attribute &column);

/* The operator, qualified, for a comparison in the type's default ordering: BTLessStrategyNumber and so on. */
std::optional<std::string> ordering_operator(Oid type, StrategyNumber strategy);

} // namespace migsafe
