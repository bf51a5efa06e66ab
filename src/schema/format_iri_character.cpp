#include "schema/format_iri_character.hpp"

namespace migsafe::schema {
namespace {

constexpr char32_t plane = 0x10000;

/* The last two of each plane are no characters. */
bool
is_in_planes(char32_t c, char32_t first, char32_t last)
{
	return c >= first * plane && c < (last + 1) * plane && c % plane < plane - 2;
}

} // namespace

bool
is_ucschar(char32_t c)
{
	constexpr char32_t tags = 0xE0000, tags_end = 0xE1000;

	if (is_in_planes(c, 1, 14))
		return c < tags || c >= tags_end;
	return (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) ||
		   (c >= 0xFDF0 && c <= 0xFFEF);
}

bool
is_iprivate(char32_t c)
{
	return (c >= 0xE000 && c <= 0xF8FF) || is_in_planes(c, 15, 16);
}

} // namespace migsafe::schema
