/*
 * unevaluated_test.cpp
 *		unevaluatedProperties and unevaluatedItems: what other schemas have seen to.
 */
#include "support/model.hpp"
#include "support/schema_table.hpp"

#include <gtest/gtest.h>

using namespace migsafe::test_bed;

namespace {

struct unevaluated_row
{
	const char *schema;
	std::vector<const char *> matching, others;
};

/* In the terms of each of these drafts. */
void
expect(const std::vector<std::string> &drafts, const std::vector<unevaluated_row> &rows)
{
	for (const std::string &draft : drafts)
	{
		for (const unevaluated_row &row : rows)
		{
			const std::string schema = of_draft(draft, row.schema);

			for (const char *const document : row.matching)
				EXPECT_TRUE(matches(schema, document)) << schema << " on " << document;
			for (const char *const document : row.others)
				EXPECT_FALSE(matches(schema, document)) << schema << " on " << document;
		}
	}
}

const std::vector<std::string> d2019 = {draft_uris[3]}, d2020 = {draft_uris[4]},
							   both = {draft_uris[3], draft_uris[4]};

TEST(unevaluated, members_seen_in_place)
{
	expect(
		both,
		{
			{R"({"properties": {"a": {}}, "unevaluatedProperties": false})",
			 {"{}", R"({"a": 1})", "[1]"},
			 {R"({"b": 1})"}},
			{R"({"patternProperties": {"^a": {}}, "unevaluatedProperties": false})",
			 {R"({"ab": 1})"},
			 {R"({"b": 1})"}},
			{R"({"additionalProperties": {}, "unevaluatedProperties": false})",
			 {R"({"ab": 1})"},
			 {}},
			{R"({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}], "unevaluatedProperties": false})",
			 {R"({"a": 1, "b": 2})"},
			 {R"({"c": 1})"}},
			{R"({"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"a": {}}}}, "unevaluatedProperties": false})",
			 {R"({"a": 1})"},
			 {R"({"b": 1})"}},
			{R"({"dependentSchemas": {"a": {"properties": {"b": {}}}}, "properties": {"a": {}}, "unevaluatedProperties": false})",
			 {R"({"a": 1, "b": 1})"},
			 {R"({"b": 1})"}},
			{R"({"required": ["a"], "propertyNames": {"const": "a"}, "unevaluatedProperties": false})",
			 {},
			 {R"({"a": 1})"}},
			{R"({"unevaluatedProperties": {"type": "null"}})", {R"({"a": null})"}, {R"({"a": 1})"}},
		});
}

/* What a schema that fails has seen to does not count; nor what stands below not. */
TEST(unevaluated, members_seen_in_branches)
{
	expect(
		both,
		{
			{R"({"anyOf": [{"properties": {"a": {"type": "null"}}}, {"properties": {"b": {}}, "required": ["b"]}], "unevaluatedProperties": false})",
			 {R"({"a": null})", R"({"a": null, "b": 1})"},
			 {R"({"a": 1, "b": 1})", R"({"b": 1, "c": 1})"}},
			{R"({"oneOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {}}, "required": ["b"]}], "unevaluatedProperties": false})",
			 {R"({"a": 1})", R"({"b": 1})"},
			 {R"({"a": 1, "b": 1})", R"({"a": 1, "c": 1})"}},
			{R"({"not": {"not": {"properties": {"a": {}}}}, "unevaluatedProperties": false})",
			 {"{}"},
			 {R"({"a": 1})"}},
			{R"({"not": {"properties": {"a": {}}, "unevaluatedProperties": false}})",
			 {R"({"b": 1})"},
			 {R"({"a": 1})"}},
			{R"({"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"properties": {"b": {}}}, "else": {"properties": {"c": {}}}, "unevaluatedProperties": false})",
			 {R"({"a": 1, "b": 1})", R"({"c": 1})"},
			 {R"({"a": 1, "c": 1})", R"({"b": 1})", R"({"a": 2})"}},
			{R"({"if": {"properties": {"a": {}}, "required": ["a"]}, "unevaluatedProperties": false})",
			 {R"({"a": 1})"},
			 {R"({"b": 1})", R"({"a": 1, "b": 1})"}},
		});
}

