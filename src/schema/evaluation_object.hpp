/*
 * evaluation_object.hpp
 *		Members of objects; part of evaluate.cpp.
 */
#pragma once

#include "jsonb/text.hpp"
#include "schema/evaluation.hpp"

namespace migsafe::schema {

/* Members and the properties of the schema are in the same order, so that one pass over both finds what belongs together. */
template <bool reporting>
bool
evaluation<reporting>::test_object(const object_rules &rules, const value &v, const frame &f,
								   here at)
{
	jsonb::cursor members(v);
	bool passed = true;
	auto next = rules.properties.begin();
	const auto end = rules.properties.end();

	process_.check();
	if (rules.size.limits() &&
		settled(passed, test_count(rules.size, members.parts().count(), "minProperties",
								   "maxProperties", "member", at)))
		return false;
	for (uint32_t number = 0; members.next(); number++)
	{
		const std::string_view key = members.key();
		const property *known = nullptr;

		for (; next != end; ++next)
		{
			const int order = jsonb::compare_keys(next->name, key);

			if (order > 0)
				break;
			if (order == 0)
			{
				known = &*next++;
				break;
			}
			if (next->required && settled(passed, missing(*next, at)))
				return false;
		}
		if (settled(passed, test_member(rules, known, key, members.current(), f, number, at)))
			return false;
	}
	for (; next != end; ++next)
	{
		if (next->required && settled(passed, missing(*next, at)))
			return false;
	}
	return (rules.dependencies.empty() || test_dependent_names(rules, v, at)) && passed;
}

template <bool reporting>
bool
evaluation<reporting>::missing(const property &p, here at)
{
	return fail(at, "required",
				[&] { return "the member \"" + jsonb::shortened(p.name, 200) + "\" is missing"; });
}

template <bool reporting>
bool
evaluation<reporting>::test_member(const object_rules &rules, const property *known,
								   std::string_view key, const value &v, const frame &f,
								   uint32_t number, here at)
{
	const way inner(at.instance, key);
	bool matched = false, passed = true;

	if (known != nullptr && known->schema != nullptr)
	{
		const way properties(at.keyword, "properties"), name(properties, key);

		matched = true;
		if (settled(passed, test(*known->schema, v, f.below(), {name, inner})))
			return false;
	}
	if (!rules.patterns.empty() && settled(passed, test_patterns(rules, key, v, f, matched, at)))
		return false;
	if (!matched && rules.additional != nullptr)
	{
		const way additional(at.keyword, "additionalProperties");

		matched = true;
		if (settled(passed, test(*rules.additional, v, f.below(), {additional, inner})))
			return false;
	}
	if (matched && f.seen != nullptr)
		f.seen->mark(number);
	if (rules.names != nullptr)
	{
		const way names(at.keyword, "propertyNames");
		const value name{jsonb::format::type_string, static_cast<uint32_t>(key.size()), key.data()};

		if (settled(passed, test(*rules.names, name, f.below(), {names, inner})))
			return false;
	}
	return passed;
}

template <bool reporting>
bool
evaluation<reporting>::test_patterns(const object_rules &rules, std::string_view key,
									 const value &v, const frame &f, bool &matched, here at)
{
	const std::string_view name = process_.utf8(key);
	const way inner(at.instance, key), patterns(at.keyword, "patternProperties");
	bool passed = true;

	for (const pattern_property &p : rules.patterns)
	{
		if (!p.matching.matches(name))
			continue;

		const way text(patterns, p.text);

		matched = true;
		if (settled(passed, test(*p.schema, v, f.below(), {text, inner})))
			return false;
	}
	return passed;
}

template <bool reporting>
bool
evaluation<reporting>::test_dependent_names(const object_rules &rules, const value &v, here at)
{
	const jsonb::container members(v);
	bool passed = true;

	for (const dependent_names &d : rules.dependencies)
	{
		if (!members.find(d.name))
			continue;
		for (const std::string_view required : d.required)
		{
			const way last(at.keyword, d.keyword);

			if (settled(passed, members.find(required).has_value() ||
									fail({last, at.instance}, d.name, [&] {
										return "the member \"" + jsonb::shortened(required, 200) +
											   "\" is missing beside \"" +
											   jsonb::shortened(d.name, 200) + "\"";
									})))
				return false;
		}
	}
	return passed;
}

} // namespace migsafe::schema
