/*
 * key_filter.hpp
 *		Keys, remembered by a hash each.
 */
#pragma once

#include "table/key_hash.hpp"

namespace migsafe {

/*
 * Knows no key exactly: who has one that it may have looks again.  Server code but for
 * the constructor; nothing is allocated by the server.
 */
class key_filter
{
public:
	/* For these columns of the target.  It dies before the memory context that is current here. */
	key_filter(const target &t, const std::vector<AttrNumber> &columns);

	/* Does it know all keys that were added?  Not of such that have no hash, and beyond the memory of a hash table. */
	[[nodiscard]] bool is_usable() const { return usable_; }
	[[nodiscard]] const key_hash &hash() const { return hash_; }

	/* Add a key.  value(i, &null): the value of its column i. */
	template <typename Value>
	void add(Value value)
	{
		if (!usable_)
			return;
		if (const auto hash = hash_.of(value))
			keep(*hash);
	}

	/* May a key with this hash be one of them?  Of a usable filter. */
	[[nodiscard]] bool may_have_hash(uint32 hash) const { return hashes_[slot_of(hash)] != 0; }

private:
	const key_hash hash_;
	std::vector<uint32> hashes_; /* open addressing; 0: free */
	size_t used_ = 0;
	bool usable_;

	[[nodiscard]] size_t slot_of(uint32 hash) const;
	void keep(uint32 hash);
	void grow();
};

} // namespace migsafe
