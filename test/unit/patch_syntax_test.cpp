/*
 * patch_syntax_test.cpp
 *		JSON Patch: what is a patch, and what is none.
 */
#include "support/patch_table.hpp"

#include <gtest/gtest.h>

using namespace migsafe::test_bed;

namespace {

void
expect(const std::vector<patch_row> &rows)
{
	/* What the RFC says holds in both dialects. */
	expect_rows(migsafe::jsonb::dialect::strict, rows);
	expect_rows(migsafe::jsonb::dialect::extended, rows);
}

TEST(patch_syntax, pointers)
{
	expect({
		{"a slash", R"({"a/b": 1})", R"([{"op": "remove", "path": "/a~1b"}])", R"({})"},
		{"a tilde", R"({"m~n": 1})", R"([{"op": "remove", "path": "/m~0n"}])", R"({})"},
		{"an escape in a key", R"({"~1": 1, "/": 2})", R"([{"op": "remove", "path": "/~01"}])",
		 R"({"/": 2})"},
		{"beyond the basic plane", R"({"😀": {"é": 1}})",
		 R"([{"op": "replace", "path": "/😀/é", "value": 2}])", R"({"😀": {"é": 2}})"},
		{"quotes and control characters", R"({"\"\n": 1})",
		 R"([{"op": "remove", "path": "/\"\n"}])", R"({})"},
		{"no leading slash", R"({"a": 1})", R"([{"op": "remove", "path": "a"}])", "22023"},
		{"a fragment", R"({"a": 1})", R"([{"op": "remove", "path": "#/a"}])", "22023"},
		{"a lone tilde", R"({"a": 1})", R"([{"op": "remove", "path": "/a~"}])", "22023"},
		{"an unknown escape", R"({"a": 1})", R"([{"op": "remove", "path": "/a~3"}])", "22023"},
		{"in from", R"({"a": 1})", R"([{"op": "move", "from": "a", "path": "/b"}])", "22023"},
	});
}

TEST(patch_syntax, no_patch)
{
	expect({
		{"empty", R"({"a": 1})", R"([])", R"({"a": 1})"},
		{"no array", R"({"a": 1})", R"({"op": "remove", "path": "/a"})", "22023"},
		{"a scalar", R"({"a": 1})", R"("remove")", "22023"},
		{"no object", R"({"a": 1})", R"([["remove", "/a"]])", "22023"},
		{"null", R"({"a": 1})", R"([null])", "22023"},
		{"no op", R"({"a": 1})", R"([{"path": "/a"}])", "22023"},
		{"op is no string", R"({"a": 1})", R"([{"op": 1, "path": "/a"}])", "22023"},
		{"an unknown op", R"({"a": 1})", R"([{"op": "spam", "path": "/a"}])", "22023"},
		{"another case", R"({"a": 1})", R"([{"op": "Remove", "path": "/a"}])", "22023"},
		{"no path", R"({"a": 1})", R"([{"op": "remove"}])", "22023"},
		{"path is no string", R"({"a": 1})", R"([{"op": "remove", "path": ["a"]}])", "22023"},
		{"path is null", R"({"a": 1})", R"([{"op": "remove", "path": null}])", "22023"},
		{"add without value", R"({"a": 1})", R"([{"op": "add", "path": "/b"}])", "22023"},
		{"replace without value", R"({"a": 1})", R"([{"op": "replace", "path": "/a"}])", "22023"},
		{"test without value", R"({"a": 1})", R"([{"op": "test", "path": "/a"}])", "22023"},
		{"move without from", R"({"a": 1})", R"([{"op": "move", "path": "/b"}])", "22023"},
		{"copy without from", R"({"a": 1})", R"([{"op": "copy", "path": "/b"}])", "22023"},
		{"from is no string", R"({"a": 1})", R"([{"op": "copy", "from": 0, "path": "/b"}])",
		 "22023"},
		{"members that are not of the operation", R"({"a": 1})",
		 R"([{"op": "remove", "path": "/a", "from": 7, "value": 8}])", R"({})"},
	});
}

/* An error anywhere means that nothing is done (RFC 6902, section 5). */
TEST(patch_syntax, all_or_nothing)
{
	expect({
		{"a test at the end", R"({"a": 1})",
		 R"([{"op": "add", "path": "/b", "value": 1}, {"op": "test", "path": "/a", "value": 2}])",
		 "22000"},
		{"no patch at the end", R"({"a": 1})",
		 R"([{"op": "add", "path": "/b", "value": 1}, {"op": "spam", "path": "/a"}])", "22023"},
	});
}

TEST(patch_syntax, wide_containers)
{
	std::string object = "{", array = "[";

	for (int i = 0; i < 100; i++)
	{
		object += (i ? ", \"" : "\"") + std::to_string(1000 + i) + "\": " + std::to_string(i);
		array += (i ? ", " : "") + std::to_string(i);
	}

	const std::string last = object + ", \"2\": 0}", without = array + "]",
					  longer = array + ", 100]";

	object += "}";
	array += "]";
	expect({
		{"a member in front", object.c_str(), R"([{"op": "add", "path": "/2", "value": 0}])",
		 last.c_str()},
		{"a member and back", object.c_str(),
		 R"([{"op": "add", "path": "/x", "value": 0}, {"op": "remove", "path": "/x"}])",
		 object.c_str()},
		{"an element at the end", array.c_str(), R"([{"op": "add", "path": "/100", "value": 100}])",
		 longer.c_str()},
		{"an element and back", longer.c_str(), R"([{"op": "remove", "path": "/100"}])",
		 without.c_str()},
	});
}

TEST(patch_syntax, strict_knows_no_extensions)
{
	expect_rows(
		migsafe::jsonb::dialect::strict,
		{
			{"~2", R"({"*": 1})", R"([{"op": "remove", "path": "/~2"}])", "22023"},
			{"rename", R"({"a": 1})", R"([{"op": "rename", "path": "/a", "to": "b"}])", "22023"},
			{"cast", R"({"a": 1})", R"([{"op": "cast", "path": "/a", "to": "string"}])", "22023"},
			{"default", R"({"a": 1})", R"([{"op": "default", "path": "/a", "value": 1}])", "22023"},
			{"wrap", R"({"a": 1})", R"([{"op": "wrap", "path": "/a"}])", "22023"},
			{"unwrap", R"({"a": [1]})", R"([{"op": "unwrap", "path": "/a"}])", "22023"},
			{"optional is not recognized", R"({"a": 1})",
			 R"([{"op": "remove", "path": "/b", "optional": true}])", "2203A"},
			{"optional may be anything", R"({"a": 1})",
			 R"([{"op": "remove", "path": "/a", "optional": 7}])", R"({})"},
		});
}

TEST(patch_syntax, messages_name_operation_and_pointer)
{
	const std::string message = failure_of(
		migsafe::jsonb::dialect::strict, R"({"a": 1})",
		R"([{"op": "test", "path": "/a", "value": 1}, {"op": "remove", "path": "/b~1c/d"}])");

	EXPECT_NE(message.find("operation 2"), std::string::npos) << message;
	EXPECT_NE(message.find("/b~1c/d"), std::string::npos) << message;
	EXPECT_NE(message.find("the patch"), std::string::npos) << message;
}

} // namespace
