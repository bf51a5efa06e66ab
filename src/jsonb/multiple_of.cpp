#include "jsonb/multiple_of.hpp"

#include "jsonb/numeric_format.hpp"

#include <algorithm>
#include <vector>

namespace migsafe::jsonb {
namespace {

using numeric_format::base;

/* A natural number, the lowest digit first. */
using natural = std::vector<uint32_t>;

/* The sign dropped, in units of 10,000 to the power of unit, which is no more than that of the last digit. */
natural
in_units(const number &n, int unit)
{
	const int zeros = n.weight() - n.digits() + 1 - unit;
	natural result(static_cast<size_t>(zeros), 0);

	for (int i = n.digits(); i-- > 0;)
		result.push_back(n.digit(i));
	return result;
}

/* The digit of a quotient can be estimated well if the divisor's first one is at least half of the base. */
void
multiply(natural &n, uint32_t factor)
{
	uint32_t carry = 0;

	for (uint32_t &digit : n)
	{
		const uint32_t product = digit * factor + carry;

		digit = product % base;
		carry = product / base;
	}
	if (carry != 0)
		n.push_back(carry);
}

/* rest[at...] -= quotient * divisor; false if it was too small, and is now a negative number's complement. */
bool
subtract(natural &rest, size_t at, const natural &divisor, uint32_t quotient)
{
	uint32_t borrow = 0;

	for (size_t i = 0; i < divisor.size(); i++)
	{
		const uint32_t taken = quotient * divisor[i] + borrow;
		uint32_t &digit = rest[at + i];

		borrow = taken / base;
		if (digit < taken % base)
		{
			digit += base;
			borrow++;
		}
		digit -= taken % base;
	}

	uint32_t &top = rest[at + divisor.size()];
	const bool enough = top >= borrow;

	top = enough ? top - borrow : top + base - borrow;
	return enough;
}

void
add_back(natural &rest, size_t at, const natural &divisor)
{
	uint32_t carry = 0;

	for (size_t i = 0; i < divisor.size(); i++)
	{
		const uint32_t sum = rest[at + i] + divisor[i] + carry;

		rest[at + i] = sum % base;
		carry = sum / base;
	}
	rest[at + divisor.size()] = (rest[at + divisor.size()] + carry) % base;
}

/* Knuth, The Art of Computer Programming, volume 2, section 4.3.1, algorithm D, for the remainder alone. */
bool
leaves_nothing(natural rest, natural divisor, const host &process)
{
	const uint32_t factor = base / (divisor.back() + 1);

	multiply(rest, factor);
	multiply(divisor, factor);
	rest.push_back(0);

	const size_t size = divisor.size();

	for (size_t at = rest.size() - size; at-- > 0;)
	{
		const uint32_t head = rest[at + size] * base + rest[at + size - 1];
		const uint32_t quotient = std::min(head / divisor.back(), base - 1);

		if (at % 64 == 0)
			process.check();
		/* the estimate is at most two too great */
		if (!subtract(rest, at, divisor, quotient))
		{
			do
				add_back(rest, at, divisor);
			while (rest[at + size] != 0);
		}
	}
	return std::all_of(rest.begin(), rest.end(), [](uint32_t digit) { return digit == 0; });
}

} // namespace

bool
is_multiple_of(const number &n, const number &divisor, const host &process)
{
	if (n.digits() == 0)
		return true;

	const int last = n.weight() - n.digits() + 1;
	const int unit = divisor.weight() - divisor.digits() + 1;

	const natural amount = in_units(n, std::min(last, unit));
	const natural step = in_units(divisor, std::min(last, unit));

	return amount.size() >= step.size() && leaves_nothing(amount, step, process);
}

} // namespace migsafe::jsonb
