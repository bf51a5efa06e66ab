#include "run/batch_size.hpp"

#include "pg/transaction.hpp"

#include <algorithm>
#include <limits>

namespace migsafe {
namespace {

/* Held back from the estimate: estimates err. From here on sizes double. */
constexpr int reserve = 15;

} // namespace

batch_sizer::batch_sizer(const target &t, int64 smallest) : size_(smallest)
{
	for (const leaf &l : t.leaves())
	{
		Relation const rel = l.rel.get();

		blocks_.push_back(pg::call([=] { return RelationGetNumberOfBlocks(rel); }));
		all_blocks_ += blocks_.back();
	}
}

double
batch_sizer::rows_left(int64 seen, size_t leaf_no, BlockNumber block) const
{
	double passed = block + 1.0;

	for (size_t i = 0; i < leaf_no; i++)
		passed += blocks_[i];
	return static_cast<double>(seen) / passed * std::max(all_blocks_ - passed, 0.0);
}

int64
batch_sizer::next(int64 seen, size_t leaf_no, BlockNumber block)
{
	const int left = max_writing_subtransactions - pg::writing_subtransactions();

	if (left <= 1)
		return std::numeric_limits<int64>::max();
	if (first_)
		first_ = false;
	else if (left > reserve)
		size_ =
			std::max(size_, static_cast<int64>(rows_left(seen, leaf_no, block) / (left - reserve)));
	else
		size_ = size_ < std::numeric_limits<int64>::max() / 2 ? size_ * 2 : size_;
	return size_;
}

} // namespace migsafe
