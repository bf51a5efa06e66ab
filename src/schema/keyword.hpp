/*
 * keyword.hpp
 *		The keywords of JSON Schema: in which drafts, of which form, and where they hold subschemas.
 */
#pragma once

#include "schema/draft.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace migsafe::schema {

enum class keyword : uint8_t {
	additional_items,
	additional_properties,
	all_of,
	anchor,
	any_of,
	comment,
	constant,
	contains,
	content_encoding,
	content_media_type,
	content_schema,
	default_value,
	definitions,
	defs,
	dependencies,
	dependent_required,
	dependent_schemas,
	deprecated,
	description,
	dynamic_anchor,
	dynamic_ref,
	else_schema,
	enumeration,
	examples,
	exclusive_maximum,
	exclusive_minimum,
	format,
	id,
	if_schema,
	items,
	max_contains,
	max_items,
	max_length,
	max_properties,
	maximum,
	min_contains,
	min_items,
	min_length,
	min_properties,
	minimum,
	multiple_of,
	negation,
	one_of,
	pattern,
	pattern_properties,
	prefix_items,
	properties,
	property_names,
	read_only,
	recursive_anchor,
	recursive_ref,
	ref,
	required,
	schema_uri,
	then_schema,
	title,
	type,
	unevaluated_items,
	unevaluated_properties,
	unique_items,
	vocabulary,
	write_only,
};

constexpr size_t keyword_count = static_cast<size_t>(keyword::write_only) + 1;

/* What the value of a keyword has to be. */
enum class form : uint8_t {
	any,
	array,
	boolean,
	text,
	number,
	positive_number,
	count,         /* an integer, not negative */
	names,         /* an array of different strings */
	names_by_name, /* an object of such arrays */
	flags_by_name, /* an object of booleans */
	type_names,    /* the name of a type, or an array of different ones */
	schema,
	schemas,         /* an array of at least one */
	schema_or_array, /* a schema, or an array of them */
	schemas_by_name, /* an object of schemas */
	dependencies,    /* an object of schemas or arrays of names */
};

struct keyword_definition
{
	std::string_view name;
	keyword id;
	form value;
	draft first, last; /* where it is known */
	vocabulary of = always_known;
};

/* The keyword of that name in a dialect, or null. */
const keyword_definition *find_keyword(std::string_view name, const dialect &terms);

} // namespace migsafe::schema
