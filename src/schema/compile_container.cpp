#include "schema/compiler.hpp"

#include <algorithm>

namespace migsafe::schema {
namespace {

bool
by_key(const property &a, const property &b)
{
	return jsonb::compare_keys(a.name, b.name) < 0;
}

/* What properties and required say of one name goes together. */
std::vector<property>
merged(std::vector<property> properties)
{
	std::vector<property> result;

	std::stable_sort(properties.begin(), properties.end(), by_key);
	for (const property &p : properties)
	{
		if (result.empty() || result.back().name != p.name)
		{
			result.push_back(p);
			continue;
		}
		result.back().required |= p.required;
		result.back().schema = result.back().schema ? result.back().schema : p.schema;
	}
	return result;
}

bool
has_any(const schema_object &object, std::initializer_list<keyword> keywords)
{
	return std::any_of(keywords.begin(), keywords.end(), [&](keyword k) { return object.has(k); });
}

} // namespace

void
compiler::add_objects(node &n, const schema_object &object, const resource &home)
{
	if (!has_any(object,
				 {keyword::properties, keyword::required, keyword::pattern_properties,
				  keyword::additional_properties, keyword::property_names, keyword::min_properties,
				  keyword::max_properties, keyword::dependent_required, keyword::dependencies}))
		return;

	auto rules = std::make_unique<object_rules>();

	rules->size = range_of(object, keyword::min_properties, keyword::max_properties);
	add_properties(*rules, object, home);
	add_patterns(*rules, object, home);
	rules->additional = subschema(object, keyword::additional_properties, home);
	rules->names = subschema(object, keyword::property_names, home);
	add_dependent_names(*rules, object, keyword::dependent_required);
	add_dependent_names(*rules, object, keyword::dependencies);
	n.objects = std::move(rules);
}

void
compiler::add_properties(object_rules &rules, const schema_object &object, const resource &home)
{
	if (object.has(keyword::properties))
	{
		for (jsonb::cursor items(object[keyword::properties]); items.next();)
			rules.properties.push_back(
				{items.key(),
				 subschema(items.current(), home,
						   object.place_of(keyword::properties).below(items.key())),
				 false});
	}
	if (object.has(keyword::required))
	{
		for (jsonb::cursor items(object[keyword::required]); items.next();)
			rules.properties.push_back({items.current().bytes(), nullptr, true});
	}
	rules.properties = merged(std::move(rules.properties));
}

void
compiler::add_patterns(object_rules &rules, const schema_object &object, const resource &home)
{
	constexpr keyword k = keyword::pattern_properties;

	if (!object.has(k))
		return;
	for (jsonb::cursor items(object[k]); items.next();)
		rules.patterns.push_back(
			{compiled_pattern(items.key(), object, k), items.key(),
			 subschema(items.current(), home, object.place_of(k).below(items.key()))});
}

void
compiler::add_dependent_names(object_rules &rules, const schema_object &object, keyword k)
{
	if (!object.has(k))
		return;
	for (jsonb::cursor items(object[k]); items.next();)
	{
		if (!items.current().is_array())
			continue;

		dependent_names names{object.name(k), items.key(), {}};

		for (jsonb::cursor required(items.current()); required.next();)
			names.required.push_back(required.current().bytes());
		rules.dependencies.push_back(std::move(names));
	}
}

void
compiler::add_arrays(node &n, const schema_object &object, const resource &home)
{
	if (!has_any(object, {keyword::items, keyword::prefix_items, keyword::contains,
						  keyword::min_items, keyword::max_items, keyword::unique_items}))
		return;

	auto rules = std::make_unique<array_rules>();

	rules->size = range_of(object, keyword::min_items, keyword::max_items);
	rules->unique = object.has(keyword::unique_items) &&
					object[keyword::unique_items].type == jsonb::format::type_true;
	add_elements(*rules, object, home);
	add_contains(*rules, object, home);
	n.arrays = std::move(rules);
}

/* Up to 2019-09 items may be an array, and additionalItems is what comes after it. */
void
compiler::add_elements(array_rules &rules, const schema_object &object, const resource &home)
{
	const bool old_prefix = object.has(keyword::items) && object[keyword::items].is_array();
	const keyword prefix = old_prefix ? keyword::items : keyword::prefix_items;
	const keyword rest = old_prefix ? keyword::additional_items : keyword::items;

	if (object.has(prefix))
		rules.prefix_keyword = object.name(prefix);
	rules.prefix = subschemas(object, prefix, home);
	if (object.has(rest))
		rules.rest_keyword = object.name(rest);
	rules.rest = subschema(object, rest, home);
}

void
compiler::add_contains(array_rules &rules, const schema_object &object, const resource &home)
{
	rules.contains = subschema(object, keyword::contains, home);
	rules.contains_evaluates = home.terms.version >= draft::draft2020;
	rules.matches = range_of(object, keyword::min_contains, keyword::max_contains);
	if (!object.has(keyword::min_contains))
		rules.matches.least = 1;
}

void
compiler::add_unevaluated(node &n, const schema_object &object, const resource &home)
{
	if (has_any(object, {keyword::unevaluated_items, keyword::unevaluated_properties}))
		n.unevaluated = std::make_unique<unevaluated_rules>(
			unevaluated_rules{subschema(object, keyword::unevaluated_items, home),
							  subschema(object, keyword::unevaluated_properties, home)});
}

} // namespace migsafe::schema
