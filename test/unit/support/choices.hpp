/*
 * choices.hpp
 *		Decisions for a generator: of a seed, or of the bytes that a fuzzer made up.
 */
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace migsafe::test_bed {

class choices
{
public:
	explicit choices(uint64_t seed) : state_(seed) {}
	/* Once the bytes are used up, every choice is the first one. */
	explicit choices(std::string_view bytes) : bytes_(bytes), by_bytes_(true) {}

	/* From 0 to n - 1, for n up to 65,536. */
	uint32_t below(uint32_t n) { return by_bytes_ ? next_bytes(n) : next_random() % n; }

	/* One time of n; never by bytes that are zero. */
	bool one_in(uint32_t n) { return below(n) == n - 1; }

	template <typename T, size_t N>
	const T &of(const std::array<T, N> &list)
	{
		return list[below(N)];
	}

private:
	/* splitmix64 */
	uint32_t next_random()
	{
		uint64_t mixed = state_ += 0x9E3779B97F4A7C15;

		mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
		mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
		return static_cast<uint32_t>(mixed >> 32);
	}

	uint32_t next_bytes(uint32_t n)
	{
		uint32_t number = next_byte();

		if (n > 256)
			number = number << 8 | next_byte();
		return number % n;
	}

	uint8_t next_byte()
	{
		if (bytes_.empty())
			return 0;

		const auto byte = static_cast<uint8_t>(bytes_.front());

		bytes_.remove_prefix(1);
		return byte;
	}

	uint64_t state_ = 0;
	std::string_view bytes_;
	bool by_bytes_ = false;
};

} // namespace migsafe::test_bed
