#include "schema/text_scanner.hpp"

#include <unicode/utf8.h>

namespace migsafe::schema {

bool
text_scanner::accept_word(std::string_view lower)
{
	text_scanner ahead = *this;

	for (char c : lower)
		if (!ahead.accept_letter(c))
			return false;
	*this = ahead;
	return true;
}

bool
text_scanner::accept_number(size_t digits, int *value)
{
	const std::string_view found = rest_.substr(0, digits);

	if (found.size() < digits || !std::all_of(found.begin(), found.end(), is_digit))
		return false;
	*value = 0;
	for (char c : found)
		*value = *value * 10 + (c - '0');
	rest_.remove_prefix(digits);
	return true;
}

bool
text_scanner::accept_percent_encoded()
{
	if (rest_.size() < 3 || rest_[0] != '%' || !is_hex_digit(rest_[1]) || !is_hex_digit(rest_[2]))
		return false;
	rest_.remove_prefix(3);
	return true;
}

bool
text_scanner::accept_beyond_ascii(bool (*test)(char32_t))
{
	if (rest_.empty() || is_ascii(rest_.front()))
		return false;

	const int size = static_cast<int>(std::min<size_t>(rest_.size(), U8_MAX_LENGTH));
	int used = 0;
	UChar32 code = 0;

	U8_NEXT(rest_.data(), used, size, code);
	if (code < 0 || !test(static_cast<char32_t>(code)))
		return false;
	rest_.remove_prefix(static_cast<size_t>(used));
	return true;
}

} // namespace migsafe::schema
