#include "retention/stored_table.hpp"

#include "catalog/pruned.hpp"
#include "catalog/related_tables.hpp"
#include "catalog/session.hpp"
#include "pg/lock.hpp"
#include "pg/relation.hpp"
#include "pg/snapshot.hpp"

extern "C" {
#include "catalog/dependency.h"
}

namespace migsafe {
namespace {

bool
owns(Oid table)
{
	return pg::call([=] { return compat::owns_table(table, GetUserId()); });
}

/* By a cursor of this session, say. */
bool
is_used_here(Oid table)
{
	const pg::relation rel(table, NoLock);

	return rel->rd_refcnt > 1 || pg::call(AfterTriggerPendingOnRel, table);
}

} // namespace

bool
stored_table::caller_owns_source() const
{
	return owns(OidIsValid(target) ? target : table);
}

bool
stored_table::caller_may_drop() const
{
	return owns(table);
}

std::optional<int64>
stored_table::size() const
{
	if (!pg::call(ConditionalLockRelationOid, table, AccessShareLock))
		return std::nullopt;
	return pg::call([this]() -> int64 {
		const bool there = SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table));
		const int64 bytes = there ? DatumGetInt64(DirectFunctionCall1(pg_total_relation_size,
																	  ObjectIdGetDatum(table)))
								  : 0;

		UnlockRelationOid(table, AccessShareLock);
		return bytes;
	});
}

bool
stored_table::claim() const
{
	/* a run that has ended is nobody's: not to need a lock for each of them */
	return (!unfinished || pg::try_lock(pg::lock_kind::run, static_cast<uint64>(id))) &&
		   pg::call(ConditionalLockRelationOid, table, AccessExclusiveLock) &&
		   pg::call([this] { return SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table)); }) &&
		   !is_used_here(table);
}

void
stored_table::drop() const
{
	if (is_backup)
		catalog::mark_backup_pruned(id);
	else
		catalog::mark_run_pruned(id);
	pg::call([this] {
		const ObjectAddress address = {RelationRelationId, table, 0};

		performDeletion(&address, DROP_RESTRICT, 0);
		CommandCounterIncrement();
	});
}

std::vector<stored_table>
find_stored_tables(TimestampTz older_than, int32 keep_last)
{
	const pg::active_snapshot newest(pg::call(GetLatestSnapshot));
	catalog::session s;
	std::vector<stored_table> found;

	for (const pg::text_row &row : s->query_in_snapshot(
			 "SELECT kind = 'backup', id, target_oid, target, table_oid,"
			 " (extract(epoch FROM finished_at - '2000-01-01 UTC') * 1000000)::bigint,"
			 " unfinished, backup_set, reason, loss FROM migsafe.retention($1, $2)",
			 {pg::value::of_timestamp(older_than), pg::value::of(keep_last)}))
		found.push_back({*row[0] == "t", std::stoll(*row[1]),
						 row[2] ? static_cast<Oid>(std::stoul(*row[2])) : InvalidOid, *row[3],
						 static_cast<Oid>(std::stoul(*row[4])), std::stoll(*row[5]), *row[6] == "t",
						 row[7] ? std::optional(std::stoll(*row[7])) : std::nullopt, row[8],
						 row[9]});
	return found;
}

std::set<Oid>
related_to(Oid table)
{
	const pg::active_snapshot newest(pg::call(GetLatestSnapshot));
	catalog::session s;
	std::set<Oid> found;

	for (const pg::text_row &row :
		 s->query_in_snapshot(std::string("WITH RECURSIVE ") + catalog::related_tables +
								  "SELECT r.oid FROM related r",
							  {pg::value::of_oid(table)}))
		found.insert(static_cast<Oid>(std::stoul(*row[0])));
	return found;
}

} // namespace migsafe
