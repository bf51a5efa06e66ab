/*
 * format_test.cpp
 *		What the formats of JSON Schema let pass, and what they do not.
 */
#include "schema/format.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace migsafe::schema;

namespace {

using namespace std::string_literals;

/* Do the texts have the format of that name? */
template <class... Texts>
void
expect(const char *name, bool expected, const Texts &...texts)
{
	const format f = format_of(name);

	EXPECT_NE(f, format::none) << name;
	for (const std::string &text : {std::string(texts)...})
		EXPECT_EQ(has_format(f, text), expected) << name << ": " << text.substr(0, 100);
}

std::string
repeated(std::string_view part, size_t times)
{
	std::string result;

	for (size_t i = 0; i < times; i++)
		result += part;
	return result;
}

/* Those that look at each character, whatever it is. */
std::vector<format>
careful_formats()
{
	std::vector<format> result;

	for (auto i = static_cast<int>(format::date_time);
		 i <= static_cast<int>(format::relative_json_pointer); i++)
		if (i != static_cast<int>(format::regex) && i != static_cast<int>(format::json_pointer))
			result.push_back(static_cast<format>(i));
	return result;
}

TEST(format, unknown_names_assert_nothing)
{
	for (const char *name : {"", "none", "Date", "date_time", "date ", "color", "ip-address"})
		EXPECT_EQ(format_of(name), format::none) << name;
	EXPECT_TRUE(has_format(format::none, "anything"));
}

TEST(format, names)
{
	EXPECT_EQ(format_of("date-time"), format::date_time);
	EXPECT_EQ(format_of("idn-email"), format::idn_email);
	EXPECT_EQ(format_of("iri-reference"), format::iri_reference);
	EXPECT_EQ(format_of("regex"), format::regex);
	EXPECT_EQ(format_of("relative-json-pointer"), format::relative_json_pointer);
}

TEST(format, date)
{
	expect("date", true, "2026-11-21", "0000-01-01", "9999-12-31", "2024-02-29", "2000-02-29",
		   "0000-02-29", "1999-04-30");
	expect("date", false, "", "2026-11-31", "2026-13-01", "2026-00-10", "2026-10-00", "1900-02-29",
		   "2023-02-29", "2026-1-01", "2026-01-1", "26-01-01", "02026-01-01", "2026/01/01",
		   "2026-01-01T", "2026-01-01 ", "\n2026-01-01", "2026-01-0\xDB\xB1", "20260101",
		   "-026-01-01", "2026-+1-01", "2026-W01-1");
}

TEST(format, time)
{
	expect("time", true, "00:00:00Z", "23:59:59z", "12:00:00.0Z",
		   "12:00:00.123456789012345678901234Z", "12:00:00+23:59", "12:00:00-00:00", "23:59:60Z",
		   "23:59:60.999Z", "00:59:60+01:00", "18:29:60-05:30", "05:44:60.5+05:45");
	expect("time", false, "", "12:00:00", "12:00Z", "24:00:00Z", "12:60:00Z", "12:00:61Z",
		   "12:00:00.Z", "12:00:00,5Z", "12:00:00+24:00", "12:00:00+01:60", "12:00:00+01",
		   "12:00:00+0100", "12:00:00+1:00", "12:00:00 Z", "12:00:00ZZ", "12:00:00UTC",
		   "23:59:60+01:00", "00:59:60-01:00", "12:00:60Z", "1:00:00Z", "12:0:00Z", "12:00:0Z",
		   "T12:00:00Z",
		   "12:00:00\xE2\x88\x92"
		   "05:00",
		   "12:00:00Z\0"s);
}

TEST(format, date_time)
{
	expect("date-time", true, "2026-11-21T10:31:17Z", "2026-11-21t10:31:17.5z",
		   "2024-02-29T00:00:00+05:30", "2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00");
	expect("date-time", false, "", "2026-11-21", "10:31:17Z", "2026-11-21 10:31:17Z",
		   "2026-11-21T10:31:17", "2026-11-21T10:31Z", "2023-02-29T00:00:00Z",
		   "2026-11-21T24:00:00Z", "2016-12-31T22:59:60Z", "2026-11-21TT10:31:17Z",
		   "2026-11-21T10:31:17Z ", "2026-11-21_10:31:17Z");
}

TEST(format, duration)
{
	expect("duration", true, "P1Y", "P1M", "P1D", "P1W", "PT1H", "PT1M", "PT1S", "P1Y2M", "P1Y2M3D",
		   "P2M3D", "PT1H2M", "PT1H2M3S", "PT2M3S", "P3DT4H", "P1Y2M3DT4H5M6S", "P0W", "P007D",
		   "p1dt2h");
	expect("duration", false, "", "P", "T1H", "1D", "PT", "P1", "P1YT", "P1Y3D", "PT1H3S", "P1D1M",
		   "P1M1Y", "P1Y1Y", "P1H", "PT1D", "PT1Y", "P1W1D", "P1D1W", "P1WT1H", "PT1W", "P1.5D",
		   "PT0.5S", "P-1D", "+P1D", "P1DT", "PT1H ", "P1D\n", "PY", "PT1H2", "PP1D",
		   "P\xD9\xA1"
		   "D");
}

TEST(format, email)
{
	expect("email", true, "a@b", "joe.bloggs@example.com", "a+b=c@example.com",
		   "!#$%&'*+-/=?^_`{|}~@example.com", R"("joe bloggs"@example.com)",
		   R"("joe@home"@example.com)", R"("a..b"@example.com)", R"("\"\\\ "@example.com)",
		   R"(""@example.com)", "joe@[127.0.0.1]", "joe@[IPv6:::1]",
		   "joe@[ipv6:2001:db8::192.0.2.1]", "joe@1.example", "joe@xn--bcher-kva.example",
		   repeated("a", 64) + "@example.com");
	expect("email", false, "", "@", "joe", "joe@", "@example.com", ".joe@example.com",
		   "joe.@example.com", "j..oe@example.com", "joe@example..com", "joe@.example.com",
		   "joe@example.com.", "joe@-example.com", "joe@example-.com", "joe@exa_mple.com",
		   "joe bloggs@example.com", "joe@a@example.com", R"("joe@example.com)",
		   R"("a"b@example.com)", R"("a".b@example.com)", R"("a"b"@example.com)",
		   R"("a\"@example.com)", "\"a\tb\"@example.com", "\"a\\\tb\"@example.com",
		   "joe@[127.0.0.256]", "joe@[127.0.0.1", "joe@127.0.0.1]", "joe@[::1]",
		   "joe@[IPv6:127.0.0.1]", "joe@[IPv6:1::2::3]", "joe@[IPv6:::1]x", "joe@[tag:text]",
		   "joe@[]", "joe(comment)@example.com", "<joe@example.com>", "Joe <joe@example.com>",
		   "joe@example.com\n", "jo\xC3\xA9@example.com",
		   "joe@b\xC3\xBC"
		   "cher.example",
		   repeated("a", 65) + "@example.com", repeated("a", 64) + "@" + repeated("bc.", 63) + "d");
}

