#include "jsonb/arena.hpp"

#include <algorithm>

namespace migsafe::jsonb {

void
arena::add_block(size_t size)
{
	constexpr size_t largest = size_t{8} * 1024 * 1024;

	block_size_ = std::max(size, blocks_.empty() ? first_size : std::min(block_size_ * 2, largest));
	blocks_.emplace_back(new char[block_size_]);
	next_ = blocks_.back().get();
	end_ = next_ + block_size_;
}

void
arena::reset() noexcept
{
	if (blocks_.size() > 1)
	{
		blocks_.clear();
		next_ = end_ = nullptr;
	}
	else if (!blocks_.empty())
		next_ = blocks_.front().get();
}

} // namespace migsafe::jsonb
