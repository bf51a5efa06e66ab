#include "table/key_hash.hpp"

#include "pg/call.hpp"

namespace migsafe {
namespace {

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

/* Server code.  What holds values of other types asks their functions, which may be anybody's. */
bool
is_lasting(Oid type, Oid function, Oid collation)
{
	const Oid base = getBaseType(type);
	const char kind = get_typtype(base);

	return function < FirstUnpinnedObjectId && (kind == TYPTYPE_BASE || kind == TYPTYPE_ENUM) &&
		   !OidIsValid(get_element_type(base)) &&
		   (!OidIsValid(collation) || get_collation_isdeterministic(collation));
}

} // namespace

key_hash::key_hash(const target &t, const std::vector<AttrNumber> &columns)
	: exists_(!columns.empty()), lasts_(exists_)
{
	for (const AttrNumber attnum : columns)
	{
		const Oid type = t.at(attnum).type;
		part p{{}, TupleDescAttr(t.descriptor(), attnum - 1)->attcollation};

		exists_ = pg::call(find_hash_function, type, &p.hash) && exists_;
		lasts_ = exists_ && lasts_ && pg::call(is_lasting, type, p.hash.fn_oid, p.collation);
		parts_.push_back(p);
	}
}

} // namespace migsafe
