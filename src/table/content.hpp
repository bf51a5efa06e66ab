/*
 * content.hpp
 *		Hashing values by their content, so that it holds in another database.
 *
 * An image may hold OIDs: of an enum's label, of a composite's or an array's type.
 * A dump restored elsewhere gives these other numbers.  Server code.
 */
#pragma once

#include "table/image.hpp"

namespace migsafe {

/* How to hash the content of a type. */
struct content_type;

enum class content_mode {
	/*
	 * For fingerprints, under pinned_output: binary output for all but simple
	 * built-in types, text output where there is none or where it is an OID.
	 */
	portable,
	/*
	 * For undo logs, under whatever settings: the image wherever it holds no OID.
	 * A reg* value is its OID.
	 */
	stored,
	/* The same, for what has to hold after a dump and restore: of a reg* value only that it is there. */
	logged
};

/* Made in the current memory context. */
const content_type *content_of(Oid declared, content_mode mode);

/*
 * The types of a row, by position; nullptr for columns that do not count: dropped
 * ones, and in undo logs generated ones.
 */
const content_type **content_of_row(TupleDesc descriptor, content_mode mode);

/* The hash of a row of count columns. */
hash128 hash_row(const content_type *const *types, int count, const Datum *values,
				 const bool *nulls);

/* Is the hash of a value that is not NULL just that of its image? */
bool is_image(const content_type *content);

/* NULL has a hash of its own. */
hash128 hash_content(const content_type *content, Datum value, bool null);

} // namespace migsafe
