/*
 * ecma_pattern.hpp
 *		Regular expressions of ECMA-262, translated for PCRE2.
 */
#pragma once

#include "schema/ecma_pattern_reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migsafe::schema {

/* An item that may look at many characters before it fails. */
struct long_item
{
	size_t offset = 0;    /* in the translation */
	uint64_t repeats = 0; /* how often it is repeated at least */
	uint32_t group = 0;   /* whose text it repeats, if it is a backreference */
};

struct ecma_translation
{
	std::string text; /* ASCII only, for the options of translation_options */
	bool has_references = false;
	std::vector<long_item> long_items;
	pattern_problem invalid;     /* why the text is no pattern */
	pattern_problem unsupported; /* why it is one that we cannot match */
};

/*
 * Translate a pattern, in UTF-8, by the grammar of ECMA-262 with the flag u, which is what JSON Schema recommends
 * (2020-12 Core, section 6.4).  Where that flag only forbids what is harmless, as Annex B does without it, the
 * text is taken: a lone ], { or }, needless backslashes before what is neither letter nor digit, and a hyphen
 * beside a set ([\w-.]).
 *
 * One thing differs: a group within a repeat keeps what it matched in an earlier round, where ECMA-262 forgets it,
 * so that a backreference to it may then match something instead of nothing.
 */
ecma_translation translate_ecma(std::string_view text);

} // namespace migsafe::schema
