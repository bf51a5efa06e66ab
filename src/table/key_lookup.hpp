/*
 * key_lookup.hpp
 *		Rows of a target by their keys, one by one.
 */
#pragma once

#include "pg/spi.hpp"
#include "table/row_source.hpp"

extern "C" {
#include "executor/spi.h"
}

#include <optional>
#include <string>
#include <vector>

namespace migsafe {

/*
 * By one query, planned once, as row_pairs has its own: as the target's owner, whatever
 * policies say; the caller has made sure that its own caller may read the table.
 */
class key_lookup
{
public:
	/*
	 * Does the index of the primary key serve the transaction?  One that was made while rows had
	 * other versions must not be used by transactions that might see them: each lookup would read
	 * the whole table.
	 */
	[[nodiscard]] static bool is_quick(const target &t);

	/* key: the columns of the primary key; the target and the snapshot have to outlive it */
	key_lookup(const target &t, const std::vector<AttrNumber> &key, Snapshot snapshot);
	~key_lookup();
	key_lookup(const key_lookup &) = delete;
	key_lookup &operator=(const key_lookup &) = delete;

	/*
	 * The row with this key that the snapshot sees.  values, nulls: as SPI takes parameters, in
	 * the order of the key, of the types below domains.
	 */
	std::optional<row_place> find(Datum *values, const char *nulls);

private:
	const target &target_;
	Snapshot snapshot_;
	SPIPlanPtr plan_ = nullptr;
	bool planned_ = false;

	row_place found() const;
};

} // namespace migsafe