TEST(format, email_as_long_as_a_path_may_be)
{
	const std::string local = repeated("a", 64) + "@";

	expect("email", true, local + repeated("bc.", 62) + "def");
	expect("email", false, local + repeated("bc.", 62) + "defg");
}

TEST(format, idn_email)
{
	expect("idn-email", true, "joe@example.com", "jo\u00E9@b\u00FCcher.example",
		   "\"\u00E9 \u00E9\"@example.com", "\u3042\u3044@\u4F8B\u3048.\u30C6\u30B9\u30C8",
		   "\U0001F600@example.com", "joe@b\u0075\u0308cher.example", "\u00E9@[IPv6:::1]",
		   repeated("\u00E9", 32) + "@example.com");
	expect("idn-email", false, "", "\u00E9", "@\u00E9", "\u00E9@", ".\u00E9@example.com",
		   "\u00E9\uFF20example.com", "\"\\\u00E9\"@example.com", "joe@\u2603.example",
		   "joe@a\u3002\u3002b", "joe@a.b\u3002", "joe@[\u00E9]", "\xC3@example.com",
		   "\xED\xA0\x80@example.com",
		   "joe@b\xFC"
		   "cher.example",
		   repeated("\u00E9", 33) + "@example.com");
}

TEST(format, hostname)
{
	const std::string longest_label = repeated("a", 63);

	expect("hostname", true, "localhost", "Example.COM", "a", "1", "3com.example", "a-b", "a--b",
		   "192.0.2.1", "123", "ab--cd.example", longest_label + ".example",
		   "xn--bcher-kva.example", "XN--BCHER-KVA.example", repeated("a.", 126) + "a");
	expect("hostname", false, "", ".", "a.", ".a", "a..b", "-a", "a-", "a.-b", "a_b", "a b", "a\n",
		   "a:80", "a/b", "*.example", "b\u00FCcher.example", "a\u3002b", longest_label + "a",
		   repeated("a.", 126) + "ab", "xn--", "xn--a", "xn--bcher-kv", "xn--99999999");
}

