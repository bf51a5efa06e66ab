/*
 * pointer_test.cpp
 *		JSON Pointer: the examples of RFC 6901, and stars.
 */
#include "jsonb/pointer.hpp"

#include <gtest/gtest.h>

#include <limits>

using namespace migsafe::jsonb;

namespace {

/* The tokens, each after a slash and a star as <star>; or "error". */
std::string
parsed(std::string_view text, stars mode = stars::literal)
{
	const pointer result = parse_pointer(text, mode);
	std::string tokens;

	if (!result.error.empty())
		return "error";
	for (const pointer_token &token : result.tokens)
		tokens += "/" + (token.star ? "<star>" : token.name);
	return tokens;
}

TEST(pointer, rfc_6901_section_5)
{
	EXPECT_EQ(parsed(""), "");
	EXPECT_EQ(parsed("/foo/0"), "/foo/0");
	EXPECT_EQ(parsed("/"), "/");
	EXPECT_EQ(parsed("/a~1b"), "/a/b");
	EXPECT_EQ(parsed("/ "), "/ ");
	EXPECT_EQ(parsed("/m~0n"), "/m~n");
	EXPECT_EQ(parse_pointer("/a~1b", stars::literal).tokens.size(), 1u);
}

TEST(pointer, escapes_are_resolved_once)
{
	EXPECT_EQ(parsed("/~01"), "/~1");
	EXPECT_EQ(parsed("/~00"), "/~0");
}

TEST(pointer, empty_tokens_count)
{
	EXPECT_EQ(parse_pointer("//a/", stars::literal).tokens.size(), 3u);
}

TEST(pointer, not_a_pointer)
{
	EXPECT_EQ(parsed("foo"), "error");
	EXPECT_EQ(parsed("/~"), "error");
	EXPECT_EQ(parsed("/a~3"), "error");
	EXPECT_EQ(parsed("/~2"), "error");
}

TEST(pointer, stars)
{
	EXPECT_EQ(parsed("/*/a", stars::allowed), "/<star>/a");
	EXPECT_EQ(parsed("/~2", stars::allowed), "/*");
	EXPECT_EQ(parsed("/a*", stars::allowed), "/a*");
	EXPECT_EQ(parsed("/*", stars::literal), "/*");
}

TEST(pointer, array_index)
{
	EXPECT_EQ(array_index("0"), 0);
	EXPECT_EQ(array_index("10"), 10);
	EXPECT_EQ(array_index("99999999999999999999"), std::numeric_limits<long>::max());
	for (const char *name : {"", "-", "-1", "01", "+1", "1a", " 1", "1.0"})
		EXPECT_EQ(array_index(name), -1) << name;
}

} // namespace
