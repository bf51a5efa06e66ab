#include "schema/format_rules.hpp"
#include "schema/text_scanner.hpp"

namespace migsafe::schema {
namespace {

/* A number of 0 to 255. */
bool
accept_octet(text_scanner &text)
{
	const std::string_view digits = text.take(is_digit);
	int value = 0;

	if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0'))
		return false;
	return text_scanner(digits).accept_number(digits.size(), &value) && value <= 255;
}

constexpr int all_groups = 8;
constexpr int malformed = all_groups + 1;

enum class dotted_end { refused, allowed };

/* How many groups of 16 bits the list without :: spells, or malformed.  Its end may be an IPv4 address. */
int
count_groups(std::string_view list, dotted_end end)
{
	text_scanner scanner(list);

	if (list.empty())
		return 0;
	for (int groups = 0; groups < all_groups;)
	{
		if (end == dotted_end::allowed && is_ipv4(scanner.rest()))
			return groups + 2;

		const std::string_view group = scanner.take(is_hex_digit);

		if (group.empty() || group.size() > 4)
			return malformed;
		groups++;
		if (scanner.at_end())
			return groups;
		if (!scanner.accept(':'))
			return malformed;
	}
	return malformed;
}

} // namespace

bool
is_ipv4(std::string_view text)
{
	text_scanner scanner(text);

	for (int octet = 0; octet < 4; octet++)
		if ((octet > 0 && !scanner.accept('.')) || !accept_octet(scanner))
			return false;
	return scanner.at_end();
}

bool
is_ipv6(std::string_view text)
{
	const size_t gap = text.find("::");

	if (gap == std::string_view::npos)
		return count_groups(text, dotted_end::allowed) == all_groups;
	return count_groups(text.substr(0, gap), dotted_end::refused) +
			   count_groups(text.substr(gap + 2), dotted_end::allowed) <
		   all_groups;
}

} // namespace migsafe::schema
