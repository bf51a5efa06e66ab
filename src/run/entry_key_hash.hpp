/*
 * entry_key_hash.hpp
 *		The hash of the key of an undo log's entry.
 */
#pragma once

#include "table/key_hash.hpp"

#include <algorithm>
#include <utility>

namespace migsafe {

class entry_key_hash
{
public:
	/* positions: of the columns of that key in an entry, from 0; of at least one. */
	entry_key_hash(const key_hash &hash, std::vector<int> positions)
		: hash_(hash), positions_(std::move(positions)),
		  columns_(*std::max_element(positions_.begin(), positions_.end()) + 1)
	{
	}

	/* Server code.  0: a column of it is NULL. */
	[[nodiscard]] uint32 of(TupleTableSlot *entry) const
	{
		slot_getsomeattrs(entry, columns_);
		return hash_
			.of([=, this](size_t i, bool *null) {
				*null = entry->tts_isnull[positions_[i]];
				return entry->tts_values[positions_[i]];
			})
			.value_or(0);
	}

private:
	const key_hash &hash_;
	const std::vector<int> positions_;
	const int columns_;
};

} // namespace migsafe
