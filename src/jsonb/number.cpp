#include "jsonb/number.hpp"

#include <algorithm>
#include <bit>

namespace migsafe::jsonb {
namespace {

/*
 * A numeric is a length word, a header and its digits, each a 16-bit integer of
 * 0 to 9999; a digit's power of 10,000 is the weight less its place.  A short
 * header is one half-word of flags, scale and weight; a long one has flags and
 * scale, then the weight.  Leading and trailing zero digits are not stored.
 */
constexpr size_t length_word = sizeof(uint32_t);
constexpr size_t half_word = sizeof(uint16_t);
constexpr uint32_t greatest_size = 0x3FFFFFFF;

constexpr unsigned form_mask = 0xC000;
constexpr unsigned form_special = 0xC000; /* NaN, infinities */
constexpr unsigned form_short = 0x8000;
constexpr unsigned form_long_negative = 0x4000;

constexpr unsigned short_negative = 0x2000;
constexpr int short_scale_shift = 7;
constexpr int short_scale_mask = 0x3F;
constexpr int short_weight_sign = 0x40;
constexpr int short_weight_mask = 0x7F; /* sign included */

constexpr int greatest_scale = 0x3FFF;
constexpr int greatest_weight = INT16_MAX;

constexpr unsigned base = 10000;
constexpr int decimals = 4; /* per digit */

/* The server refuses this exponent, and beyond, even of a zero. */
constexpr int64_t exponent_limit = INT32_MAX / 2;

uint16_t
load_half(const char *bytes)
{
	uint16_t half;

	memcpy(&half, bytes, sizeof(half));
	return half;
}

/* Returns where the next one is to be. */
char *
store_half(char *bytes, unsigned half)
{
	const auto narrow = static_cast<uint16_t>(half);

	memcpy(bytes, &narrow, sizeof(narrow));
	return bytes + sizeof(narrow);
}

/* A varlena's length word: two bits of it are flags, which are zero here. */
uint32_t
length_word_of(uint32_t size)
{
	return std::endian::native == std::endian::little ? size << 2 : size;
}

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
