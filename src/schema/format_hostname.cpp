#include "schema/format_rules.hpp"
#include "schema/text_scanner.hpp"

namespace migsafe::schema {
namespace {

/* RFC 1034, section 3.1. */
constexpr size_t longest_label = 63;

/* What an A-label begins with, in whatever case (RFC 5890, section 2.3.2.5). */
constexpr std::string_view ace_prefix = "xn--";

/* Letters, digits and hyphens (RFC 5890, section 2.3.1). */
bool
is_ldh_label(std::string_view label)
{
	const auto is_ldh = [](char c) { return is_letter(c) || is_digit(c) || c == '-'; };

	return !label.empty() && label.size() <= longest_label && label.front() != '-' &&
		   label.back() != '-' && std::all_of(label.begin(), label.end(), is_ldh);
}

} // namespace

bool
is_hostname(std::string_view text)
{
	text_scanner scanner(text);
	bool internationalized = false;

	if (text.size() > longest_hostname)
		return false;
	do
	{
		const std::string_view label = scanner.take_until('.');

		if (!is_ldh_label(label))
			return false;
		internationalized = internationalized || text_scanner(label).accept_word(ace_prefix);
	} while (scanner.accept('.'));
	return !internationalized || is_internationalized_name(text, label_mapping::refused);
}

bool
is_idn_hostname(std::string_view text)
{
	return is_all_ascii(text) ? is_hostname(text)
							  : is_internationalized_name(text, label_mapping::refused);
}

} // namespace migsafe::schema