TEST(format, hostname_with_a_labels)
{
	expect("hostname", true, "xn--fiqs8s", "xn--strae-oqa.example", "xn--4dbrk0ce", "xn--ll-0ea");
	expect("hostname", false, "xn--abc-", "xn--n3h", "xn--la-0ea", "xn--a-ecp.xn--4db",
		   "0a.xn--4db", "xn--4db.ab--cd", "xn--\x80");
}

TEST(format, idn_hostname)
{
	expect("idn-hostname", true, "example.com", "EXAMPLE.com", "b\u00FCcher.example", "stra\u00DFe",
		   "\u03C2", "\u4E2D\u56FD", "xn--bcher-kva.b\u00FCcher", "a\u3002b\uFF0E\u00E7\uFF61d",
		   "\u05D9\u05E9\u05E8\u05D0\u05DC", "\u0915\u094D\u200D\u0937", "na\u00EFve-1", "\u13A0",
		   "\u0627\u0661", "\u05D0.\u00E9", repeated("\u00E9", 54));
	expect("idn-hostname", false, "", "\u3002", "\u00E9.", "\u00E9..\u00E9", ".\u00E9", "-\u00E9",
		   "\u00E9-", "\u00E9\u00E9--\u00E9", "\u00E9_\u00E9", "\u00E9 \u00E9", "\u00E9\n",
		   "B\u00FCcher", "b\u00DCcher", "\u2603", "\u2665.example", "e\u0301", "\u0301e", "\uFF21",
		   "\u00BD", "\u1100\u1161", "\u20D0", "e\u20D0", "e\U0001D165", "\U0001F600",
		   "\u00AD\u00E9", "\u19DA", "ab--cd.\u00E9", repeated("\u00E9", 64),
		   repeated(repeated("\u00E9", 30) + ".", 8) + "a", repeated("\u00E9", 2000));
}

/* RFC 5892, appendix A. */
TEST(format, idn_hostname_characters_in_their_context)
{
	expect("idn-hostname", true, "col\u00B7lecci\u00F3", "\u03B1\u0375\u03B2", "\u05D0\u05F3",
		   "\u05D0\u05F4\u05D1", "\u30FB\u30A2", "\u30FB\u6F22", "a\u30FB\u3042",
		   "\u0628\u0661\u0662", "\u0628\u06F1\u06F2", "\u0628\u200C\u0628", "\u0915\u094D\u200C");
	expect("idn-hostname", false, "co\u00B7l", "l\u00B7", "\u0375", "\u03B1\u0375a", "\u05F3\u05D0",
		   "a\u05F4", "a\u30FBb", "\u0628\u0661\u06F1", "a\u200C\u0628", "a\u200Db", "\u0915\u200D",
		   "\u0640\u0628", "\u0628\u07FA", "\u3031", "\u3042\u303B");
}

/* RFC 5893, section 2. */
TEST(format, idn_hostname_in_both_directions)
{
	expect("idn-hostname", true, "\u05D0.com", "a1.\u05D0", "\u05D01", "\u05D0\u0301", "\u05D0-1",
		   "1.a");
	expect("idn-hostname", false, "a\u05D0", "\u05D0a", "1\u05D0", "1a.\u05D0", "\u05D0.1",
		   "\u05D0\u06611", "\u0661", "xn--4db.1\u00E9");
}

TEST(format, ipv4)
{
	expect("ipv4", true, "0.0.0.0", "255.255.255.255", "192.0.2.1", "9.10.99.100");
	expect("ipv4", false, "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.1000", "01.2.3.4",
		   "1.2.3.00", "1..2.3", ".1.2.3", "1.2.3.", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n",
		   "1.2.3.0x4", "1,2,3,4", "1.2.3.-4", "1.2.3.+4", "1.2.3.4/32", "1.2.3.\xD9\xA4",
		   "99999999999999999999.1.1.1");
}

TEST(format, ipv6)
{
	expect("ipv6", true, "::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8",
		   "ABCD:EF01:2345:6789:abcd:ef01::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
		   "1:2:3::5:6:7:8", "::192.0.2.1", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1",
		   "1:2:3:4:5::192.0.2.1", "0000::0000");
	expect("ipv6", false, "", ":", ":::", "1", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
		   "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1::2::3", "1:::2",
		   "12345::", "g::", "::1:", ":1::", "192.0.2.1", "192.0.2.1::", "::192.0.2.1:1",
		   "::192.0.2", "::192.0.2.256", "::192.0.2.01", "1:2:3:4:5:6:7:192.0.2.1",
		   "1:2:3:4:5:192.0.2.1", "1:2:3:4:5:6::192.0.2.1", "fe80::1%eth0", "fe80::1%25eth0",
		   "::1/128", "[::1]", " ::1", "::1\n", "::\xD9\xA1");
}

