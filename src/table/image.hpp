/*
 * image.hpp
 *		Values as their stored bytes: comparing and hashing them.
 *
 * jsonb's and numeric's own equality ignore a numeric's scale, so 1.5 would
 * pass for 1.50.  What is compared here is the uncompressed image of a value.
 * All of this is server code: it may report an ERROR, and holds no objects.
 */
#pragma once

#include "pg/api.hpp"

namespace migsafe {

/* 128 bits of XXH3: no collision is to be expected among all rows of a server. */
struct hash128
{
	uint64 low, high;

	bool operator==(const hash128 &) const = default;
};

/* The hash of plain bytes. */
hash128 hash_bytes(const void *data, size_t size);

/* Do two values of a column have the same image? */
bool same_image(const FormData_pg_attribute &att, Datum a, bool a_null, Datum b, bool b_null);

/* The hash of a value's image; NULL has a hash of its own. */
hash128 hash_image(const FormData_pg_attribute &att, Datum value, bool null);

} // namespace migsafe
