/*
 * undo_layout.hpp
 *		The columns of an undo log.
 *
 * The undo log of a run is a table migsafe_undo.run_<id>:
 *
 *	seq, batch	order of writing
 *	entry_hash	the hash of the entry's other columns, as wide as a uuid
 *	leaf		which of the target's tables the row lies in, by number
 *	key_<n>		the key column n, as it was written
 *	changed		bit n - 1 is set if column n of the target changed
 *	new_hash	for each changed column 16 bytes: the hash of its new image
 *	row_hash	of a target without a key: the hash of the whole new row
 *	old_<n>		the old value of column n; of a target without a key the whole
 *				old row, else NULL where the column did not change
 *
 * What is looked at in every entry comes first: the server finds a column the faster,
 * the fewer of varying length come before.
 */
#pragma once

#include "pg/api.hpp"

namespace migsafe {

/* A column that each undo log has. */
struct undo_fixed_column
{
	const char *name, *definition;
	Oid type;
};

/* Those before the key, and those between the key and the old values. */
inline constexpr undo_fixed_column undo_first[] = {{"seq", "bigint NOT NULL", INT8OID},
												   {"entry_hash", "uuid NOT NULL", UUIDOID},
												   {"batch", "integer NOT NULL", INT4OID},
												   {"leaf", "integer NOT NULL", INT4OID}};
inline constexpr undo_fixed_column undo_change[] = {{"changed", "bytea NOT NULL", BYTEAOID},
													{"new_hash", "bytea NOT NULL", BYTEAOID},
													{"row_hash", "bytea", BYTEAOID}};

/* The numbers of columns, from 1. */
enum undo_column : AttrNumber { undo_seq = 1, undo_entry_hash, undo_batch, undo_leaf };

/* Those that depend on how many columns the key has. */
struct undo_layout
{
	AttrNumber key, changed, new_hash, row_hash, old; /* key and old: the first of them */

	explicit constexpr undo_layout(size_t key_columns)
		: key(after(1, lengthof(undo_first))), changed(after(key, key_columns)),
		  new_hash(after(changed, 1)), row_hash(after(changed, 2)),
		  old(after(changed, lengthof(undo_change)))
	{
	}

private:
	static constexpr AttrNumber after(AttrNumber column, size_t further)
	{
		return static_cast<AttrNumber>(column + further);
	}
};

} // namespace migsafe
