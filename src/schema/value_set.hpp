/*
 * value_set.hpp
 *		Values among which one is looked for, as JSON Schema compares them.
 */
#pragma once

#include "jsonb/host.hpp"
#include "jsonb/value.hpp"

#include <vector>

namespace migsafe::schema {

/* Numbers are equal if they are so numerically; the values outlive the set. */
class value_set
{
public:
	value_set(std::vector<jsonb::value> values, const jsonb::host &process);

	[[nodiscard]] bool contains(const jsonb::value &v, const jsonb::host &process) const;
	[[nodiscard]] const std::vector<jsonb::value> &values() const { return values_; }

private:
	struct entry
	{
		uint64_t hash;
		jsonb::value value;
	};

	std::vector<jsonb::value> values_;
	std::vector<entry> by_hash_; /* sorted; empty where trying each is faster */
};

/* The first element of an array that equals one before it, and that one: their numbers; both 0 if there is none. */
struct equal_pair
{
	uint32_t first = 0, second = 0;
	[[nodiscard]] bool found() const { return second > 0; }
};

equal_pair find_equal_pair(const jsonb::value &array, const jsonb::host &process);

} // namespace migsafe::schema
