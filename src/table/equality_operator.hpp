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

} // namespace migsafe
