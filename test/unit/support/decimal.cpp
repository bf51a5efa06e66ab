#include "support/decimal.hpp"

#include <algorithm>

namespace migsafe::test_bed {
namespace {

/* Of two integers without leading zeros. */
int
compare_integers(const std::string &a, const std::string &b)
{
	if (a.size() != b.size())
		return a.size() < b.size() ? -1 : 1;
	return a.compare(b);
}

/* a - b, of which a is not the smaller one. */
std::string
difference(const std::string &a, const std::string &b)
{
	std::string rest = a;
	int borrow = 0;

	for (size_t i = 0; i < a.size(); i++)
	{
		const int taken = borrow + (i < b.size() ? b[b.size() - 1 - i] - '0' : 0);
		char &digit = rest[a.size() - 1 - i];

		borrow = digit - '0' < taken ? 1 : 0;
		digit = static_cast<char>(digit - taken + 10 * borrow);
	}
	return rest.substr(std::min(rest.find_first_not_of('0'), rest.size()));
}

/* Long division, of which only what is left counts. */
bool
divides(const std::string &divisor, const std::string &dividend)
{
	std::string rest;

	for (const char digit : dividend)
	{
		if (!rest.empty() || digit != '0')
			rest += digit;
		while (compare_integers(rest, divisor) >= 0)
			rest = difference(rest, divisor);
	}
	return rest.empty();
}

} // namespace

decimal::decimal(std::string_view literal)
{
	const size_t e = std::min(literal.find_first_of("eE"), literal.size());
	std::string_view mantissa = literal.substr(0, e);

	if (e < literal.size())
		exponent_ = std::stol(std::string(literal.substr(e + 1)));
	if (mantissa.starts_with('-'))
	{
		negative_ = true;
		mantissa.remove_prefix(1);
	}

	const size_t point = std::min(mantissa.find('.'), mantissa.size());

	digits_ = mantissa.substr(0, point);
	if (point < mantissa.size())
	{
		digits_ += mantissa.substr(point + 1);
		exponent_ -= static_cast<long>(mantissa.size() - point - 1);
	}
	digits_.erase(0, std::min(digits_.find_first_not_of('0'), digits_.size()));
	while (digits_.ends_with('0'))
	{
		digits_.pop_back();
		exponent_++;
	}
	if (digits_.empty())
	{
		negative_ = false;
		exponent_ = 0;
	}
}

int
decimal::compare(const decimal &other) const
{
	const auto sign = [](const decimal &d) { return d.digits_.empty() ? 0 : d.negative_ ? -1 : 1; };
	const auto size = [](const decimal &d) {
		return static_cast<long>(d.digits_.size()) + d.exponent_;
	};

	if (sign(*this) != sign(other))
		return sign(*this) - sign(other);
	if (size(*this) != size(other))
		return (size(*this) < size(other) ? -1 : 1) * sign(*this);
	return digits_.compare(other.digits_) * sign(*this);
}

bool
decimal::is_multiple_of(const decimal &divisor) const
{
	const long unit = std::min(exponent_, divisor.exponent_);
	const auto in_units = [=](const decimal &d) {
		return d.digits_ + std::string(static_cast<size_t>(d.exponent_ - unit), '0');
	};

	return digits_.empty() || divides(in_units(divisor), in_units(*this));
}

} // namespace migsafe::test_bed
