/*
 * number.hpp
 *		Numbers in binary JSONB: PostgreSQL's numeric, read and made.
 */
#pragma once

#include "jsonb/arena.hpp"
#include "jsonb/numeric_format.hpp"
#include "jsonb/value.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace migsafe::jsonb {

/* A numeric value where it lies. */
class number
{
public:
	/* v, of type numeric, outlives this.  XX001 if its bytes are no finite numeric. */
	explicit number(const value &v)
	{
		using namespace numeric_format;
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
		if (count_ == 0 || digit(0) == 0 || digit(count_ - 1) == 0)
			normalize();
	}

	/* Numerically: whatever the scale. */
	bool operator==(const number &other) const;
	std::strong_ordering operator<=>(const number &other) const
	{
		if (negative_ != other.negative_)
			return negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
		return negative_ ? other.compare_size(*this) : compare_size(other);
	}

	/* As the server prints it: with no exponent, and to its scale. */
	[[nodiscard]] std::string text() const;

	/* Is it this integer, of 0 to 9999? */
	[[nodiscard]] bool is(int small) const;

	/* Has it no fraction? 1.0 has none. */
	[[nodiscard]] bool is_integer() const { return count_ <= weight_ + 1; }
	[[nodiscard]] bool is_negative() const { return negative_; }
	/* Of an integer that is not negative; the greatest uint64_t for any beyond. */
	[[nodiscard]] uint64_t natural() const;

	/* As digits to the base of 10,000, without zeros around them; digit i counts 10,000 to the power of weight() - i. */
	[[nodiscard]] int digits() const { return count_; }
	[[nodiscard]] int weight() const { return weight_; }
	[[nodiscard]] unsigned digit(int i) const
	{
		return numeric_format::load_half(digits_ +
										 numeric_format::half_word * static_cast<size_t>(i));
	}
	/* Decimals after the point, as printed. */
	[[nodiscard]] int scale() const { return scale_; }

private:
	/* Returns its size; size is what there is to read, two bytes at least. */
	size_t read_header(const char *bytes, size_t size)
	{
		using namespace numeric_format;
		const unsigned header = load_half(bytes);

		if ((header & form_mask) != form_short)
			return read_long_header(bytes, size);

		const int weight = static_cast<int>(header & short_weight_mask);

		negative_ = header & short_negative;
		scale_ = static_cast<int>(header >> short_scale_shift) & short_scale_mask;
		weight_ = weight < short_weight_sign ? weight : weight - 2 * short_weight_sign;
		return half_word;
	}
	size_t read_long_header(const char *bytes, size_t size);
	void normalize();
	/* Without the signs. */
	[[nodiscard]] std::strong_ordering compare_size(const number &other) const
	{
		if (count_ == 0 || other.count_ == 0)
			return count_ <=> other.count_;
		if (weight_ != other.weight_)
			return weight_ <=> other.weight_;
		return compare_digits(other);
	}
	[[nodiscard]] std::strong_ordering compare_digits(const number &other) const;
	[[nodiscard]] unsigned digit_of_weight(int weight) const;

	const char *digits_ = nullptr; /* to the base of 10,000, no zeros around them */
	int count_ = 0;                /* of digits */
	int weight_ = 0;               /* the first digit's power of 10,000 */
	int scale_ = 0;
	bool negative_ = false;
};

/* Is the text a JSON number (RFC 8259, section 6)? */
bool is_number(std::string_view text);

/*
 * The numeric that a JSON number (RFC 8259, section 6) spells, byte for byte as
 * the server stores it; nothing if the text is no JSON number, or beyond what
 * numeric holds (131,072 digits before the point, 16,383 after it).  Its bytes
 * lie in the arena, at an address that is a multiple of four.
 */
std::optional<value> make_number(std::string_view text, arena &memory);

} // namespace migsafe::jsonb
