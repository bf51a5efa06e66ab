/*
 * equality.hpp
 *		When two JSON values are the same (RFC 6902, section 4.6).
 */
#pragma once

#include "jsonb/host.hpp"
#include "jsonb/value.hpp"

namespace migsafe::jsonb {

/* Numbers are equal if they are numerically so: 1.0 is 1.00.  XX001 for damaged values. */
bool equal_values(const value &a, const value &b, const host &process);

} // namespace migsafe::jsonb
