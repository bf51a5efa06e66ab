/*
 * arena.hpp
 *		Scratch memory for one document at a time.
 */
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace migsafe::jsonb {

/*
 * Memory is handed out in order and taken back all at once; 54000 beyond 2 GB.
 * A block of a size that served is kept for the next document, so that most
 * documents need no allocation.
 */
class arena
{
public:
	void *allocate(size_t size)
	{
		size = (size + alignment - 1) & ~(alignment - 1);
		if (size > static_cast<size_t>(end_ - next_))
			add_block(size);

		void *const memory = next_;

		next_ += size;
		return memory;
	}

	/* Room for n objects, not constructed. */
	template <typename T>
	T *array(size_t n)
	{
		static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignment);
		return static_cast<T *>(allocate(sizeof(T) * n));
	}

	/* Give up everything that was handed out. */
	void reset() noexcept;

private:
	static constexpr size_t alignment = 8;
	static constexpr size_t most_kept = size_t{1024} * 1024;

	void add_block(size_t size);

	std::vector<std::unique_ptr<char[]>> blocks_;
	size_t first_size_ = size_t{16} * 1024; /* of the first block */
	size_t block_size_ = 0;                 /* of the newest */
	size_t total_ = 0;
	char *next_ = nullptr;
	char *end_ = nullptr;
};

} // namespace migsafe::jsonb
