#include "table/key_filter.hpp"

namespace migsafe {
namespace {

constexpr size_t first_size = 1024;

} // namespace

key_filter::key_filter(const target &t, const std::vector<AttrNumber> &columns)
	: hash_(t, columns), hashes_(first_size), usable_(hash_.exists())
{
}

/* Where it is, or else could be put. */
size_t
key_filter::slot_of(uint32 hash) const
{
	const size_t mask = hashes_.size() - 1;
	size_t at = hash & mask;

	while (hashes_[at] != 0 && hashes_[at] != hash)
		at = (at + 1) & mask;
	return at;
}

void
key_filter::keep(uint32 hash)
{
	uint32 &slot = hashes_[slot_of(hash)];

	if (slot == hash)
		return;
	slot = hash;
	if (++used_ * 2 > hashes_.size())
		grow();
}

void
key_filter::grow()
{
	std::vector<uint32> before;

	if (hashes_.size() * 2 * sizeof(uint32) > get_hash_memory_limit())
	{
		usable_ = false;
		return;
	}
	before.swap(hashes_);
	hashes_.resize(before.size() * 2);
	for (const uint32 hash : before)
	{
		if (hash != 0)
			hashes_[slot_of(hash)] = hash;
	}
}

} // namespace migsafe
