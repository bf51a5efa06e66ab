/*
 * arena_test.cpp
 *		Scratch memory that is kept from document to document, within bounds.
 */
#include "jsonb/arena.hpp"
#include "pg/failure.hpp"

#include <gtest/gtest.h>

using namespace migsafe;
using jsonb::arena;

namespace {

TEST(arena, serves_the_next_document_without_an_allocation)
{
	arena memory;
	void *const first = memory.allocate(100);

	memory.reset();
	EXPECT_EQ(memory.allocate(100), first);
}

TEST(arena, learns_the_size_that_documents_need)
{
	constexpr size_t size = 1000, pieces = 100;
	arena memory;

	for (size_t i = 0; i < pieces; i++)
		memory.allocate(size);
	memory.reset();

	/* all in one block from now on */
	const char *const begin = static_cast<char *>(memory.allocate(size));
	const char *end = begin;

	for (size_t i = 1; i < pieces; i++)
		end = static_cast<char *>(memory.allocate(size));
	EXPECT_EQ(end - begin, static_cast<ptrdiff_t>(size * (pieces - 1)));
}

TEST(arena, has_an_end)
{
	arena memory;

	try
	{
		memory.allocate(size_t{3} << 30);
		FAIL() << "3 GB were handed out";
	}
	catch (const failure &limit)
	{
		EXPECT_EQ(limit.sqlstate(), sqlstate("54000"));
		EXPECT_FALSE(limit.detail().empty() || limit.hint().empty());
	}
	memory.reset();
	EXPECT_NE(memory.allocate(100), nullptr);
}

} // namespace
