/*
 * diff_test.cpp
 *		Diff: patches that lead there byte for byte, and that are short where little changed.
 */
#include "pg/failure.hpp"
#include "support/builder.hpp"
#include "support/engine.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

/* The patch; checked to lead from one to the other. */
json
diff_of(const std::string &before, const std::string &after)
{
	engine tested;
	const std::string patch = tested.diff(before, after);

	jsonb::check_structure(patch);
	EXPECT_EQ(decoded(tested.patch(before, patch)), decoded(after));
	EXPECT_TRUE(tested.patch(before, patch) == after);
	return parse(decoded(patch));
}

json
diff_of(const char *before, const char *after)
{
	return diff_of(encoded(before), encoded(after));
}

TEST(diff, of_equal_documents)
{
	for (const char *document : {"1", "null", "[]", "{}", R"({"a": [1, {"b": 1.50}]})"})
		EXPECT_EQ(diff_of(document, document), json::array());
}

TEST(diff, single_changes)
{
	const auto expect = [](const char *before, const char *after, const char *patch) {
		EXPECT_EQ(text_of(diff_of(before, after)), text_of(parse(patch)))
			<< before << " to " << after;
	};

	expect("1", "2", R"([{"op": "replace", "path": "", "value": 2}])");
	expect("{}", "[]", R"([{"op": "replace", "path": "", "value": []}])");
	expect(R"({"a": 1, "b": "other", "c": [1, 2, 3]})", R"({"a": 2, "b": "other", "c": [1, 2, 3]})",
		   R"([{"op": "replace", "path": "/a", "value": 2}])");
	expect(R"({"a": 1.5, "b": "other", "c": [1, 2, 3]})",
		   R"({"a": 1.50, "b": "other", "c": [1, 2, 3]})",
		   R"([{"op": "replace", "path": "/a", "value": 1.50}])");
	expect(R"({"a": 1, "b": "other", "c": [1, 2, 3]})", R"({"b": "other", "c": [1, 2, 3]})",
		   R"([{"op": "remove", "path": "/a"}])");
	expect(R"({"b": "other", "c": [1, 2, 3]})", R"({"a/~": null, "b": "other", "c": [1, 2, 3]})",
		   R"([{"op": "add", "path": "/a~1~0", "value": null}])");
}

/* A change deep in a large document names its place, and does not repeat what is around it. */
TEST(diff, of_large_documents_is_short)
{
	json before{{"list", json::array()}, {"members", json::object()}};

	for (int i = 0; i < 200; i++)
	{
		before["list"].push_back({{"id", number(std::to_string(i))}, {"text", "the text of it"}});
		before["members"]["key" + std::to_string(i)] = number(std::to_string(i) + ".00");
	}

	const auto change = [&](const std::function<void(json &)> &edit) {
		json after = before;

		edit(after);
		return diff_of(build(before), build(after));
	};

	EXPECT_EQ(change([](json &d) { d["list"][100]["text"] = "new"; }).size(), 1u);
	EXPECT_EQ(change([](json &d) { d["members"]["key7"] = "new"; }).size(), 1u);
	EXPECT_EQ(change([](json &d) { d["members"].erase("key7"); }).size(), 1u);
	EXPECT_EQ(change([](json &d) { d["list"].erase(0); }).size(), 1u);
	EXPECT_EQ(change([](json &d) { d["list"].erase(199); }).size(), 1u);
	EXPECT_EQ(change([](json &d) { d["list"].insert(d["list"].begin() + 50, nullptr); }).size(),
			  1u);
	EXPECT_LE(change([](json &d) { std::swap(d["list"][3], d["list"][190]); }).size(), 4u);
	EXPECT_LE(change([](json &d) {
				  d["list"].erase(10);
				  d["list"].push_back("last");
				  d["members"]["key"] = true;
			  }).size(),
			  3u);
}

