#include "schema/format_rules.hpp"
#include "schema/text_scanner.hpp"

namespace migsafe::schema {
namespace {

/* In octets (RFC 5321, section 4.5.3.1); a path is a mailbox between < and >. */
constexpr size_t longest_local_part = 64;
constexpr size_t longest_mailbox = 256 - 2;

bool
is_any(char32_t)
{
	return true;
}

/* Pass a character that the test is true of, or one beyond ASCII where the letters are Unicode's. */
template <class Test>
bool
accept_character(text_scanner &text, repertoire letters, Test test)
{
	return text.accept(test) ||
		   (letters == repertoire::unicode && text.accept_beyond_ascii(is_any));
}

bool
is_atext(char c)
{
	return is_letter(c) || is_digit(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~");
}

bool
accept_atom(text_scanner &text, repertoire letters)
{
	if (!accept_character(text, letters, is_atext))
		return false;
	while (accept_character(text, letters, is_atext))
		continue;
	return true;
}

/* What follows the first quotation mark. */
bool
accept_quoted(text_scanner &text, repertoire letters)
{
	const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
	const auto is_plain = [=](char c) { return is_printable(c) && c != '"' && c != '\\'; };

	while (text.accept('\\') ? text.accept(is_printable)
							 : accept_character(text, letters, is_plain))
		continue;
	return text.accept('"');
}

bool
accept_local_part(text_scanner &text, repertoire letters)
{
	if (text.accept('"'))
		return accept_quoted(text, letters);
	do
	{
		if (!accept_atom(text, letters))
			return false;
	} while (text.accept('.'));
	return true;
}

/* An address literal (RFC 5321, section 4.1.3); no other tag than IPv6 is registered. */
bool
is_address_literal(std::string_view domain)
{
	text_scanner scanner(domain);

	if (!scanner.accept('['))
		return false;

	const bool ipv6 = scanner.accept_word("ipv6:");
	const std::string_view address = scanner.take_until(']');

	return scanner.rest() == "]" && (ipv6 ? is_ipv6(address) : is_ipv4(address));
}

bool
is_mailbox(std::string_view text, repertoire letters, bool (*is_domain)(std::string_view))
{
	text_scanner scanner(text);

	if (text.size() > longest_mailbox || !accept_local_part(scanner, letters) ||
		text.size() - scanner.rest().size() > longest_local_part || !scanner.accept('@'))
		return false;
	return is_address_literal(scanner.rest()) || is_domain(scanner.rest());
}

/* Mail programs map what is typed, so that a label need not be in NFC. */
bool
is_mail_domain(std::string_view domain)
{
	return is_all_ascii(domain) ? is_hostname(domain)
								: is_internationalized_name(domain, label_mapping::allowed);
}

} // namespace

bool
is_email(std::string_view text)
{
	return is_mailbox(text, repertoire::ascii, is_hostname);
}

bool
is_idn_email(std::string_view text)
{
	return is_mailbox(text, repertoire::unicode, is_mail_domain);
}

} // namespace migsafe::schema
