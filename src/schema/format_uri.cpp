#include "schema/format_iri_character.hpp"
#include "schema/format_rules.hpp"
#include "schema/text_scanner.hpp"

namespace migsafe::schema {
namespace {

/* unreserved and sub-delims of RFC 3986, section 2. */
bool
is_plain(char c)
{
	return is_letter(c) || is_digit(c) || is_one_of(c, "-._~!$&'()*+,;=");
}

/* What is between the brackets of a host (RFC 3986, section 3.2.2). */
bool
is_ip_literal(std::string_view text)
{
	text_scanner scanner(text);

	if (!scanner.accept_letter('v'))
		return is_ipv6(text);
	return !scanner.take(is_hex_digit).empty() && scanner.accept('.') &&
		   !scanner.take([](char c) { return is_plain(c) || c == ':'; }).empty() &&
		   scanner.at_end();
}

/* The grammar of RFC 3986, with the letters of RFC 3987 for an IRI. */
class reference
{
public:
	reference(std::string_view text, repertoire letters) : text_(text), letters_(letters) {}

	bool accept_scheme()
	{
		text_scanner ahead = text_;

		if (!ahead.accept(is_letter))
			return false;
		ahead.take([](char c) { return is_letter(c) || is_digit(c) || is_one_of(c, "+-."); });
		if (!ahead.accept(':'))
			return false;
		text_ = ahead;
		return true;
	}

	/* All that may follow a scheme, up to the end. */
	bool accept_rest()
	{
		if (text_.accept_word("//") && !accept_authority())
			return false;
		accept_part(":@/");
		if (text_.accept('?'))
			accept_query();
		if (text_.accept('#'))
			accept_part(":@/?");
		return text_.at_end();
	}

	/* Without a scheme, a colon may not stand in the first segment of the path. */
	[[nodiscard]] bool begins_with_colon_segment() const
	{
		reference ahead = *this;

		ahead.accept_part("@");
		return ahead.text_.at(':');
	}

private:
	bool accept_beyond_ascii(bool (*test)(char32_t))
	{
		return letters_ == repertoire::unicode && text_.accept_beyond_ascii(test);
	}

	/* Pass what any part may hold, and these characters. */
	void accept_part(std::string_view others)
	{
		const auto is_allowed = [others](char c) { return is_plain(c) || is_one_of(c, others); };

		while (text_.accept(is_allowed) || text_.accept_percent_encoded() ||
			   accept_beyond_ascii(is_ucschar))
			continue;
	}

	void accept_query()
	{
		do
			accept_part(":@/?");
		while (accept_beyond_ascii(is_iprivate));
	}

	void accept_userinfo()
	{
		reference ahead = *this;

		ahead.accept_part(":");
		if (ahead.text_.accept('@'))
			*this = ahead;
	}

	bool accept_host()
	{
		if (!text_.accept('['))
		{
			accept_part("");
			return true;
		}
		return is_ip_literal(text_.take_until(']')) && text_.accept(']');
	}

	bool accept_authority()
	{
		accept_userinfo();
		if (!accept_host())
			return false;
		if (text_.accept(':'))
			text_.take(is_digit);
		return text_.at_end() || text_.at([](char c) { return is_one_of(c, "/?#"); });
	}

	text_scanner text_;
	repertoire letters_;
};

bool
is_absolute(std::string_view text, repertoire letters)
{
	reference scanner(text, letters);

	return scanner.accept_scheme() && scanner.accept_rest();
}

bool
is_reference(std::string_view text, repertoire letters)
{
	reference scanner(text, letters);

	return (scanner.accept_scheme() || !scanner.begins_with_colon_segment()) &&
		   scanner.accept_rest();
}

} // namespace

bool
is_uri(std::string_view text)
{
	return is_absolute(text, repertoire::ascii);
}

bool
is_uri_reference(std::string_view text)
{
	return is_reference(text, repertoire::ascii);
}

bool
is_iri(std::string_view text)
{
	return is_absolute(text, repertoire::unicode);
}

bool
is_iri_reference(std::string_view text)
{
	return is_reference(text, repertoire::unicode);
}

} // namespace migsafe::schema
