/*
 * tracker.hpp
 *		Which members or elements of a container a schema has seen to (2020-12 core, section 11).
 */
#pragma once

#include "jsonb/arena.hpp"

#include <algorithm>
#include <cstdint>

namespace migsafe::schema {

class tracker
{
public:
	/* Of a container of that many items. */
	tracker(uint32_t count, jsonb::arena &memory)
		: size_((count + bits - 1) / bits), words_(memory.array<uint64_t>(size_))
	{
		std::fill_n(words_, size_, 0);
	}

	void mark(uint32_t i) { words_[i / bits] |= uint64_t{1} << i % bits; }
	void mark_all() { std::fill_n(words_, size_, ~uint64_t{0}); }
	[[nodiscard]] bool marked(uint32_t i) const { return words_[i / bits] >> i % bits & 1; }

	/* other is of the same container. */
	void merge(const tracker &other)
	{
		for (uint32_t i = 0; i < size_; i++)
			words_[i] |= other.words_[i];
	}

private:
	static constexpr uint32_t bits = 64;

	uint32_t size_;
	uint64_t *words_;
};

} // namespace migsafe::schema
