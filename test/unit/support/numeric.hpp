/*
 * numeric.hpp
 *		PostgreSQL's numeric, worked out a second time: what src/jsonb/number.cpp is compared with.
 */
#pragma once

#include <string>
#include <string_view>

namespace migsafe::test_bed {

/* A JSON number as the server prints it once it was stored: 1.50e1 is 15.0, and -0 is 0. */
std::string plain_number(std::string_view json_number);

/* The bytes that the server stores, length word included, for a number as plain_number gives it. */
std::string numeric_image(std::string_view plain);

/* The reverse; std::runtime_error for bytes that the server would not have written. */
std::string numeric_text(std::string_view image);

} // namespace migsafe::test_bed
