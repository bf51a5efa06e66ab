/*
 * depth_test.cpp
 *		Documents deeper than the stack: an error of the server's kind, never a crash.
 */
#include "jsonb/equality.hpp"
#include "pg/failure.hpp"
#include "support/builder.hpp"
#include "support/engine.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

#include <functional>

using namespace migsafe;
using namespace migsafe::test_bed;
using jsonb::dialect;

namespace {

constexpr size_t shallow = 500, deep = 200000;

std::string
pointer_of(size_t tokens, const char *token)
{
	std::string text;

	for (size_t i = 0; i < tokens; i++)
		text += token;
	return text;
}

std::string
patch_of(const json &operation)
{
	return build(json::array({operation}));
}

/* Whether the call succeeds; if it fails, then for want of stack. */
bool
succeeds(engine &tested, const std::function<void()> &call)
{
	try
	{
		call();
		return true;
	}
	catch (const failure &limit)
	{
		EXPECT_EQ(limit.sqlstate(), sqlstate("54001")) << limit.what();
		EXPECT_EQ(tested.process().outstanding(), 0u);
		return false;
	}
}

TEST(depth, of_what_is_read_and_written)
{
	engine tested;

	EXPECT_TRUE(succeeds(tested, [&] { tested.rewrite(build_nested(shallow)); }));
	EXPECT_FALSE(succeeds(tested, [&] { tested.rewrite(build_nested(deep)); }));
	EXPECT_FALSE(succeeds(tested, [&] { tested.rewrite(build_nested_objects(deep)); }));
}

/* What is not touched may be as deep as it likes. */
TEST(depth, of_what_is_not_touched)
{
	engine tested;
	const std::string document = build_nested(deep);

	EXPECT_TRUE(succeeds(tested, [&] {
		const std::string patched =
			tested.patch(document, patch_of({{"op", "add"}, {"path", "/0/0/1"}, {"value", "x"}}));

		EXPECT_NO_THROW(jsonb::check_structure(patched));
	}));
}

TEST(depth, of_pointers)
{
	engine tested;
	const auto add_at = [&](size_t depth) {
		const std::string path = pointer_of(depth - 1, "/0");

		return tested.patch(build_nested(depth),
							patch_of({{"op", "add"}, {"path", path + "/0"}, {"value", nullptr}}));
	};

	EXPECT_TRUE(succeeds(tested, [&] { add_at(shallow); }));
	EXPECT_FALSE(succeeds(tested, [&] { add_at(deep); }));
}

TEST(depth, of_stars)
{
	engine tested;
	const auto replace_at = [&](size_t depth) {
		const std::string path = pointer_of(depth - 1, "/*");

		return tested.patch(build_nested(depth),
							patch_of({{"op", "replace"}, {"path", path}, {"value", nullptr}}),
							dialect::extended);
	};

	EXPECT_TRUE(succeeds(tested, [&] { replace_at(shallow); }));
	EXPECT_FALSE(succeeds(tested, [&] { replace_at(deep); }));
}

/* Values that a patch wraps, or copies into themselves. */
TEST(depth, of_what_patches_make)
{
	engine tested;
	const auto repeat = [&](size_t times, const json &operation) {
		json patch = json::array();

		for (size_t i = 0; i < times; i++)
			patch.push_back(operation);
		return tested.patch(build(json::object()), build(patch), dialect::extended);
	};
	const json wrap{{"op", "wrap"}, {"path", ""}};

	EXPECT_TRUE(
		succeeds(tested, [&] { EXPECT_EQ(repeat(shallow, wrap).size(), 8 * shallow + 4); }));
	EXPECT_FALSE(succeeds(tested, [&] { repeat(deep, wrap); }));
}

/* Equal, but not byte by byte. */
TEST(depth, of_comparisons)
{
	engine tested;
	const auto compare = [&](size_t depth) {
		const std::string a = build_nested(depth, encoded("[1]")),
						  b = build_nested(depth, encoded("[1.0]"));

		EXPECT_TRUE(jsonb::equal_values(jsonb::root_of(a), jsonb::root_of(b), tested.process()));
	};

	EXPECT_TRUE(succeeds(tested, [&] { compare(shallow); }));
	EXPECT_FALSE(succeeds(tested, [&] { compare(deep); }));
}

TEST(depth, of_merges)
{
	engine tested;
	const auto merge = [&](size_t depth) {
		/* Three documents that differ at the bottom only. */
		const std::string base = build_nested_objects(depth),
						  mine = build_nested_objects(depth + 1),
						  theirs = build_nested_objects(depth + 2);

		return tested.merge(base, mine, theirs);
	};

	EXPECT_TRUE(succeeds(tested, [&] { merge(shallow); }));
	EXPECT_FALSE(succeeds(tested, [&] { merge(deep); }));
}

TEST(depth, of_differences)
{
	engine tested;
	const auto diff = [&](size_t depth) {
		return tested.diff(build_nested_objects(depth), build_nested_objects(depth + 1));
	};

	EXPECT_TRUE(succeeds(tested, [&] { diff(shallow); }));
	EXPECT_FALSE(succeeds(tested, [&] { diff(deep); }));
}

TEST(depth, of_merge_patches)
{
	engine tested;
	const auto merge = [&](size_t depth) {
		return tested.merge_patch(build(json::object()), build_nested_objects(depth));
	};

	EXPECT_TRUE(succeeds(tested, [&] { merge(shallow); }));
	EXPECT_FALSE(succeeds(tested, [&] { merge(deep); }));
}

} // namespace
