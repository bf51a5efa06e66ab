/*
 * structure_test.cpp
 *		check_structure accepts what the server writes, and says what is wrong with anything else.
 */
#include "jsonb/value.hpp"

#include "pg/failure.hpp"
#include "support/builder.hpp"
#include "support/choices.hpp"
#include "support/generator.hpp"
#include "support/numeric.hpp"
#include "support/reader.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using namespace migsafe::jsonb;
using namespace migsafe::test_bed;

namespace {

/* What is wrong with it, or "sound". */
std::string
fault_of(const std::string &document)
{
	try
	{
		check_structure(document);
		return "sound";
	}
	catch (const failure &damage)
	{
		EXPECT_EQ(damage.sqlstate(), sqlstate("XX001"));
		return damage.detail();
	}
}

/* With the 32-bit words from some byte on replaced. */
std::string
with_words(std::string document, size_t at, std::initializer_list<uint32_t> words)
{
	for (uint32_t word : words)
	{
		memcpy(&document[at], &word, sizeof(word));
		at += sizeof(word);
	}
	return document;
}

std::string
with_byte(std::string document, size_t at, int byte)
{
	document.at(at) = static_cast<char>(byte);
	return document;
}

std::string
with_half_word(std::string document, size_t at, uint16_t half_word)
{
	memcpy(&document.at(at), &half_word, sizeof(half_word));
	return document;
}

TEST(structure, accepts_what_the_server_writes)
{
	for (uint64_t seed = 0; seed < 5000; seed++)
	{
		choices choose(seed);
		const json model = any_document(choose);

		ASSERT_EQ(fault_of(build(model)), "sound") << text_of(model);
	}
}

TEST(structure, accepts_deep_documents)
{
	EXPECT_EQ(fault_of(build_nested(10000)), "sound");
	EXPECT_EQ(fault_of(build_nested(1000000)), "sound");
}

TEST(structure, containers)
{
	const std::string empty = encoded("[]");

	EXPECT_EQ(fault_of(""), "At byte 0: a container is cut short.");
	EXPECT_EQ(fault_of("abc"), "At byte 0: a container is cut short.");
	for (uint32_t header : {0u, 0x60000000u, 0xC0000000u, 0x70000000u})
		EXPECT_EQ(fault_of(with_words(empty, 0, {header})),
				  "At byte 0: a container is neither an object nor an array.");
	for (uint32_t header : {0x50000000u, 0x30000000u, 0x50000002u})
		EXPECT_EQ(fault_of(with_words(empty, 0, {header})),
				  "At byte 0: what is marked as a scalar is none.");
	for (uint32_t header : {0x40000001u, 0x20000001u, 0x4FFFFFFFu, 0x2FFFFFFFu})
		EXPECT_EQ(fault_of(with_words(empty, 0, {header})),
				  "At byte 0: a container has no room for its entries.");
	EXPECT_EQ(fault_of(empty + "x"), "At byte 4: a container is larger than what it holds.");
}

TEST(structure, scalars_only_at_the_root)
{
	const std::string inner = with_words(encoded("[[1]]"), 8, {0x50000001});

	EXPECT_EQ(fault_of(inner), "At byte 8: what is marked as a scalar is none.");
	EXPECT_EQ(fault_of(with_words(encoded("[[]]"), 0, {0x50000001})),
			  "At byte 4: what is marked as a scalar is none.");
}

TEST(structure, entries)
{
	const std::string text = encoded("[\"abc\", \"d\"]");

	EXPECT_EQ(fault_of(with_words(text, 4, {3})),
			  "At byte 4: a length stands in the place of an offset.");
	EXPECT_EQ(fault_of(with_words(text, 8, {0x80000004})),
			  "At byte 8: an offset stands in the place of a length.");
	EXPECT_EQ(fault_of(with_words(text, 8, {2})),
			  "At byte 8: an entry ends outside of its container.");
	EXPECT_EQ(fault_of(with_words(text, 8, {0x0FFFFFFF})),
			  "At byte 8: an entry ends outside of its container.");
	EXPECT_EQ(fault_of(with_words(text, 8, {0})),
			  "At byte 15: a container is larger than what it holds.");
	for (uint32_t type : {0x20000001u, 0x30000001u, 0x40000001u})
		EXPECT_EQ(fault_of(with_words(text, 8, {type})),
				  "At byte 8: a value without data has some.");
	for (uint32_t type : {0x60000001u, 0x70000001u})
		EXPECT_EQ(fault_of(with_words(text, 8, {type})),
				  "At byte 8: an entry is of an unknown type.");
}

TEST(structure, offsets_go_forward)
{
	json strings = json::array();

	for (int i = 0; i < 33; i++)
		strings.push_back("x");

	const std::string document = build(strings);
	const size_t second_offset = 4 + size_t{4} * 32;

	EXPECT_EQ(fault_of(document), "sound");
	EXPECT_EQ(fault_of(with_words(document, second_offset, {0x80000000 | 31})),
			  "At byte 132: an entry ends outside of its container.");
	EXPECT_EQ(fault_of(with_words(document, second_offset, {1})),
			  "At byte 132: a length stands in the place of an offset.");
}

TEST(structure, keys)
{
	const std::string object = encoded(R"({"a": "", "b": ""})");
	const size_t keys = 4 + 4 * 4;

	EXPECT_EQ(fault_of(with_byte(object, keys, 'b')), "At byte 21: keys are out of order.");
	EXPECT_EQ(fault_of(with_byte(object, keys, 'c')), "At byte 21: keys are out of order.");
	EXPECT_EQ(fault_of(with_words(object, 8, {0x40000000})), "At byte 8: a key is no string.");
}

TEST(structure, padding)
{
	const std::string padded = encoded("[\"a\", 1, \"b\", []]");
	const size_t data = 4 + 4 * 4;

	EXPECT_EQ(fault_of(padded), "sound");
	EXPECT_EQ(fault_of(with_byte(padded, data + 1, 'x')), "At byte 21: padding is not zero.");
	EXPECT_EQ(fault_of(with_byte(padded, data + 3, 1)), "At byte 23: padding is not zero.");
	EXPECT_EQ(fault_of(with_words(encoded("[\"a\", \"\", \"bcdefg\"]"), 8, {0x10000001})),
			  "At byte 17: a value is cut short.");
}

TEST(structure, numbers)
{
	const std::string document = encoded("[12345.67]");
	const size_t image = 8, header = image + 4, digits = header + 2;
	const auto fault = [&](size_t at, uint16_t half_word) {
		return fault_of(with_half_word(document, at, half_word));
	};

	EXPECT_EQ(fault(image, 0x7777), "At byte 8: a number has a wrong length.");
	for (uint16_t special : {0xC000, 0xD000, 0xF000})
		EXPECT_EQ(fault(header, special), "At byte 8: a number is not finite.");
	EXPECT_EQ(fault(digits, 10000), "At byte 14: a number has a digit that is none.");
	EXPECT_EQ(fault(digits, 0xFFFF), "At byte 14: a number has a digit that is none.");
	EXPECT_EQ(fault(digits, 0), "At byte 14: a number begins or ends with zeros.");
	EXPECT_EQ(fault(digits + 4, 0), "At byte 18: a number begins or ends with zeros.");
	EXPECT_EQ(fault_of(with_half_word(encoded("[0]"), 12, 0xA000)),
			  "At byte 8: a zero is negative.");
}

/* Whatever is accepted is what the server would write for it. */
TEST(structure, accepts_nothing_else)
{
	int accepted = 0;

	for (uint64_t seed = 0; seed < 30000; seed++)
	{
		choices choose(seed);
		std::string document = build(any_document(choose));

		document[choose.below(static_cast<uint32_t>(document.size()))] ^=
			static_cast<char>(1 << choose.below(8));
		if (fault_of(document) != "sound")
			continue;
		accepted++;
		try
		{
			ASSERT_EQ(build(read(document)), document) << seed;
		}
		catch (const std::runtime_error &odd_number)
		{
			ASSERT_TRUE(std::string(odd_number.what()).starts_with("a numeric"))
				<< odd_number.what();
		}
	}
	EXPECT_GT(accepted, 1000);
}

} // namespace
