/*
 * uri_test.cpp
 *		URI references: the examples of RFC 3986, and what schemas make of them.
 */
#include "schema/uri.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace migsafe::schema;

namespace {

struct resolution
{
	const char *reference, *uri;
};

void
expect(const char *base, const std::vector<resolution> &rows)
{
	for (const resolution &row : rows)
		EXPECT_EQ(resolve_uri(base, row.reference), row.uri) << row.reference << " at " << base;
}

/* Section 5.4.1, without the fragments, which resolve_uri() leaves out. */
TEST(uri, normal_examples_of_the_rfc)
{
	expect("http://a/b/c/d;p?q", {
									 {"g:h", "g:h"},
									 {"g", "http://a/b/c/g"},
									 {"./g", "http://a/b/c/g"},
									 {"g/", "http://a/b/c/g/"},
									 {"/g", "http://a/g"},
									 {"//g", "http://g"},
									 {"?y", "http://a/b/c/d;p?y"},
									 {"g?y", "http://a/b/c/g?y"},
									 {"#s", "http://a/b/c/d;p?q"},
									 {"g#s", "http://a/b/c/g"},
									 {"g?y#s", "http://a/b/c/g?y"},
									 {";x", "http://a/b/c/;x"},
									 {"g;x", "http://a/b/c/g;x"},
									 {"g;x?y#s", "http://a/b/c/g;x?y"},
									 {"", "http://a/b/c/d;p?q"},
									 {".", "http://a/b/c/"},
									 {"./", "http://a/b/c/"},
									 {"..", "http://a/b/"},
									 {"../", "http://a/b/"},
									 {"../g", "http://a/b/g"},
									 {"../..", "http://a/"},
									 {"../../", "http://a/"},
									 {"../../g", "http://a/g"},
								 });
}

/* Section 5.4.2; a scheme is never left out, as strict parsers have it. */
TEST(uri, abnormal_examples_of_the_rfc)
{
	expect("http://a/b/c/d;p?q", {
									 {"../../../g", "http://a/g"},
									 {"../../../../g", "http://a/g"},
									 {"/./g", "http://a/g"},
									 {"/../g", "http://a/g"},
									 {"g.", "http://a/b/c/g."},
									 {".g", "http://a/b/c/.g"},
									 {"g..", "http://a/b/c/g.."},
									 {"..g", "http://a/b/c/..g"},
									 {"./../g", "http://a/b/g"},
									 {"./g/.", "http://a/b/c/g/"},
									 {"g/./h", "http://a/b/c/g/h"},
									 {"g/../h", "http://a/b/c/h"},
									 {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
									 {"g;x=1/../y", "http://a/b/c/y"},
									 {"g?y/./x", "http://a/b/c/g?y/./x"},
									 {"g?y/../x", "http://a/b/c/g?y/../x"},
									 {"g#s/./x", "http://a/b/c/g"},
									 {"g#s/../x", "http://a/b/c/g"},
									 {"http:g", "http:g"},
								 });
}

TEST(uri, other_bases)
{
	expect("",
		   {{"", ""}, {"a", "a"}, {"a/../b", "/b"}, {"#x", ""}, {"http://a/./b", "http://a/b"}});
	expect("http://a", {{"b", "http://a/b"}, {"", "http://a"}, {"?q", "http://a?q"}});
	expect("urn:a:b", {{"#x", "urn:a:b"}, {"?q", "urn:a:b?q"}, {"urn:c", "urn:c"}, {"c", "urn:c"}});
	expect("a/b", {{"c", "a/c"}, {"/c", "/c"}, {"//c/d", "//c/d"}});
	expect("http://a/b?q#f", {{"", "http://a/b?q"}, {"?", "http://a/b?"}});
	expect("tag:x", {{"//", "tag://"}});
}

TEST(uri, parts)
{
	const uri_parts all = split_uri("s://a:1/p/q?x=1?y#f#g");

	EXPECT_EQ(all.scheme, "s");
	EXPECT_EQ(all.authority, "a:1");
	EXPECT_EQ(all.path, "/p/q");
	EXPECT_EQ(all.query, "x=1?y");
	EXPECT_EQ(all.fragment, "f#g");
}

/* An empty part is another thing than none. */
TEST(uri, absent_and_empty_parts)
{
	const uri_parts none = split_uri("p"), empty = split_uri("s://?#");

	EXPECT_EQ(none.scheme.data(), nullptr);
	EXPECT_EQ(none.authority.data(), nullptr);
	EXPECT_EQ(none.query.data(), nullptr);
	EXPECT_EQ(none.fragment.data(), nullptr);
	for (const std::string_view part : {empty.authority, empty.query, empty.fragment})
	{
		EXPECT_NE(part.data(), nullptr);
		EXPECT_TRUE(part.empty());
	}
	EXPECT_EQ(split_uri(":a").path, ":a");
	EXPECT_EQ(split_uri("a/b:c").path, "a/b:c");
}

TEST(uri, fragments)
{
	EXPECT_EQ(fragment_of("a#b"), "b");
	EXPECT_EQ(fragment_of("#/a/b#c"), "/a/b#c");
	EXPECT_EQ(fragment_of("a"), "");
	EXPECT_EQ(fragment_of("#"), "");
}

TEST(uri, percent_escapes)
{
	for (const auto &[text, decoded] : std::vector<std::pair<std::string, std::string>>{
			 {"", ""},
			 {"a%20b", "a b"},
			 {"%c3%A9", "\xC3\xA9"},
			 {"%25", "%"},
			 {"%2525", "%25"},
			 {"%", "%"},
			 {"%2", "%2"},
			 {"%zz%4", "%zz%4"},
			 {"%g0%0g", "%g0%0g"},
			 {"%%41", "%A"},
		 })
		EXPECT_EQ(percent_decoded(text), decoded) << text;
}

} // namespace
