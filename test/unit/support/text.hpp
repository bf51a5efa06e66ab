/*
 * text.hpp
 *		Documents between JSON text and bytes, for tests that need no model of them.
 */
#pragma once

#include <string>
#include <string_view>

namespace migsafe::test_bed {

/* The bytes of a jsonb datum after its length word, as PostgreSQL 15 writes them. */
std::string encoded(std::string_view json_text);

/* The reverse, on one line. */
std::string decoded(std::string_view document);

} // namespace migsafe::test_bed
