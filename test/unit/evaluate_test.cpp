/*
 * evaluate_test.cpp
 *		Failures of documents: where, by which keyword, and in which words.
 */
#include "support/schema_table.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

struct failing
{
	const char *schema, *document;
	std::vector<std::string> failures; /* instance_path | keyword_path | message */
};

void
expect(const std::vector<failing> &rows)
{
	for (const failing &row : rows)
	{
		std::string lines;

		for (const std::string &line : row.failures)
			lines += line + "\n";
		EXPECT_EQ(failures_of(row.schema, row.document, memory_source(), {.assert_format = true}),
				  lines)
			<< row.schema << " on " << row.document;
	}
}

TEST(evaluate, values)
{
	expect({
		{"false", "1", {" |  | is not allowed here"}},
		{R"({"type": "string"})", "1", {" | /type | must be of type string, but is 1"}},
		{R"({"type": ["null", "object"]})",
		 R"("a")",
		 {R"( | /type | must be of type null or object, but is "a")"}},
		{R"({"enum": [1, "a"]})", "2", {" | /enum | 2 is none of the allowed values"}},
		{R"({"const": {"a": 1}})",
		 R"({"a": 2})",
		 {R"( | /const | must be {"a": 1}, but is {"a": 2})"}},
		{R"({"type": "integer"})", "1.5", {" | /type | must be of type integer, but is 1.5"}},
	});
}

TEST(evaluate, numbers)
{
	expect({
		{R"({"minimum": 1.50})", "1", {" | /minimum | must be at least 1.50, but is 1"}},
		{R"({"maximum": 1})", "2", {" | /maximum | must be at most 1, but is 2"}},
		{R"({"exclusiveMinimum": 1})",
		 "1",
		 {" | /exclusiveMinimum | must be greater than 1, but is 1"}},
		{R"({"exclusiveMaximum": 1})",
		 "1.0",
		 {" | /exclusiveMaximum | must be less than 1, but is 1.0"}},
	});
}

TEST(evaluate, strings)
{
	expect({
		{R"({"minLength": 2})",
		 R"("é")",
		 {" | /minLength | must have at least 2 characters, but has 1"}},
		{R"({"maxLength": 1})",
		 R"("ab")",
		 {" | /maxLength | must have at most 1 character, but has 2"}},
		{R"({"pattern": "^a+$"})",
		 R"("b")",
		 {R"( | /pattern | "b" does not match the pattern ^a+$)"}},
		{R"({"format": "date"})", R"("x")", {" | /format | does not have the format date"}},
		{R"({"minLength": 3, "pattern": "b", "const": "b"})",
		 R"("a")",
		 {R"( | /const | must be "b", but is "a")",
		  " | /minLength | must have at least 3 characters, but has 1",
		  R"( | /pattern | "a" does not match the pattern b)"}},
	});
}

TEST(evaluate, arrays)
{
	expect({
		{R"({"minItems": 1})", "[]", {" | /minItems | must have at least 1 element, but has 0"}},
		{R"({"maxItems": 1})", "[1, 2]", {" | /maxItems | must have at most 1 element, but has 2"}},
		{R"({"uniqueItems": true})",
		 "[1, 2, 1.0]",
		 {" | /uniqueItems | elements 0 and 2 are equal"}},
		{R"({"prefixItems": [{"type": "null"}, false]})",
		 "[1, 2]",
		 {"/0 | /prefixItems/0/type | must be of type null, but is 1",
		  "/1 | /prefixItems/1 | is not allowed here"}},
		{R"({"prefixItems": [true], "items": {"type": "null"}})",
		 "[1, 2]",
		 {"/1 | /items/type | must be of type null, but is 2"}},
		{R"({"contains": {"type": "null"}})",
		 "[1]",
		 {" | /contains | must have at least 1 matching element, but has 0"}},
		{R"({"contains": {"type": "null"}, "minContains": 2})",
		 "[null]",
		 {" | /minContains | must have at least 2 matching elements, but has 1"}},
		{R"({"contains": {"type": "null"}, "maxContains": 1})",
		 "[null, null]",
		 {" | /maxContains | must have at most 1 matching element, but has 2"}},
		{R"({"unevaluatedItems": false})",
		 "[1, 2]",
		 {"/0 | /unevaluatedItems | is not allowed here",
		  "/1 | /unevaluatedItems | is not allowed here"}},
		{R"({"minItems": 3, "uniqueItems": true, "contains": false, "items": {"type": "null"}})",
		 "[1, 1]",
		 {" | /minItems | must have at least 3 elements, but has 2",
		  "/0 | /items/type | must be of type null, but is 1",
		  "/1 | /items/type | must be of type null, but is 1",
		  " | /contains | must have at least 1 matching element, but has 0",
		  " | /uniqueItems | elements 0 and 1 are equal"}},
	});
}

