#include "schema/format.hpp"

#include "schema/format_rules.hpp"
#include "schema/pattern.hpp"

#include <algorithm>
#include <iterator>

namespace migsafe::schema {
namespace {

bool
is_regex(std::string_view text)
{
	return pattern_error(text).empty();
}

bool
is_text(std::string_view)
{
	return true;
}

struct rule
{
	format id;
	std::string_view name;
	bool (*holds)(std::string_view text);
};

/* In the order of the formats. */
constexpr rule rules[] = {
	{format::none, "", is_text},
	{format::date_time, "date-time", is_date_time},
	{format::date, "date", is_date},
	{format::time, "time", is_time},
	{format::duration, "duration", is_duration},
	{format::email, "email", is_email},
	{format::idn_email, "idn-email", is_idn_email},
	{format::hostname, "hostname", is_hostname},
	{format::idn_hostname, "idn-hostname", is_idn_hostname},
	{format::ipv4, "ipv4", is_ipv4},
	{format::ipv6, "ipv6", is_ipv6},
	{format::uri, "uri", is_uri},
	{format::uri_reference, "uri-reference", is_uri_reference},
	{format::iri, "iri", is_iri},
	{format::iri_reference, "iri-reference", is_iri_reference},
	{format::uri_template, "uri-template", is_uri_template},
	{format::uuid, "uuid", is_uuid},
	{format::regex, "regex", is_regex},
	{format::json_pointer, "json-pointer", is_json_pointer},
	{format::relative_json_pointer, "relative-json-pointer", is_relative_json_pointer},
};

constexpr bool
in_order()
{
	for (size_t i = 0; i < std::size(rules); i++)
		if (static_cast<size_t>(rules[i].id) != i)
			return false;
	return true;
}
static_assert(in_order());

} // namespace

format
format_of(std::string_view name)
{
	const auto *found = std::find_if(std::begin(rules), std::end(rules),
									 [name](const rule &r) { return r.name == name; });

	return found == std::end(rules) ? format::none : found->id;
}

bool
has_format(format f, std::string_view text)
{
	return rules[static_cast<size_t>(f)].holds(text);
}

} // namespace migsafe::schema
