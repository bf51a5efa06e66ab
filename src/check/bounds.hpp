/*
 * bounds.hpp
 *		Bounds of a measured number, compared exactly.
 */
#pragma once

#include "pg/call.hpp"

#include <optional>
#include <string>

namespace migsafe {

/* Are the values of a type numbers that arithmetic is done with? */
bool is_number(Oid type);

/* Less than 0, 0, or greater than 0, as numeric orders its texts. */
int compare_numbers(const std::string &a, const std::string &b);

/* a divided by b, to six places at most, without needless zeros. */
std::string quotient_text(int64 a, int64 b);

struct bounds
{
	std::optional<std::string> at_least, at_most; /* texts of numerics */

	[[nodiscard]] bool empty() const { return !at_least && !at_most; }
	[[nodiscard]] bool below(const std::string &number) const
	{
		return at_least && compare_numbers(number, *at_least) < 0;
	}
	[[nodiscard]] bool above(const std::string &number) const
	{
		return at_most && compare_numbers(number, *at_most) > 0;
	}
	/* The same bounds, of a number that is so many times as great. */
	[[nodiscard]] bounds times(int64 factor) const;
	/* "at least 0.95 wanted". */
	[[nodiscard]] std::string wanted() const;
};

} // namespace migsafe
