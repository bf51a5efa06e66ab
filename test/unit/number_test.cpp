/*
 * number_test.cpp
 *		Numerics: the bytes that a server made, and bytes that none would make.
 */
#include "jsonb/number.hpp"
#include "pg/failure.hpp"

#include <bit>
#include <cstdio>
#include <gtest/gtest.h>
#include <vector>

using namespace migsafe::jsonb;

namespace {

/* A numeric of these half-words, at an address that is a multiple of nothing. */
class stored
{
public:
	explicit stored(const std::vector<uint16_t> &halves) : stored(halves, 4 + 2 * halves.size()) {}
	/* With that size in its length word. */
	stored(const std::vector<uint16_t> &halves, size_t size) : bytes_(1 + 4 + 2 * halves.size())
	{
		const auto word =
			static_cast<uint32_t>(std::endian::native == std::endian::little ? size << 2 : size);

		memcpy(bytes_.data() + 1, &word, sizeof(word));
		if (!halves.empty())
			memcpy(bytes_.data() + 5, halves.data(), 2 * halves.size());
	}

	[[nodiscard]] value get() const
	{
		return {format::type_numeric, static_cast<uint32_t>(bytes_.size() - 1), bytes_.data() + 1};
	}

private:
	std::vector<char> bytes_;
};

/* The half-words after the length word, in hexadecimal; or "refused". */
std::string
made(std::string_view text)
{
	arena memory;
	const std::optional<value> v = make_number(text, memory);
	std::string result;

	if (!v)
		return "refused";
	EXPECT_EQ(v->type, format::type_numeric) << text;
	EXPECT_EQ(reinterpret_cast<uintptr_t>(v->data) % 4, 0u) << text;
	for (uint32_t i = 4; i < v->length; i += 2)
	{
		uint16_t half;
		char spelled[8];

		memcpy(&half, v->data + i, sizeof(half));
		snprintf(spelled, sizeof(spelled), "%s%04X", i > 4 ? " " : "", half);
		result += spelled;
	}
	return result;
}

/* Printed again; or "refused". */
std::string
printed(std::string_view text)
{
	arena memory;
	const std::optional<value> v = make_number(text, memory);

	return v ? number(*v).text() : "refused";
}

bool
equal(std::string_view a, std::string_view b)
{
	arena memory;

	return number(make_number(a, memory).value()) == number(make_number(b, memory).value());
}

/* Does reading it raise XX001? */
bool
is_damaged(const value &v)
{
	try
	{
		const number read(v);
	}
	catch (const migsafe::failure &f)
	{
		return f.sqlstate() == migsafe::sqlstate("XX001");
	}
	return false;
}

std::string
zeros(size_t n)
{
	return std::string(n, '0');
}

/* Bytes and texts were read from a server: tuple_data_split of pageinspect, and casts to text. */
TEST(number, made_as_the_server_stores_it)
{
	const struct
	{
		const char *text, *bytes, *printed;
	} examples[] = {
		{"0", "8000", "0"},
		{"-0", "8000", "0"},
		{"0.00", "8100", "0.00"},
		{"-0.0", "8080", "0.0"},
		{"0e1000", "8000", "0"},
		{"0e1073741822", "8000", "0"},
		{"1", "8000 0001", "1"},
		{"-1", "A000 0001", "-1"},
		{"9999", "8000 270F", "9999"},
		{"10000", "8001 0001", "10000"},
		{"10001", "8001 0001 0001", "10001"},
		{"12345678", "8001 04D2 162E", "12345678"},
		{"100000000", "8002 0001", "100000000"},
		{"1.5", "8080 0001 1388", "1.5"},
		{"1.50", "8100 0001 1388", "1.50"},
		{"-1.50", "A100 0001 1388", "-1.50"},
		{"0.1", "80FF 03E8", "0.1"},
		{"0.0001", "827F 0001", "0.0001"},
		{"0.00001", "82FE 03E8", "0.00001"},
		{"1e-5", "82FE 03E8", "0.00001"},
		{"1E+2", "8000 0064", "100"},
		{"1e+00002", "8000 0064", "100"},
		{"1e-0", "8000 0001", "1"},
		{"1.5e1", "8000 000F", "15"},
		{"1.50e1", "8080 000F", "15.0"},
		{"12.345e-2", "82FF 04D2 1388", "0.12345"},
		{"20000.0002", "8201 0002 0000 0002", "20000.0002"},
		{"100000.00001000", "8401 000A 0000 0000 03E8", "100000.00001000"},
		{"0.000000001200", "867D 04B0", "0.000000001200"},
		{"0.00000000000000000001e20", "8000 0001", "1"},
		{"123456789.123456789", "8482 0001 0929 1A85 04D2 162E 2328", "123456789.123456789"},
		{"-9223372036854775808", "A004 039A 0D2C 0170 1565 16B0", "-9223372036854775808"},
	};

	for (const auto &example : examples)
	{
		EXPECT_EQ(made(example.text), example.bytes) << example.text;
		EXPECT_EQ(printed(example.text), example.printed) << example.text;
	}
}

TEST(number, made_long_where_short_is_too_narrow)
{
	EXPECT_EQ(made("1e255"), "803F 03E8");
	EXPECT_EQ(made("1e256"), "0000 0040 0001");
	EXPECT_EQ(made("-1.25e300"), "4000 004B 0001 09C4");
	EXPECT_EQ(made("0e-63"), "9F80");
	EXPECT_EQ(made("-0e-64"), "0040 0000");
	EXPECT_EQ(made("1e-63"), "9FF0 000A");
	EXPECT_EQ(made("1e-64"), "0040 FFF0 0001");
	EXPECT_EQ(made("1e-257"), "0101 FFBF 03E8");
	EXPECT_EQ(printed("1e256"), "1" + zeros(256));
	EXPECT_EQ(printed("-1.25e300"), "-125" + zeros(298));
	EXPECT_EQ(printed("1e-257"), "0." + zeros(256) + "1");
}

TEST(number, limits)
{
	EXPECT_EQ(made("1e1000"), "0000 00FA 0001");
	EXPECT_EQ(made("1e131071"), "0000 7FFF 03E8");
	EXPECT_EQ(made("1e131072"), "refused");
	EXPECT_EQ(made("0.01e131074"), "refused");
	EXPECT_EQ(made("1e-16383"), "3FFF F000 000A");
	EXPECT_EQ(made("0e-16383"), "3FFF 0000");
	EXPECT_EQ(made("1e-16384"), "refused");
	EXPECT_EQ(made("0e-16384"), "refused");

	const std::string longest = "-" + std::string(131072, '9') + "." + std::string(16383, '9');

	EXPECT_EQ(printed(longest), longest);
	EXPECT_EQ(made("1" + zeros(131072)), "refused");
	EXPECT_EQ(made("0." + zeros(16384)), "refused");
	EXPECT_EQ(made("0." + zeros(200000) + "1e200001"), "8000 0001");
}

TEST(number, absurd_exponents)
{
	for (const char *text : {"1e1073741823", "0e1073741823", "0e-1073741823", "1e999999999999",
							 "1e-999999999999", "1e99999999999999999999", "0e99999999999999999999"})
		EXPECT_EQ(made(text), "refused") << text;
}

TEST(number, not_a_json_number)
{
	for (const char *text : {"",      "-",   "+1",   "01",  "-01",      "00",   "1.",   ".5",
							 "-.5",   "1e",  "1e+",  "1e-", "1e+-1",    "e1",   "1.e1", "1.5.2",
							 "1e1.5", " 1",  "1 ",   "1\n", "1_000",    "0x10", "NaN",  "Infinity",
							 "-Inf",  "--1", "1e 1", "1,5", "\xD9\xA1", "1f",   "null"})
		EXPECT_EQ(made(text), "refused") << text;
	EXPECT_EQ(made(std::string_view("1\0", 2)), "refused");
}

TEST(number, equality_is_numerical)
{
	EXPECT_TRUE(equal("1.0", "1.00"));
	EXPECT_TRUE(equal("1.0", "1e0"));
	EXPECT_TRUE(equal("-0", "0"));
	EXPECT_TRUE(equal("0.000", "0"));
	EXPECT_TRUE(equal("0e-64", "0"));
	EXPECT_TRUE(equal("1e2", "100.0"));
	EXPECT_TRUE(equal("10000." + zeros(100), "1e4"));
	EXPECT_FALSE(equal("1", "-1"));
	EXPECT_FALSE(equal("1", "10000"));
	EXPECT_FALSE(equal("1", "1.0001"));
	EXPECT_FALSE(equal("1.0001", "1.0002"));
	EXPECT_FALSE(equal("0", "1e-16383"));
}

/* No server writes these, but the format allows for them. */
TEST(number, zeros_around_the_digits)
{
	const stored one({0x8000, 1}), padded({0x8001, 0, 1, 0}), long_one({0x0000, 0, 1});
	const stored zero({0x8000}), odd_zero({0xA003, 0, 0}), long_zero({0x4002, 0x7FFF});

	EXPECT_TRUE(number(one.get()) == number(padded.get()));
	EXPECT_TRUE(number(one.get()) == number(long_one.get()));
	EXPECT_TRUE(number(zero.get()) == number(odd_zero.get()));
	EXPECT_TRUE(number(zero.get()) == number(long_zero.get()));
	EXPECT_FALSE(number(zero.get()) == number(one.get()));
	EXPECT_EQ(number(padded.get()).text(), "1");
	EXPECT_EQ(number(odd_zero.get()).text(), "0");
	EXPECT_EQ(number(long_zero.get()).text(), "0.00");
}

TEST(number, is)
{
	arena memory;
	const auto is = [&memory](std::string_view text, int small) {
		return number(make_number(text, memory).value()).is(small);
	};

	EXPECT_TRUE(is("0", 0));
	EXPECT_TRUE(is("-0.0", 0));
	EXPECT_TRUE(is("1", 1));
	EXPECT_TRUE(is("1.00", 1));
	EXPECT_TRUE(is("9999", 9999));
	EXPECT_FALSE(is("1", 0));
	EXPECT_FALSE(is("0", 1));
	EXPECT_FALSE(is("-1", 1));
	EXPECT_FALSE(is("0.0001", 1));
	EXPECT_FALSE(is("10000", 1));
	EXPECT_FALSE(is("1.5", 1));
}

TEST(number, damaged)
{
	const stored sound({0x0000, 0, 1});

	EXPECT_FALSE(is_damaged(sound.get()));
	for (uint32_t length = 0; length < sound.get().length; length++)
		EXPECT_TRUE(is_damaged({format::type_numeric, length, sound.get().data})) << length;
	EXPECT_TRUE(is_damaged(stored({}).get()));
	EXPECT_TRUE(is_damaged(stored({0x8000, 1}, 6).get()));
	EXPECT_TRUE(is_damaged(stored({0x8000, 1}, 10).get()));
	EXPECT_TRUE(is_damaged(stored({0x0000}).get())) << "a long header, cut";
	EXPECT_TRUE(is_damaged(stored({0x8000, 10000}).get())) << "no digit";
	EXPECT_TRUE(is_damaged(stored({0x8000, 1, 0xFFFF}).get())) << "no digit";
}

TEST(number, damaged_to_an_odd_length)
{
	const stored sound({0x8000, 1}, 7);

	EXPECT_TRUE(is_damaged({format::type_numeric, 7, sound.get().data}));
}

/* jsonb has no way to say these. */
TEST(number, special_values_are_damage)
{
	EXPECT_TRUE(is_damaged(stored({0xC000}).get())) << "NaN";
	EXPECT_TRUE(is_damaged(stored({0xC000, 0}).get())) << "NaN of old";
	EXPECT_TRUE(is_damaged(stored({0xD000}).get())) << "Infinity";
	EXPECT_TRUE(is_damaged(stored({0xF000}).get())) << "-Infinity";
}

} // namespace
