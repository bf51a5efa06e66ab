/*
 * compile_test.cpp
 *		Schemas that are none: what is said about each, and where it stands.
 */
#include "support/schema_table.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

constexpr char mend[] = "Mend the schema; a keyword of another name is ignored.";
constexpr char schema_hint[] = "A schema is a JSON object, or true or false.";
constexpr char reference_hint[] = "A schema is a JSON object, or true or false."
								  R"( A registered one is used by {"$ref": "its URI"}.)";
constexpr char types_hint[] =
	"The types are null, boolean, object, array, number, string and integer.";
constexpr char counts_hint[] = "Counts and lengths begin with 0.";
constexpr char names_hint[] = R"(As in ["a", "b"].)";
constexpr char anchor_hint[] =
	"Names begin with a letter, and go on with letters, digits, -, . and _.";
constexpr char pattern_hint[] = "Patterns are regular expressions of ECMA-262, as in JavaScript.";
constexpr char mend_reference[] = "Mend the reference, or define what it refers to.";
constexpr char drafts_hint[] =
	"Use one of http://json-schema.org/draft-04/schema#, http://json-schema.org/draft-06/schema#, "
	"http://json-schema.org/draft-07/schema#, https://json-schema.org/draft/2019-09/schema and "
	"https://json-schema.org/draft/2020-12/schema, or register a metaschema of your own with "
	"migsafe.register_schema.";

struct fault
{
	const char *schema, *message, *detail, *hint;
};

void
expect(const std::vector<fault> &rows)
{
	for (const fault &row : rows)
		EXPECT_EQ(broken_by(row.schema), std::string("22023\ninvalid JSON Schema: ") + row.message +
											 "\n" + row.detail + "\n" + row.hint + "\n")
			<< row.schema;
}

TEST(compile, faults_of_types)
{
	expect({
		{R"({"type": "strin"})", R"("type" names an unknown type)", R"(At /type stands "strin".)",
		 types_hint},
		{R"({"type": 1})", R"("type" must be the name of a type, or an array of them)",
		 "At /type stands 1.", types_hint},
		{R"({"type": []})", R"("type" must not be empty)", "At /type stands [].", types_hint},
		{R"({"type": ["string", "string"]})", R"("type" names "string" twice)",
		 R"(At /type stands ["string", "string"].)", "Leave one of them out, at /type."},
		{R"({"type": ["string", 1]})", R"("type" must be the name of a type, or an array of them)",
		 R"(At /type stands ["string", 1].)", types_hint},
		{R"({"properties": {"a/b": {"items": {"type": "x"}}}})", R"("type" names an unknown type)",
		 R"(At /properties/a~1b/items/type stands "x".)", types_hint},
		{R"({"type": null})", R"("type" must be the name of a type, or an array of them)",
		 "At /type stands null.", types_hint},
	});
}

TEST(compile, faults_of_numbers)
{
	expect({
		{R"({"minimum": "1"})", R"("minimum" must be a number)", R"(At /minimum stands "1".)",
		 mend},
		{R"({"multipleOf": 0})", R"("multipleOf" must be a number greater than 0)",
		 "At /multipleOf stands 0.", mend},
		{R"({"multipleOf": -1})", R"("multipleOf" must be a number greater than 0)",
		 "At /multipleOf stands -1.", mend},
		{R"({"multipleOf": "1"})", R"("multipleOf" must be a number greater than 0)",
		 R"(At /multipleOf stands "1".)", mend},
		{R"({"minLength": -1})", R"("minLength" must be an integer, not negative)",
		 "At /minLength stands -1.", counts_hint},
		{R"({"minLength": 1.5})", R"("minLength" must be an integer, not negative)",
		 "At /minLength stands 1.5.", counts_hint},
		{R"({"maxItems": "1"})", R"("maxItems" must be an integer, not negative)",
		 R"(At /maxItems stands "1".)", counts_hint},
		{R"({"minContains": -1})", R"("minContains" must be an integer, not negative)",
		 "At /minContains stands -1.", counts_hint},
		{R"({"multipleOf": -0.0})", R"("multipleOf" must be a number greater than 0)",
		 "At /multipleOf stands 0.0.", mend},
		{R"({"maxLength": null})", R"("maxLength" must be an integer, not negative)",
		 "At /maxLength stands null.", counts_hint},
	});
}

