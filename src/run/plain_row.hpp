/*
 * plain_row.hpp
 *		A row whose compressed values are decompressed once, for all who read them.
 */
#pragma once

#include "run/undo_log.hpp"

#include <vector>

namespace migsafe {

class plain_row
{
public:
	/* columns: those whose values are decompressed, in rows of the target's layout */
	plain_row(const target &t, const std::vector<AttrNumber> &columns);

	/*
	 * Server code.  The row with those values plain that are compressed within it: itself
	 * if there are none, or if they are too large to be held in memory.  It is valid until
	 * the next call, and no longer than row is.
	 */
	TupleTableSlot *of(TupleTableSlot *row);

	/* Server code.  hash_image() of what of() has decompressed. */
	const std::vector<image_hash> &hashes();

private:
	const target &target_;
	const std::vector<AttrNumber> &columns_;
	pg::memory_context slot_cxt_{"migsafe plain row"}, values_cxt_{"migsafe plain values"};
	TupleTableSlot *slot_ = nullptr;
	std::vector<AttrNumber> plain_; /* decompressed in the present row */
	std::vector<image_hash> hashes_;
};

} // namespace migsafe
