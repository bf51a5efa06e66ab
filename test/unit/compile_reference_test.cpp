/*
 * compile_reference_test.cpp
 *		References between schemas: where they lead, what is loaded for them, and which never end.
 */
#include "support/builder.hpp"
#include "support/schema_table.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

constexpr schema::compile_options lenient = {false, schema::missing_documents::anything_matches};

TEST(compile_reference, a_document_that_nobody_has)
{
	EXPECT_EQ(broken_by(R"({"$id": "http://a/b/c", "items": {"$ref": "d?e#/f"}})"),
			  "42704\nschema \"http://a/b/d?e\" is not known\n"
			  "It is referred to at /items/$ref.\nAsk the test.\n");
	EXPECT_TRUE(matches(R"({"items": {"$ref": "http://a/b"}})", "[1]", memory_source(), lenient));
}

/* Whether documents may be missing or not, one that is there has to have the place. */
TEST(compile_reference, a_place_that_is_not_there)
{
	const memory_source registered{{"k:a", R"({"$defs": {"b": {}}, "c": [1]})"}};

	for (const char *const reference : {"k:a#/$defs/d", "k:a#b", "k:a#/c/1", "k:a#/$defs/b/x"})
	{
		const std::string schema = std::string(R"({"$ref": ")") + reference + "\"}";

		for (const schema::compile_options &options : {schema::compile_options(), lenient})
			EXPECT_NE(broken_by(schema, registered, options).find("leads nowhere"),
					  std::string::npos)
				<< reference;
	}
	EXPECT_EQ(broken_by(R"({"$ref": "k:a#/c/0"})", registered),
			  "22023\ninvalid JSON Schema: a schema cannot be of type number\n"
			  "At /c/0 of k:a stands 1.\nA schema is a JSON object, or true or false.\n");
}

TEST(compile_reference, errors_name_the_document)
{
	const memory_source registered{{"k:a", R"({"items": {"type": "x"}})"}, {"k:b", "7"}};

	EXPECT_EQ(broken_by(R"({"$ref": "k:a"})", registered),
			  "22023\ninvalid JSON Schema: \"type\" names an unknown type\n"
			  "At /items/type of k:a stands \"x\".\n"
			  "The types are null, boolean, object, array, number, string and integer.\n");
	EXPECT_EQ(broken_by(R"({"$ref": "k:b"})", registered),
			  "22023\ninvalid JSON Schema: a schema cannot be of type number\n"
			  "At the root of k:b stands 7.\nA schema is a JSON object, or true or false.\n");
}

TEST(compile_reference, each_document_is_asked_for_once)
{
	const memory_source registered{{"k:a", R"({"$ref": "k:b"})"}, {"k:b", R"({"type": "null"})"}};
	const auto compiled = schema_engine().compile(
		R"({"allOf": [{"$ref": "k:a"}, {"$ref": "k:b"}, {"$ref": "k:a#"}]})", registered);

	EXPECT_EQ(registered.asked(), (std::vector<std::string>{"k:a", "k:b"}));
}

TEST(compile_reference, bundled_metaschemas_need_no_source)
{
	const memory_source nobody;

	for (const std::string &uri : draft_uris)
	{
		const std::string schema = of_draft(uri, R"({"$ref": ")" + uri + R"("})");

		EXPECT_TRUE(matches(schema, R"({"type": "null"})", nobody)) << uri;
		EXPECT_FALSE(matches(schema, R"({"type": "nil"})", nobody)) << uri;
		EXPECT_FALSE(matches(schema, R"({"properties": {"a": {"items": {"type": 7}}}})", nobody))
			<< uri;
	}
	EXPECT_TRUE(nobody.asked().empty());
}

TEST(compile_reference, ways_to_name_a_schema)
{
	const char *const definitions =
		R"("$id": "http://a/b", "$defs": {"c/d": {"$anchor": "e", "const": 1},
			"f": {"$id": "g/h", "$defs": {"i": {"$anchor": "j", "const": 1}}}})";

	for (const char *const reference :
		 {"#/$defs/c~1d", "#/$defs/c%7E1d", "#e", "#%65", "b#e", "http://a/b#e", "/b#/$defs/c~1d",
		  "g/h#j", "#/$defs/f/$defs/i", "http://a/g/h#/$defs/i", "./g/../g/h#j"})
	{
		const std::string schema =
			std::string(R"({"$ref": ")") + reference + R"(", )" + definitions + "}";

		EXPECT_TRUE(matches(schema, "1")) << reference;
		EXPECT_FALSE(matches(schema, "2")) << reference;
	}
}

TEST(compile_reference, endless_whatever_the_value_is)
{
	for (
		const char *const schema :
		{R"({"$ref": "#"})", R"({"allOf": [{}, {"$ref": "#"}]})", R"({"anyOf": [{"$ref": "#"}]})",
		 R"({"oneOf": [{"$ref": "#"}, {}]})", R"({"not": {"$ref": "#"}})",
		 R"({"if": {"$ref": "#"}})",
		 R"({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}})",
		 R"({"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}})"})
		EXPECT_NE(broken_by(schema).find("it refers to itself without end"), std::string::npos)
			<< schema;
	for (const char *const schema :
		 {R"({"items": {"$ref": "#"}})", R"({"properties": {"a": {"allOf": [{"$ref": "#"}]}}})",
		  R"({"contains": {"$ref": "#"}})", R"({"unevaluatedProperties": {"$ref": "#"}})"})
		EXPECT_EQ(broken_by(schema), "") << schema;
}

/* What depends on the value, or on the way, is found out when it happens. */
TEST(compile_reference, endless_for_some_values)
{
	schema_engine tested;

	for (const char *const schema :
		 {R"({"type": "object", "dependentSchemas": {"a": {"$ref": "#"}}})",
		  R"({"if": {"type": "object"}, "then": {"$ref": "#"}})",
		  R"({"$dynamicAnchor": "x", "type": "object", "$dynamicRef": "#x"})",
		  R"({"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveAnchor": true,
			"type": "object", "$recursiveRef": "#"})"})
	{
		const auto compiled = tested.compile(schema);

		const auto problem = failure_of([&] { tested.matches(*compiled, encoded(R"({"a": 1})")); });

		ASSERT_TRUE(problem) << schema;
		EXPECT_EQ(told(*problem),
				  "22023\ninvalid JSON Schema: it refers to itself without end\n"
				  "More references than there are were followed at one value.\n"
				  "Refer to it from below properties or items, where it meets a smaller value.\n");
	}
}

std::string
repeated(size_t times, std::string_view text)
{
	std::string result;

	for (size_t i = 0; i < times; i++)
		result += text;
	return result;
}

/* Neither the compiler nor its search for circles recurses. */
TEST(compile_reference, a_deep_schema)
{
	constexpr size_t levels = 10000;
	schema_engine tested({.stack = size_t{16} * 1024});
	const std::string deep = repeated(levels, R"({"not": )") + "false" + repeated(levels, "}");
	const auto compiled = tested.compile_document(encoded(deep), memory_source());
	const auto problem = failure_of([&] { tested.matches(*compiled, encoded("1")); });

	ASSERT_TRUE(problem);
	EXPECT_EQ(problem->sqlstate(), sqlstate("54001"));
}

TEST(compile_reference, a_long_chain)
{
	constexpr size_t links = 100000;
	json schema = {{"$ref", "#/$defs/0"}};

	for (size_t i = 0; i < links; i++)
		schema["$defs"][std::to_string(i)] = {{"$ref", "#/$defs/" + std::to_string(i + 1)}};
	schema["$defs"][std::to_string(links)] = {{"type", "null"}};

	schema_engine tested({.stack = size_t{16} * 1024});
	const auto compiled = tested.compile_document(build(schema), memory_source());
	const auto problem = failure_of([&] { tested.matches(*compiled, encoded("1")); });

	ASSERT_TRUE(problem);
	EXPECT_EQ(problem->sqlstate(), sqlstate("54001"));

	schema["$defs"][std::to_string(links)] = {{"$ref", "#/$defs/7"}};

	const auto endless =
		failure_of([&] { (void) tested.compile_document(build(schema), memory_source()); });

	ASSERT_TRUE(endless);
	EXPECT_STREQ(endless->what(), "invalid JSON Schema: it refers to itself without end");
}

} // namespace
