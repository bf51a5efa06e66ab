/*
 * multiple_of.hpp
 *		Exact divisibility.
 */
#pragma once

#include "jsonb/host.hpp"
#include "jsonb/number.hpp"

namespace migsafe::jsonb {

/*
 * Is n an integer times divisor, which is not zero?  Exact for whatever a
 * numeric holds: no division is rounded.
 */
bool is_multiple_of(const number &n, const number &divisor, const host &process);

} // namespace migsafe::jsonb
