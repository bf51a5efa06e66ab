#include "schema/format_iri_character.hpp"
#include "schema/format_rules.hpp"
#include "schema/text_scanner.hpp"

namespace migsafe::schema {
namespace {

bool
is_literal(char c)
{
	return c > ' ' && c < '\x7F' && !is_one_of(c, "\"%<>\\^`{|}");
}

bool
accept_literal(text_scanner &text)
{
	return text.accept(is_literal) || text.accept_percent_encoded() ||
		   text.accept_beyond_ascii(is_ucschar) || text.accept_beyond_ascii(is_iprivate);
}

/* The five of the second row are reserved for extensions, but belong to the grammar. */
bool
is_operator(char c)
{
	return is_one_of(c, "+#./;?&"
						"=,!@|");
}

bool
accept_variable_character(text_scanner &text)
{
	return text.accept([](char c) { return is_letter(c) || is_digit(c) || c == '_'; }) ||
		   text.accept_percent_encoded();
}

bool
accept_variable_name(text_scanner &text)
{
	do
	{
		if (!accept_variable_character(text))
			return false;
		while (accept_variable_character(text))
			continue;
	} while (text.accept('.'));
	return true;
}

/* A prefix of 1 to 9999 characters, an explosion, or nothing. */
bool
accept_modifier(text_scanner &text)
{
	if (!text.accept(':'))
	{
		text.accept('*');
		return true;
	}

	const std::string_view length = text.take(is_digit);

	return !length.empty() && length.size() <= 4 && length[0] != '0';
}

/* What follows the brace. */
bool
accept_expression(text_scanner &text)
{
	text.accept(is_operator);
	do
	{
		if (!accept_variable_name(text) || !accept_modifier(text))
			return false;
	} while (text.accept(','));
	return text.accept('}');
}

} // namespace

bool
is_uri_template(std::string_view text)
{
	text_scanner scanner(text);

	while (!scanner.at_end())
		if (!(scanner.accept('{') ? accept_expression(scanner) : accept_literal(scanner)))
			return false;
	return true;
}

} // namespace migsafe::schema
