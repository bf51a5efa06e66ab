#include "table/key_filter.hpp"

#include "pg/call.hpp"

namespace migsafe {
namespace {

constexpr size_t first_size = 1024;

/* Server code.  False if the type has no hash that agrees with its equality. */
bool
find_hash_function(Oid type, FmgrInfo *function)
{
	TypeCacheEntry *const entry =
		lookup_type_cache(getBaseType(type), TYPECACHE_EQ_OPR | TYPECACHE_HASH_EXTENDED_PROC_FINFO);

	if (!OidIsValid(entry->hash_extended_proc))
		return false;
	fmgr_info_copy(function, &entry->hash_extended_proc_finfo, CurrentMemoryContext);
	return true;
}

} // namespace

key_filter::key_filter(const target &t, const std::vector<AttrNumber> &columns)
	: hashes_(first_size), usable_(!columns.empty())
{
	for (const AttrNumber attnum : columns)
	{
		part p{{}, TupleDescAttr(t.descriptor(), attnum - 1)->attcollation};

		usable_ = pg::call(find_hash_function, t.at(attnum).type, &p.hash) && usable_;
		parts_.push_back(p);
	}
}

/* Where it is, or else could be put. */
size_t
key_filter::slot_of(uint64 hash) const
{
	const size_t mask = hashes_.size() - 1;
	size_t at = hash & mask;

	while (hashes_[at] != 0 && hashes_[at] != hash)
		at = (at + 1) & mask;
	return at;
}

void
key_filter::keep(uint64 hash)
{
	uint64 &slot = hashes_[slot_of(hash)];

	if (slot == hash)
		return;
	slot = hash;
	if (++used_ * 2 > hashes_.size())
		grow();
}

void
key_filter::grow()
{
	std::vector<uint64> before;

	if (hashes_.size() * 2 * sizeof(uint64) > get_hash_memory_limit())
	{
		usable_ = false;
		return;
	}
	before.swap(hashes_);
	hashes_.resize(before.size() * 2);
	for (const uint64 hash : before)
	{
		if (hash != 0)
			hashes_[slot_of(hash)] = hash;
	}
}

} // namespace migsafe