TEST(evaluate, objects)
{
	expect({
		{R"({"minProperties": 1})",
		 "{}",
		 {" | /minProperties | must have at least 1 member, but has 0"}},
		{R"({"maxProperties": 1})",
		 R"({"a": 1, "b": 2})",
		 {" | /maxProperties | must have at most 1 member, but has 2"}},
		{R"({"required": ["a", "b"]})",
		 R"({"b": 1})",
		 {R"( | /required | the member "a" is missing)"}},
		{R"({"properties": {"a/b": {"type": "null"}}})",
		 R"({"a/b": 1})",
		 {"/a~1b | /properties/a~1b/type | must be of type null, but is 1"}},
		{R"({"patternProperties": {"^a": {"type": "null"}}})",
		 R"({"ab": 1})",
		 {"/ab | /patternProperties/^a/type | must be of type null, but is 1"}},
		{R"({"additionalProperties": false})",
		 R"({"a~b": 1})",
		 {"/a~0b | /additionalProperties | is not allowed here"}},
		{R"({"propertyNames": {"maxLength": 1}})",
		 R"({"ab": 1})",
		 {"/ab | /propertyNames/maxLength | must have at most 1 character, but has 2"}},
		{R"({"unevaluatedProperties": {"type": "null"}})",
		 R"({"a": 1, "b": null})",
		 {"/a | /unevaluatedProperties/type | must be of type null, but is 1"}},
		{R"({"dependentRequired": {"a": ["b", "c"]}})",
		 R"({"a": 1, "b": 2})",
		 {R"( | /dependentRequired/a | the member "c" is missing beside "a")"}},
		{R"({"dependentSchemas": {"a": {"required": ["b"]}}})",
		 R"({"a": 1})",
		 {R"( | /dependentSchemas/a/required | the member "b" is missing)"}},
		{R"({"additionalProperties": {"type": "null"}, "propertyNames": {"const": "a"}, "minProperties": 3, "required": ["c"]})",
		 R"({"b": 1, "a": null})",
		 {" | /minProperties | must have at least 3 members, but has 2",
		  "/b | /additionalProperties/type | must be of type null, but is 1",
		  R"(/b | /propertyNames/const | must be "a", but is "b")",
		  R"( | /required | the member "c" is missing)"}},
	});
}

TEST(evaluate, references_and_logic)
{
	expect({
		{R"({"multipleOf": 0.1})",
		 "0.35",
		 {" | /multipleOf | must be a multiple of 0.1, but is 0.35"}},
		{R"({"allOf": [true, {"type": "null"}]})",
		 "1",
		 {" | /allOf/1/type | must be of type null, but is 1"}},
		{R"({"anyOf": [{"type": "null"}, {"minimum": 2}]})",
		 "1",
		 {" | /anyOf/0/type | must be of type null, but is 1",
		  " | /anyOf/1/minimum | must be at least 2, but is 1",
		  " | /anyOf | matches none of the schemas"}},
		{R"({"oneOf": [{"type": "null"}, {"minimum": 2}]})",
		 "1",
		 {" | /oneOf/0/type | must be of type null, but is 1",
		  " | /oneOf/1/minimum | must be at least 2, but is 1",
		  " | /oneOf | matches none of the schemas"}},
		{R"({"oneOf": [true, {"minimum": 2}, true]})",
		 "1",
		 {" | /oneOf | matches schemas 0 and 2, but must match one only"}},
		{R"({"not": {"type": "number"}})", "1", {" | /not | must not match the schema"}},
		{R"({"if": {"minimum": 2}, "then": {"maximum": 3}, "else": {"maximum": 0}})",
		 "4",
		 {" | /then/maximum | must be at most 3, but is 4"}},
		{R"({"if": {"minimum": 2}, "then": {"maximum": 3}, "else": {"maximum": 0}})",
		 "1",
		 {" | /else/maximum | must be at most 0, but is 1"}},
		{R"({"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}})",
		 "1",
		 {" | /$ref/type | must be of type null, but is 1"}},
		{R"({"$dynamicRef": "#a", "$defs": {"a": {"$dynamicAnchor": "a", "type": "null"}}})",
		 "1",
		 {" | /$dynamicRef/type | must be of type null, but is 1"}},
		{R"({"properties": {"a": {"items": {"$ref": "#/$defs/n"}}}, "$defs": {"n": {"type": "null"}}})",
		 R"({"a": [null, 1]})",
		 {"/a/1 | /properties/a/items/$ref/type | must be of type null, but is 1"}},
		{R"({"$id": "http://a/b", "items": {"$ref": "c"}, "$defs": {"c": {"$id": "c", "minimum": 2}}})",
		 "[1]",
		 {"/0 | /items/$ref/minimum | must be at least 2, but is 1"}},
		{R"({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]})", R"({"b": 1})", {}},
		{R"({"oneOf": [{"type": "null"}, {"type": "number"}]})", "1", {}},
		{R"({"if": {"type": "number"}, "then": true})", R"("a")", {}},
		{R"({"minimum": 2, "maximum": 0, "multipleOf": 3, "enum": [], "type": "number"})",
		 "1",
		 {" | /enum | 1 is none of the allowed values",
		  " | /minimum | must be at least 2, but is 1", " | /maximum | must be at most 0, but is 1",
		  " | /multipleOf | must be a multiple of 3, but is 1"}},
	});
}