TEST(compile, faults_of_names)
{
	expect({
		{R"({"required": "a"})", R"("required" must be an array of strings)",
		 R"(At /required stands "a".)", names_hint},
		{R"({"required": [1]})", R"("required" must be an array of strings)",
		 "At /required stands [1].", names_hint},
		{R"({"required": ["a", "a"]})", R"("required" names "a" twice)",
		 R"(At /required stands ["a", "a"].)", "Leave one of them out, at /required."},
		{R"({"dependentRequired": {"a": ["b", "b"]}})", R"("dependentRequired" names "b" twice)",
		 R"(At /dependentRequired stands ["b", "b"].)",
		 "Leave one of them out, at /dependentRequired/a."},
		{R"({"dependentRequired": {"a": 1}})", R"("dependentRequired" must be an array of strings)",
		 R"(At /dependentRequired stands {"a": 1}.)", names_hint},
		{R"({"dependentRequired": 1})", R"("dependentRequired" must be an object)",
		 "At /dependentRequired stands 1.", R"(As in {"a": ["b", "c"]}.)"},
		{R"({"required": {}})", R"("required" must be an array of strings)",
		 "At /required stands {}.", names_hint},
	});
}

TEST(compile, faults_of_schemas)
{
	expect({
		{R"({"properties": []})", R"("properties" must be an object)", "At /properties stands [].",
		 R"(As in {"a": {"type": "string"}}.)"},
		{R"({"properties": {"a": 1}})", R"("properties" must have schemas as values)",
		 R"(At /properties stands {"a": 1}.)", schema_hint},
		{R"({"items": []})", R"("items" must be a schema)", "At /items stands [].",
		 "Since 2020-12 an array of schemas is called prefixItems."},
		{R"({"items": [{}]})", R"("items" must be a schema)", "At /items stands [{}].",
		 "Since 2020-12 an array of schemas is called prefixItems."},
		{R"({"items": 1})", R"("items" must be a schema)", "At /items stands 1.", schema_hint},
		{R"({"not": null})", R"("not" must be a schema)", "At /not stands null.", schema_hint},
		{R"({"allOf": {}})", R"("allOf" must be an array of schemas, one at least)",
		 "At /allOf stands {}.", schema_hint},
		{R"({"allOf": []})", R"("allOf" must be an array of schemas, one at least)",
		 "At /allOf stands [].", schema_hint},
		{R"({"allOf": [1]})", R"("allOf" must be an array of schemas, one at least)",
		 "At /allOf stands [1].", schema_hint},
		{R"({"additionalProperties": [], "$defs": {}})",
		 R"("additionalProperties" must be a schema)", "At /additionalProperties stands [].",
		 schema_hint},
		{R"({"if": 0})", R"("if" must be a schema)", "At /if stands 0.", schema_hint},
		{R"({"prefixItems": []})", R"("prefixItems" must be an array of schemas, one at least)",
		 "At /prefixItems stands [].", schema_hint},
		{R"({"dependentSchemas": {"a": []}})", R"("dependentSchemas" must have schemas as values)",
		 R"(At /dependentSchemas stands {"a": []}.)", schema_hint},
		{R"({"contentSchema": 1})", R"("contentSchema" must be a schema)",
		 "At /contentSchema stands 1.", schema_hint},
	});
}

