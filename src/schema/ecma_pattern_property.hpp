/*
 * ecma_pattern_property.hpp
 *		The properties of characters that ECMA-262 knows: \p{...}.
 */
#pragma once

#include <string>
#include <string_view>

namespace migsafe::schema {

/* A property as PCRE2 spells it between its braces. */
struct character_property
{
	std::string text;      /* empty if there is no such property */
	bool supported = true; /* by the PCRE2 that is installed */
};

/*
 * The property that is written name, or name=value (ECMA-262, "CharacterClassEscape"): a general category, a
 * script, or one that a character has or has not.  Case counts, and so do underscores.
 */
character_property find_property(std::string_view expression);

/* Something to write instead of an unknown name; a sentence. */
std::string property_hint(std::string_view expression);

} // namespace migsafe::schema
