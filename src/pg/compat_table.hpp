/*
 * compat_table.hpp
 *		What tables, and rows in memory, are in each server version.
 */
#pragma once

#include "pg/api.hpp"

extern "C" {
#include "catalog/pg_attribute.h"
}

namespace migsafe::compat {

/* Since PostgreSQL 18: a generated column that is computed when it is read, and is no part of the row as stored. */
inline bool
has_virtual_columns(TupleDesc descriptor)
{
#if PG_VERSION_NUM >= 180000
	return descriptor->constr && descriptor->constr->has_generated_virtual;
#else
	(void) descriptor;
	return false;
#endif
}

/*
 * Can no row hold NULL there?  Since PostgreSQL 18 a NOT NULL constraint may be NOT
 * VALID, and says nothing of the rows that were there before.
 */
inline bool
is_never_null(TupleDesc descriptor, AttrNumber attnum)
{
#if PG_VERSION_NUM >= 180000
	return TupleDescCompactAttr(descriptor, attnum - 1)->attnullability == ATTNULLABLE_VALID;
#else
	return TupleDescAttr(descriptor, attnum - 1)->attnotnull;
#endif
}

/* A row in memory, in the current memory context. */
inline MinimalTuple
form_tuple(TupleDesc descriptor, const Datum *values, const bool *nulls)
{
#if PG_VERSION_NUM >= 180000
	return heap_form_minimal_tuple(descriptor, values, nulls, 0);
#else
	return heap_form_minimal_tuple(descriptor, const_cast<Datum *>(values),
								   const_cast<bool *>(nulls));
#endif
}

} // namespace migsafe::compat
