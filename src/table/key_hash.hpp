/*
 * key_hash.hpp
 *		The hash of a key.
 */
#pragma once

#include "table/target.hpp"

extern "C" {
#include "common/hashfn.h"
}

#include <algorithm>
#include <optional>
#include <vector>

namespace migsafe {

/* What is equal, as the operator = of its type has it, has one hash. */
class key_hash
{
public:
	/* Of these columns of the target.  It dies before the memory context that is current here. */
	key_hash(const target &t, const std::vector<AttrNumber> &columns);

	/* Not for no columns, and for such that have no hash. */
	[[nodiscard]] bool exists() const { return exists_; }
	/*
	 * Can it be stored, and compared with another that is computed later?  That depends on
	 * the server's own functions only, and on no collation that may come in a new version.
	 */
	[[nodiscard]] bool lasts() const { return lasts_; }

	/* Server code.  value(i, &null): the value of column i.  Of NULL, which equals nothing, none; never 0. */
	template <typename Value>
	[[nodiscard]] std::optional<uint32> of(Value value) const
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
		return std::max<uint32>(1, static_cast<uint32>(all));
	}

private:
	struct part
	{
		FmgrInfo hash;
		Oid collation;
	};
	mutable std::vector<part> parts_; /* a function remembers what it has looked up */
	bool exists_, lasts_;
};

} // namespace migsafe