TEST(compile, faults_of_texts)
{
	expect({
		{R"({"enum": 1})", R"("enum" must be an array)", "At /enum stands 1.", mend},
		{R"({"examples": {}})", R"("examples" must be an array)", "At /examples stands {}.", mend},
		{R"({"uniqueItems": 1})", R"("uniqueItems" must be true or false)",
		 "At /uniqueItems stands 1.", mend},
		{R"({"title": 1})", R"("title" must be a string)", "At /title stands 1.", mend},
		{R"({"pattern": 1})", R"("pattern" must be a string)", "At /pattern stands 1.", mend},
		{R"({"pattern": "("})",
		 R"("pattern" is no regular expression: unterminated group at character 1)",
		 R"(At /pattern stands "(".)", pattern_hint},
		{R"({"patternProperties": {"(": {}}})",
		 R"("patternProperties" is no regular expression: unterminated group at character 1)",
		 R"(At /patternProperties stands {"(": {}}.)", pattern_hint},
		{R"({"$vocabulary": 1})", R"("$vocabulary" must be an object)", "At /$vocabulary stands 1.",
		 R"(As in {"https://example.com/vocabulary": true}.)"},
		{R"({"$vocabulary": {"a": 1}})", R"("$vocabulary" must have values true or false)",
		 R"(At /$vocabulary stands {"a": 1}.)",
		 R"(As in {"https://example.com/vocabulary": true}.)"},
		{R"({"$id": 1})", R"("$id" must be a string)", "At /$id stands 1.", mend},
		{R"({"$id": "http://a/#b"})", R"("$id" must not have a fragment)",
		 R"(At /$id stands "http://a/#b".)", "Use $anchor for a name within a schema."},
		{R"({"$anchor": "1"})", R"("$anchor" is no name for a schema)",
		 R"(At /$anchor stands "1".)", anchor_hint},
		{R"({"$dynamicAnchor": "a:b"})", R"("$dynamicAnchor" is no name for a schema)",
		 R"(At /$dynamicAnchor stands "a:b".)", anchor_hint},
		{R"({"$schema": 1})", R"("$schema" must be a string)", "At /$schema stands 1.",
		 drafts_hint},
		{R"({"$schema": "http://example.com/unknown"})", R"("$schema" names an unknown metaschema)",
		 R"(At /$schema stands "http://example.com/unknown".)", drafts_hint},
		{R"({"$comment": []})", R"("$comment" must be a string)", "At /$comment stands [].", mend},
		{R"({"deprecated": "yes"})", R"("deprecated" must be true or false)",
		 R"(At /deprecated stands "yes".)", mend},
		{R"({"$defs": {"a": {"pattern": "[z-a]"}}})",
		 R"("pattern" is no regular expression: range out of order in a character class at character 2)",
		 R"(At /$defs/a/pattern stands "[z-a]".)", pattern_hint},
	});
}

TEST(compile, faults_of_references)
{
	expect({
		{R"({"$ref": 1})", R"("$ref" must be a string)", "At /$ref stands 1.", mend},
		{R"({"$ref": "#/a"})", "the reference #/a leads nowhere",
		 "It stands at /$ref. There is nothing at /a.", mend_reference},
		{R"({"$ref": "#a"})", "the reference #a leads nowhere",
		 "It stands at /$ref. There is no anchor of that name.", mend_reference},
		{R"({"$ref": "#/~x"})", "the reference #/~x leads nowhere",
		 "It stands at /$ref. Its fragment is no JSON Pointer: ~ is followed by neither 0 nor 1.",
		 mend_reference},
		{R"({"$ref": "#"})", "it refers to itself without end",
		 "To test a value against the schema at the root, the same value would have to be tested "
		 "against it first.",
		 "Refer to it from below properties or items, where it meets a smaller value."},
		{R"({"allOf": [{"$ref": "#"}]})", "it refers to itself without end",
		 "To test a value against the schema at the root, the same value would have to be tested "
		 "against it first.",
		 "Refer to it from below properties or items, where it meets a smaller value."},
		{R"({"$defs": {"a": {"$id": "x"}, "b": {"$id": "x"}}})",
		 R"("$id" is the identifier of another schema as well)", R"(At /$defs/a/$id stands "x".)",
		 "The other one is at /$defs/b."},
		{R"({"$defs": {"a": {"$anchor": "x"}, "b": {"$anchor": "x"}}})",
		 R"("$anchor" is the name of another schema as well)", R"(At /$defs/a/$anchor stands "x".)",
		 "The other one is at /$defs/b."},
		{R"({"$ref": "#/type", "type": "string"})", "a schema cannot be of type string",
		 R"(At /type stands "string".)", schema_hint},
		{R"({"$ref": "#/$defs", "$defs": []})", R"("$defs" must be an object)",
		 "At /$defs stands [].", R"(As in {"a": {"type": "string"}}.)"},
		{R"({"$ref": "http://json-schema.org/draft-07/schema#/nothing"})",
		 "the reference http://json-schema.org/draft-07/schema#/nothing leads nowhere",
		 "It stands at /$ref. There is nothing at /nothing of "
		 "http://json-schema.org/draft-07/schema.",
		 mend_reference},
	});
}

TEST(compile, faults_of_old_drafts)
{
	expect({
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "not": true})",
		 R"("not" must be a schema)", "At /not stands true.",
		 "A schema of draft 4 is a JSON object."},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "required": []})",
		 R"("required" must not be empty)", "At /required stands [].",
		 "Draft 4 wants one name at least."},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMinimum": true})",
		 R"("exclusiveMinimum" is nothing without the limit itself)",
		 "At /exclusiveMinimum stands true.", R"(In draft 4 it goes with "minimum" or "maximum".)"},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMinimum": 1})",
		 R"("exclusiveMinimum" must be true or false)", "At /exclusiveMinimum stands 1.", mend},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "minLength": 1.0})",
		 R"("minLength" must be an integer, not negative)", "At /minLength stands 1.0.",
		 counts_hint},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "enum": []})",
		 R"("enum" must not be empty)", "At /enum stands [].", "Nothing would be valid."},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "enum": [1, 2, 1.0]})",
		 R"("enum" has equal values)", "At /enum stands [1, 2, 1.0].",
		 "Leave one of numbers 0 and 2 out."},
		{R"({"$schema": "http://json-schema.org/draft-07/schema#", "items": []})",
		 R"("items" must not be empty)", "At /items stands [].", schema_hint},
		{R"({"$schema": "http://json-schema.org/draft-07/schema#", "items": 1})",
		 R"("items" must be a schema or an array of schemas)", "At /items stands 1.", schema_hint},
		{R"({"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": 1}})",
		 R"("dependencies" must have schemas as values)", R"(At /dependencies stands {"a": 1}.)",
		 schema_hint},
		{R"({"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "a"})",
		 R"("$recursiveRef" must be "#")", R"(At /$recursiveRef stands "a".)",
		 "Use $ref for other references."},
		{R"({"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveAnchor": 1})",
		 R"("$recursiveAnchor" must be true or false)", "At /$recursiveAnchor stands 1.", mend},
		{R"({"$schema": "https://json-schema.org/draft/2019-09/schema", "$anchor": "_a"})",
		 R"("$anchor" is no name for a schema)", R"(At /$anchor stands "_a".)", anchor_hint},
		{R"({"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "#/$defs/a"})",
		 R"("$recursiveRef" must be "#")", R"(At /$recursiveRef stands "#/$defs/a".)",
		 "Use $ref for other references."},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": true}})",
		 R"("properties" must have schemas as values)", R"(At /properties stands {"a": true}.)",
		 "A schema of draft 4 is a JSON object."},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "items": []})",
		 R"("items" must not be empty)", "At /items stands [].",
		 "A schema of draft 4 is a JSON object."},
		{R"({"$schema": "http://json-schema.org/draft-07/schema#", "$id": "http://a/b#c", "definitions": {"a": {"$id": "#c"}}})",
		 R"("$id" is the name of another schema as well)", R"(At /definitions/a/$id stands "#c".)",
		 "The other one is at the root."},
	});
}

TEST(compile, faults_of_roots)
{
	expect({
		{"[1]", "a schema cannot be of type array", "At the root stands [1].", schema_hint},
		{R"("a")", "a schema cannot be of type string", R"(At the root stands "a".)",
		 reference_hint},
		{"1", "a schema cannot be of type number", "At the root stands 1.", schema_hint},
		{"null", "a schema cannot be of type null", "At the root stands null.", schema_hint},
	});
}

} // namespace
