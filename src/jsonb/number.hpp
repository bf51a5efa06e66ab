/*
 * number.hpp
 *		Numbers in binary JSONB: PostgreSQL's numeric, read and made.
 */
#pragma once

#include "jsonb/arena.hpp"
#include "jsonb/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace migsafe::jsonb {

/* A numeric value where it lies. */
class number
{
public:
	/* v, of type numeric, outlives this.  XX001 if its bytes are no finite numeric. */
	explicit number(const value &v);

	/* Numerically: whatever the scale. */
	bool operator==(const number &other) const;

	/* As the server prints it: with no exponent, and to its scale. */
	[[nodiscard]] std::string text() const;

	/* Is it this integer, of 0 to 9999? */
	[[nodiscard]] bool is(int small) const;

private:
	/* Returns its size; size is what there is to read, two bytes at least. */
	size_t read_header(const char *bytes, size_t size);
	void normalize();
	[[nodiscard]] unsigned digit(int i) const;
	[[nodiscard]] unsigned digit_of_weight(int weight) const;

	const char *digits_ = nullptr; /* to the base of 10,000, no zeros around them */
	int count_ = 0;                /* of digits */
	int weight_ = 0;               /* the first digit's power of 10,000 */
	int scale_ = 0;                /* decimals after the point, as printed */
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