TEST(evaluate, older_drafts)
{
	expect({
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer"})",
		 "1.0",
		 {" | /type | must be of type integer, but is 1.0"}},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": true})",
		 "1",
		 {" | /minimum | must be greater than 1, but is 1"}},
		{R"({"$schema": "http://json-schema.org/draft-07/schema#", "items": [true, false], "additionalItems": {"type": "null"}})",
		 "[1, 2, 3]",
		 {"/1 | /items/1 | is not allowed here",
		  "/2 | /additionalItems/type | must be of type null, but is 3"}},
		{R"({"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": ["b"], "c": {"maxProperties": 1}}})",
		 R"({"a": 1, "c": 2})",
		 {R"( | /dependencies/a | the member "b" is missing beside "a")",
		  " | /dependencies/c/maxProperties | must have at most 1 member, but has 2"}},
		{R"({"$schema": "https://json-schema.org/draft/2019-09/schema", "items": {"$recursiveRef": "#"}, "type": "array"})",
		 "[[], 1]",
		 {"/1 | /items/$recursiveRef/type | must be of type array, but is 1"}},
		{R"({"$schema": "http://json-schema.org/draft-04/schema#", "maximum": 1, "exclusiveMaximum": true})",
		 "2",
		 {" | /maximum | must be less than 1, but is 2"}},
	});
}

TEST(evaluate, paths_through_references)
{
	const memory_source registered{{"k:list", R"({"$defs": {"item": {"$dynamicAnchor": "item"}},
			"properties": {"next": {"$ref": "#"}, "value": {"$dynamicRef": "#item"}}})"}};

	EXPECT_EQ(failures_of(R"({"$ref": "k:list", "$id": "k:root",
					"$defs": {"texts": {"$dynamicAnchor": "item", "type": "string"}}})",
						  R"({"next": {"next": {"value": 1}}, "value": "a"})", registered),
			  "/next/next/value | "
			  "/$ref/properties/next/$ref/properties/next/$ref/properties/value/$dynamicRef/type | "
			  "must be of type string, but is 1\n");
}

/* Long values and names are cut. */
TEST(evaluate, messages_are_short)
{
	const std::string longer(5000, 'x');
	const std::string text =
		failures_of(R"({"const": "a", "pattern": "^y"})", "\"" + longer + "\"") +
		failures_of("{\"required\": [\"" + longer + "\"]}", "{}");

	EXPECT_LT(text.size(), 1500u);
	EXPECT_NE(text.find("..."), std::string::npos);
}

TEST(evaluate, formats_only_where_asked_for)
{
	EXPECT_TRUE(matches(R"({"format": "date"})", R"("x")"));
	EXPECT_FALSE(
		matches(R"({"format": "date"})", R"("x")", memory_source(), {.assert_format = true}));
	EXPECT_TRUE(
		matches(R"({"format": "unknown"})", R"("x")", memory_source(), {.assert_format = true}));
	EXPECT_TRUE(matches(R"({"format": "date"})", "1", memory_source(), {.assert_format = true}));
}

} // namespace
