/*
 * patch_test.cpp
 *		JSON Patch: RFC 6902 section by section.
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

TEST(patch, add)
{
	expect({
		{"a member", R"({})", R"([{"op": "add", "path": "/a", "value": 1}])", R"({"a": 1})"},
		{"a member that is there", R"({"a": [1]})",
		 R"([{"op": "add", "path": "/a", "value": null}])", R"({"a": null})"},
		{"a member with an empty key", R"({})", R"([{"op": "add", "path": "/", "value": 1}])",
		 R"({"": 1})"},
		{"below an empty key", R"({"": {}})", R"([{"op": "add", "path": "//", "value": 1}])",
		 R"({"": {"": 1}})"},
		{"a member called like an index", R"({"a": 1})",
		 R"([{"op": "add", "path": "/0", "value": 1}])", R"({"0": 1, "a": 1})"},
		{"a member called -", R"({})", R"([{"op": "add", "path": "/-", "value": 1}])",
		 R"({"-": 1})"},
		{"the document", R"({"a": 1})", R"([{"op": "add", "path": "", "value": [2]}])", R"([2])"},
		{"a scalar document", R"({"a": 1})", R"([{"op": "add", "path": "", "value": "x"}])",
		 R"("x")"},
		{"instead of a scalar document", R"(1)", R"([{"op": "add", "path": "", "value": {}}])",
		 R"({})"},
		{"the first element", R"([1])", R"([{"op": "add", "path": "/0", "value": 0}])",
		 R"([0, 1])"},
		{"an element before the last", R"([1, 3])", R"([{"op": "add", "path": "/1", "value": 2}])",
		 R"([1, 2, 3])"},
		{"an element at the end, by index", R"([1])",
		 R"([{"op": "add", "path": "/1", "value": 2}])", R"([1, 2])"},
		{"an element at the end, by -", R"([1])", R"([{"op": "add", "path": "/-", "value": 2}])",
		 R"([1, 2])"},
		{"to an empty array", R"([])", R"([{"op": "add", "path": "/0", "value": []}])", R"([[]])"},
		{"past the end", R"([1])", R"([{"op": "add", "path": "/2", "value": 2}])", "22033"},
		{"with a leading zero", R"([1, 2])", R"([{"op": "add", "path": "/01", "value": 2}])",
		 "22033"},
		{"with a sign", R"([1, 2])", R"([{"op": "add", "path": "/+1", "value": 2}])", "22033"},
		{"before the beginning", R"([1, 2])", R"([{"op": "add", "path": "/-1", "value": 2}])",
		 "22033"},
		{"at no number", R"([1, 2])", R"([{"op": "add", "path": "/1e0", "value": 2}])", "22033"},
		{"at an enormous index", R"([1, 2])",
		 R"([{"op": "add", "path": "/18446744073709551617", "value": 2}])", "22033"},
		{"at an empty index", R"([1, 2])", R"([{"op": "add", "path": "/", "value": 2}])", "22033"},
		{"a member of an array", R"([1, 2])", R"([{"op": "add", "path": "/a", "value": 2}])",
		 "22033"},
		{"to what does not exist", R"({"a": 1})", R"([{"op": "add", "path": "/b/c", "value": 2}])",
		 "2203A"},
		{"to a string", R"({"a": "x"})", R"([{"op": "add", "path": "/a/0", "value": 2}])", "2203A"},
		{"to null", R"({"a": null})", R"([{"op": "add", "path": "/a/b", "value": 2}])", "2203A"},
		{"to a scalar document", R"("x")", R"([{"op": "add", "path": "/b", "value": 2}])", "2203A"},
	});
}

TEST(patch, remove)
{
	expect({
		{"a member", R"({"a": 1, "b": 2})", R"([{"op": "remove", "path": "/a"}])", R"({"b": 2})"},
		{"the last member", R"({"a": {"b": 1}})", R"([{"op": "remove", "path": "/a/b"}])",
		 R"({"a": {}})"},
		{"an element", R"([1, 2, 3])", R"([{"op": "remove", "path": "/1"}])", R"([1, 3])"},
		{"two elements", R"([1, 2, 3])",
		 R"([{"op": "remove", "path": "/0"}, {"op": "remove", "path": "/0"}])", R"([3])"},
		{"a value of null", R"({"a": null})", R"([{"op": "remove", "path": "/a"}])", R"({})"},
		{"what does not exist", R"({"a": 1})", R"([{"op": "remove", "path": "/b"}])", "2203A"},
		{"beyond the end", R"([1])", R"([{"op": "remove", "path": "/1"}])", "22033"},
		{"after the end", R"([1])", R"([{"op": "remove", "path": "/-"}])", "22033"},
		{"from a scalar", R"({"a": 1})", R"([{"op": "remove", "path": "/a/b"}])", "2203A"},
		{"twice", R"({"a": 1})",
		 R"([{"op": "remove", "path": "/a"}, {"op": "remove", "path": "/a"}])", "2203A"},
		{"the document", R"({"a": 1})", R"([{"op": "remove", "path": ""}])", "22023"},
	});
}

TEST(patch, replace)
{
	expect({
		{"a member", R"({"a": 1})", R"([{"op": "replace", "path": "/a", "value": {"b": 2}}])",
		 R"({"a": {"b": 2}})"},
		{"an element", R"([1, 2])", R"([{"op": "replace", "path": "/1", "value": "x"}])",
		 R"([1, "x"])"},
		{"the document", R"([1, 2])", R"([{"op": "replace", "path": "", "value": "x"}])", R"("x")"},
		{"a scale", R"({"a": 1.5})", R"([{"op": "replace", "path": "/a", "value": 1.50}])",
		 R"({"a": 1.50})"},
		{"what does not exist", R"({"a": 1})", R"([{"op": "replace", "path": "/b", "value": 2}])",
		 "2203A"},
		{"beyond the end", R"([1])", R"([{"op": "replace", "path": "/1", "value": 2}])", "22033"},
		{"after the end", R"([1])", R"([{"op": "replace", "path": "/-", "value": 2}])", "22033"},
	});
}

TEST(patch, move)
{
	expect({
		{"a member", R"({"a": 1})", R"([{"op": "move", "from": "/a", "path": "/b"}])",
		 R"({"b": 1})"},
		{"over another member", R"({"a": 1, "b": 2})",
		 R"([{"op": "move", "from": "/a", "path": "/b"}])", R"({"b": 1})"},
		{"into another object", R"({"a": {"x": [1]}, "b": {}})",
		 R"([{"op": "move", "from": "/a/x", "path": "/b/y"}])", R"({"a": {}, "b": {"y": [1]}})"},
		{"to its own parent's place", R"({"a": {"b": {"c": 1}}})",
		 R"([{"op": "move", "from": "/a/b", "path": "/a"}])", R"({"a": {"c": 1}})"},
		{"to the root", R"({"a": {"b": 1}})", R"([{"op": "move", "from": "/a/b", "path": ""}])",
		 R"(1)"},
		{"forward in an array", R"([0, 1, 2, 3])",
		 R"([{"op": "move", "from": "/0", "path": "/2"}])", R"([1, 2, 0, 3])"},
		{"back in an array", R"([0, 1, 2, 3])", R"([{"op": "move", "from": "/3", "path": "/1"}])",
		 R"([0, 3, 1, 2])"},
		{"to the end", R"([0, 1, 2])", R"([{"op": "move", "from": "/0", "path": "/-"}])",
		 R"([1, 2, 0])"},
		{"to where the end was before", R"([0, 1, 2])",
		 R"([{"op": "move", "from": "/0", "path": "/3"}])", "22033"},
		{"from array to object", R"({"a": [1, 2], "b": {}})",
		 R"([{"op": "move", "from": "/a/0", "path": "/b/c"}])", R"({"a": [2], "b": {"c": 1}})"},
		{"into an element that moves up", R"([1, {"a": 2}])",
		 R"([{"op": "move", "from": "/0", "path": "/0/b"}])", "22023"},
		{"into the next element", R"([1, {"a": 2}, {}])",
		 R"([{"op": "move", "from": "/0", "path": "/1/b"}])", R"([{"a": 2}, {"b": 1}])"},
		{"a member to its place", R"({"a": 1})", R"([{"op": "move", "from": "/a", "path": "/a"}])",
		 R"({"a": 1})"},
		{"an element to its place", R"([1, 2])", R"([{"op": "move", "from": "/0", "path": "/0"}])",
		 R"([1, 2])"},
		{"the document to its place", R"([1, 2])", R"([{"op": "move", "from": "", "path": ""}])",
		 R"([1, 2])"},
		{"into itself", R"({"a": {"b": {}}})",
		 R"([{"op": "move", "from": "/a", "path": "/a/b/c"}])", "22023"},
		{"the document into itself", R"({"a": {}})",
		 R"([{"op": "move", "from": "", "path": "/a/b"}])", "22023"},
		{"next to a longer key", R"({"a": 1, "ab": 2})",
		 R"([{"op": "move", "from": "/a", "path": "/ab"}])", R"({"ab": 1})"},
		{"from nowhere", R"({"a": 1})", R"([{"op": "move", "from": "/b", "path": "/c"}])", "2203A"},
		{"from nowhere to itself", R"({"a": 1})", R"([{"op": "move", "from": "/b", "path": "/b"}])",
		 "2203A"},
		{"to nowhere", R"({"a": 1})", R"([{"op": "move", "from": "/a", "path": "/b/c"}])", "2203A"},
		{"below what it was in", R"({"a": {"b": 1}})",
		 R"([{"op": "move", "from": "/a/b", "path": "/a/b/c"}])", "22023"},
	});
}

TEST(patch, copy)
{
	expect({
		{"a member", R"({"a": [1]})", R"([{"op": "copy", "from": "/a", "path": "/b"}])",
		 R"({"a": [1], "b": [1]})"},
		{"an element", R"([1, 2])", R"([{"op": "copy", "from": "/0", "path": "/2"}])",
		 R"([1, 2, 1])"},
		{"an element before itself", R"([1, 2])", R"([{"op": "copy", "from": "/0", "path": "/0"}])",
		 R"([1, 1, 2])"},
		{"the last element after itself", R"([1, 2])",
		 R"([{"op": "copy", "from": "/1", "path": "/1"}])", R"([1, 2, 2])"},
		{"a member over itself", R"({"a": 1})", R"([{"op": "copy", "from": "/a", "path": "/a"}])",
		 R"({"a": 1})"},
		{"the document into itself", R"({"a": 1})", R"([{"op": "copy", "from": "", "path": "/b"}])",
		 R"({"a": 1, "b": {"a": 1}})"},
		{"the document over itself", R"({"a": 1})", R"([{"op": "copy", "from": "", "path": ""}])",
		 R"({"a": 1})"},
		{"a value into itself", R"({"a": {"b": 1}})",
		 R"([{"op": "copy", "from": "/a", "path": "/a/c"}])", R"({"a": {"b": 1, "c": {"b": 1}}})"},
		{"a part over the document", R"({"a": {"b": 1}})",
		 R"([{"op": "copy", "from": "/a/b", "path": ""}])", R"(1)"},
		{"from nowhere", R"({"a": 1})", R"([{"op": "copy", "from": "/b", "path": "/c"}])", "2203A"},
		{"to nowhere", R"({"a": 1})", R"([{"op": "copy", "from": "/a", "path": "/b/c"}])", "2203A"},
		{"from after the end", R"([1])", R"([{"op": "copy", "from": "/-", "path": "/0"}])",
		 "22033"},
	});
}

/* A copy is a value of its own, whatever becomes of either of them. */
TEST(patch, copies_are_independent)
{
	expect({
		{"changed copy", R"({"a": {"x": {"y": 1}}})",
		 R"([{"op": "copy", "from": "/a", "path": "/b"}, {"op": "add", "path": "/b/x/y", "value": 2}])",
		 R"({"a": {"x": {"y": 1}}, "b": {"x": {"y": 2}}})"},
		{"changed original", R"({"a": {"x": {"y": 1}}})",
		 R"([{"op": "copy", "from": "/a", "path": "/b"}, {"op": "add", "path": "/a/x/y", "value": 2}])",
		 R"({"a": {"x": {"y": 2}}, "b": {"x": {"y": 1}}})"},
		{"copied after a change", R"({"a": {"x": {"y": 1}}})",
		 R"([{"op": "add", "path": "/a/x/z", "value": 0}, {"op": "copy", "from": "/a", "path": "/b"},
			 {"op": "remove", "path": "/b/x/y"}, {"op": "copy", "from": "/b/x", "path": "/a/x/w"},
			 {"op": "replace", "path": "/a/x/w/z", "value": 5}])",
		 R"({"a": {"x": {"y": 1, "z": 0, "w": {"z": 5}}}, "b": {"x": {"z": 0}}})"},
		{"copies of copies", R"([[[0]]])",
		 R"([{"op": "copy", "from": "/0", "path": "/1"}, {"op": "copy", "from": "/0/0", "path": "/1/1"},
			 {"op": "add", "path": "/1/1/0", "value": 1}, {"op": "add", "path": "/0/0/0", "value": 2},
			 {"op": "add", "path": "/1/0/0", "value": 3}])",
		 R"([[[2, 0]], [[3, 0], [1, 0]]])"},
		{"moved after being copied", R"({"a": {"x": [1]}})",
		 R"([{"op": "copy", "from": "/a", "path": "/b"}, {"op": "move", "from": "/a/x", "path": "/x"},
			 {"op": "add", "path": "/x/-", "value": 2}])",
		 R"({"a": {}, "b": {"x": [1]}, "x": [1, 2]})"},
		{"a value added twice", R"({})",
		 R"([{"op": "add", "path": "/a", "value": {"x": []}}, {"op": "add", "path": "/b", "value": {"x": []}},
			 {"op": "add", "path": "/a/x/0", "value": 1}])",
		 R"({"a": {"x": [1]}, "b": {"x": []}})"},
	});
}