TEST(format, uuid)
{
	expect("uuid", true, "123e4567-e89b-12d3-a456-426614174000",
		   "FFFFFFFF-ffff-FFFF-ffff-FFFFFFFFFFFF", "00000000-0000-0000-0000-000000000000");
	expect("uuid", false, "", "123e4567-e89b-12d3-a456-42661417400",
		   "123e4567-e89b-12d3-a456-4266141740000", "123e4567e89b12d3a456426614174000",
		   "{123e4567-e89b-12d3-a456-426614174000}", "123e4567-e89b-12d3-a456-42661417400g",
		   "123e4567_e89b_12d3_a456_426614174000", "123e4567e-89b-12d3-a456-426614174000",
		   "123e4567-e89b-12d3-a456-426614174000\n", "0x3e4567-e89b-12d3-a456-426614174000");
}

TEST(format, uri)
{
	expect("uri", true, "http://example.com", "http://example.com:80/a/b;c=1?d=e&f#g/?",
		   "a:", "a:b", "urn:isbn:0451450523", "file:///etc/hosts", "x-1.2+3:/a//b", "http://",
		   "http://user:pass@example.com:/", "http://[::1]:80", "http://[v7.a:b]/",
		   "http://[::ffff:192.0.2.1]", "http://a%20b.example/%41%2f", "http://1.2.3.4.5/",
		   "mailto:joe@example.com", "a:?#", "http://:80", "http://@", "a:b@c:d");
	expect("uri", false, "", "example.com", "/a", "//a", "?a", "#a", ":a", "1a:b", "-a:b",
		   "\u00E9:b", "a b:c", "http://a b", "http://a:b", "http://a:80a", "http://[::1",
		   "http://::1]", "http://[::1]a", "http://[::1%25eth0]", "http://[1.2.3.4]",
		   "http://[v.a]", "http://[v1.]", "http://[v1]", "http://[vg.a]", "http://[]",
		   "http://a@b@c", "http://a/[b]", "http://a/%", "http://a/%4", "http://a/%4g",
		   "http://a?[b]", "http://a#b#c", "http://a/\u00E9", "http://a/<b>", "http://a/\"",
		   "http://a/{b}", "http://a/b|c", "http://a/\\b", "http://a/^", "http://a/`",
		   "http://a/\x7F", "http://a/\t", "http://a\n");
}

TEST(format, uri_reference)
{
	expect("uri-reference", true, "", "a", "a/b:c", "./a:b", "/a:b", "/", "//a", "//", "///a",
		   "?a:b", "#a:b", "?", "#", "..", "a:b", "a@b", "@a", "//a:80/b", "//u:p@h", "%41",
		   "1a/b:c", "http://example.com");
	expect("uri-reference", false, "1a:b", ":a", "@:", "%41:b", "a_b:c", "//a:b", "//[::1", "a b",
		   "\\a", "a#b#c", "%", "a\u00E9", "[a]", "a?b c");
}

TEST(format, iri)
{
	expect("iri", true, "http://b\u00FCcher.example/\u00E9?\u00E9#\u00E9",
		   "http://\u00E9:\u00E9@\u4F8B\u3048:80/", "a:\u00A0", "a:\uD7FF\uF900\uFDCF\uFDF0\uFFEF",
		   "a:\U00010000\U0001FFFD\U000E1000\U000EFFFD", "a:?\uE000\uF8FF\U000F0000\U0010FFFD",
		   "http://example.com");
	expect("iri", false, "", "\u00E9", "/\u00E9", "\u00E9:a", "a:\u0080", "a:\u009F", "a:\uE000",
		   "a:#\uE000", "a:\uFDD0", "a:\uFFF0", "a:\uFFFD", "a:\U0001FFFE", "a:\U000E0001",
		   "a:\U000F0000", "a:?\U0010FFFE", "http://\uE000", "http://a:\u0661", "http://[\u00E9]",
		   "a:%\u00E9", "a:\xC3", "a:\xC3\xC3", "a:\xE9t\xE9", "a:\xC0\xAF", "a:\xED\xA0\x80",
		   "a:\xF4\x90\x80\x80", "a:\xA9", "a: ", "a:<\u00E9>");
}

TEST(format, iri_reference)
{
	expect("iri-reference", true, "", "\u00E9", "\u00E9/\u00E9:a", "//\u00E9", "#\u00E9", "?\uE000",
		   "a:\u00E9");
	expect("iri-reference", false, "\u00E9:a", "#\uE000", "\\\u00E9", "\u00E9 \u00E9", "\xC3");
}

