/*
 * ecma_pattern_class.hpp
 *		Sets of characters in regular expressions, translated.
 */
#pragma once

#include "schema/ecma_pattern_reader.hpp"

#include <string>

namespace migsafe::schema {

/* What PCRE2, with PCRE2_DOTALL, reads as any character at all, and as none. */
inline constexpr const char *any_character = ".";
inline constexpr const char *no_character = "(?!)";

/* Append a character as PCRE2 reads it, within a class or without; a lone surrogate is none. */
void append_character(std::string &pattern, uint32_t code);

/*
 * The set that an escape stands for: \d \D \w \W \s \S \p{...} \P{...}, read after its backslash, as members of a
 * class of PCRE2.  Empty if another escape follows.
 */
std::string translate_set_escape(ecma_reader &in);

/* A class, read after its [, as an item of PCRE2. */
std::string translate_class(ecma_reader &in);

} // namespace migsafe::schema
