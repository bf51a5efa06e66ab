/*
 * hash.hpp
 *		Hashes of JSON values, by which equal ones are found.
 */
#pragma once

#include "jsonb/host.hpp"
#include "jsonb/value.hpp"

namespace migsafe::jsonb {

/*
 * The same for values that equal_values (equality.hpp) takes for the same, and
 * another in each process.  XX001 for damaged values.
 */
uint64_t hash_value(const value &v, const host &process);

} // namespace migsafe::jsonb
