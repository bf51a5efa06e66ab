/*
 * compat_executor.hpp
 *		What the executor's functions ask for in each server version.
 */
#pragma once

#include "pg/api.hpp"

extern "C" {
#include "parser/parse_relation.h"
}

namespace migsafe::compat {

/* A range table, with what the executor has to know beside its entries. */
struct range_table
{
	List *entries = NIL;
	List *permissions = NIL; /* since PostgreSQL 16 beside the entries, not in them */
};

/* updated: the columns that an UPDATE sets, as the executor counts them. */
inline void
add_relation(range_table *table, RangeTblEntry *entry, Bitmapset *updated)
{
	table->entries = lappend(table->entries, entry);
#if PG_VERSION_NUM >= 160000
	addRTEPermissionInfo(&table->permissions, entry)->updatedCols = updated;
#else
	entry->updatedCols = updated;
#endif
}

inline void
init_range_table(EState *state, const range_table &table)
{
#if PG_VERSION_NUM >= 180000
	const int count = list_length(table.entries);

	ExecInitRangeTable(state, table.entries, table.permissions,
					   count > 0 ? bms_add_range(nullptr, 1, count) : nullptr);
#elif PG_VERSION_NUM >= 160000
	ExecInitRangeTable(state, table.entries, table.permissions);
#else
	ExecInitRangeTable(state, table.entries);
#endif
}

inline void
init_recheck(EPQState *recheck, EState *state)
{
#if PG_VERSION_NUM >= 160000
	EvalPlanQualInit(recheck, state, nullptr, NIL, -1, NIL);
#else
	EvalPlanQualInit(recheck, state, nullptr, NIL, -1);
#endif
}

inline bool
fire_before_update(EState *state, EPQState *recheck, ResultRelInfo *info, ItemPointer old_tid,
				   TupleTableSlot *row)
{
#if PG_VERSION_NUM >= 180000
	return ExecBRUpdateTriggers(state, recheck, info, old_tid, nullptr, row, nullptr, nullptr,
								false);
#elif PG_VERSION_NUM >= 160000
	return ExecBRUpdateTriggers(state, recheck, info, old_tid, nullptr, row, nullptr, nullptr);
#else
	return ExecBRUpdateTriggers(state, recheck, info, old_tid, nullptr, row, nullptr);
#endif
}

/* Which indexes a new version of a row goes into: since PostgreSQL 16, all or only BRIN's. */
#if PG_VERSION_NUM >= 160000
using indexes_to_update = TU_UpdateIndexes;
#else
using indexes_to_update = bool;
#endif

/* Returns the indexes whose constraints have to be checked later. */
inline List *
insert_index_tuples(ResultRelInfo *info, TupleTableSlot *row, EState *state)
{
#if PG_VERSION_NUM >= 160000
	return ExecInsertIndexTuples(info, row, state, false, false, nullptr, NIL, false);
#else
	return ExecInsertIndexTuples(info, row, state, false, false, nullptr, NIL);
#endif
}

inline List *
update_index_tuples(ResultRelInfo *info, TupleTableSlot *row, EState *state,
					indexes_to_update which)
{
#if PG_VERSION_NUM >= 160000
	if (which == TU_None)
		return NIL;
	return ExecInsertIndexTuples(info, row, state, true, false, nullptr, NIL,
								 which == TU_Summarizing);
#else
	if (!which)
		return NIL;
	return ExecInsertIndexTuples(info, row, state, true, false, nullptr, NIL);
#endif
}

/* How a row in the layout of the parent becomes one of the partition's; nullptr if it need not. */
inline TupleConversionMap *
map_from_parent(ResultRelInfo *partition, EState *state)
{
#if PG_VERSION_NUM >= 160000
	return ExecGetRootToChildMap(partition, state);
#else
	(void) state;
	return partition->ri_RootToPartitionMap;
#endif
}

} // namespace migsafe::compat
