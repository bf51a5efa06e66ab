/*
 * writer.hpp
 *		From a tree to the bytes of a jsonb datum.
 */
#pragma once

#include "jsonb/tree.hpp"

namespace migsafe::jsonb {

/*
 * A whole datum: its length word (left to the host to set), then the document.
 * Every byte is as the server itself would write it for the same value.
 */
constexpr size_t length_word = sizeof(uint32_t);

struct datum
{
	char *bytes;
	size_t size; /* length word included */
};

/*
 * The guess for a document of that size (length word included) after a change of
 * which so many bytes are known to go into it, or fewer.
 */
constexpr size_t
expected_size(size_t before, size_t more)
{
	constexpr size_t most_more = 4096, spare = 64;

	return before + before / 4 + (more < most_more ? more : most_more) + spare;
}

/*
 * Write a document.  expected is a guess at its size: with a good one there is
 * one allocation.  54000 if a container or the document is larger than jsonb
 * allows (256 MB).
 */
datum write_document(const item &root, size_t expected, const host &process);

} // namespace migsafe::jsonb
