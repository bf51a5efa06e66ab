#include "jsonb/arena.hpp"

#include "pg/failure.hpp"

#include <algorithm>

namespace migsafe::jsonb {

void
arena::add_block(size_t size)
{
	constexpr size_t largest = size_t{8} * 1024 * 1024;
	constexpr size_t most = size_t{2} * 1024 * 1024 * 1024;

	block_size_ =
		std::max(size, blocks_.empty() ? first_size_ : std::min(block_size_ * 2, largest));
	if (total_ + block_size_ > most)
		throw failure(sqlstate("54000"), "too much of a document is to be changed at once")
			.detail("Its opened containers take more than " + std::to_string(most >> 20) + " MB.")
			.hint("Split the document, or change it in several steps.");
	blocks_.emplace_back(new char[block_size_]);
	total_ += block_size_;
	next_ = blocks_.back().get();
	end_ = next_ + block_size_;
}

void
arena::reset() noexcept
{
	if (blocks_.size() == 1 && total_ <= most_kept)
	{
		next_ = blocks_.front().get();
		return;
	}
	/* the next document may need as much as this one */
	first_size_ = std::clamp(total_, first_size_, most_kept);
	blocks_.clear();
	next_ = end_ = nullptr;
	total_ = 0;
}

} // namespace migsafe::jsonb
