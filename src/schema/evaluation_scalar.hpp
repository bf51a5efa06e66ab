/*
 * evaluation_scalar.hpp
 *		Types, values, numbers and strings; part of evaluate.cpp.
 */
#pragma once

#include "jsonb/multiple_of.hpp"
#include "jsonb/number.hpp"
#include "jsonb/text.hpp"
#include "schema/evaluation.hpp"
#include "schema/form_check.hpp"

namespace migsafe::schema {

/* As UTF-8 has it, code points. */
inline uint64_t
character_count(std::string_view text)
{
	return static_cast<uint64_t>(
		std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/* The types of a node, as a list for messages. */
inline std::string
type_list(uint8_t types)
{
	std::string list;

	for (size_t i = 0; i < std::size(type_names); i++)
	{
		if (types >> i & 1)
			list += (list.empty() ? "" : " or ") + std::string(type_names[i]);
	}
	return list;
}

inline std::string
count_text(uint64_t n, const char *of)
{
	return std::to_string(n) + " " + of + (n == 1 ? "" : "s");
}

template <bool reporting>
uint8_t
evaluation<reporting>::bit_of(const value &v)
{
	switch (v.type)
	{
		case jsonb::format::type_string:
			return string_bit;
		case jsonb::format::type_numeric:
			return number_bit;
		case jsonb::format::type_null:
			return null_bit;
		case jsonb::format::type_container:
			return v.is_object() ? object_bit : array_bit;
		default:
			return boolean_bit;
	}
}

/* Of numbers, the schema takes integers only. */
template <bool reporting>
bool
evaluation<reporting>::test_integer(const node &n, const value &v, const frame &f, here at)
{
	const jsonb::number number(v);
	bool passed = true;

	if (n.old_integer ? number.scale() != 0 : !number.is_integer())
		return wrong_type(n, v, at);
	if (n.in_place)
		return test_rules(n, v, f, at);
	if ((n.allowed || n.constant) && settled(passed, test_values(n, v, at)))
		return false;
	return (!n.numbers || test_number(*n.numbers, number, v, at)) && passed;
}

template <bool reporting>
bool
evaluation<reporting>::test_scalar(const node &n, const value &v, here at)
{
	bool passed = true;

	if ((n.allowed || n.constant) && settled(passed, test_values(n, v, at)))
		return false;
	if (n.numbers && v.type == jsonb::format::type_numeric)
		return test_number(*n.numbers, jsonb::number(v), v, at) && passed;
	if (n.strings && v.is_string())
		return test_string(*n.strings, v, at) && passed;
	return passed;
}

template <bool reporting>
bool
evaluation<reporting>::wrong_type(const node &n, const value &v, here at)
{
	if constexpr (reporting)
	{
		if (n.types == 0)
			report(at.instance, at.keyword, [] { return std::string("is not allowed here"); });
	}
	if (n.types == 0)
		return false;
	return fail(at, "type", [&] {
		return "must be of type " + type_list(n.types) + ", but is " + jsonb::json_text(v);
	});
}

template <bool reporting>
bool
evaluation<reporting>::test_values(const node &n, const value &v, here at)
{
	bool passed = true;

	if (n.allowed && settled(passed, n.allowed->contains(v, process_) || fail(at, "enum", [&] {
										 return jsonb::json_text(v) +
												" is none of the allowed values";
									 })))
		return false;
	if (n.constant && settled(passed, n.constant->contains(v, process_) || fail(at, "const", [&] {
										  return "must be " +
												 jsonb::json_text(n.constant->values().front()) +
												 ", but is " + jsonb::json_text(v);
									  })))
		return false;
	return passed;
}

template <bool reporting>
bool
evaluation<reporting>::test_number(const number_rules &rules, const jsonb::number &number,
								   const value &v, here at)
{
	bool passed = true;

	for (const number_limit &least : rules.least)
	{
		const auto order = number <=> least.limit;
		const bool within = std::is_gt(order) || (std::is_eq(order) && !least.exclusive);

		if (settled(passed, within || fail(at, least.keyword, [&] {
								return "must be " +
									   std::string(least.exclusive ? "greater than "
																   : "at least ") +
									   least.limit.text() + ", but is " + jsonb::json_text(v);
							})))
			return false;
	}
	for (const number_limit &most : rules.most)
	{
		const auto order = number <=> most.limit;
		const bool within = std::is_lt(order) || (std::is_eq(order) && !most.exclusive);

		if (settled(passed, within || fail(at, most.keyword, [&] {
								return "must be " +
									   std::string(most.exclusive ? "less than " : "at most ") +
									   most.limit.text() + ", but is " + jsonb::json_text(v);
							})))
			return false;
	}
	if (rules.multiple_of && !jsonb::is_multiple_of(number, *rules.multiple_of, process_))
		passed = fail(at, "multipleOf", [&] {
			return "must be a multiple of " + rules.multiple_of->text() + ", but is " +
				   jsonb::json_text(v);
		});
	return passed;
}

template <bool reporting>
bool
evaluation<reporting>::test_count(const count_range &range, uint64_t count, std::string_view least,
								  std::string_view most, const char *of, here at)
{
	if (count < range.least)
		return fail(at, least, [&] {
			return "must have at least " + count_text(range.least, of) + ", but has " +
				   std::to_string(count);
		});
	if (count > range.most)
		return fail(at, most, [&] {
			return "must have at most " + count_text(range.most, of) + ", but has " +
				   std::to_string(count);
		});
	return true;
}

template <bool reporting>
bool
evaluation<reporting>::test_string(const string_rules &rules, const value &v, here at)
{
	const std::string_view text = process_.utf8(v.bytes());
	bool passed = true;

	if (rules.length.limits() &&
		settled(passed, test_count(rules.length, character_count(text), "minLength", "maxLength",
								   "character", at)))
		return false;
	if (rules.matching && settled(passed, rules.matching->matches(text) || fail(at, "pattern", [&] {
											  return jsonb::json_text(v) +
													 " does not match the pattern " +
													 jsonb::shortened(rules.pattern_text, 200);
										  })))
		return false;
	return test_format(rules, text, at) && passed;
}

template <bool reporting>
bool
evaluation<reporting>::test_format(const string_rules &rules, std::string_view text, here at)
{
	return rules.of_format == format::none || has_format(rules.of_format, text) ||
		   fail(at, "format", [&] {
			   return "does not have the format " + jsonb::shortened(rules.format_name, 50);
		   });
}

} // namespace migsafe::schema
