/*
 * numeric_format.hpp
 *		How PostgreSQL lays out a numeric (its utils/adt/numeric.c), for code that sees no server header.
 *
 * A numeric is a length word, a header and its digits, each a 16-bit integer of
 * 0 to 9999; a digit's power of 10,000 is the weight less its place.  A short
 * header is one half-word of flags, scale and weight; a long one has flags and
 * scale, then the weight.  Leading and trailing zero digits are not stored.
 */
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace migsafe::jsonb::numeric_format {

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

inline uint16_t
load_half(const char *bytes)
{
	uint16_t half;

	memcpy(&half, bytes, sizeof(half));
	return half;
}

/* Returns where the next one is to be. */
inline char *
store_half(char *bytes, unsigned half)
{
	const auto narrow = static_cast<uint16_t>(half);

	memcpy(bytes, &narrow, sizeof(narrow));
	return bytes + sizeof(narrow);
}

/* A varlena's length word: two bits of it are flags, which are zero here. */
inline uint32_t
length_word_of(uint32_t size)
{
	return std::endian::native == std::endian::little ? size << 2 : size;
}

} // namespace migsafe::jsonb::numeric_format