TEST(format, uri_template)
{
	expect("uri-template", true, "", "a", "/a/{b}", "{a}", "{+a,b*,c:3}", "{?a.b.c}", "{a_1}",
		   "{%41b}", "{a:9999}", "{=a}", "{|a}", "{,a}", "{a}{b}", "\u00E9\uE000", "%41", "'",
		   "[::1]#?&;", "{/a:1,b*}");
	expect("uri-template", false, "{", "}", "{}", "{a", "a}", "{{a}}", "{a}}", "{+}", "{a b}",
		   "{a,}", "{a,,b}", "{.a.}", "{a.}", "{..a}", "{a:}", "{a:0}", "{a:01}", "{a:12345}",
		   "{a:x}", "{a*:1}", "{a:1*}", "{a**}", "{a-b}", "{-a}", "{\u00E9}", "{%4}", "{%zz}",
		   "{a=b}", "{++a}", "a b", "\"", "%", "%4", "%zz", "<", ">", "\\", "^", "`", "|", "\n",
		   "\x7F", "\u0080", "\uFDD0", "\xC3");
}

TEST(format, json_pointer)
{
	expect("json-pointer", true, "", "/", "//", "/a/0/-", "/~0", "/~1", "/~01", "/~0~1", "/a b",
		   "/\u00E9", "/\"\\", "/a\0b"s, "/*");
	expect("json-pointer", false, "a", "#", "#/a", "0", " /a", "/~", "/~2", "/a~", "/~~0", "/~/0",
		   "~0", "/~-1", "/~0~");
}

TEST(format, relative_json_pointer)
{
	expect("relative-json-pointer", true, "0", "1", "10", "0/", "0/a/~0~1", "2#", "0#", "0+1",
		   "1-10/a", "0-1#", "123456789012345678901234567890");
	expect("relative-json-pointer", false, "", "#", "/a", "a", "01", "00", "-1", "+1", "0a", "0##",
		   "0#/a", "0/~", "0/~2", "0 ", " 0", "0+", "0+#", "0+01", "0++1", "0.5", "\xD9\xA1");
}

TEST(format, regex)
{
	expect("regex", true, "", "^a+$");
	expect("regex", false, "(");
}

/* They must end soon, and in a small stack. */
TEST(format, long_texts)
{
	constexpr size_t many = 1 << 18;

	for (const char *part :
		 {"1",  "a", ":",      "::",     "1:",   ".",    "a.",   "1.", "/",  "//",
		  "~0", "~", "%",      "%41",    "{",    "{a",   "{a,",  "@",  "\"", "\\",
		  "[",  "-", "\u00E9", "\u0301", "\xC3", "\xFF", "xn--", "P1D"})
		for (const format f : careful_formats())
			EXPECT_FALSE(has_format(f, repeated(part, many) + "\xFF"))
				<< static_cast<int>(f) << part;
	expect("uri", true, "a:" + repeated("%41", many),
		   "a://" + repeated("a", many) + "@" + repeated("b", many));
	expect("uri", false, repeated("a", many), "a://" + repeated("a:", many));
	expect("iri", true, "a:" + repeated("\u00E9", many));
	expect("iri", false, "a:" + repeated("\u00E9", many) + "\xC3");
	expect("uri-template", true, repeated("{a}", many), "{" + repeated("a.", many) + "a}");
	expect("uri-template", false, repeated("{a", many));
	expect("json-pointer", true, repeated("/~0", many));
	expect("json-pointer", false, repeated("/", many) + "~");
	expect("duration", true, "P" + repeated("1", many) + "D");
	expect("duration", false, "P" + repeated("1D", many));
	expect("time", true, "00:00:00." + repeated("0", many) + "Z");
	expect("time", false, "00:00:00." + repeated("0", many));
}

/* Bytes that are no UTF-8 are no characters, wherever they stand. */
TEST(format, broken_utf8)
{
	for (const char *bytes : {"\x80", "\xBF", "\xC0\x80", "\xC3", "\xC3(", "\xE2\x82",
							  "\xED\xA0\x80", "\xF0\x9F\x98", "\xF5\x80\x80\x80", "\xFE", "\xFF"})
		for (const format f : careful_formats())
		{
			EXPECT_FALSE(has_format(f, bytes)) << static_cast<int>(f);
			EXPECT_FALSE(has_format(f, "a"s + bytes)) << static_cast<int>(f);
			EXPECT_FALSE(has_format(f, "a@"s + bytes + ".example")) << static_cast<int>(f);
			EXPECT_FALSE(has_format(f, "http://"s + bytes + ".example")) << static_cast<int>(f);
		}
}

} // namespace
