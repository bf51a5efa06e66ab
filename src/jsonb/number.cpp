#include "jsonb/number.hpp"

#include <algorithm>

namespace migsafe::jsonb {

using namespace numeric_format;

namespace {

void
append_digit(std::string &text, unsigned digit)
{
	char spelled[decimals];

	for (int i = decimals; i-- > 0; digit /= 10)
		spelled[i] = static_cast<char>('0' + digit % 10);
	text.append(spelled, decimals);
}

} // namespace

/* Any other header than a short one. */
size_t
number::read_long_header(const char *bytes, size_t size)
{
	const unsigned header = load_half(bytes);
	const unsigned form = header & form_mask;

	if (form == form_special || size < 2 * half_word)
		container::damaged();
	negative_ = form == form_long_negative;
	scale_ = static_cast<int>(header & greatest_scale);
	weight_ = static_cast<int16_t>(load_half(bytes + half_word));
	return 2 * half_word;
}

/* The server would strip zero digits itself, but reads them where they were left. */
void
number::normalize()
{
	for (; count_ > 0 && digit(0) == 0; count_--)
	{
		digits_ += half_word;
		weight_--;
	}
	while (count_ > 0 && digit(count_ - 1) == 0)
		count_--;
	if (count_ == 0)
	{
		weight_ = 0;
		negative_ = false;
	}
}

unsigned
number::digit_of_weight(int weight) const
{
	const int i = weight_ - weight;

	return i >= 0 && i < count_ ? digit(i) : 0;
}

bool
number::operator==(const number &other) const
{
	return negative_ == other.negative_ && weight_ == other.weight_ && count_ == other.count_ &&
		   memcmp(digits_, other.digits_, half_word * static_cast<size_t>(count_)) == 0;
}

/* Without the signs, of numbers of one weight. */
std::strong_ordering
number::compare_digits(const number &other) const
{
	for (int i = 0; i < std::min(count_, other.count_); i++)
	{
		if (digit(i) != other.digit(i))
			return digit(i) <=> other.digit(i);
	}
	return count_ <=> other.count_;
}

uint64_t
number::natural() const
{
	constexpr int most_digits = 4; /* that surely fit */
	uint64_t result = 0;

	if (weight_ >= most_digits)
		return UINT64_MAX;
	for (int weight = weight_; weight >= 0; weight--)
		result = result * base + digit_of_weight(weight);
	return result;
}

std::string
number::text() const
{
	std::string result = negative_ ? "-" : "";
	int weight = std::max(weight_, 0);

	result += std::to_string(digit_of_weight(weight));
	while (weight > 0)
		append_digit(result, digit_of_weight(--weight));
	if (scale_ > 0)
	{
		result += '.';

		const size_t length = result.size() + static_cast<size_t>(scale_);

		while (result.size() < length)
			append_digit(result, digit_of_weight(--weight));
		result.resize(length);
	}
	return result;
}

bool
number::is(int small) const
{
	if (small == 0)
		return count_ == 0;
	return !negative_ && weight_ == 0 && count_ == 1 && digit(0) == static_cast<unsigned>(small);
}

} // namespace migsafe::jsonb
