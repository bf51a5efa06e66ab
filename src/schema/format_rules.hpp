/*
 * format_rules.hpp
 *		Each format's own test.  A text in UTF-8 is of the format or it is not; no text raises an error.
 */
#pragma once

#include <cstddef>
#include <string_view>

namespace migsafe::schema {

/* RFC 3339, section 5.6.  A second 60 is 23:59:60 in UTC. */
bool is_date_time(std::string_view text);
bool is_date(std::string_view text);
bool is_time(std::string_view text);
/* RFC 3339, appendix A, whose letters are of either case, as in any ABNF. */
bool is_duration(std::string_view text);

/*
 * A mailbox (RFC 5321, section 4.1.2) within the sizes of section 4.5.3.1.  Its
 * domain is a hostname or, between brackets, what is_ipv4 and is_ipv6 allow.
 */
bool is_email(std::string_view text);
/* The same beyond ASCII (RFC 6531, section 3.3). */
bool is_idn_email(std::string_view text);

/* In octets, without the dot of the root (RFC 1034, section 3.1). */
constexpr size_t longest_hostname = 253;

/* RFC 1123, section 2.1; A-labels stand for U-labels (RFC 5890, section 2.3.2.1). */
bool is_hostname(std::string_view text);
/* That, or labels beyond ASCII (RFC 5890, section 2.3.2.3), between any dots of RFC 3490, section 3.1. */
bool is_idn_hostname(std::string_view text);

/* May labels be written in ways that IDNA 2008 leaves to the user's program to map (RFC 5895, UTS 46)? */
enum class label_mapping { refused, allowed };

/*
 * Is it a name of valid U-labels, A-labels and letters, digits and hyphens (RFC
 * 5891, section 4.2, with RFC 5892 and RFC 5893)?  One label beyond ASCII makes
 * a reserved label, as ab--cd, invalid in the others, too (RFC 5890, section
 * 2.3.1).  58000 if ICU lacks its data.
 */
bool is_internationalized_name(std::string_view name, label_mapping mapping);

/* RFC 2673, section 3.2, with no leading zeros. */
bool is_ipv4(std::string_view text);
/* RFC 4291, section 2.2; a zone is no part of it. */
bool is_ipv6(std::string_view text);

/* RFC 3986, section 3 and, for the references, section 4.1. */
bool is_uri(std::string_view text);
bool is_uri_reference(std::string_view text);
/* RFC 3987, section 2.2. */
bool is_iri(std::string_view text);
bool is_iri_reference(std::string_view text);
/* RFC 6570, section 2, with erratum 6937: an apostrophe is a literal. */
bool is_uri_template(std::string_view text);

/* RFC 4122, section 3, of any version and variant. */
bool is_uuid(std::string_view text);

/* RFC 6901, section 3. */
bool is_json_pointer(std::string_view text);
/* draft-bhutton-relative-json-pointer-00, section 3. */
bool is_relative_json_pointer(std::string_view text);

} // namespace migsafe::schema
