/*
 * decimal.hpp
 *		Numbers as a child works them out, digit by digit: what src/jsonb is compared with.
 */
#pragma once

#include <string>
#include <string_view>

namespace migsafe::test_bed {

/* A JSON number: its sign, and an integer times a power of ten. */
class decimal
{
public:
	explicit decimal(std::string_view literal);

	/* Negative, zero or positive. */
	[[nodiscard]] int compare(const decimal &other) const;
	[[nodiscard]] bool is_integer() const { return exponent_ >= 0; }
	/* Is this an integer times divisor, which is not zero? */
	[[nodiscard]] bool is_multiple_of(const decimal &divisor) const;

private:
	bool negative_ = false;
	std::string digits_; /* no zero at either end; empty for 0 */
	long exponent_ = 0;
};

} // namespace migsafe::test_bed
