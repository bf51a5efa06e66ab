/*
 * key_filter.hpp
 *		Keys, remembered by a hash each.
 */
#pragma once

#include "table/target.hpp"

extern "C" {
#include "common/hashfn.h"
}

#include <optional>
#include <vector>

namespace migsafe {

/*
 * Knows no key exactly: who has one that it may have looks again.  For types that hash
 * so that what is equal, as their operator = has it, has one hash.  Server code but for
 * the constructor; nothing is allocated by the server.
 */
class key_filter
{
public:
	/* For these columns of the target.  It dies before the memory context that is current here. */
	key_filter(const target &t, const std::vector<AttrNumber> &columns);

	/* Does it know all keys that were added?  Not of no columns, of such that have no hash, and beyond the memory of a hash table. */
	[[nodiscard]] bool is_usable() const { return usable_; }

	/* Add a key.  value(i, &null): the value of its column i. */
	template <typename Value>
	void add(Value value)
	{
		if (!usable_)
			return;
		if (const auto hash = hash_of(value))
			keep(*hash);
	}

	/* May it be one of them?  Of a usable filter. */
	template <typename Value>
	[[nodiscard]] bool may_have(Value value) const
	{
		const auto hash = hash_of(value);

		return hash && hashes_[slot_of(*hash)] != 0;
	}

private:
	struct part
	{
		FmgrInfo hash;
		Oid collation;
	};
	mutable std::vector<part> parts_; /* a function remembers what it has looked up */
	std::vector<uint64> hashes_;      /* open addressing; 0: free */
	size_t used_ = 0;
	bool usable_;

	/* Of NULL, which equals nothing, none; never 0. */
	template <typename Value>
	[[nodiscard]] std::optional<uint64> hash_of(Value value) const
	{
		uint64 all = 0;

		for (size_t i = 0; i < parts_.size(); i++)
		{
			bool null;
			const Datum v = value(i, &null);

			if (null)
				return std::nullopt;
			all = hash_combine64(
				all, DatumGetUInt64(FunctionCall2Coll(&parts_[i].hash, parts_[i].collation, v, 0)));
		}
		return all == 0 ? 1 : all;
	}

	[[nodiscard]] size_t slot_of(uint64 hash) const;
	void keep(uint64 hash);
	void grow();
};

} // namespace migsafe
