#include "schema/keyword.hpp"

#include <algorithm>
#include <iterator>

namespace migsafe::schema {
namespace {

constexpr draft d4 = draft::draft4, d6 = draft::draft6, d7 = draft::draft7, d19 = draft::draft2019,
				d20 = draft::draft2020;

/*
 * Sorted by name; a keyword whose form has changed has several lines.
 * definitions and dependencies are kept in the metaschemas of the later drafts
 * for compatibility, and so they are here.
 */
constexpr keyword_definition definitions[] = {
	{"$anchor", keyword::anchor, form::text, d19, d20},
	{"$comment", keyword::comment, form::text, d7, d20},
	{"$defs", keyword::defs, form::schemas_by_name, d19, d20},
	{"$dynamicAnchor", keyword::dynamic_anchor, form::text, d20, d20},
	{"$dynamicRef", keyword::dynamic_ref, form::text, d20, d20},
	{"$id", keyword::id, form::text, d6, d20},
	{"$recursiveAnchor", keyword::recursive_anchor, form::boolean, d19, d19},
	{"$recursiveRef", keyword::recursive_ref, form::text, d19, d19},
	{"$ref", keyword::ref, form::text, d4, d20},
	{"$schema", keyword::schema_uri, form::text, d4, d20},
	{"$vocabulary", keyword::vocabulary, form::flags_by_name, d19, d20},
	{"additionalItems", keyword::additional_items, form::schema, d4, d19, applicator},
	{"additionalProperties", keyword::additional_properties, form::schema, d4, d20, applicator},
	{"allOf", keyword::all_of, form::schemas, d4, d20, applicator},
	{"anyOf", keyword::any_of, form::schemas, d4, d20, applicator},
	{"const", keyword::constant, form::any, d6, d20, validation},
	{"contains", keyword::contains, form::schema, d6, d20, applicator},
	{"contentEncoding", keyword::content_encoding, form::text, d7, d20},
	{"contentMediaType", keyword::content_media_type, form::text, d7, d20},
	{"contentSchema", keyword::content_schema, form::schema, d19, d20},
	{"default", keyword::default_value, form::any, d4, d20},
	{"definitions", keyword::definitions, form::schemas_by_name, d4, d20},
	{"dependencies", keyword::dependencies, form::dependencies, d4, d20, applicator},
	{"dependentRequired", keyword::dependent_required, form::names_by_name, d19, d20, validation},
	{"dependentSchemas", keyword::dependent_schemas, form::schemas_by_name, d19, d20, applicator},
	{"deprecated", keyword::deprecated, form::boolean, d19, d20},
	{"description", keyword::description, form::text, d4, d20},
	{"else", keyword::else_schema, form::schema, d7, d20, applicator},
	{"enum", keyword::enumeration, form::array, d4, d20, validation},
	{"examples", keyword::examples, form::array, d6, d20},
	{"exclusiveMaximum", keyword::exclusive_maximum, form::boolean, d4, d4, validation},
	{"exclusiveMaximum", keyword::exclusive_maximum, form::number, d6, d20, validation},
	{"exclusiveMinimum", keyword::exclusive_minimum, form::boolean, d4, d4, validation},
	{"exclusiveMinimum", keyword::exclusive_minimum, form::number, d6, d20, validation},
	{"format", keyword::format, form::text, d4, d20},
	{"id", keyword::id, form::text, d4, d4},
	{"if", keyword::if_schema, form::schema, d7, d20, applicator},
	{"items", keyword::items, form::schema_or_array, d4, d19, applicator},
	{"items", keyword::items, form::schema, d20, d20, applicator},
	{"maxContains", keyword::max_contains, form::count, d19, d20, validation},
	{"maxItems", keyword::max_items, form::count, d4, d20, validation},
	{"maxLength", keyword::max_length, form::count, d4, d20, validation},
	{"maxProperties", keyword::max_properties, form::count, d4, d20, validation},
	{"maximum", keyword::maximum, form::number, d4, d20, validation},
	{"minContains", keyword::min_contains, form::count, d19, d20, validation},
	{"minItems", keyword::min_items, form::count, d4, d20, validation},
	{"minLength", keyword::min_length, form::count, d4, d20, validation},
	{"minProperties", keyword::min_properties, form::count, d4, d20, validation},
	{"minimum", keyword::minimum, form::number, d4, d20, validation},
	{"multipleOf", keyword::multiple_of, form::positive_number, d4, d20, validation},
	{"not", keyword::negation, form::schema, d4, d20, applicator},
	{"oneOf", keyword::one_of, form::schemas, d4, d20, applicator},
	{"pattern", keyword::pattern, form::text, d4, d20, validation},
	{"patternProperties", keyword::pattern_properties, form::schemas_by_name, d4, d20, applicator},
	{"prefixItems", keyword::prefix_items, form::schemas, d20, d20, applicator},
	{"properties", keyword::properties, form::schemas_by_name, d4, d20, applicator},
	{"propertyNames", keyword::property_names, form::schema, d6, d20, applicator},
	{"readOnly", keyword::read_only, form::boolean, d7, d20},
	{"required", keyword::required, form::names, d4, d20, validation},
	{"then", keyword::then_schema, form::schema, d7, d20, applicator},
	{"title", keyword::title, form::text, d4, d20},
	{"type", keyword::type, form::type_names, d4, d20, validation},
	{"unevaluatedItems", keyword::unevaluated_items, form::schema, d19, d20, unevaluated},
	{"unevaluatedProperties", keyword::unevaluated_properties, form::schema, d19, d20, unevaluated},
	{"uniqueItems", keyword::unique_items, form::boolean, d4, d20, validation},
	{"writeOnly", keyword::write_only, form::boolean, d7, d20},
};

} // namespace

const keyword_definition *
find_keyword(std::string_view name, const dialect &terms)
{
	const auto *const begin = std::lower_bound(
		std::begin(definitions), std::end(definitions), name,
		[](const keyword_definition &d, std::string_view n) { return d.name < n; });

	for (const auto *d = begin; d != std::end(definitions) && d->name == name; d++)
	{
		if (d->first <= terms.version && terms.version <= d->last && terms.knows(d->of))
			return d;
	}
	return nullptr;
}

} // namespace migsafe::schema
