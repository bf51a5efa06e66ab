/*
 * uri.hpp
 *		URI references (RFC 3986): their parts, and what they mean at a base.
 */
#pragma once

#include <string>
#include <string_view>

namespace migsafe::schema {

/* A reference's parts (RFC 3986, section 4.1), where it lies; what is absent has a null data(). */
struct uri_parts
{
	std::string_view scheme, authority, path, query, fragment;
};

/* By RFC 3986, appendix B: any text has such parts. */
uri_parts split_uri(std::string_view reference);

/* The URI that a reference means at a base (RFC 3986, section 5.2), without its fragment. */
std::string resolve_uri(std::string_view base, std::string_view reference);

/* What follows the first #, as it stands; empty if there is none. */
std::string_view fragment_of(std::string_view reference);

/* %XX as the bytes that they stand for (RFC 3986, section 2.1); what is no such escape stays. */
std::string percent_decoded(std::string_view text);

} // namespace migsafe::schema
