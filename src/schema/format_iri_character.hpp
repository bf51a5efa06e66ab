/*
 * format_iri_character.hpp
 *		What IRIs and URI templates may hold beyond ASCII (RFC 3987, section 2.2).
 */
#pragma once

namespace migsafe::schema {

/* ucschar: most of Unicode. */
bool is_ucschar(char32_t c);

/* iprivate: for private use, in a query only. */
bool is_iprivate(char32_t c);

} // namespace migsafe::schema
