/*
 * pattern_test.cpp
 *		Regular expressions of JSON Schema: what is one, what it matches, and what is too expensive.
 */
#include "schema/pattern.hpp"

#include "pg/failure.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace migsafe;
using namespace migsafe::schema;
using namespace std::string_literals;

namespace {

constexpr execution all_executions[] = {execution::compiled, execution::interpreted};

struct match_row
{
	const char *pattern;
	std::vector<std::string> matching, others;
};

void
expect_rows(const std::vector<match_row> &rows)
{
	for (const match_row &row : rows)
	{
		for (const execution how : all_executions)
		{
			const pattern p(row.pattern, how);

			for (const std::string &subject : row.matching)
				EXPECT_TRUE(p.matches(subject)) << row.pattern << " on " << subject;
			for (const std::string &subject : row.others)
				EXPECT_FALSE(p.matches(subject)) << row.pattern << " on " << subject;
		}
	}
}

/* SQLSTATE, message, detail and hint of what the call throws, on a line each; "" if it throws nothing. */
std::string
failure_of(const std::function<void()> &call)
{
	try
	{
		call();
	}
	catch (const failure &problem)
	{
		std::string state;

		for (int i = 0; i < 5; i++)
			state += static_cast<char>((problem.sqlstate() >> (6 * i) & 0x3F) + '0');
		return state + '\n' + problem.what() + '\n' + problem.detail() + '\n' + problem.hint();
	}
	return {};
}

std::string
construction_failure(const std::string &text)
{
	return failure_of([&] { const pattern p(text); });
}

/* What a match comes to: "match", "none" or the SQLSTATE of the failure. */
std::string
outcome(const pattern &p, const std::string &subject)
{
	bool matched = false;
	const std::string problem = failure_of([&] { matched = p.matches(subject); });

	if (!problem.empty())
		return problem.substr(0, 5);
	return matched ? "match" : "none";
}

std::string
repeated(const std::string &unit, size_t count)
{
	std::string text;

	while (count-- > 0)
		text += unit;
	return text;
}

TEST(pattern, searches_anywhere)
{
	expect_rows({
		{"", {"", "a"}, {}},
		{"b", {"b", "abc"}, {"", "a", "B"}},
		{"a|b|", {"", "x"}, {}},
		{"^(?:|a)$", {"", "a"}, {"b"}},
		{"^a*$", {"", "aaa"}, {"abc"}},
		{"^foo", {"foobar"}, {"a foo"}},
	});
}

TEST(pattern, anchors_stand_for_the_ends_only)
{
	expect_rows({
		{"^abc$", {"abc"}, {"abc\n", "abc\\n", "x\nabc"}},
		{"a$", {"a", "ba"}, {"a\n", "a\nb"}},
		{"\\bfoo\\b", {"foo", "a foo."}, {"foot", "a_foo"}},
		{"é\\b", {"éa"}, {"é"}},
		{"a\\Bb", {"ab"}, {"a b"}},
	});
}

TEST(pattern, dot_is_no_line_terminator)
{
	expect_rows({
		{"^.$", {"a", "é", "😀", "\v", "\u0085"}, {"\n", "\r", "\u2028", "\u2029", ""}},
		{"^[^]$", {"\n", "😀"}, {""}},
		{"^[\\s\\S]$", {"\n", "a", "😀"}, {""}},
		{"[]", {}, {"", "a"}},
		{"^[]*$", {""}, {"a"}},
		{"^a[]?$", {"a"}, {"ab"}},
		{"[^\\d\\D]", {}, {"", "1", "a"}},
	});
}

TEST(pattern, sets_are_ascii)
{
	expect_rows({
		{"^\\d$", {"0", "9"}, {"\u07c0", "\u0664", "a"}},
		{"^\\D$", {"\u07c0", "a"}, {"0"}},
		{"^\\w$", {"a", "Z", "_", "0"}, {"é", "-", "\u017f"}},
		{"^\\W$", {"é", "-", "😀"}, {"a"}},
		{"^[\\W]$", {"é", "\u0101"}, {"a"}},
		{"^[^\\W]$", {"a"}, {"é", "\u0101"}},
		{"[a-z]cole", {"ecole"}, {"école"}},
	});
}

TEST(pattern, white_space)
{
	const std::vector<std::string> blanks = {
		" ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u00a0", "\u1680", "\u2000",
		"\u2003", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"};
	const std::vector<std::string> others = {"\u0001", "\u0085", "\u180e", "\u200b", "\u2013", "a"};

	expect_rows({
		{"^\\s$", blanks, others},
		{"^[\\s]$", blanks, others},
		{"^[^\\S]$", blanks, others},
		{"^\\S$", others, blanks},
		{"^[\\S]$", others, blanks},
		{"^[^\\s]$", others, blanks},
	});
}

TEST(pattern, escapes)
{
	expect_rows({
		{"^\\t\\n\\v\\f\\r$", {"\t\n\v\f\r"}, {"\\t"}},
		{"^\\cc\\cC$", {"\x03\x03"}, {"\\cc"}},
		{"^\\x41\\u0042\\u{43}\\u{00000044}$", {"ABCD"}, {}},
		{"^\\x411$", {"A1"}, {}},
		{"^\\0$", {"\0"s}, {"0", ""}},
		{"^[\\0-\\x02\\b]$", {"\0"s, "\x01", "\b"}, {"\x03", "b"}},
		{"^\\^\\$\\\\\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/$", {"^$\\.*+?()[]{}|/"}, {}},
		{"^a#b c$", {"a#b c"}, {"ab"}},
	});
}

TEST(pattern, beyond_the_basic_plane)
{
	expect_rows({
		{"^🐲*$", {"", "🐲", "🐲🐲"}, {"🐉", "🐉🐉", "D", "DD"}},
		{"^\\uD83D\\uDC32$", {"🐲"}, {"🐉"}},
		{"^[\\uD83D\\uDC32-\\u{1F433}]{2}$", {"🐲🐳"}, {"🐲"}},
		{"\\uD83D", {}, {"🐲", "D"}},
		{"^(\\uDC32|a)$", {"a"}, {"🐲"}},
		{"^\\u{D83D}\\u{DC32}$", {}, {"🐲"}},
		{"[\\uD800-\\uDFFF]", {}, {"🐲", "a"}},
		{"^[^\\uD800-\\uDFFF]$", {"🐲", "a"}, {}},
		{"^[a-\\uD83D]$", {"b", "\uD7FF"}, {"\uE000", "A"}},
		{"^[\\uDC32-\\uFFFF]$", {"\uE000"}, {"\uD7FF"}},
	});
}

TEST(pattern, properties)
{
	expect_rows({
		{"^\\p{Letter}cole$", {"école", "ecole"}, {"1cole"}},
		{"^\\p{L}+$", {"Hello", "π"}, {"123"}},
		{"^\\P{L}$", {"1"}, {"a"}},
		{"^\\p{digit}+$", {"42", "\u09ea\u09e8"}, {"-%#"}},
		{"^\\p{gc=Lu}\\p{General_Category=Lowercase_Letter}$", {"Éa"}, {"éa"}},
		{"^\\p{LC}$", {"a", "ǅ"}, {"ª", "1"}},
		{"^\\p{Script=Greek}\\p{sc=Cyrl}$", {"αж"}, {"aж"}},
		{"^\\p{scx=Deva}$", {"\u0964", "अ"}, {"a"}},
		{"^\\p{Script=Devanagari}$", {"अ"}, {"\u0964"}},
		{"^[\\p{Lu}\\p{Nd}_]+$", {"É1_"}, {"é"}},
		{"^[^\\P{Lu}]$", {"É"}, {"é"}},
		{"^\\p{ASCII}\\P{ASCII}$", {"aé"}, {"éa"}},
		{"^\\p{Any}$", {"\n", "😀"}, {""}},
		{"^\\p{Assigned}$", {"a"}, {"\u0378"}},
		{"^\\P{Assigned}$", {"\u0378"}, {"a"}},
		{"^\\p{Emoji_Presentation}\\p{Alphabetic}\\p{Hex}$", {"😀éF"}, {"aéF"}},
		{"^\\p{space}\\p{ID_Start}\\p{Script=SignWriting}?$", {" a", "\ta\U0001D800"}, {"aa"}},
	});
}

TEST(pattern, repeats)
{
	expect_rows({
		{"^a{2}$", {"aa"}, {"a", "aaa"}},
		{"^a{2,}$", {"aa", "aaa"}, {"a"}},
		{"^a{1,2}?$", {"a", "aa"}, {"", "aaa"}},
		{"^a??b*?c+?$", {"c", "abcc"}, {"ab"}},
		{"^(?:ab){0}$", {""}, {"ab"}},
		{"(?=(a|b){0})", {"", "a", "x"}, {}},
		{"^(?:(a|b{2}){0}\\1){0}c$", {"c"}, {"ac"}},
		{"^a{00002}$", {"aa"}, {"a"}},
		{"^.{1,65535}$", {"a"}, {""}},
		/* No repeats. */
		{"^a{,2}$", {"a{,2}"}, {"aa"}},
		{"^a{$", {"a{"}, {}},
		{"^{a}$", {"{a}"}, {}},
		{"^a{1 }{2}$", {"a{1 }}"}, {}},
	});
}

TEST(pattern, groups_and_references)
{
	expect_rows({
		{"^(a|b)\\1$", {"aa", "bb"}, {"ab"}},
		{"^(?<q>['\"]).*\\k<q>$", {"'a'", "\"\""}, {"'a\""}},
		{"^(?<a$_é1>x)\\k<a$_\\u00e91>$", {"xx"}, {"x"}},
		{"^(?:(a)|b)\\1$", {"aa", "b"}, {"ba", "a"}},
		{"^(?:(a)|b)\\1{2}c$", {"bc", "aaac"}, {"ac"}},
		{"^\\1(a)$", {"a"}, {"aa"}},
		{"^\\k<n>(?<n>a)$", {"a"}, {}},
		{"^(a\\1)$", {"a"}, {"aa"}},
		{"^(?:\\2b|(a)(b))*$", {"abb", "bab"}, {"aba"}},
		{"^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10$", {"abcdefghijj"}, {"abcdefghija0"}},
		{"^(a)\\1{0}$", {"a"}, {"aa"}},
	});
}

TEST(pattern, lookaround)
{
	expect_rows({
		{"^(?=.*\\d)(?!.*\\s).{4,}$", {"abc1"}, {"abcd", "a 1b", "a1"}},
		{"(?<=\\$)\\d", {"$1"}, {"1"}},
		{"(?<!\\$)\\b\\d", {"1"}, {"$1"}},
		{"(?<=ab|c|^)x", {"abx", "cx", "x"}, {"bx"}},
		{"^(?=a)*b(?!c){2}$", {"b"}, {"bc"}},
		{"(?!(a))\\1b", {"b"}, {}},
	});
}

TEST(pattern, lenient_where_harmless)
{
	expect_rows({
		{"^[\\w-.]+$", {"a-.b"}, {"a b"}},
		{"^[a-\\d]+$", {"a-1"}, {"b"}},
		{"^\\-\\_\\@\\ \\\"\\é$", {"-_@ \"é"}, {}},
		{"^]}{$", {"]}{"}, {}},
		{"^[:]]$", {":]"}, {}},
		{"^[[]$", {"["}, {}},
		{"^[\\]\\-a]+$", {"]-a"}, {"\\"}},
		{"^[a-]+[-a]+[+--]$", {"-a-"}, {}},
	});
}

TEST(pattern, as_people_write_them)
{
	expect_rows({
		{"^[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+$", {"me.too+x@mail.example.com"}, {"me@example"}},
		{"^https?:\\/\\/[^\\s/$.?#].[^\\s]*$", {"https://example.com/a?b#c"}, {"ftp://x"}},
		{"^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$", {"2024-02-29"}, {"2024-13-01"}},
		{"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
		 {"123e4567-e89b-12d3-a456-426614174000"},
		 {"123e4567e89b12d3a456426614174000"}},
		{"^(\\([0-9]{3}\\))?[0-9]{3}-[0-9]{4}$", {"555-1212", "(888)555-1212"}, {"(888)555-1212x"}},
	});
}

struct error_row
{
	const char *pattern, *error;
};

TEST(pattern, not_a_pattern)
{
	const std::vector<error_row> rows = {
		{"^(abc]", "unterminated group at character 2"},
		{"a)", "unmatched ) at character 2"},
		{"é😀)", "unmatched ) at character 3"},
		{"[a", "unterminated character class at character 1"},
		{"[\\]", "unterminated character class at character 1"},
		{"[z-a]", "range out of order in a character class at character 2"},
		{"[\\d-a-z-\\x41]", "range out of order in a character class at character 7"},
		{"*", "nothing to repeat at character 1"},
		{"a**", "nothing to repeat at character 3"},
		{"a++", "nothing to repeat at character 3"},
		{"a{1}{2}", "nothing to repeat at character 5"},
		{"{1}", "nothing to repeat at character 1"},
		{"^*", "nothing to repeat at character 2"},
		{"\\b+", "nothing to repeat at character 3"},
		{"(?<=a)*", "nothing to repeat at character 7"},
		{"(*UTF)a", "nothing to repeat at character 2"},
		{"a|*", "nothing to repeat at character 3"},
		{"a{2,1}", "repeat counts out of order at character 2"},
		{"a{99999999999999999999,1}", "repeat counts out of order at character 2"},
		{"\\", "a backslash at the end at character 1"},
		{"[\\", "a backslash at the end at character 2"},
		{"^\\S(|(.|\\n)*\\S)\\Z", "unknown escape \\Z at character 16"},
		{"\\a", "unknown escape \\a at character 1"},
		{"\\A", "unknown escape \\A at character 1"},
		{"\\Qa.b\\E", "unknown escape \\Q at character 1"},
		{"[\\B]", "unknown escape \\B at character 2"},
		{"[\\k]", "unknown escape \\k at character 2"},
		{"\\01", "an octal escape at character 1"},
		{"[\\1]", "an octal escape at character 2"},
		{"\\c1", "\\c without a letter at character 1"},
		{"\\x4", "\\x without two hexadecimal digits at character 1"},
		{"\\x4g", "\\x without two hexadecimal digits at character 1"},
		{"\\u12", "\\u without four hexadecimal digits at character 1"},
		{"\\u{110000}", "\\u{...} that is no character at character 1"},
		{"\\u{}", "\\u{...} that is no character at character 1"},
		{"\\u{41", "\\u{...} that is no character at character 1"},
		{"(?i)abc", "unknown kind of group at character 1"},
		{"(?ims)abc", "unknown kind of group at character 1"},
		{"(?i:a)", "unknown kind of group at character 1"},
		{"(?>a)", "unknown kind of group at character 1"},
		{"(?#a)", "unknown kind of group at character 1"},
		{"a(?R)?", "unknown kind of group at character 2"},
		{"(?(1)a|b)", "unknown kind of group at character 1"},
		{"(?P<n>a)", "unknown kind of group at character 1"},
		{"(?", "unknown kind of group at character 1"},
		{"(?<>a)", "group without a name at character 1"},
		{"(?<na", "group without a name at character 1"},
		{"(?<1>a)", "name of a group that is no identifier at character 1"},
		{"(?<a-b>a)", "name of a group that is no identifier at character 1"},
		{"(?<n>a)(?<n>b)", "two groups of one name at character 8"},
		{"\\k", "\\k without <name> at character 1"},
		{"\\k<m>(?<n>a)", "there is no group of this name at character 1"},
		{"(a)\\2", "there is no group 2 at character 4"},
		{"\\1", "there is no group 1 at character 1"},
		{"(a)\\99999999999999999999", "there is no group 18446744073709551615 at character 4"},
		{"[[:alpha:]]+", "POSIX character class at character 1"},
		{"a[^[:alpha:][:digit:]]", "POSIX character class at character 2"},
		{"\\pL", "\\p without {property} at character 1"},
		{"\\p{", "\\p without {property} at character 1"},
		{"\\p{Foo}", "unknown property \"Foo\" at character 1"},
		{"\\p{letter}", "unknown property \"letter\" at character 1"},
		{"[\\P{Greek}]", "unknown property \"Greek\" at character 2"},
		{"\\p{Script=greek}", "unknown property \"Script=greek\" at character 1"},
		{"\\p{Script=Nowhere}", "unknown property \"Script=Nowhere\" at character 1"},
		{"\\p{gc=Greek}", "unknown property \"gc=Greek\" at character 1"},
		{"\\p{Block=Greek}", "unknown property \"Block=Greek\" at character 1"},
		{"\\p{^L}", "unknown property \"^L\" at character 1"},
		{"\\p{L&}", "unknown property \"L&\" at character 1"},
		{"a\xff", "a byte that is not UTF-8 at character 2"},
		{"a\xc3", "a byte that is not UTF-8 at character 2"},
		{"[\xed\xa0\x80]", "a byte that is not UTF-8 at character 2"},
		{"\xf4\x90\x80\x80", "a byte that is not UTF-8 at character 1"},
		{"\\\xc0\xaf", "a byte that is not UTF-8 at character 2"},
	};

	for (const error_row &row : rows)
	{
		EXPECT_EQ(pattern_error(row.pattern), row.error) << row.pattern;

		EXPECT_EQ(construction_failure(row.pattern).find("2201B\ninvalid regular expression: "), 0u)
			<< row.pattern;
	}
}

TEST(pattern, says_what_is_wrong)
{
	EXPECT_EQ(construction_failure("^(abc"),
			  "2201B\ninvalid regular expression: unterminated group\n"
			  "The problem is at character 2 of \"^(abc\".\n"
			  "A parenthesis itself is written \\( or \\).");
	EXPECT_EQ(construction_failure("^a\\Z"),
			  "2201B\ninvalid regular expression: unknown escape \\Z\n"
			  "The problem is at character 3 of \"^a\\Z\".\nThe end of the text is $ in ECMA-262.");
	EXPECT_EQ(construction_failure("\\p{Greek}"),
			  "2201B\ninvalid regular expression: unknown property \"Greek\"\n"
			  "The problem is at character 1 of \"\\p{Greek}\".\n"
			  "Scripts are written \\p{Script=Greek}.");
}

/* Patterns of ECMA-262, but not ours: format "regex" holds for them. */
TEST(pattern, not_supported)
{
	const std::vector<error_row> rows = {
		{"(?<=a+)b", "lookbehind of no fixed length"},
		{"(?<=a(?:b|cd))e", "lookbehind of no fixed length"},
		{"(?<=a{1,300})b", "lookbehind of no fixed length"},
		{"(a)(?<=\\1)b", "backreference within a lookbehind"},
		{"a{65536}", "more than 65535 repeats"},
		{"a{1,70000}", "more than 65535 repeats"},
		{"a{1,99999999999999999999}", "more than 65535 repeats"},
		{"(?:[a-z]{1,9}x){20000}", "too large with its repeats written out"},
		{"\\p{Changes_When_NFKC_Casefolded}", "property \"Changes_When_NFKC_Casefolded\""},
	};

	for (const error_row &row : rows)
	{
		const std::string expected =
			"2201B\nregular expression is not supported: "s + row.error + '\n';

		EXPECT_EQ(pattern_error(row.pattern), "") << row.pattern;
		EXPECT_EQ(construction_failure(row.pattern).substr(0, expected.size()), expected);
	}
}

TEST(pattern, deep_and_long_ones)
{
	constexpr size_t many = 200000;

	EXPECT_EQ(construction_failure(repeated("(", 250) + repeated(")", 250)), "");
	EXPECT_NE(construction_failure(repeated("(?:", 251) + repeated(")", 251))
				  .find("more than 250 nested groups"),
			  std::string::npos);
	EXPECT_EQ(pattern_error(repeated("(", many) + repeated(")", many)), "");
	EXPECT_EQ(pattern_error(repeated("(", many)), "unterminated group at character 200000");
	EXPECT_NE(construction_failure(repeated("ab", many)).find("too large"), std::string::npos);
	EXPECT_EQ(pattern_error(std::string(1000001, 'a')), "longer than 1000000 bytes at character 1");
}

TEST(pattern, too_expensive)
{
	const std::vector<std::pair<const char *, const char *>> rows = {
		/* What the subject repeats is the first character of the second text, which is its end. */
		{"(a+)+$", "a!"},
		{"(a|a)*$", "a!"},
		{"^(a|aa)+$", "a!"},
		{"(x+x+)+y", "x!y"},
		{"^(([a-z])+.)+[A-Z]([a-z])+$", "a!"},
		{"^(.*)*x$", "a!x!"},
		{"^(?:.*a){20}$", "a!"},
		{"^(?=(?:a|a)*b)", "a!b"},
		{"(?:(?:a*)*)*[bc]", "a!"},
		{"^(?:(a+)\\1?)+$", "a!"},
	};

	for (const auto &[text, end] : rows)
	{
		for (const execution how : all_executions)
		{
			const pattern p(text, how);

			for (const size_t length : {35, 100, 1000, 100000})
				EXPECT_EQ(outcome(p, std::string(length, end[0]) + end), "54000")
					<< text << " on " << length;
			EXPECT_EQ(outcome(p, ""), outcome(pattern(text), "")) << text;
		}
	}
}

/* What grows with the square of the text only, without much of backtracking from any one place. */
TEST(pattern, too_expensive_in_all)
{
	const std::vector<std::pair<const char *, const char *>> rows = {
		{"[a-z]+1", "a!1"},
		{"\\d+[a-z]", "1!"},
		{"(?:(?=[a-z]*1)|.)*$", "a!1"},
		{"^(?:(?=[a-z]*1)|.)*$", "a!1"},
		{"(?!.*b)a+[bc]", "a!"},
		{"a{1000,}b", "a!b"},
		{"a{60000}b", "a!b"},
		{"^(.*)(?:b?\\1)+x", "a!x"},
	};

	for (const auto &[text, end] : rows)
	{
		for (const execution how : all_executions)
			EXPECT_EQ(outcome(pattern(text, how), std::string(1000000, end[0]) + end), "54000")
				<< text;
	}
}

TEST(pattern, says_that_it_is_too_expensive)
{
	const pattern p("(a+)+$");

	EXPECT_EQ(failure_of([&] { (void) p.matches(std::string(40, 'a') + "!"); }),
			  "54000\nregular expression is too expensive to match\n"
			  "It took too many steps, or too much memory, to search a text of 41 bytes for "
			  "\"(a+)+$\".\n"
			  "Repeats that can match the same text in many ways, as in (a+)+ or .*.*, make it so: "
			  "rewrite the pattern with one repeat in their place.");
	EXPECT_TRUE(p.matches("aaa"));
	EXPECT_FALSE(p.matches("aaa!"));
}

TEST(pattern, long_texts)
{
	const std::string words = repeated("some words, and more; ", 50000);

	for (const execution how : all_executions)
	{
		EXPECT_EQ(outcome(pattern("^.{1,10000}$", how), words), "none");
		EXPECT_EQ(outcome(pattern("^.{1,10000}$", how), std::string(10000, 'x')), "match");
		EXPECT_EQ(outcome(pattern("^[^]*$", how), words), "match");
		EXPECT_EQ(outcome(pattern("^\\S+( \\S+)*$", how), words + "."), "match");
		EXPECT_EQ(outcome(pattern("[\\w.+-]+@[\\w-]+\\.[a-z]{2,}", how), words + "me@example.com"),
				  "match");
		EXPECT_EQ(outcome(pattern("foo.*bar", how), "foo" + words), "none");
		EXPECT_EQ(outcome(pattern("(\\d{4})-(\\d\\d)$", how), words + "2024-01"), "match");
		EXPECT_EQ(outcome(pattern("^(['\"]).*\\1$", how), "'" + words + "'"), "match");
		EXPECT_EQ(outcome(pattern("^(?:\\p{L}|[ ,;])+$", how), words.substr(0, 100000)), "match");
	}
}

/* A short text after a long one has the limits of a short one again, and the reverse. */
TEST(pattern, limits_follow_the_text)
{
	const pattern p("^(?:a|b|ab)+c?$");

	for (int i = 0; i < 2; i++)
	{
		EXPECT_EQ(outcome(p, repeated("ab", 50000)), "match");
		EXPECT_EQ(outcome(p, "abab"), "match");
		EXPECT_EQ(outcome(p, repeated("ab", 1000) + "!"), "54000");
		EXPECT_EQ(outcome(p, "abx"), "none");
	}
}

TEST(pattern, damaged_subjects)
{
	for (const execution how : all_executions)
	{
		const pattern p("^.*a", how);

		for (const char *subject : {"\xff", "a\xc3", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80"})
			EXPECT_EQ(outcome(p, subject), "XX001");
		EXPECT_EQ(outcome(p, std::string(100000, 'a') + "\x80"), "XX001");
	}
}

TEST(pattern, of_no_characters)
{
	EXPECT_TRUE(pattern(std::string_view()).matches(std::string_view()));
	EXPECT_FALSE(pattern("a").matches(std::string_view()));
}

TEST(pattern, moves)
{
	pattern a("a"), b("b");

	a = std::move(b);
	EXPECT_TRUE(a.matches("b"));
	EXPECT_FALSE(a.matches("a"));

	const pattern c(std::move(a));

	EXPECT_TRUE(c.matches("b"));
	static_assert(!std::is_copy_constructible_v<pattern>);
	static_assert(std::is_nothrow_move_constructible_v<pattern>);
}

} // namespace
