/*
 * merge_patch_test.cpp
 *		JSON Merge Patch: RFC 7396.
 */
#include "pg/failure.hpp"
#include "support/builder.hpp"
#include "support/engine.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using namespace migsafe::test_bed;

namespace {

struct row
{
	const char *document, *patch, *expected;
};

void
expect(const std::vector<row> &rows)
{
	engine tested;

	for (const row &r : rows)
	{
		const std::string document = encoded(r.document);
		const std::string merged = tested.merge_patch(document, encoded(r.patch));

		EXPECT_EQ(decoded(merged), decoded(encoded(r.expected))) << r.patch << " on " << r.document;
		EXPECT_EQ(merged, encoded(r.expected)) << r.patch << " on " << r.document;
	}
	EXPECT_EQ(tested.process().outstanding(), 0u);
}

/* What the table of appendix A shows, with other names. */
TEST(merge_patch, rfc_7396_appendix_a)
{
	expect({
		{R"({"tea": "hot"})", R"({"tea": "cold"})", R"({"tea": "cold"})"},
		{R"({"tea": "hot"})", R"({"pot": "full"})", R"({"tea": "hot", "pot": "full"})"},
		{R"({"tea": "hot"})", R"({"tea": null})", R"({})"},
		{R"({"tea": "hot", "pot": "full"})", R"({"tea": null})", R"({"pot": "full"})"},
		{R"({"tea": ["hot"]})", R"({"tea": "cold"})", R"({"tea": "cold"})"},
		{R"({"tea": "cold"})", R"({"tea": ["hot"]})", R"({"tea": ["hot"]})"},
		{R"({"tea": {"leaf": "oolong"}})", R"({"tea": {"leaf": "assam", "milk": null}})",
		 R"({"tea": {"leaf": "assam"}})"},
		{R"({"tea": [{"leaf": "oolong"}]})", R"({"tea": [1]})", R"({"tea": [1]})"},
		{R"(["hot", "warm"])", R"(["cold", "iced"])", R"(["cold", "iced"])"},
		{R"({"tea": "hot"})", R"(["cold"])", R"(["cold"])"},
		{R"({"tea": "hot"})", R"(null)", R"(null)"},
		{R"({"tea": "hot"})", R"("cold")", R"("cold")"},
		{R"({"milk": null})", R"({"tea": 1})", R"({"milk": null, "tea": 1})"},
		{R"([1, 2])", R"({"tea": "hot", "milk": null})", R"({"tea": "hot"})"},
		{R"({})", R"({"tea": {"pot": {"lid": null}}})", R"({"tea": {"pot": {}}})"},
	});
}

TEST(merge_patch, more)
{
	expect({
		{R"({"a": 1})", R"({})", R"({"a": 1})"},
		{R"([1])", R"({})", R"({})"},
		{R"("x")", R"({})", R"({})"},
		{R"(null)", R"({"a": null})", R"({})"},
		{R"({"a": 1})", R"({"b": null})", R"({"a": 1})"},
		{R"({"a": {"b": 1}})", R"({"a": {}})", R"({"a": {"b": 1}})"},
		{R"({"a": 1})", R"({"a": {}})", R"({"a": {}})"},
		{R"({"a": 1})", R"({"a": {"b": null}})", R"({"a": {}})"},
		{R"({"a": 1.5})", R"({"a": 1.50})", R"({"a": 1.50})"},
		/* Only members go by null; elements stay. */
		{R"({"a": 1})", R"({"a": [null, {"b": null}]})", R"({"a": [null, {"b": null}]})"},
		{R"({"b": 1, "ccc": 2})", R"({"": 0, "aa": 1, "dddd": 3})",
		 R"({"": 0, "b": 1, "aa": 1, "ccc": 2, "dddd": 3})"},
		{R"({"a": {"x": {"y": [1]}}, "b": 2})",
		 R"({"a": {"x": {"y": null, "z": {"w": {"v": 0}}}}})",
		 R"({"a": {"x": {"z": {"w": {"v": 0}}}}, "b": 2})"},
	});
}

TEST(merge_patch, deep_patches)
{
	engine tested;
	const std::string patch = build_nested_objects(1000);

	EXPECT_TRUE(tested.merge_patch(encoded("{}"), patch) == patch);
	EXPECT_TRUE(tested.merge_patch(build_nested_objects(999), patch) == patch);
	EXPECT_EQ(decoded(tested.merge_patch(patch, encoded(R"({"a": null, "b": 1})"))), R"({"b": 1})");
}

/* Deeper than the stack: an error, not a crash. */
TEST(merge_patch, too_deep)
{
	engine tested;
	const std::string patch = build_nested_objects(100000);

	ASSERT_NO_THROW(jsonb::check_structure(patch));
	try
	{
		tested.merge_patch(encoded("{}"), patch);
		ADD_FAILURE() << "100,000 levels were merged";
	}
	catch (const failure &limit)
	{
		EXPECT_EQ(limit.sqlstate(), sqlstate("54001"));
	}
	EXPECT_EQ(tested.process().outstanding(), 0u);
}

} // namespace
