/*
 * batch_size.hpp
 *		How many rows the next batch takes.
 *
 * A transaction with more than 64 surviving writing subtransactions makes every
 * other reader look up pg_subtrans; see doc/design.md.  So batches grow with
 * what is left of the table, and the last one that the budget allows takes all.
 */
#pragma once

#include "table/target.hpp"

namespace migsafe {

/* Surviving writing subtransactions in a transaction, in all. */
constexpr int max_writing_subtransactions = 60;

class batch_sizer
{
public:
	batch_sizer(const target &t, int64 smallest);

	/* seen rows so far, the last of them in this block of this leaf */
	int64 next(int64 seen, size_t leaf_no, BlockNumber block);

private:
	std::vector<BlockNumber> blocks_; /* [leaf] */
	double all_blocks_ = 0;
	int64 size_;
	bool first_ = true;

	[[nodiscard]] double rows_left(int64 seen, size_t leaf_no, BlockNumber block) const;
};

} // namespace migsafe
