#include "run/entry_hash.hpp"

#include "pg/relation.hpp"
#include "pg/snapshot.hpp"
#include "pg/value.hpp"
#include "run/undo_fields.hpp"
#include "table/readable.hpp"

namespace migsafe {
namespace {

/* Server code. */
void
add_entries(const entry_hash &hashes, Relation undo_log, Snapshot snapshot, MemoryContext row_cxt,
			catalog::undo_content &found)
{
	TupleTableSlot *const entry = table_slot_create(undo_log, nullptr);
	TableScanDesc const scan = table_beginscan(undo_log, snapshot, 0, nullptr);

	PushActiveSnapshot(snapshot);
	while (table_scan_getnextslot(scan, ForwardScanDirection, entry))
	{
		MemoryContext const saved = MemoryContextSwitchTo(row_cxt);

		CHECK_FOR_INTERRUPTS();
		found.entries++;
		found.hash += hashes.of(entry);
		MemoryContextSwitchTo(saved);
		MemoryContextReset(row_cxt);
	}
	PopActiveSnapshot();
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(entry);
}

} // namespace

entry_hash::entry_hash(TupleDesc undo_log) : columns_(undo_log->natts)
{
	pg::memory_scope scope(types_cxt_.get());

	types_ = pg::call(content_of_row, undo_log, content_mode::logged);
}

hash128
entry_hash::of(TupleTableSlot *entry) const
{
	struct field
	{
		uint64 position; /* without dropped columns, which a dump leaves out */
		hash128 hash;
	};
	auto *const fields = static_cast<field *>(palloc(sizeof(field) * columns_));
	uint64 position = 0;
	size_t used = 0;

	slot_getallattrs(entry);
	for (int i = 0; i < columns_; i++)
	{
		if (types_[i] == nullptr)
			continue;
		position++;
		if (!entry->tts_isnull[i])
			fields[used++] = {position, hash_content(types_[i], entry->tts_values[i], false)};
	}

	const hash128 hash = hash_bytes(fields, sizeof(field) * used);

	pfree(fields);
	return hash;
}

catalog::undo_content
read_undo_content(Relation undo_log)
{
	const pg::registered_snapshot snapshot;
	const entry_hash hashes(RelationGetDescr(undo_log));
	const pg::memory_context row_cxt("migsafe undo entry");
	catalog::undo_content found;

	pg::call([&] { add_entries(hashes, undo_log, snapshot.get(), row_cxt.get(), found); });
	return found;
}

} // namespace migsafe

using namespace migsafe;

MIGSAFE_FUNCTION(migsafe_undo_hash)
{
	const pg::arguments args(fcinfo);

	args.require(0, "run_id");

	const pg::relation undo_log = open_undo_log(catalog::find_run(args.bigint(0)));

	require_right(RelationGetRelid(undo_log.get()), ACL_SELECT, "SELECT");
	return pg::value::text(read_undo_content(undo_log.get()).hash.hex()).datum;
}
