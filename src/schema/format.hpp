/*
 * format.hpp
 *		What the keyword "format" asserts (JSON Schema 2020-12 Validation, section 7.3).
 */
#pragma once

#include <cstdint>
#include <string_view>

namespace migsafe::schema {

/* The formats that are asserted. */
enum class format : uint8_t {
	none,
	date_time,
	date,
	time,
	duration,
	email,
	idn_email,
	hostname,
	idn_hostname,
	ipv4,
	ipv6,
	uri,
	uri_reference,
	iri,
	iri_reference,
	uri_template,
	uuid,
	regex,
	json_pointer,
	relative_json_pointer
};

/* The format of that name, as a schema spells it; none if it is unknown. */
format format_of(std::string_view name);

/*
 * Is the text, in UTF-8, of that format?  Any text is of the format none.  Time
 * and memory are linear in its size.  Broken UTF-8 is of no format but
 * json-pointer, which does not look.  58000 if ICU lacks its data.
 */
bool has_format(format f, std::string_view text);

} // namespace migsafe::schema
