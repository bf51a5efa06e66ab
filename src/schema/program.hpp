/*
 * program.hpp
 *		A compiled schema: for each subschema, what the evaluation has to do.
 */
#pragma once

#include "jsonb/number.hpp"
#include "schema/format.hpp"
#include "schema/pattern.hpp"
#include "schema/value_set.hpp"

#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

namespace migsafe::schema {

class library;
struct node;

/* The types of JSON, as bits. */
enum type_bit : uint8_t {
	null_bit = 1,
	boolean_bit = 2,
	object_bit = 4,
	array_bit = 8,
	number_bit = 16,
	string_bit = 32,
	integer_bit = 64, /* asked for; the value's bit is that of a number */
};

constexpr uint8_t all_types =
	null_bit | boolean_bit | object_bit | array_bit | number_bit | string_bit | integer_bit;

constexpr uint64_t no_limit = std::numeric_limits<uint64_t>::max();

/* From least to most, both allowed. */
struct count_range
{
	uint64_t least = 0, most = no_limit;

	[[nodiscard]] bool limits() const { return least > 0 || most < no_limit; }
};

/* A limit of a number, and the keyword that sets it. */
struct number_limit
{
	jsonb::number limit;
	bool exclusive;
	std::string_view keyword;
};

struct number_rules
{
	std::vector<number_limit> least, most;
	std::optional<jsonb::number> multiple_of;
};

struct string_rules
{
	count_range length;
	std::unique_ptr<pattern> matching;
	std::string_view pattern_text; /* as it stands in the schema */
	format of_format = format::none;
	std::string_view format_name;
};

/* What a member of a name must be. */
struct property
{
	std::string_view name;
	const node *schema = nullptr; /* or none is said */
	bool required = false;
};

struct pattern_property
{
	pattern matching;
	std::string_view text;
	const node *schema;
};

/* Members that a member asks for. */
struct dependent_names
{
	std::string_view keyword, name;
	std::vector<std::string_view> required;
};

struct object_rules
{
	count_range size;
	std::vector<property> properties; /* in the order of keys */
	std::vector<pattern_property> patterns;
	const node *additional = nullptr;
	const node *names = nullptr;
	std::vector<dependent_names> dependencies;
};

struct array_rules
{
	count_range size;
	bool unique = false;
	std::vector<const node *> prefix;
	std::string_view prefix_keyword, rest_keyword;
	const node *rest = nullptr; /* of the elements after the prefix */
	const node *contains = nullptr;
	count_range matches{1, no_limit}; /* of contains */
	bool contains_evaluates = false;  /* for unevaluatedItems */
};

/* A $ref or, with a name, one whose target depends on the way that led to it. */
struct reference
{
	std::string_view keyword;
	const node *target = nullptr;
	int dynamic_name = -1;
};

/* A schema for objects that have a member of that name. */
struct dependent_schema
{
	std::string_view keyword, name;
	const node *schema;
};

/* Schemas that the same value has to meet. */
struct in_place_rules
{
	std::vector<reference> references;
	std::vector<const node *> all_of, any_of, one_of;
	const node *negation = nullptr;
	const node *condition = nullptr, *consequence = nullptr, *alternative = nullptr;
	std::vector<dependent_schema> dependencies;
};

struct unevaluated_rules
{
	const node *items = nullptr, *properties = nullptr;
};

/* Dynamic anchors of a resource: the number of the name, and what it stands for. */
struct dynamic_anchor
{
	int name;
	const node *target;
};

/* As much of a resource as its evaluation needs. */
struct dynamic_scope
{
	std::vector<dynamic_anchor> anchors;
};

/* A subschema.  What it does not say is null. */
struct node
{
	uint8_t types = all_types;
	bool only_types = true;   /* nothing else is said */
	bool old_integer = false; /* of draft 4: 1.0 is none */
	std::unique_ptr<number_rules> numbers;
	std::unique_ptr<string_rules> strings;
	std::unique_ptr<object_rules> objects;
	std::unique_ptr<array_rules> arrays;
	std::unique_ptr<value_set> allowed, constant;
	std::unique_ptr<in_place_rules> in_place;
	std::unique_ptr<unevaluated_rules> unevaluated;
	const dynamic_scope *scope = nullptr;
};

/* Immutable; owns the documents that its names and values lie in. */
struct program
{
	/* The document that was compiled. */
	[[nodiscard]] std::string_view source() const;

	std::shared_ptr<const library> documents;
	std::deque<node> nodes;
	std::deque<dynamic_scope> scopes;
	const node *root = nullptr;
	size_t bytes = 0;           /* about what it takes in memory */
	bool dynamic = false;       /* are there references that depend on the way? */
	size_t most_references = 0; /* that can be followed at one value, unless they go on for ever */
};

} // namespace migsafe::schema
