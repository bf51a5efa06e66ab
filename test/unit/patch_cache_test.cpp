/*
 * patch_cache_test.cpp
 *		A patch is parsed once for the statements of a session.
 */
#include "jsonb/patch_cache.hpp"
#include "jsonb/writer.hpp"
#include "support/builder.hpp"
#include "support/test_host.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using namespace migsafe::test_bed;
using jsonb::dialect;
using jsonb::parsed_patch;

namespace {

std::string
removal_of(const std::string &key)
{
	return build(json::array({{{"op", "remove"}, {"path", "/" + key}}}));
}

TEST(patch_cache, parses_once)
{
	const std::string source = removal_of("once"), twin = source;
	const auto first = parsed_patch(source, dialect::strict, "the patch");

	EXPECT_EQ(parsed_patch(twin, dialect::strict, "the patch"), first);
}

TEST(patch_cache, tells_patches_apart)
{
	const std::string source = removal_of("apart");
	const auto first = parsed_patch(source, dialect::strict, "the patch");

	EXPECT_NE(parsed_patch(removal_of("other"), dialect::strict, "the patch"), first);
	EXPECT_NE(parsed_patch(source, dialect::extended, "the patch"), first);
	EXPECT_NE(parsed_patch(source, dialect::strict, "another patch"), first);
	EXPECT_EQ(parsed_patch(source, dialect::strict, "the patch"), first);
}

TEST(patch_cache, keeps_those_used_last)
{
	const std::string kept = removal_of("kept"), dropped = removal_of("dropped");
	const auto in_use = parsed_patch(kept, dialect::strict, "the patch");
	const std::weak_ptr<const jsonb::patch> unused =
		parsed_patch(dropped, dialect::strict, "the patch");

	for (int i = 0; i < 40; i++)
	{
		parsed_patch(removal_of(std::to_string(i)), dialect::strict, "the patch");
		EXPECT_EQ(parsed_patch(kept, dialect::strict, "the patch"), in_use);
	}
	EXPECT_TRUE(unused.expired());
}

TEST(patch_cache, keeps_no_large_ones)
{
	const std::weak_ptr<const jsonb::patch> large =
		parsed_patch(removal_of(std::string(20000, 'k')), dialect::strict, "the patch");

	EXPECT_TRUE(large.expired());
}

/* As jsonb_patch does it: one arena, one guess, one allocation. */
TEST(patch_cache, one_allocation_for_a_document)
{
	const std::string source =
		build(json::array({{{"op", "move"}, {"from", "/*/old/n"}, {"path", "/*/aRatherLongName"}},
						   {{"op", "remove"}, {"path", "/*/old"}},
						   {{"op", "add"}, {"path", "/note"}, {"value", "added"}}}));
	json model;

	for (const char *key : {"a", "b", "c", "d"})
		model[key] = {{"old", {{"n", "text"}}}, {"rest", "which stays as it is"}};

	const std::string document = build(model);
	jsonb::arena memory;

	for (int i = 0; i < 3; i++)
	{
		const test_host process;
		jsonb::tree tree(memory, process);
		jsonb::item root(jsonb::root_of(document));

		memory.reset();
		ASSERT_TRUE(parsed_patch(source, dialect::extended, "the patch")->apply(tree, root));

		const jsonb::datum written = jsonb::write_document(
			root, jsonb::expected_size(document.size() + jsonb::length_word, source.size()),
			process);

		EXPECT_EQ(process.allocations(), 1u);
		process.release(written.bytes);
	}
}

} // namespace
