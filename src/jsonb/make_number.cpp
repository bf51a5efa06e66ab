#include "jsonb/number.hpp"
#include "jsonb/numeric_format.hpp"

#include <algorithm>

namespace migsafe::jsonb {

using namespace numeric_format;

namespace {

/* The server refuses this exponent, and beyond, even of a zero. */
constexpr int64_t exponent_limit = INT32_MAX / 2;

bool
take(std::string_view &text, char c)
{
	if (text.empty() || text[0] != c)
		return false;
	text.remove_prefix(1);
	return true;
}

std::string_view
take_decimals(std::string_view &text)
{
	size_t n = 0;

	while (n < text.size() && text[n] >= '0' && text[n] <= '9')
		n++;

	const std::string_view taken = text.substr(0, n);

	text.remove_prefix(n);
	return taken;
}

/* A JSON number by its parts. */
struct spelling
{
	bool negative = false;
	std::string_view integer, fraction;
	int64_t exponent = 0; /* if it is beyond the limit, by however much */

	[[nodiscard]] size_t size() const { return integer.size() + fraction.size(); }
	/* The ith decimal; zero after the last one. */
	[[nodiscard]] unsigned decimal(size_t i) const
	{
		if (i < integer.size())
			return static_cast<unsigned>(integer[i] - '0');
		return i < size() ? static_cast<unsigned>(fraction[i - integer.size()] - '0') : 0;
	}
	/* The ith decimal's power of ten. */
	[[nodiscard]] int64_t power(size_t i) const
	{
		return static_cast<int64_t>(integer.size()) - 1 - static_cast<int64_t>(i) + exponent;
	}
	[[nodiscard]] int64_t scale() const
	{
		return std::max<int64_t>(static_cast<int64_t>(fraction.size()) - exponent, 0);
	}
};

/* What follows e; false if it is no exponent. */
bool
parse_exponent(std::string_view &text, int64_t *exponent)
{
	const bool negative = take(text, '-');

	if (!negative)
		take(text, '+');

	const std::string_view digits = take_decimals(text);

	for (const char c : digits)
	{
		if (*exponent < exponent_limit)
			*exponent = *exponent * 10 + (c - '0');
	}
	if (negative)
		*exponent = -*exponent;
	return !digits.empty();
}

std::optional<spelling>
parse(std::string_view text)
{
	spelling s;

	s.negative = take(text, '-');
	s.integer = take_decimals(text);
	if (s.integer.empty() || (s.integer.size() > 1 && s.integer[0] == '0'))
		return std::nullopt;
	if (take(text, '.'))
	{
		s.fraction = take_decimals(text);
		if (s.fraction.empty())
			return std::nullopt;
	}
	if ((take(text, 'e') || take(text, 'E')) && !parse_exponent(text, &s.exponent))
		return std::nullopt;
	if (!text.empty())
		return std::nullopt;
	return s;
}

/* What a header says, and how many digits follow. */
struct shape
{
	bool negative = false;
	int scale = 0;
	int weight = 0;
	size_t count = 0;

	[[nodiscard]] bool is_short() const
	{
		return scale <= short_scale_mask && weight < short_weight_sign &&
			   weight >= -short_weight_sign;
	}
	[[nodiscard]] size_t size() const
	{
		return length_word + half_word * ((is_short() ? 1 : 2) + count);
	}
};

/* Returns where the digits are to be. */
char *
store_head(char *bytes, const shape &s)
{
	const uint32_t word = length_word_of(static_cast<uint32_t>(s.size()));
	const auto scale = static_cast<unsigned>(s.scale);
	const auto weight = static_cast<unsigned>(s.weight);

	memcpy(bytes, &word, sizeof(word));
	bytes += sizeof(word);
	if (s.is_short())
		return store_half(bytes, form_short | (s.negative ? short_negative : 0) |
									 scale << short_scale_shift | (weight & short_weight_mask));
	bytes = store_half(bytes, (s.negative ? form_long_negative : 0) | scale);
	return store_half(bytes, weight);
}

/* The power of 10,000 that a power of ten falls under. */
constexpr int64_t
weight_of(int64_t power)
{
	return power >> 2;
}

/* first is the first decimal that is not zero. */
value
store(const shape &s, const spelling &from, size_t first, arena &memory)
{
	char *const bytes = static_cast<char *>(memory.allocate(s.size()));
	char *next = store_head(bytes, s);
	int64_t power = from.power(first);

	for (size_t i = 0; i < s.count; i++)
	{
		const int64_t weight = s.weight - static_cast<int64_t>(i);
		unsigned digit = 0;

		for (; weight_of(power) == weight; power--)
			digit = digit * 10 + from.decimal(first++);
		next = store_half(next, digit);
	}
	return {format::type_numeric, static_cast<uint32_t>(s.size()), bytes};
}

} // namespace

bool
is_number(std::string_view text)
{
	return parse(text).has_value();
}

std::optional<value>
make_number(std::string_view text, arena &memory)
{
	const std::optional<spelling> from = parse(text);

	if (!from || from->exponent >= exponent_limit || from->exponent <= -exponent_limit ||
		from->scale() > greatest_scale)
		return std::nullopt;

	size_t first = 0, end = from->size();

	while (first < end && from->decimal(first) == 0)
		first++;
	while (end > first && from->decimal(end - 1) == 0)
		end--;

	shape s;

	s.scale = static_cast<int>(from->scale());
	if (first < end)
	{
		const int64_t weight = weight_of(from->power(first));

		if (weight > greatest_weight)
			return std::nullopt;
		s.negative = from->negative;
		s.weight = static_cast<int>(weight);
		s.count = static_cast<size_t>(weight - weight_of(from->power(end - 1)) + 1);
	}
	return store(s, *from, first, memory);
}

} // namespace migsafe::jsonb
