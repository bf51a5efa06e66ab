/*
 * merge_test.cpp
 *		Three-way merge: who changed what.
 */
#include "support/engine.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

#include <algorithm>

using namespace migsafe::test_bed;

namespace {

struct row
{
	const char *what;
	const char *base, *mine, *theirs; /* JSON; nullptr for no document */
	const char *expected;
	std::vector<std::string> conflicts;
};

std::optional<std::string>
document(const char *text)
{
	return text ? std::optional(encoded(text)) : std::nullopt;
}

void
expect(const std::vector<row> &rows)
{
	engine tested;

	for (const row &r : rows)
	{
		const auto base = document(r.base), mine = document(r.mine), theirs = document(r.theirs);
		engine::merged merged = tested.merge(base, mine, theirs);

		EXPECT_EQ(merged.document ? decoded(*merged.document) : "nothing",
				  r.expected ? decoded(encoded(r.expected)) : "nothing")
			<< r.what;
		std::sort(merged.conflicts.begin(), merged.conflicts.end());
		EXPECT_EQ(merged.conflicts, r.conflicts) << r.what;
	}
	EXPECT_EQ(tested.process().outstanding(), 0u);
}

TEST(merge, of_objects)
{
	expect({
		{"nothing changed", R"({"a": 1})", R"({"a": 1})", R"({"a": 1})", R"({"a": 1})", {}},
		{"mine", R"({"a": 1})", R"({"a": 2})", R"({"a": 1})", R"({"a": 2})", {}},
		{"theirs", R"({"a": 1})", R"({"a": 1})", R"({"a": 2})", R"({"a": 2})", {}},
		{"both alike", R"({"a": 1})", R"({"a": 2})", R"({"a": 2})", R"({"a": 2})", {}},
		{"both differently", R"({"a": 1})", R"({"a": 2})", R"({"a": 3})", R"({"a": 2})", {"/a"}},
		{"different members",
		 R"({"a": 1, "b": 1})",
		 R"({"a": 2, "b": 1})",
		 R"({"a": 1, "b": 2})",
		 R"({"a": 2, "b": 2})",
		 {}},
		{"both add others", R"({})", R"({"a": 1})", R"({"b": 2})", R"({"a": 1, "b": 2})", {}},
		{"both add the same", R"({})", R"({"a": 1})", R"({"a": 1})", R"({"a": 1})", {}},
		{"both add another", R"({})", R"({"a": 1})", R"({"a": 2})", R"({"a": 1})", {"/a"}},
		{"both add objects",
		 R"({})",
		 R"({"a": {"x": 1}})",
		 R"({"a": {"y": 2}})",
		 R"({"a": {"x": 1, "y": 2}})",
		 {}},
		{"mine removes",
		 R"({"a": 1, "b": 2})",
		 R"({"b": 2})",
		 R"({"a": 1, "b": 2})",
		 R"({"b": 2})",
		 {}},
		{"theirs removes",
		 R"({"a": 1, "b": 2})",
		 R"({"a": 1, "b": 2})",
		 R"({"b": 2})",
		 R"({"b": 2})",
		 {}},
		{"both remove", R"({"a": 1, "b": 2})", R"({"b": 2})", R"({"b": 2})", R"({"b": 2})", {}},
		{"mine removes what theirs changes",
		 R"({"a": 1})",
		 R"({})",
		 R"({"a": 2})",
		 R"({})",
		 {"/a"}},
		{"mine changes what theirs removes",
		 R"({"a": 1})",
		 R"({"a": 2})",
		 R"({})",
		 R"({"a": 2})",
		 {"/a"}},
		{"deeper",
		 R"({"a": {"b": {"c": 1, "d": 1}}})",
		 R"({"a": {"b": {"c": 2, "d": 1}}})",
		 R"({"a": {"b": {"c": 1, "d": 2}}})",
		 R"({"a": {"b": {"c": 2, "d": 2}}})",
		 {}},
		{"a removed object that theirs changed within",
		 R"({"a": {"b": 1}})",
		 R"({})",
		 R"({"a": {"b": 2}})",
		 R"({})",
		 {"/a"}},
		{"object and scalar",
		 R"({"a": {"b": 1}})",
		 R"({"a": 7})",
		 R"({"a": {"b": 2}})",
		 R"({"a": 7})",
		 {"/a"}},
		{"a scale is a change",
		 R"({"a": 1.5})",
		 R"({"a": 1.50})",
		 R"({"a": 1.5})",
		 R"({"a": 1.50})",
		 {}},
		{"two scales are a conflict",
		 R"({"a": 1})",
		 R"({"a": 1.0})",
		 R"({"a": 1.00})",
		 R"({"a": 1.0})",
		 {"/a"}},
		{"several conflicts",
		 R"({"a": 1, "b": {"c": 1}})",
		 R"({"a": 2, "b": {"c": 2}})",
		 R"({"a": 3, "b": {"c": 3}})",
		 R"({"a": 2, "b": {"c": 2}})",
		 {"/a", "/b/c"}},
		{"keys that pointers escape",
		 R"({"a/b": 1, "m~n": {"": 1}})",
		 R"({"a/b": 2, "m~n": {"": 2}})",
		 R"({"a/b": 3, "m~n": {"": 3}})",
		 R"({"a/b": 2, "m~n": {"": 2}})",
		 {"/a~1b", "/m~0n/"}},
	});
}

TEST(merge, of_arrays)
{
	expect({
		{"different elements", R"([1, 1])", R"([2, 1])", R"([1, 2])", R"([2, 2])", {}},
		{"the same element", R"([1, 1])", R"([2, 1])", R"([3, 1])", R"([2, 1])", {"/0"}},
		{"within elements",
		 R"([{"a": 1, "b": 1}])",
		 R"([{"a": 2, "b": 1}])",
		 R"([{"a": 1, "b": 2}])",
		 R"([{"a": 2, "b": 2}])",
		 {}},
		{"only mine is longer", R"([1])", R"([1, 2])", R"([1])", R"([1, 2])", {}},
		{"only theirs is shorter", R"([1, 2])", R"([1, 2])", R"([2])", R"([2])", {}},
		{"both are longer", R"([1])", R"([1, 2])", R"([1, 3])", R"([1, 2])", {""}},
		{"mine is longer, theirs is changed",
		 R"({"a": [1]})",
		 R"({"a": [1, 2]})",
		 R"({"a": [3]})",
		 R"({"a": [1, 2]})",
		 {"/a"}},
		{"both became arrays",
		 R"({"a": 1})",
		 R"({"a": [1]})",
		 R"({"a": [2]})",
		 R"({"a": [1]})",
		 {"/a"}},
		{"both are empty", R"([1])", R"([])", R"([])", R"([])", {}},
	});
}

TEST(merge, of_documents)
{
	expect({
		{"scalars", "1", "2", "1", "2", {}},
		{"scalars in conflict", "1", "2", "3", "2", {""}},
		{"types in conflict", R"({"a": 1})", "[]", R"({"a": 2})", "[]", {""}},
		{"null is a value", "null", "1", "null", "1", {}},
		{"none at all", nullptr, nullptr, nullptr, nullptr, {}},
		{"mine is new", nullptr, "{}", nullptr, "{}", {}},
		{"theirs is new", nullptr, nullptr, "{}", "{}", {}},
		{"both are new and alike", nullptr, "[1]", "[1]", "[1]", {}},
		{"both are new", nullptr, "1", "2", "1", {""}},
		{"both are new objects",
		 nullptr,
		 R"({"a": 1, "c": 1})",
		 R"({"b": 2, "c": 2})",
		 R"({"a": 1, "b": 2, "c": 1})",
		 {"/c"}},
		{"mine is gone", "1", nullptr, "1", nullptr, {}},
		{"theirs is gone", "1", "1", nullptr, nullptr, {}},
		{"both are gone", "1", nullptr, nullptr, nullptr, {}},
		{"mine is gone, theirs changed", R"({"a": 1})", nullptr, R"({"a": 2})", nullptr, {""}},
		{"mine changed, theirs is gone",
		 R"({"a": 1})",
		 R"({"a": 2})",
		 nullptr,
		 R"({"a": 2})",
		 {""}},
		{"no document is not null", nullptr, "null", nullptr, "null", {}},
	});
}

} // namespace
