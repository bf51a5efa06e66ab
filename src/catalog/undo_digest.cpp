#include "catalog/undo_digest.hpp"

#include "catalog/session.hpp"
#include "catalog/statement.hpp"

namespace migsafe::catalog {

using pg::value;

void
insert_undo_digest(int64 run_id, int64 first_entry, const char *bytes, size_t size)
{
	const Datum copy = pg::call([=] {
		auto *const result = static_cast<bytea *>(palloc(VARHDRSZ + size));

		SET_VARSIZE(result, VARHDRSZ + size);
		memcpy(VARDATA(result), bytes, size);
		return PointerGetDatum(result);
	});

	execute("INSERT INTO migsafe.undo_digest (run_id, first_entry, blocks) VALUES ($1, $2, $3)",
			{value::of(run_id), value::of(first_entry), {copy, BYTEAOID, false}});
	pg::call([=] { pfree(DatumGetPointer(copy)); });
}

void
each_undo_digest(int64 run_id, const std::function<void(const char *bytes, size_t size)> &show)
{
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
	execute("DELETE FROM migsafe.undo_digest WHERE run_id = $1", {value::of(run_id)});
}

void
forget_lost_undo_digests()
{
	execute("DELETE FROM migsafe.undo_digest d USING migsafe.run r WHERE r.run_id = d.run_id"
			" AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
			" WHERE n.nspname = r.undo_schema AND c.relname = r.undo_name)",
			{});
}

} // namespace migsafe::catalog
