/*
 * program_cache_test.cpp
 *		Compiled schemas are kept: those used last, within bounds.
 */
#include "schema/program_cache.hpp"

#include "support/builder.hpp"
#include "support/schema_engine.hpp"

#include <gtest/gtest.h>

using namespace migsafe::schema;
using namespace migsafe::test_bed;

namespace {

/* A schema of about that many bytes, unlike those of other numbers. */
std::string
schema_of(size_t number, size_t size = 0)
{
	return build({{"title", std::to_string(number)}, {"description", std::string(size, 'x')}});
}

compiled_schema
compiled(const std::string &document)
{
	return schema_engine().compile_document(document, memory_source());
}

TEST(program_cache, finds_by_document_and_terms)
{
	program_cache cache;
	const auto plain = compiled(schema_of(1)), strict = compiled(schema_of(1)),
			   later = compiled(schema_of(1));

	EXPECT_EQ(cache.find(schema_of(1), {}), nullptr);
	cache.add(plain, {});
	cache.add(strict, {true, 0});
	cache.add(later, {false, 7});
	EXPECT_EQ(cache.size(), 3u);
	EXPECT_EQ(cache.find(schema_of(1), {}), plain);
	EXPECT_EQ(cache.find(schema_of(1), {true, 0}), strict);
	EXPECT_EQ(cache.find(schema_of(1), {false, 7}), later);
	EXPECT_EQ(cache.find(schema_of(1), {true, 7}), nullptr);
	EXPECT_EQ(cache.find(schema_of(2), {}), nullptr);
}

TEST(program_cache, keeps_those_used_last)
{
	program_cache cache;

	for (size_t i = 0; i < program_cache::most_programs; i++)
		cache.add(compiled(schema_of(i)), {});
	EXPECT_EQ(cache.size(), program_cache::most_programs);
	EXPECT_NE(cache.find(schema_of(0), {}), nullptr);
	cache.add(compiled(schema_of(1000)), {});
	EXPECT_EQ(cache.size(), program_cache::most_programs);
	EXPECT_NE(cache.find(schema_of(0), {}), nullptr) << "it was used";
	EXPECT_EQ(cache.find(schema_of(1), {}), nullptr) << "it was the one not used for longest";
	EXPECT_NE(cache.find(schema_of(2), {}), nullptr);
	EXPECT_NE(cache.find(schema_of(1000), {}), nullptr);
}

TEST(program_cache, of_one_document_only_the_oldest_terms_go)
{
	program_cache cache;

	for (size_t i = 0; i <= program_cache::most_programs; i++)
		cache.add(compiled(schema_of(1)), {false, i});
	EXPECT_EQ(cache.size(), program_cache::most_programs);
	EXPECT_EQ(cache.find(schema_of(1), {false, 0}), nullptr);
	for (size_t i = 1; i <= program_cache::most_programs; i++)
		EXPECT_NE(cache.find(schema_of(1), {false, i}), nullptr) << i;
}

TEST(program_cache, is_bounded_by_size)
{
	constexpr size_t quarter = program_cache::most_bytes / 4 - 2000;
	program_cache cache;

	for (size_t i = 0; i < 4; i++)
		cache.add(compiled(schema_of(i, quarter)), {});
	EXPECT_EQ(cache.size(), 4u);
	EXPECT_NE(cache.find(schema_of(0, quarter), {}), nullptr);
	cache.add(compiled(schema_of(4, quarter)), {});
	EXPECT_EQ(cache.size(), 4u);
	EXPECT_EQ(cache.find(schema_of(1, quarter), {}), nullptr);
	EXPECT_NE(cache.find(schema_of(0, quarter), {}), nullptr);
	EXPECT_NE(cache.find(schema_of(4, quarter), {}), nullptr);
}

TEST(program_cache, keeps_no_large_ones)
{
	program_cache cache;

	cache.add(compiled(schema_of(1, program_cache::largest_program)), {});
	EXPECT_EQ(cache.size(), 0u);
	EXPECT_EQ(cache.find(schema_of(1, program_cache::largest_program), {}), nullptr);
}

/* What is in use outlives its place in the cache. */
TEST(program_cache, programs_in_use_stay)
{
	schema_engine tested;
	program_cache cache;
	const std::string schema = build({{"type", "object"}});

	cache.add(compiled(schema), {});

	const auto in_use = cache.find(schema, {});

	for (size_t i = 0; i < program_cache::most_programs; i++)
		cache.add(compiled(schema_of(i)), {});
	EXPECT_EQ(cache.find(schema, {}), nullptr);
	EXPECT_TRUE(tested.matches(*in_use, build(json::object())));
	EXPECT_FALSE(tested.matches(*in_use, build(json::array())));
}

} // namespace
