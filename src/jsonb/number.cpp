#include "jsonb/number.hpp"

#include "jsonb/numeric_format.hpp"

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

number::number(const value &v)
{
	uint32_t word;

	if (v.length < length_word + half_word || v.length > greatest_size)
		container::damaged();
	memcpy(&word, v.data, sizeof(word));
	if (word != length_word_of(v.length))
		container::damaged();

	const size_t size = v.length - length_word;
	const size_t head = read_header(v.data + length_word, size);

	if ((size - head) % half_word != 0)
		container::damaged();
	digits_ = v.data + length_word + head;
	count_ = static_cast<int>((size - head) / half_word);
	for (int i = 0; i < count_; i++)
	{
		if (digit(i) >= base)
			container::damaged();
	}
	normalize();
}

size_t
number::read_header(const char *bytes, size_t size)
{
	const unsigned header = load_half(bytes);
	const unsigned form = header & form_mask;

	if (form == form_short)
	{
		const int weight = static_cast<int>(header & short_weight_mask);

		negative_ = header & short_negative;
		scale_ = static_cast<int>(header >> short_scale_shift) & short_scale_mask;
		weight_ = weight < short_weight_sign ? weight : weight - 2 * short_weight_sign;
		return half_word;
	}
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
number::digit(int i) const
{
	return load_half(digits_ + half_word * static_cast<size_t>(i));
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
