/*
 * evaluation_array.hpp
 *		Elements of arrays, and what no other schema has seen to; part of evaluate.cpp.
 */
#pragma once

#include "schema/evaluation.hpp"

namespace migsafe::schema {

template <bool reporting>
bool
evaluation<reporting>::test_array(const array_rules &rules, const value &v, const frame &f, here at)
{
	jsonb::cursor elements(v);
	bool passed = true;

	process_.check();
	if (rules.size.limits() && settled(passed, test_count(rules.size, elements.parts().count(),
														  "minItems", "maxItems", "element", at)))
		return false;
	if (!rules.prefix.empty() || rules.rest != nullptr)
	{
		for (uint32_t number = 0; elements.next(); number++)
		{
			if (settled(passed, test_element(rules, elements.current(), f, number, at)))
				return false;
		}
	}
	if (rules.contains != nullptr && settled(passed, test_contains(rules, v, f, at)))
		return false;
	return (!rules.unique || test_unique(v, at)) && passed;
}

template <bool reporting>
bool
evaluation<reporting>::test_element(const array_rules &rules, const value &v, const frame &f,
									uint32_t number, here at)
{
	const way inner(at.instance, number);

	if (number >= rules.prefix.size() && rules.rest == nullptr)
		return true;
	if (f.seen != nullptr)
		f.seen->mark(number);
	if (number < rules.prefix.size())
	{
		const way prefix(at.keyword, rules.prefix_keyword), place(prefix, number);

		return test(*rules.prefix[number], v, f.below(), {place, inner});
	}

	const way rest(at.keyword, rules.rest_keyword);

	return test(*rules.rest, v, f.below(), {rest, inner});
}

template <bool reporting>
bool
evaluation<reporting>::test_contains(const array_rules &rules, const value &v, const frame &f,
									 here at)
{
	jsonb::cursor elements(v);
	uint64_t count = 0;

	for (uint32_t number = 0; elements.next(); number++)
	{
		if (!holds(*rules.contains, elements.current(), f.below()))
			continue;
		count++;
		if (f.seen != nullptr && rules.contains_evaluates)
			f.seen->mark(number);
	}
	return test_count(rules.matches, count, rules.matches.least == 1 ? "contains" : "minContains",
					  "maxContains", "matching element", at);
}

template <bool reporting>
bool
evaluation<reporting>::test_unique(const value &v, here at)
{
	const equal_pair equal = find_equal_pair(v, process_);

	return !equal.found() || fail(at, "uniqueItems", [&] {
		return "elements " + std::to_string(equal.first) + " and " + std::to_string(equal.second) +
			   " are equal";
	});
}

/* At the end of a schema: all the others at this value have marked what they saw to. */
template <bool reporting>
bool
evaluation<reporting>::test_unevaluated(const node &n, const value &v, const frame &f, here at)
{
	const bool of_object = v.is_object();
	const node *const rest = of_object ? n.unevaluated->properties : n.unevaluated->items;
	const way keyword(at.keyword, of_object ? "unevaluatedProperties" : "unevaluatedItems");
	bool passed = true;
	jsonb::cursor items(v);

	if (rest == nullptr)
		return true;
	for (uint32_t number = 0; items.next(); number++)
	{
		if (f.seen->marked(number))
			continue;

		const way member(at.instance, items.key()), element(at.instance, number);

		if (settled(passed, test(*rest, items.current(), f.below(),
								 {keyword, of_object ? member : element})))
			return false;
	}
	f.seen->mark_all();
	return passed;
}

} // namespace migsafe::schema
