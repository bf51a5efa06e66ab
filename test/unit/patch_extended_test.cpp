/*
 * patch_extended_test.cpp
 *		The dialect of JSON Patch that transforms are written in, as jsonb/patch.hpp describes it.
 */
#include "support/patch_table.hpp"

#include <gtest/gtest.h>

using namespace migsafe::test_bed;

namespace {

void
expect(const std::vector<patch_row> &rows)
{
	expect_rows(migsafe::jsonb::dialect::extended, rows);
}

TEST(patch_extended, stars)
{
	expect({
		{"add to every member", R"({"a": {}, "b": {"x": 0}})",
		 R"([{"op": "add", "path": "/*/x", "value": 1}])", R"({"a": {"x": 1}, "b": {"x": 1}})"},
		{"add to every element", R"([[], [1]])", R"([{"op": "add", "path": "/*/-", "value": 2}])",
		 R"([[2], [1, 2]])"},
		{"replace every member", R"({"a": 1, "b": [2]})",
		 R"([{"op": "replace", "path": "/*", "value": 0}])", R"({"a": 0, "b": 0})"},
		{"replace every element", R"([1, 2])", R"([{"op": "replace", "path": "/*", "value": 0}])",
		 R"([0, 0])"},
		{"remove from every member", R"({"a": {"x": 1, "y": 2}, "b": {"x": 3}})",
		 R"([{"op": "remove", "path": "/*/x"}])", R"({"a": {"y": 2}, "b": {}})"},
		{"remove every member", R"({"a": {"x": 1, "y": 2}})",
		 R"([{"op": "remove", "path": "/a/*"}])", R"({"a": {}})"},
		{"remove every element", R"({"a": [1, 2, 3]})", R"([{"op": "remove", "path": "/a/*"}])",
		 R"({"a": []})"},
		{"two stars", R"({"a": [{"x": 1}, {"x": 2}], "b": []})",
		 R"([{"op": "replace", "path": "/*/*/x", "value": 0}])",
		 R"({"a": [{"x": 0}, {"x": 0}], "b": []})"},
		{"different places one after the other", R"({"a": [{"x": 1}], "b": [{"x": 1}, {"x": 2}]})",
		 R"([{"op": "replace", "path": "/a/*/x", "value": 3}, {"op": "remove", "path": "/b/*/x"}])",
		 R"({"a": [{"x": 3}], "b": [{}, {}]})"},
		{"a star and a name", R"([[{"x": 1}], [{"x": 1}]])",
		 R"([{"op": "replace", "path": "/*/0/x", "value": 3}, {"op": "replace", "path": "/0/*/x", "value": 4}])",
		 R"([[{"x": 4}], [{"x": 3}]])"},
		{"over nothing", R"({})", R"([{"op": "remove", "path": "/*/x"}])", R"({})"},
		{"test all", R"([1.0, 1])", R"([{"op": "test", "path": "/*", "value": 1}])", R"([1.0, 1])"},
		{"test finds another", R"([1, 2])", R"([{"op": "test", "path": "/*", "value": 1}])",
		 "22000"},
		{"below a scalar", R"({"a": 1})", R"([{"op": "remove", "path": "/*/x"}])", "2203A"},
		{"of a scalar", R"({"a": 1})", R"([{"op": "replace", "path": "/a/*", "value": 1}])",
		 "2203A"},
		{"not everywhere", R"({"a": {"x": 1}, "b": {}})", R"([{"op": "remove", "path": "/*/x"}])",
		 "2203A"},
		{"a literal star", R"({"*": 1, "a": 2})", R"([{"op": "remove", "path": "/~2"}])",
		 R"({"a": 2})"},
		{"a star with something beside it", R"({"a*": 1, "ab": 2})",
		 R"([{"op": "remove", "path": "/a*"}])", R"({"ab": 2})"},
		{"an escaped star within a token", R"({"a*": 1, "ab": 2})",
		 R"([{"op": "remove", "path": "/a~2"}])", R"({"ab": 2})"},
	});
}

TEST(patch_extended, stars_of_move_and_copy)
{
	expect({
		{"within each member", R"({"p": {"a": 1}, "q": {"a": 2, "b": 0}})",
		 R"([{"op": "move", "from": "/*/a", "path": "/*/b"}])",
		 R"({"p": {"b": 1}, "q": {"b": 2}})"},
		{"within each element", R"([{"a": 1}, {"a": 2}])",
		 R"([{"op": "copy", "from": "/*/a", "path": "/*/b"}])",
		 R"([{"a": 1, "b": 1}, {"a": 2, "b": 2}])"},
		{"from deeper", R"([{"a": {"c": 1}}, {"a": {"c": 2}}])",
		 R"([{"op": "move", "from": "/*/a/c", "path": "/*/c"}])",
		 R"([{"a": {}, "c": 1}, {"a": {}, "c": 2}])"},
		{"to the parent's place", R"({"p": {"a": 1}, "q": {"a": 2}})",
		 R"([{"op": "move", "from": "/*/a", "path": "/*"}])", R"({"p": 1, "q": 2})"},
		{"two stars in order", R"({"p": [{"a": 1}, {"a": 2}], "q": [{"a": 3}]})",
		 R"([{"op": "move", "from": "/*/*/a", "path": "/*/*/b"}])",
		 R"({"p": [{"b": 1}, {"b": 2}], "q": [{"b": 3}]})"},
		{"between objects with the same members", R"({"from": {"x": 1, "y": 2}, "to": {}})",
		 R"([{"op": "copy", "from": "/from/*", "path": "/to/*"}])",
		 R"({"from": {"x": 1, "y": 2}, "to": {"x": 1, "y": 2}})"},
		{"all of an object into another", R"({"from": {"x": 1, "y": 2}, "to": {"z": 3}})",
		 R"([{"op": "move", "from": "/from/*", "path": "/to/*"}])",
		 R"({"from": {}, "to": {"x": 1, "y": 2, "z": 3}})"},
		{"by star to every member", R"({"a": 1, "b": {"x": {}, "y": {}}})",
		 R"([{"op": "copy", "from": "/a", "path": "/b/*/c"}])",
		 R"({"a": 1, "b": {"x": {"c": 1}, "y": {"c": 1}}})"},
		{"a move to every member", R"({"a": 1, "b": {"x": {}}})",
		 R"([{"op": "move", "from": "/a", "path": "/b/*/c"}])", "22023"},
		{"more stars in from", R"({"a": {"x": 1}})",
		 R"([{"op": "move", "from": "/a/*", "path": "/b"}])", "22023"},
		{"a copy with more stars in from", R"({"a": {"x": 1}})",
		 R"([{"op": "copy", "from": "/a/*", "path": "/b"}])", "22023"},
		{"where something is missing", R"([{"a": 1}, {}])",
		 R"([{"op": "move", "from": "/*/a", "path": "/*/b"}])", "2203A"},
		{"where something is missing, optionally", R"([{"a": 1}, {}])",
		 R"([{"op": "move", "from": "/*/a", "path": "/*/b", "optional": true}])",
		 R"([{"b": 1}, {}])"},
	});
}

TEST(patch_extended, optional)
{
	expect({
		{"remove", R"({"a": 1})", R"([{"op": "remove", "path": "/b", "optional": true}])",
		 R"({"a": 1})"},
		{"remove what is there", R"({"a": 1})",
		 R"([{"op": "remove", "path": "/a", "optional": true}])", R"({})"},
		{"remove below a scalar", R"({"a": 1})",
		 R"([{"op": "remove", "path": "/a/b/c", "optional": true}])", R"({"a": 1})"},
		{"remove beyond the end", R"([1])", R"([{"op": "remove", "path": "/7", "optional": true}])",
		 R"([1])"},
		{"add without a parent", R"({"a": 1})",
		 R"([{"op": "add", "path": "/b/c", "value": 1, "optional": true}])", R"({"a": 1})"},
		{"add where there is one", R"({"b": {}})",
		 R"([{"op": "add", "path": "/b/c", "value": 1, "optional": true}])", R"({"b": {"c": 1}})"},
		{"replace", R"({"a": 1})",
		 R"([{"op": "replace", "path": "/b", "value": 1, "optional": true}])", R"({"a": 1})"},
		{"move from nowhere", R"({"a": 1})",
		 R"([{"op": "move", "from": "/b", "path": "/c", "optional": true}])", R"({"a": 1})"},
		{"move to nowhere", R"({"a": 1})",
		 R"([{"op": "move", "from": "/a", "path": "/b/c", "optional": true}])", R"({"a": 1})"},
		{"move an element to nowhere", R"([1, 2, 3])",
		 R"([{"op": "move", "from": "/1", "path": "/0/c", "optional": true}])", R"([1, 2, 3])"},
		{"copy to nowhere", R"({"a": 1})",
		 R"([{"op": "copy", "from": "/a", "path": "/b/c", "optional": true}])", R"({"a": 1})"},
		{"test where there is nothing", R"({"a": 1})",
		 R"([{"op": "test", "path": "/b", "value": 1, "optional": true}])", R"({"a": 1})"},
		{"test where there is something else", R"({"a": 1})",
		 R"([{"op": "test", "path": "/a", "value": 2, "optional": true}])", "22000"},
		{"rename", R"({"a": 1})",
		 R"([{"op": "rename", "path": "/b", "to": "c", "optional": true}])", R"({"a": 1})"},
		{"rename in an array", R"({"a": [7]})",
		 R"([{"op": "rename", "path": "/a/s", "to": "t", "optional": true}])", R"({"a": [7]})"},
		{"cast", R"({"a": 1})",
		 R"([{"op": "cast", "path": "/b", "to": "string", "optional": true}])", R"({"a": 1})"},
		{"cast of what cannot be cast", R"({"a": "x"})",
		 R"([{"op": "cast", "path": "/a", "to": "number", "optional": true}])", "22018"},
		{"default without a parent", R"({"a": 1})",
		 R"([{"op": "default", "path": "/b/c", "value": 1, "optional": true}])", R"({"a": 1})"},
		{"wrap", R"({"a": 1})", R"([{"op": "wrap", "path": "/b", "optional": true}])",
		 R"({"a": 1})"},
		{"unwrap", R"({"a": 1})", R"([{"op": "unwrap", "path": "/b", "optional": true}])",
		 R"({"a": 1})"},
		{"not optional", R"({"a": 1})", R"([{"op": "remove", "path": "/b", "optional": false}])",
		 "2203A"},
		{"neither", R"({"a": 1})", R"([{"op": "remove", "path": "/b", "optional": 1}])", "22023"},
	});
}

TEST(patch_extended, rename)
{
	expect({
		{"a member", R"({"old": [1], "other": 2})",
		 R"([{"op": "rename", "path": "/old", "to": "new"}])", R"({"new": [1], "other": 2})"},
		{"in every element", R"([{"a": 1}, {"a": 2}])",
		 R"([{"op": "rename", "path": "/*/a", "to": "longer"}])",
		 R"([{"longer": 1}, {"longer": 2}])"},
		{"to what a pointer would escape", R"({"a": 1})",
		 R"([{"op": "rename", "path": "/a", "to": "~/*"}])", R"({"~/*": 1})"},
		{"to an empty key", R"({"a": 1})", R"([{"op": "rename", "path": "/a", "to": ""}])",
		 R"({"": 1})"},
		{"to its own key", R"({"a": 1})", R"([{"op": "rename", "path": "/a", "to": "a"}])",
		 R"({"a": 1})"},
		{"to a key that is taken", R"({"a": 1, "b": 2})",
		 R"([{"op": "rename", "path": "/a", "to": "b"}])", "22030"},
		{"to a key that was taken", R"({"a": 1, "b": 2})",
		 R"([{"op": "remove", "path": "/b"}, {"op": "rename", "path": "/a", "to": "b"}])",
		 R"({"b": 1})"},
		{"what does not exist", R"({"a": 1})", R"([{"op": "rename", "path": "/b", "to": "c"}])",
		 "2203A"},
		{"an element", R"([1])", R"([{"op": "rename", "path": "/0", "to": "c"}])", "2203C"},
		{"the document", R"({"a": 1})", R"([{"op": "rename", "path": "", "to": "c"}])", "22023"},
		{"every member", R"({"a": 1})", R"([{"op": "rename", "path": "/*", "to": "c"}])", "22023"},
		{"without to", R"({"a": 1})", R"([{"op": "rename", "path": "/a"}])", "22023"},
		{"to a number", R"({"a": 1})", R"([{"op": "rename", "path": "/a", "to": 1}])", "22023"},
	});
}

TEST(patch_extended, cast)
{
	expect({
		{"string to number", R"({"a": "1.50"})",
		 R"([{"op": "cast", "path": "/a", "to": "number"}])", R"({"a": 1.50})"},
		{"string with exponent", R"({"a": "-1.5e3"})",
		 R"([{"op": "cast", "path": "/a", "to": "number"}])", R"({"a": -1500})"},
		{"number to string", R"({"a": 1.50})", R"([{"op": "cast", "path": "/a", "to": "string"}])",
		 R"({"a": "1.50"})"},
		{"large number to string", R"({"a": 1e30})",
		 R"([{"op": "cast", "path": "/a", "to": "string"}])",
		 R"({"a": "1000000000000000000000000000000"})"},
		{"boolean to string", R"([true, false])",
		 R"([{"op": "cast", "path": "/*", "to": "string"}])", R"(["true", "false"])"},
		{"string to boolean", R"(["true", "false"])",
		 R"([{"op": "cast", "path": "/*", "to": "boolean"}])", R"([true, false])"},
		{"number to boolean", R"([0, 1, 1.00, 0.0])",
		 R"([{"op": "cast", "path": "/*", "to": "boolean"}])", R"([false, true, true, false])"},
		{"boolean to number", R"([true, false])",
		 R"([{"op": "cast", "path": "/*", "to": "number"}])", R"([1, 0])"},
		{"to its own type", R"(["x", "1"])", R"([{"op": "cast", "path": "/*", "to": "string"}])",
		 R"(["x", "1"])"},
		{"the document", R"("7")", R"([{"op": "cast", "path": "", "to": "number"}])", R"(7)"},
		{"a boolean to its own type", R"([true])",
		 R"([{"op": "cast", "path": "/0", "to": "boolean"}])", R"([true])"},
		{"another number to boolean", R"([2])",
		 R"([{"op": "cast", "path": "/0", "to": "boolean"}])", "22018"},
		{"minus one to boolean", R"([-1])", R"([{"op": "cast", "path": "/0", "to": "boolean"}])",
		 "22018"},
		{"a fraction to boolean", R"([0.1])", R"([{"op": "cast", "path": "/0", "to": "boolean"}])",
		 "22018"},
		{"another string to boolean", R"(["yes"])",
		 R"([{"op": "cast", "path": "/0", "to": "boolean"}])", "22018"},
		{"null", R"([null])", R"([{"op": "cast", "path": "/0", "to": "string"}])", "22018"},
		{"an array", R"([[]])", R"([{"op": "cast", "path": "/0", "to": "string"}])", "22018"},
		{"an object", R"([{}])", R"([{"op": "cast", "path": "/0", "to": "string"}])", "22018"},
		{"to an unknown type", R"([1])", R"([{"op": "cast", "path": "/0", "to": "integer"}])",
		 "22023"},
		{"without a type", R"([1])", R"([{"op": "cast", "path": "/0"}])", "22023"},
		{"what does not exist", R"([1])", R"([{"op": "cast", "path": "/1", "to": "string"}])",
		 "22033"},
	});
	for (const char *text : {"", " 1", "1 ", "01", "+1", "1.", ".5", "0x1", "1e", "NaN", "Infinity",
							 "1_000", "--1", "1,5"})
	{
		const std::string document = "[\"" + std::string(text) + "\"]";

		expect({{"no JSON number", document.c_str(),
				 R"([{"op": "cast", "path": "/0", "to": "number"}])", "22018"}});
	}
}

TEST(patch_extended, default_value)
{
	expect({
		{"a member", R"({"a": 1})", R"([{"op": "default", "path": "/b", "value": []}])",
		 R"({"a": 1, "b": []})"},
		{"a member that is there", R"({"a": 1})",
		 R"([{"op": "default", "path": "/a", "value": []}])", R"({"a": 1})"},
		{"a member that is null", R"({"a": null})",
		 R"([{"op": "default", "path": "/a", "value": []}])", R"({"a": null})"},
		{"in every element", R"([{}, {"a": 2}])",
		 R"([{"op": "default", "path": "/*/a", "value": 1}])", R"([{"a": 1}, {"a": 2}])"},
		{"an element that is there", R"([1])", R"([{"op": "default", "path": "/0", "value": 2}])",
		 R"([1])"},
		{"an element at the end", R"([1])", R"([{"op": "default", "path": "/1", "value": 2}])",
		 R"([1, 2])"},
		{"an element beyond the end", R"([1])", R"([{"op": "default", "path": "/2", "value": 2}])",
		 "22033"},
		{"the document", R"({"a": 1})", R"([{"op": "default", "path": "", "value": 2}])",
		 R"({"a": 1})"},
		{"without a parent", R"({"a": 1})", R"([{"op": "default", "path": "/b/c", "value": 2}])",
		 "2203A"},
		{"below a scalar", R"({"a": 1})", R"([{"op": "default", "path": "/a/c", "value": 2}])",
		 "2203A"},
		{"without value", R"({"a": 1})", R"([{"op": "default", "path": "/b"}])", "22023"},
	});
}

TEST(patch_extended, wrap_and_unwrap)
{
	expect({
		{"into an array", R"({"a": 1})", R"([{"op": "wrap", "path": "/a"}])", R"({"a": [1]})"},
		{"into an object", R"({"a": [1]})", R"([{"op": "wrap", "path": "/a", "key": "k"}])",
		 R"({"a": {"k": [1]}})"},
		{"under an empty key", R"([1])", R"([{"op": "wrap", "path": "/0", "key": ""}])",
		 R"([{"": 1}])"},
		{"the document", R"("x")", R"([{"op": "wrap", "path": "", "key": "k"}])", R"({"k": "x"})"},
		{"every member", R"({"a": 1, "b": {}})", R"([{"op": "wrap", "path": "/*"}])",
		 R"({"a": [1], "b": [{}]})"},
		{"what was changed before", R"({"a": {}})",
		 R"([{"op": "add", "path": "/a/b", "value": 1}, {"op": "wrap", "path": "/a", "key": "k"}])",
		 R"({"a": {"k": {"b": 1}}})"},
		{"what does not exist", R"({"a": 1})", R"([{"op": "wrap", "path": "/b"}])", "2203A"},
		{"under a number", R"({"a": 1})", R"([{"op": "wrap", "path": "/a", "key": 1}])", "22023"},
		{"out of an array", R"({"a": [1]})", R"([{"op": "unwrap", "path": "/a"}])", R"({"a": 1})"},
		{"out of an object", R"({"a": {"k": [1]}})",
		 R"([{"op": "unwrap", "path": "/a", "key": "k"}])", R"({"a": [1]})"},
		{"the whole document", R"([[1]])", R"([{"op": "unwrap", "path": ""}])", R"([1])"},
		{"to a scalar document", R"([1])", R"([{"op": "unwrap", "path": ""}])", R"(1)"},
		{"every element", R"([[1], [[2]]])", R"([{"op": "unwrap", "path": "/*"}])", R"([1, [2]])"},
		{"wrapped and unwrapped", R"({"a": {"b": 1}})",
		 R"([{"op": "wrap", "path": "/a"}, {"op": "unwrap", "path": "/a"}])", R"({"a": {"b": 1}})"},
		{"nothing out of an array", R"({"a": []})", R"([{"op": "unwrap", "path": "/a"}])", "2203C"},
		{"two elements", R"({"a": [1, 2]})", R"([{"op": "unwrap", "path": "/a"}])", "2203C"},
		{"two members", R"({"a": {"k": 1, "l": 2}})",
		 R"([{"op": "unwrap", "path": "/a", "key": "k"}])", "2203C"},
		{"another member", R"({"a": {"l": 2}})", R"([{"op": "unwrap", "path": "/a", "key": "k"}])",
		 "2203C"},
		{"an array, by key", R"({"a": [1]})", R"([{"op": "unwrap", "path": "/a", "key": "k"}])",
		 "2203C"},
		{"an object, without key", R"({"a": {"k": 1}})", R"([{"op": "unwrap", "path": "/a"}])",
		 "2203C"},
		{"a scalar", R"({"a": 1})", R"([{"op": "unwrap", "path": "/a"}])", "2203C"},
	});
}

TEST(patch_extended, shared_values)
{
	expect({
		{"copied to many, changed in one", R"({"v": {"x": 1}, "l": [{}, {}, {}]})",
		 R"([{"op": "copy", "from": "/v", "path": "/l/*/w"}, {"op": "replace", "path": "/l/1/w/x", "value": 2}])",
		 R"({"v": {"x": 1}, "l": [{"w": {"x": 1}}, {"w": {"x": 2}}, {"w": {"x": 1}}]})"},
		{"added to many, changed in one", R"([{}, {}])",
		 R"([{"op": "add", "path": "/*/a", "value": {"x": []}}, {"op": "add", "path": "/0/a/x/-", "value": 1}])",
		 R"([{"a": {"x": [1]}}, {"a": {"x": []}}])"},
		{"copied, then wrapped and changed", R"({"v": [[1]]})",
		 R"([{"op": "add", "path": "/v/0/-", "value": 2}, {"op": "copy", "from": "/v", "path": "/w"},
			 {"op": "unwrap", "path": "/w"}, {"op": "remove", "path": "/w/0"}])",
		 R"({"v": [[1, 2]], "w": [2]})"},
		{"copied, then renamed inside", R"({"v": {"a": {"b": 1}}})",
		 R"([{"op": "copy", "from": "/v", "path": "/w"}, {"op": "rename", "path": "/w/a", "to": "c"},
			 {"op": "cast", "path": "/w/c/b", "to": "string"}])",
		 R"({"v": {"a": {"b": 1}}, "w": {"c": {"b": "1"}}})"},
	});
}

TEST(patch_extended, messages_name_what_stars_stood_for)
{
	const std::string message =
		failure_of(migsafe::jsonb::dialect::extended, R"({"p": [{"a": 1}, {}]})",
				   R"([{"op": "remove", "path": "/*/*/a"}])");

	EXPECT_NE(message.find("/p/1/a"), std::string::npos) << message;
}

} // namespace
