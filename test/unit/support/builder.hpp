/*
 * builder.hpp
 *		Documents as the server stores them, built without src/jsonb: a second opinion on its writer.
 */
#pragma once

#include "support/model.hpp"

#include <string>

namespace migsafe::test_bed {

/* The bytes of a jsonb datum after its length word, as PostgreSQL 15 writes them for this value. */
std::string build(const json &v);

/* [[[...]]], of that many levels: 1 is []. */
std::string build_nested(size_t levels);
/* The same around a container, which is the innermost level. */
std::string build_nested(size_t levels, const std::string &core);

/* {"a": {"a": ...}}, of that many levels: 1 is {}. */
std::string build_nested_objects(size_t levels);

} // namespace migsafe::test_bed
