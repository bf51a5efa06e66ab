/*
 * writer_test.cpp
 *		What is written anew is, byte for byte, what the server would have stored.
 */
#include "jsonb/writer.hpp"

#include "pg/failure.hpp"
#include "support/builder.hpp"
#include "support/engine.hpp"
#include "support/generator.hpp"
#include "support/reader.hpp"
#include "support/text.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using namespace migsafe::jsonb;
using namespace migsafe::test_bed;

namespace {

TEST(writer, rewrites_every_document_as_it_was)
{
	engine tested;

	for (uint64_t seed = 0; seed < 20000; seed++)
	{
		choices choose(seed);
		const json model = any_document(choose);
		const std::string document = build(model);

		ASSERT_TRUE(tested.rewrite(document) == document) << text_of(model);
	}
	EXPECT_EQ(tested.process().outstanding(), 0u);
}

TEST(writer, strides)
{
	engine tested;

	for (uint32_t count = 0; count <= 200; count++)
	{
		json array = json::array(), object = json::object();

		for (uint32_t i = 0; i < count; i++)
		{
			const json v = i % 5 == 0 ? number(std::to_string(i)) : json(std::string(i % 7, 'x'));

			array.push_back(v);
			object[std::string(i % 3, 'k') + std::to_string(i)] = v;
		}
		for (const json &model : {array, object, json{{"a", array}, {"b", object}}})
		{
			const std::string document = build(model);

			ASSERT_TRUE(tested.rewrite(document) == document) << count;
		}
	}
}

TEST(writer, values_of_every_length)
{
	engine tested;

	for (size_t size = 0; size < 300; size++)
	{
		const std::string text(size, static_cast<char>('a' + size % 26));

		for (const json &model :
			 {json(text), json{{text, text}}, json{{"a", text}, {"b", number("1")}},
			  json{text, number("0.5"), text, json::array()}})
		{
			const std::string document = build(model);

			ASSERT_TRUE(tested.rewrite(document) == document) << size;
		}
	}
}

TEST(writer, one_allocation_with_a_good_guess)
{
	const std::string document = encoded(R"({"a": [1, 2, {"b": "c"}], "d": "text"})");
	const test_host process;
	const datum written = write_document(item(root_of(document)), document.size() + 4, process);

	EXPECT_EQ(process.allocations(), 1u);
	EXPECT_EQ(written.size, document.size() + 4);
	EXPECT_EQ(std::string_view(written.bytes + 4, written.size - 4), document);
	process.release(written.bytes);
}

TEST(writer, parts_become_documents)
{
	const test_host process;

	for (const char *text : {"1.50", "\"text\"", "null", "true", "{\"a\": [1]}", "[[]]"})
	{
		const std::string document = encoded("[\"x\", " + std::string(text) + "]");
		const value part = container(root_of(document)).element(1);
		const datum written = write_document(item(part), 0, process);

		EXPECT_EQ(std::string_view(written.bytes + 4, written.size - 4), encoded(text)) << text;
		process.release(written.bytes);
	}
}

TEST(writer, nested_documents)
{
	EXPECT_EQ(build_nested(1), encoded("[]"));
	EXPECT_EQ(build_nested(3), encoded("[[[]]]"));
	EXPECT_EQ(build_nested_objects(1), encoded("{}"));
	EXPECT_EQ(build_nested_objects(3), encoded(R"({"a": {"a": {}}})"));
}

TEST(writer, deep_documents)
{
	engine tested;
	const std::string document = build_nested(500);

	EXPECT_TRUE(tested.rewrite(document) == document);
}

TEST(writer, releases_what_it_began_when_it_fails)
{
	const std::string document = encoded("[" + std::string(200, ' ') + "[[[[1]]]]]");
	const test_host process({.stack = 0});
	arena memory;
	const test_host patient;
	tree nodes(memory, patient);
	item root(root_of(document));

	nodes.open(root)->changed = true;
	EXPECT_THROW(write_document(root, 0, process), failure);
	EXPECT_EQ(process.outstanding(), 0u);
}

/* The same value, many times: what is written may not exceed what an entry can say. */
TEST(writer, too_large)
{
	const std::string text = encoded("[\"" + std::string(size_t{1} << 20, 'x') + "\"]");
	const value element = container(root_of(text)).element(0);
	const test_host process;
	arena memory;
	tree nodes(memory, process);
	node *const array = nodes.make(false, 256);

	for (uint32_t i = 0; i < 256; i++)
		nodes.insert(*array, i, item(element));
	try
	{
		write_document(item(array), 0, process);
		ADD_FAILURE() << "256 MB were written";
	}
	catch (const failure &too_large)
	{
		EXPECT_EQ(too_large.sqlstate(), sqlstate("54000"));
	}
	EXPECT_EQ(process.outstanding(), 0u);

	array->count = 255;

	const datum written = write_document(item(array), 0, process);

	EXPECT_NO_THROW(check_structure({written.bytes + 4, written.size - 4}));
	process.release(written.bytes);
}

} // namespace
