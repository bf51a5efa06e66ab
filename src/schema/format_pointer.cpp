#include "schema/format_rules.hpp"
#include "schema/text_scanner.hpp"

namespace migsafe::schema {
namespace {

bool
accept_integer(text_scanner &text)
{
	const std::string_view digits = text.take(is_digit);

	return !digits.empty() && (digits.size() == 1 || digits[0] != '0');
}

} // namespace

bool
is_json_pointer(std::string_view text)
{
	if (!text.empty() && text.front() != '/')
		return false;
	for (size_t at = 0; (at = text.find('~', at)) != std::string_view::npos; at += 2)
		if (at + 1 == text.size() || !is_one_of(text[at + 1], "01"))
			return false;
	return true;
}

bool
is_relative_json_pointer(std::string_view text)
{
	text_scanner scanner(text);

	if (!accept_integer(scanner))
		return false;
	if ((scanner.accept('+') || scanner.accept('-')) && !accept_integer(scanner))
		return false;
	return scanner.rest() == "#" || is_json_pointer(scanner.rest());
}

} // namespace migsafe::schema