/* Values that share what they hold grow without bounds only when they are written. */
TEST(patch, copies_of_copies)
{
	std::string doublings;

	for (int i = 0; i < 60; i++)
		doublings += (i ? ", " : "[") + std::string(R"({"op": "copy", "from": "", "path": "/x)") +
					 std::to_string(i) + "\"}";

	const std::string too_large = doublings + "]",
					  emptied = doublings + R"(, {"op": "replace", "path": "", "value": 1}])";

	expect({
		{"written", R"({"a": 1})", too_large.c_str(), "54000"},
		{"thrown away", R"({"a": 1})", emptied.c_str(), "1"},
	});
}

TEST(patch, test_succeeds)
{
	expect({
		{"a string", R"({"a": "x"})", R"([{"op": "test", "path": "/a", "value": "x"}])",
		 R"({"a": "x"})"},
		{"null", R"({"a": null})", R"([{"op": "test", "path": "/a", "value": null}])",
		 R"({"a": null})"},
		{"numbers whatever their scale", R"({"a": 1.50})",
		 R"([{"op": "test", "path": "/a", "value": 1.5}])", R"({"a": 1.50})"},
		{"numbers with an exponent", R"({"a": 1000})",
		 R"([{"op": "test", "path": "/a", "value": 1e3}])", R"({"a": 1000})"},
		{"zeros", R"({"a": 0.000})", R"([{"op": "test", "path": "/a", "value": -0}])",
		 R"({"a": 0.000})"},
		{"objects in any order", R"({"a": {"x": 1, "yy": 2}})",
		 R"([{"op": "test", "path": "/a", "value": {"yy": 2, "x": 1.0}}])",
		 R"({"a": {"x": 1, "yy": 2}})"},
		{"arrays", R"([[1, "2", [true]]])",
		 R"([{"op": "test", "path": "/0", "value": [1.0, "2", [true]]}])", R"([[1, "2", [true]]])"},
		{"the document", R"({"a": [1]})", R"([{"op": "test", "path": "", "value": {"a": [1]}}])",
		 R"({"a": [1]})"},
		{"a scalar document", R"(1)", R"([{"op": "test", "path": "", "value": 1.0}])", R"(1)"},
		{"what was changed before", R"({"a": [1]})",
		 R"([{"op": "add", "path": "/a/-", "value": 2}, {"op": "test", "path": "/a", "value": [1, 2.0]}])",
		 R"({"a": [1, 2]})"},
	});
}

