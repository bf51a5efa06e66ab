#include "table/hash_sum.hpp"

namespace migsafe {

hash_sum::hash_sum(const std::string &hex)
	: sum_((static_cast<unsigned __int128>(std::stoull(hex.substr(0, 16), nullptr, 16)) << 64) |
		   std::stoull(hex.substr(16, 16), nullptr, 16))
{
}

std::string
hash_sum::hex() const
{
	static const char digits[] = "0123456789abcdef";
	std::string text;

	for (int shift = 124; shift >= 0; shift -= 4)
		text += digits[static_cast<int>(sum_ >> shift) & 15];
	return text;
}

} // namespace migsafe
