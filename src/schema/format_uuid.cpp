#include "schema/format_rules.hpp"
#include "schema/text_scanner.hpp"

namespace migsafe::schema {

bool
is_uuid(std::string_view text)
{
	constexpr std::string_view pattern = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	return std::equal(
		text.begin(), text.end(), pattern.begin(), pattern.end(),
		[](char c, char expected) { return expected == '-' ? c == '-' : is_hex_digit(c); });
}

} // namespace migsafe::schema