TEST(patch, test_fails)
{
	expect({
		{"another string", R"({"a": "x"})", R"([{"op": "test", "path": "/a", "value": "y"}])",
		 "22000"},
		{"another case", R"({"a": "x"})", R"([{"op": "test", "path": "/a", "value": "X"}])",
		 "22000"},
		{"a string and a number", R"({"a": "1"})", R"([{"op": "test", "path": "/a", "value": 1}])",
		 "22000"},
		{"null and false", R"({"a": null})", R"([{"op": "test", "path": "/a", "value": false}])",
		 "22000"},
		{"true and false", R"({"a": true})", R"([{"op": "test", "path": "/a", "value": false}])",
		 "22000"},
		{"array and object", R"({"a": []})", R"([{"op": "test", "path": "/a", "value": {}}])",
		 "22000"},
		{"arrays in another order", R"([[1, 2]])",
		 R"([{"op": "test", "path": "/0", "value": [2, 1]}])", "22000"},
		{"a longer array", R"([[1, 2]])", R"([{"op": "test", "path": "/0", "value": [1]}])",
		 "22000"},
		{"another member", R"([{"a": 1, "b": 1}])",
		 R"([{"op": "test", "path": "/0", "value": {"a": 1, "c": 1}}])", "22000"},
		{"a fraction", R"({"a": 1.5})", R"([{"op": "test", "path": "/a", "value": 1.51}])",
		 "22000"},
		{"numbers that a double cannot tell apart", R"({"a": 9007199254740993})",
		 R"([{"op": "test", "path": "/a", "value": 9007199254740992}])", "22000"},
		{"a sign", R"({"a": 1})", R"([{"op": "test", "path": "/a", "value": -1}])", "22000"},
		{"what does not exist", R"({"a": null})",
		 R"([{"op": "test", "path": "/b", "value": null}])", "2203A"},
		{"after the end", R"([1])", R"([{"op": "test", "path": "/-", "value": 1}])", "22033"},
		{"what was changed before", R"({"a": [1]})",
		 R"([{"op": "add", "path": "/a/-", "value": 2}, {"op": "test", "path": "/a", "value": [1]}])",
		 "22000"},
	});
}

