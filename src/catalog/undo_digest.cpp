#include "catalog/undo_digest.hpp"

#include "catalog/session.hpp"
#include "catalog/statement.hpp"

extern "C" {
#include "catalog/indexing.h"
}

namespace migsafe::catalog {
namespace {

/* Server code. */
Oid
relation()
{
	return get_relname_relid("undo_digest", get_namespace_oid("migsafe", false));
}

} // namespace

using pg::value;

bool
has_undo_digests()
{
	return OidIsValid(pg::call(relation));
}

void
insert_undo_digest(int64 run_id, int64 first_entry, const char *bytes, size_t size)
{
	Relation const rel = table_open(relation(), RowExclusiveLock);
	auto *const blocks = static_cast<bytea *>(palloc(VARHDRSZ + size));
	Datum values[] = {Int64GetDatum(run_id), Int64GetDatum(first_entry), PointerGetDatum(blocks)};
	bool nulls[lengthof(values)] = {};

	SET_VARSIZE(blocks, VARHDRSZ + size);
	memcpy(VARDATA(blocks), bytes, size);

	HeapTuple const row = heap_form_tuple(RelationGetDescr(rel), values, nulls);

	CatalogTupleInsert(rel, row);
	heap_freetuple(row);
	pfree(blocks);
	table_close(rel, NoLock);
}

void
each_undo_digest(int64 run_id, const std::function<void(const char *bytes, size_t size)> &show)
{
	if (!has_undo_digests())
		return;

	session s;

	for (pg::cursor rows("SELECT d.blocks FROM migsafe.undo_digest d WHERE d.run_id = $1",
						 {value::of(run_id)}, pg::cursor::sees::active_snapshot);
		 rows.next();)
		pg::call([&] {
			bool null;
			const Datum stored = SPI_getbinval(rows.tuple(), rows.descriptor(), 1, &null);
			bytea *const bytes = DatumGetByteaPP(stored);

			show(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
			if (PointerGetDatum(bytes) != stored)
				pfree(bytes);
		});
}

void
forget_undo_digest(int64 run_id)
{
	if (has_undo_digests())
		execute("DELETE FROM migsafe.undo_digest WHERE run_id = $1", {value::of(run_id)});
}

void
forget_lost_undo_digests()
{
	if (has_undo_digests())
		execute(
			"DELETE FROM migsafe.undo_digest d USING migsafe.run r WHERE r.run_id = d.run_id"
			" AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
			" WHERE n.nspname = r.undo_schema AND c.relname = r.undo_name)",
			{});
}

} // namespace migsafe::catalog
