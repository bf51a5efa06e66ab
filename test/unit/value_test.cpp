/*
 * value_test.cpp
 *		Reading binary JSONB: everything that is there is found, and damage is never followed.
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

/* By the cursor, back to a model. */
json
walked(const value &v)
{
	switch (v.type)
	{
		case format::type_string:
			return std::string(v.bytes());
		case format::type_numeric:
			return number(numeric_text(v.bytes()));
		case format::type_false:
			return false;
		case format::type_true:
			return true;
		case format::type_null:
			return nullptr;
		default:
			break;
	}

	json container = v.is_object() ? json::object() : json::array();

	for (cursor parts(v); parts.next();)
	{
		if (v.is_object())
			container[std::string(parts.key())] = walked(parts.current());
		else
			container.push_back(walked(parts.current()));
	}
	return container;
}

TEST(value, type_names)
{
	for (const auto &[text, name] :
		 {std::pair("null", "null"), std::pair("true", "boolean"), std::pair("false", "boolean"),
		  std::pair("1.0", "number"), std::pair("\"\"", "string"), std::pair("[]", "array"),
		  std::pair("{}", "object"), std::pair("[1]", "array")})
	{
		const std::string document = encoded(text);

		EXPECT_STREQ(root_of(document).type_name(), name);
	}
}

TEST(value, scalar_documents)
{
	const std::string document = encoded("\"text\"");
	const value root = root_of(document);

	EXPECT_TRUE(root.is_string());
	EXPECT_EQ(root.bytes(), "text");
}

TEST(value, cursor_sees_everything)
{
	for (uint64_t seed = 0; seed < 5000; seed++)
	{
		choices choose(seed);
		const json model = any_document(choose);
		const std::string document = build(model);

		ASSERT_EQ(walked(root_of(document)), model) << seed;
		ASSERT_EQ(read(document), model) << seed;
	}
}

TEST(value, members_in_the_order_of_keys)
{
	const std::string document = encoded(R"({"b": 1, "aa": 2, "": 3, "a": 4, "é": 5, "B": 6})");
	std::string keys;

	for (cursor members(root_of(document)); members.next();)
		keys += std::string(members.key()) + ",";
	EXPECT_EQ(keys, ",B,a,b,aa,é,");
}

TEST(value, random_access_across_strides)
{
	for (uint32_t count : {0u, 1u, 15u, 16u, 17u, 31u, 32u, 33u, 63u, 64u, 65u, 96u, 97u, 1000u})
	{
		json array = json::array(), object = json::object();

		for (uint32_t i = 0; i < count; i++)
		{
			array.push_back(number(std::to_string(i)));
			object["k" + std::to_string(i)] = i % 3 ? json("text") : number(std::to_string(i));
		}

		const std::string array_bytes = build(array), object_bytes = build(object);
		const container elements(root_of(array_bytes)), members(root_of(object_bytes));

		ASSERT_EQ(elements.count(), count);
		ASSERT_EQ(members.count(), count);
		for (uint32_t i = 0; i < count; i++)
		{
			const std::string key(members.key(i));

			ASSERT_EQ(walked(elements.element(i)), array[i]);
			ASSERT_EQ(walked(members.member(i)), object[key]);
			ASSERT_EQ(walked(*members.find("k" + std::to_string(i))),
					  object["k" + std::to_string(i)]);
		}
		for (const char *key : {"", "k", "k-1", "k1000", "zzzzzzzzzz", "K1"})
			EXPECT_FALSE(members.find(key));
		EXPECT_FALSE(elements.find("k1"));
	}
}

TEST(value, same_image)
{
	const std::string one =
		encoded("[1, 1.0, 1, {\"a\": [true]}, {\"a\": [true]}, \"1\", false, true]");
	const container c(root_of(one));

	EXPECT_TRUE(same_image(c.element(0), c.element(2)));
	EXPECT_FALSE(same_image(c.element(0), c.element(1)));
	EXPECT_TRUE(same_image(c.element(3), c.element(4)));
	EXPECT_FALSE(same_image(c.element(0), c.element(5)));
	EXPECT_FALSE(same_image(c.element(6), c.element(7)));
}

TEST(value, order_of_keys)
{
	EXPECT_LT(compare_keys("", "a"), 0);
	EXPECT_LT(compare_keys("b", "aa"), 0);
	EXPECT_LT(compare_keys("ab", "b\xff"), 0);
	EXPECT_LT(compare_keys("a", "\xff"), 0);
	EXPECT_EQ(compare_keys("same", "same"), 0);
	EXPECT_GT(compare_keys("\xc3\xa9", "z"), 0);
}

/* Read all of it by every way there is; false if something was found to be damaged. */
bool
survives(const std::string &document, int depth = 100)
{
	const auto read_all = [](const auto &self, const value &v, int levels) -> void {
		if (!v.is_container() || levels == 0)
			return;

		const container parts(v);

		for (cursor all(v); all.next();)
		{
			EXPECT_GE(all.current().bytes().size(), 0u);
			self(self, all.current(), levels - 1);
		}
		for (uint32_t i = 0; i < parts.count(); i += 7)
			static_cast<void>(parts.is_object() ? parts.member(i) : parts.element(i));
		static_cast<void>(parts.find("a"));
	};

	try
	{
		read_all(read_all, root_of(document), depth);
		return true;
	}
	catch (const failure &damage)
	{
		EXPECT_EQ(damage.sqlstate(), sqlstate("XX001"));
		return false;
	}
}

TEST(value, truncated_documents)
{
	const std::string document = encoded(R"({"a": [1, "two", {"three": 3.00}], "b": true})");

	for (size_t size = 0; size < document.size(); size++)
		EXPECT_FALSE(survives(document.substr(0, size))) << size;
}

TEST(value, flipped_bits)
{
	const std::string document =
		encoded(R"({"a": [1, "two", {"three": 3.00}, [], {}], "b": "x", "cc": null})");

	for (size_t bit = 0; bit < document.size() * 8; bit++)
	{
		std::string damaged = document;

		damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
		survives(damaged);
	}
}

TEST(value, random_damage)
{
	for (uint64_t seed = 0; seed < 20000; seed++)
	{
		choices choose(seed);
		std::string document = build(any_document(choose));

		for (uint32_t i = 0; i <= choose.below(4); i++)
			document[choose.below(static_cast<uint32_t>(document.size()))] =
				static_cast<char>(choose.below(256));
		survives(document);
	}
}

TEST(value, counts_that_would_wrap_around)
{
	for (uint32_t header : {0x4FFFFFFFu, 0x2FFFFFFFu, 0x28000000u, 0x44000000u, 0x60000000u, 0u,
							0x50000000u, 0x50000002u, 0x30000001u})
	{
		std::string document(16, '\0');

		memcpy(document.data(), &header, sizeof(header));
		EXPECT_FALSE(survives(document)) << std::hex << header;
	}
}

} // namespace