/* What the examples of appendix A show, on other documents. */
TEST(patch, rfc_6902_appendix_a)
{
	expect({
		{"A.1", R"({"north": "ice"})", R"([{"op": "add", "path": "/south", "value": "rock"}])",
		 R"({"north": "ice", "south": "rock"})"},
		{"A.2", R"({"days": ["mon", "wed"]})",
		 R"([{"op": "add", "path": "/days/1", "value": "tue"}])",
		 R"({"days": ["mon", "tue", "wed"]})"},
		{"A.3", R"({"keep": 1, "drop": 2})", R"([{"op": "remove", "path": "/drop"}])",
		 R"({"keep": 1})"},
		{"A.4", R"({"days": ["mon", "may", "tue"]})", R"([{"op": "remove", "path": "/days/1"}])",
		 R"({"days": ["mon", "tue"]})"},
		{"A.5", R"({"size": "small", "kind": "pot"})",
		 R"([{"op": "replace", "path": "/size", "value": "large"}])",
		 R"({"size": "large", "kind": "pot"})"},
		{"A.6", R"({"left": {"pen": "red", "ink": "blue"}, "right": {"cup": "tea"}})",
		 R"([{"op": "move", "from": "/left/ink", "path": "/right/jar"}])",
		 R"({"left": {"pen": "red"}, "right": {"cup": "tea", "jar": "blue"}})"},
		{"A.7", R"({"song": ["la", "do", "re", "mi"]})",
		 R"([{"op": "move", "from": "/song/0", "path": "/song/3"}])",
		 R"({"song": ["do", "re", "mi", "la"]})"},
		{"A.8", R"({"kind": "pot", "lots": ["a", 2, "c"]})",
		 R"([{"op": "test", "path": "/kind", "value": "pot"}, {"op": "test", "path": "/lots/1", "value": 2}])",
		 R"({"kind": "pot", "lots": ["a", 2, "c"]})"},
		{"A.9", R"({"kind": "pot"})", R"([{"op": "test", "path": "/kind", "value": "pan"}])",
		 "22000"},
		{"A.10", R"({"kind": "pot"})", R"([{"op": "add", "path": "/lid", "value": {"knob": {}}}])",
		 R"({"kind": "pot", "lid": {"knob": {}}})"},
		{"A.11", R"({"kind": "pot"})",
		 R"([{"op": "add", "path": "/lid", "value": true, "why": "steam"}])",
		 R"({"kind": "pot", "lid": true})"},
		{"A.12", R"({"kind": "pot"})", R"([{"op": "add", "path": "/lid/knob", "value": "brass"}])",
		 "2203A"},
		/* A.13, two members called op, is gone before a patch becomes jsonb: the last one counts. */
		{"A.13", R"({"kind": "pot"})",
		 R"([{"op": "add", "path": "/lid", "value": true, "op": "remove"}])", "2203A"},
		{"A.14", R"({"/": 1, "~1": 2})", R"([{"op": "test", "path": "/~01", "value": 2}])",
		 R"({"/": 1, "~1": 2})"},
		{"A.15", R"({"/": 1, "~1": 2})", R"([{"op": "test", "path": "/~01", "value": "2"}])",
		 "22000"},
		{"A.16", R"({"days": ["mon"]})",
		 R"([{"op": "add", "path": "/days/-", "value": ["tue", "wed"]}])",
		 R"({"days": ["mon", ["tue", "wed"]]})"},
	});
}

} // namespace