/* Long values that only change their places are not repeated. */
TEST(diff, moves)
{
	const json value{{"text", std::string(200, 'x')}};
	json list = json::array();

	for (int i = 0; i < 20; i++)
		list.push_back({{"id", number(std::to_string(i))}, {"text", std::string(50, 'z')}});

	json rotated = list;

	std::rotate(rotated.begin(), rotated.begin() + 1, rotated.end());
	EXPECT_EQ(text_of(diff_of(build({{"old", value}, {"rest", list}}),
							  build({{"new", value}, {"rest", list}}))),
			  R"([{"from": "/old", "op": "move", "path": "/new"}])");
	EXPECT_EQ(text_of(diff_of(build(rotated), build(list))),
			  R"([{"from": "/19", "op": "move", "path": "/0"}])");
	EXPECT_EQ(text_of(diff_of(build(list), build(rotated))),
			  R"([{"from": "/0", "op": "move", "path": "/19"}])");
}

TEST(diff, of_arrays_full_of_the_same)
{
	json before = json::array();

	for (int i = 0; i < 300; i++)
		before.push_back(i * i % 7 < 3 ? "open" : "closed");

	json after = before;

	after.erase(150);
	after.insert(after.begin(), "void");
	after.push_back("open");
	EXPECT_EQ(diff_of(build(before), build(after)).size(), 3u);
	diff_of("[1, 1, 1, 1, 2, 1, 1]", "[1, 1, 2, 1, 1, 1]");
	diff_of("[1, 2, 3, 4, 5]", "[5, 4, 3, 2, 1]");
	diff_of("[[], [], {}, []]", "[{}, [], [], [], []]");
	diff_of("[]", "[null, null, null]");
	diff_of("[null, null, null]", "[]");
	diff_of(R"([{"id": 1, "n": 1}, {"id": 2, "n": 1}])",
			R"([{"id": 2, "n": 2}, {"id": 1, "n": 2}])");
}

TEST(diff, keys)
{
	diff_of(R"({"*": 1, "a": 2})", R"({"*": 2, "a": 2})");
	diff_of(R"({"*": {"x": 1}})", R"({"*": {"x": 2}})");
	diff_of(R"({"a": {"*": 1}})", R"({"a": {}})");
	diff_of(R"({"~": 1, "/": 2, "~1": 3, "~2": 4})", R"({"~": 2, "/": 3, "~1": 4, "~2": 5})");
	diff_of(R"({"": {"": 1}})", R"({"": {"": 2}})");
	diff_of(R"({"0": 1, "-": 2})", R"({"0": 2, "-": 1})");
}

/* Every array of up to four elements of three values to every other. */
TEST(diff, all_small_arrays)
{
	std::vector<std::string> arrays = {build(json::array())};
	std::vector<json> last = {json::array()};
	engine tested;

	for (int length = 1; length <= 4; length++)
	{
		std::vector<json> longer;

		for (const json &array : last)
		{
			for (const json &v : {json("x"), json::array({nullptr}), json("y")})
			{
				longer.push_back(array);
				longer.back().push_back(v);
				arrays.push_back(build(longer.back()));
			}
		}
		last = longer;
	}
	for (const std::string &before : arrays)
	{
		for (const std::string &after : arrays)
		{
			const std::string patch = tested.diff(before, after);

			ASSERT_TRUE(tested.patch(before, patch) == after)
				<< decoded(before) << " to " << decoded(after) << " by " << decoded(patch);
		}
	}
}

TEST(diff, too_deep)
{
	engine tested;
	const std::string deep = build_nested(100000), deeper = build_nested(100001);

	try
	{
		/* Either is right: a patch, or the error that the server would raise. */
		EXPECT_TRUE(tested.patch(deep, tested.diff(deep, deeper)) == deeper);
	}
	catch (const failure &limit)
	{
		EXPECT_EQ(limit.sqlstate(), sqlstate("54001"));
	}
	EXPECT_EQ(tested.process().outstanding(), 0u);
}

} // namespace
