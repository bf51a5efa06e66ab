/*
 * evaluation_in_place.hpp
 *		Schemas for the same value: references, logic, conditions; part of evaluate.cpp.
 */
#pragma once

#include "schema/evaluation.hpp"

namespace migsafe::schema {

template <bool reporting>
bool
evaluation<reporting>::test_in_place(const in_place_rules &rules, const value &v, const frame &f,
									 here at)
{
	bool passed = true;

	process_.check();
	for (const reference &r : rules.references)
	{
		if (settled(passed, test_reference(r, v, f, at)))
			return false;
	}
	if (settled(passed, test_all_of(rules, v, f, at)) ||
		(!rules.any_of.empty() && settled(passed, test_any_of(rules, v, f, at))) ||
		(!rules.one_of.empty() && settled(passed, test_one_of(rules, v, f, at))) ||
		(rules.negation != nullptr && settled(passed, test_negation(rules, v, f, at))) ||
		(rules.condition != nullptr && settled(passed, test_condition(rules, v, f, at))))
		return false;
	return (rules.dependencies.empty() || test_dependencies(rules, v, f, at)) && passed;
}

template <bool reporting>
bool
evaluation<reporting>::test_reference(const reference &r, const value &v, const frame &f, here at)
{
	const way last(at.keyword, r.keyword);
	const frame next{f.scope, f.seen, f.references + 1};

	if (next.references > program_.most_references)
		throw failure(sqlstate("22023"), "invalid JSON Schema: it refers to itself without end")
			.detail("More references than there are were followed at one value.")
			.hint("Refer to it from below properties or items, where it meets a smaller value.");
	return test(target_of(r, f), v, next, {last, at.instance});
}

/* Of the anchors of that name on the way, the outermost (2020-12 core, section 8.2.3.2). */
template <bool reporting>
const node &
evaluation<reporting>::target_of(const reference &r, const frame &f) const
{
	const node *target = r.target;

	if (r.dynamic_name < 0)
		return *target;
	for (const scope_link *link = f.scope; link != nullptr; link = link->outer)
	{
		for (const dynamic_anchor &a : link->scope->anchors)
			target = a.name == r.dynamic_name ? a.target : target;
	}
	return *target;
}

template <bool reporting>
bool
evaluation<reporting>::test_all_of(const in_place_rules &rules, const value &v, const frame &f,
								   here at)
{
	const way all(at.keyword, "allOf");
	bool passed = true;

	for (uint32_t i = 0; i < rules.all_of.size(); i++)
	{
		const way place(all, i);

		if (settled(passed, test(*rules.all_of[i], v, f, {place, at.instance})))
			return false;
	}
	return passed;
}

/* What a schema that fails has seen to does not count. */
template <bool reporting>
bool
evaluation<reporting>::test_branch(const node &n, const value &v, const frame &f, here at)
{
	if (f.seen == nullptr)
		return test(n, v, f, at);

	tracker seen(jsonb::container(v).count(), scratch_);
	const bool passed = test(n, v, f.with(&seen), at);

	if (passed)
		f.seen->merge(seen);
	return passed;
}

/* The same, where a failure is none of the document's. */
template <bool reporting>
bool
evaluation<reporting>::holds(const node &n, const value &v, const frame &f)
{
	const trail<false> nowhere;
	evaluation<false> quiet(program_, scratch_, process_);

	return quiet.test_branch(n, v, f, {nowhere, nowhere});
}

template <bool reporting>
bool
evaluation<reporting>::test_any_of(const in_place_rules &rules, const value &v, const frame &f,
								   here at)
{
	const way any(at.keyword, "anyOf");
	const size_t before = failures.size();
	bool passed = false;

	for (uint32_t i = 0; i < rules.any_of.size() && (!passed || f.seen != nullptr); i++)
	{
		const way place(any, i);

		passed |= test_branch(*rules.any_of[i], v, f, {place, at.instance});
	}
	if (passed)
		forget_failures(before);
	return passed || fail(at, "anyOf", [] { return std::string("matches none of the schemas"); });
}

template <bool reporting>
bool
evaluation<reporting>::test_one_of(const in_place_rules &rules, const value &v, const frame &f,
								   here at)
{
	const way one(at.keyword, "oneOf");
	const size_t before = failures.size();
	uint32_t count = 0, first = 0, last = 0;

	for (uint32_t i = 0; i < rules.one_of.size() && count < 2; i++)
	{
		const way place(one, i);

		if (!test_branch(*rules.one_of[i], v, f, {place, at.instance}))
			continue;
		first = count == 0 ? i : first;
		last = i;
		count++;
	}
	if (count > 0)
		forget_failures(before);
	return count == 1 || fail(at, "oneOf", [&] {
			   return count == 0 ? "matches none of the schemas"
								 : "matches schemas " + std::to_string(first) + " and " +
									   std::to_string(last) + ", but must match one only";
		   });
}

template <bool reporting>
bool
evaluation<reporting>::test_negation(const in_place_rules &rules, const value &v, const frame &f,
									 here at)
{
	return !holds(*rules.negation, v, f.with(nullptr)) ||
		   fail(at, "not", [] { return std::string("must not match the schema"); });
}

template <bool reporting>
bool
evaluation<reporting>::test_condition(const in_place_rules &rules, const value &v, const frame &f,
									  here at)
{
	const bool holding =
		(rules.consequence || rules.alternative || f.seen) && holds(*rules.condition, v, f);
	const node *const next = holding ? rules.consequence : rules.alternative;
	const way last(at.keyword, holding ? "then" : "else");

	return next == nullptr || test(*next, v, f, {last, at.instance});
}

template <bool reporting>
bool
evaluation<reporting>::test_dependencies(const in_place_rules &rules, const value &v,
										 const frame &f, here at)
{
	bool passed = true;

	if (!v.is_object())
		return true;
	for (const dependent_schema &d : rules.dependencies)
	{
		const way keyword(at.keyword, d.keyword), name(keyword, d.name);

		if (jsonb::container(v).find(d.name) &&
			settled(passed, test(*d.schema, v, f, {name, at.instance})))
			return false;
	}
	return passed;
}

} // namespace migsafe::schema
