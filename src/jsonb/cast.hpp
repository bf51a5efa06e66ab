/*
 * cast.hpp
 *		From string to number to boolean, and back, without loss.
 */
#pragma once

#include "jsonb/arena.hpp"
#include "jsonb/scalar_type.hpp"
#include "jsonb/value.hpp"

#include <string>

namespace migsafe::jsonb {

/* The value as another type, or why there is none. */
struct cast_result
{
	value converted;
	std::string error; /* empty if it worked */
};

/* Why a value of that type has no cast. */
std::string no_cast_from(std::string_view type);

/*
 * Cast a scalar.
 *
 *     string  -> number   what is a JSON number to the last character (RFC 8259, section 6)
 *     string  -> boolean  true or false, nothing else
 *     number  -> string   as the server prints it: 1.50 keeps its zero
 *     number  -> boolean  0 and 1 only
 *     boolean -> string   true or false
 *     boolean -> number   1 or 0
 *
 * A value of that type already stays as it is.  null and containers cannot be cast.
 */
cast_result cast_value(const value &v, scalar_type type, arena &memory);

} // namespace migsafe::jsonb
