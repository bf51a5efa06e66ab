/*
 * hash_sum.hpp
 *		What hashes add up to, modulo 2^128: whatever their order, and duplicates count.
 */
#pragma once

#include "table/image.hpp"

#include <string>

namespace migsafe {

class hash_sum
{
public:
	hash_sum() = default;
	/* From what hex() has given. */
	explicit hash_sum(const std::string &hex);

	hash_sum &operator+=(const hash128 &hash)
	{
		sum_ += (static_cast<unsigned __int128>(hash.high) << 64) | hash.low;
		return *this;
	}
	hash_sum &operator+=(const hash_sum &other)
	{
		sum_ += other.sum_;
		return *this;
	}
	bool operator==(const hash_sum &) const = default;

	/* 32 hexadecimal digits. */
	[[nodiscard]] std::string hex() const;

private:
	unsigned __int128 sum_ = 0;
};

} // namespace migsafe
