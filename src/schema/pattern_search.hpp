/*
 * pattern_search.hpp
 *		Searching with every step counted.
 */
#pragma once

#include "schema/ecma_pattern.hpp"
#include "schema/pattern_pcre.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace migsafe::schema {

/*
 * PCRE2 limits how much it backtracks from each place where a match may begin, but neither how many places it
 * tries nor how far it reads ahead from them: all three together grow with the square of the subject, and faster.
 * This counts all of it, by a callout before each item of the pattern, which makes it several times slower.
 */
class counted_search
{
public:
	/* options are those that the translation was compiled with. */
	counted_search(const ecma_translation &translation, uint32_t options, bool jit);

	/*
	 * As pcre2_match does: PCRE2_ERROR_MATCHLIMIT beyond 1,000,000 steps and 8 for each byte of the subject, where
	 * reading 16 characters is a step.
	 */
	[[nodiscard]] int match(std::string_view subject) const;

	/* What an item costs besides its step. */
	struct item_cost
	{
		uint64_t characters = 0;
		uint32_t group = 0; /* its text has to be compared */
	};

private:
	pcre_owned<pcre2_code> code_;
	std::vector<item_cost> costs_; /* by the offset of the item */
	bool jit_ = false;
};

} // namespace migsafe::schema