TEST(unevaluated, cousins_do_not_count)
{
	expect(
		both,
		{
			{R"({"allOf": [{"properties": {"a": {}}}, {"unevaluatedProperties": false}]})",
			 {"{}"},
			 {R"({"a": 1})"}},
			{R"({"allOf": [{"unevaluatedProperties": true}], "unevaluatedProperties": false})",
			 {R"({"a": 1})"},
			 {}},
			{R"({"properties": {"a": {"properties": {"b": {}}}}, "unevaluatedProperties": false})",
			 {R"({"a": {"b": 1, "c": 1}})"},
			 {R"({"b": 1})"}},
			{R"({"properties": {"a": {"unevaluatedProperties": false}}, "unevaluatedProperties": false})",
			 {R"({"a": {}})"},
			 {R"({"a": {"a": 1}})"}},
		});
}

TEST(unevaluated, elements_in_2020_12)
{
	expect(
		d2020,
		{
			{R"({"prefixItems": [{}], "unevaluatedItems": false})",
			 {"[]", "[1]", R"({"a": 1})"},
			 {"[1, 2]"}},
			{R"({"items": {}, "unevaluatedItems": false})", {"[1, 2]"}, {}},
			{R"({"contains": {"type": "null"}, "unevaluatedItems": {"type": "number"}})",
			 {"[null, 1, null]"},
			 {R"([null, "a"])", "[1]"}},
			{R"({"contains": {"type": "null"}, "minContains": 0, "unevaluatedItems": false})",
			 {"[]", "[null]"},
			 {"[1]"}},
			{R"({"prefixItems": [{}], "contains": {"type": "null"}, "unevaluatedItems": false})",
			 {"[1, null]", "[null]"},
			 {"[1, null, 1]"}},
			{R"({"allOf": [{"prefixItems": [{}, {}]}], "prefixItems": [{}], "unevaluatedItems": false})",
			 {"[1, 2]"},
			 {"[1, 2, 3]"}},
			{R"({"anyOf": [{"prefixItems": [{"const": 1}]}, {"prefixItems": [{}, {"const": 2}]}], "unevaluatedItems": false})",
			 {"[1]", "[3, 2]", "[1, 2]"},
			 {"[1, 3]", "[3, 3]"}},
			{R"({"not": {"contains": {"const": 1}}, "unevaluatedItems": false})",
			 {"[]"},
			 {"[1]", "[2]"}},
		});
}

/* There contains evaluates nothing, and items may be an array. */
TEST(unevaluated, elements_in_2019_09)
{
	expect(d2019,
		   {
			   {R"({"items": [{}], "unevaluatedItems": false})", {"[]", "[1]"}, {"[1, 2]"}},
			   {R"({"items": {}, "unevaluatedItems": false})", {"[1, 2]"}, {}},
			   {R"({"items": [{}], "additionalItems": {}, "unevaluatedItems": false})",
				{"[1, 2]"},
				{}},
			   {R"({"additionalItems": {}, "unevaluatedItems": false})", {"[]"}, {"[1]"}},
			   {R"({"contains": {"type": "null"}, "unevaluatedItems": false})", {}, {"[null]"}},
		   });
}

TEST(unevaluated, through_recursion)
{
	expect(
		d2020,
		{{R"({"$id": "k:strict", "$dynamicAnchor": "node", "$ref": "k:tree", "unevaluatedProperties": false,
			"$defs": {"tree": {"$id": "k:tree", "$dynamicAnchor": "node", "properties": {"child": {"$dynamicRef": "#node"}}}}})",
		  {R"({"child": {"child": {}}})"},
		  {R"({"child": {"chidl": {}}})", R"({"a": 1})"}}});
	expect(
		d2019,
		{{R"({"$id": "http://a/strict", "$recursiveAnchor": true, "$ref": "tree", "unevaluatedProperties": false,
			"$defs": {"tree": {"$id": "tree", "$recursiveAnchor": true, "properties": {"child": {"$recursiveRef": "#"}}}}})",
		  {R"({"child": {"child": {}}})"},
		  {R"({"child": {"chidl": {}}})", R"({"a": 1})"}}});
}

/* More members than a word of the tracker has bits. */
TEST(unevaluated, many_members)
{
	json document, schema{{"unevaluatedProperties", false}};

	for (int i = 0; i < 200; i++)
	{
		document["k" + std::to_string(i)] = nullptr;
		schema["properties"]["k" + std::to_string(i)] = json::object();
		if (i == 63 || i == 64 || i == 127 || i == 199)
		{
			json less = schema;

			less["properties"].erase("k" + std::to_string(i));
			EXPECT_TRUE(matches(text_of(schema), text_of(document)));
			EXPECT_FALSE(matches(text_of(less), text_of(document))) << i;
		}
	}
}

} // namespace
