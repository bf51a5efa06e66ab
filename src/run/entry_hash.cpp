#include "run/entry_hash.hpp"

#include "pg/relation.hpp"
#include "pg/snapshot.hpp"
#include "pg/value.hpp"
#include "run/each_entry.hpp"
#include "run/undo_fields.hpp"
#include "table/readable.hpp"

extern "C" {
#include "port/pg_bswap.h"
#include "utils/uuid.h"
}

namespace migsafe {
namespace {

template <typename Hash>
catalog::undo_content
add_up(Relation undo_log, Snapshot snapshot, Hash hash_of)
{
	const pg::memory_context row_cxt("migsafe undo entry");
	catalog::undo_content found;

	pg::call([&] {
		TableScanDesc const scan = table_beginscan(undo_log, snapshot, 0, nullptr);

		each_entry(
			undo_log, snapshot, row_cxt.get(),
			[=](TupleTableSlot *entry) {
				return table_scan_getnextslot(scan, ForwardScanDirection, entry);
			},
			[&](TupleTableSlot *entry) {
				found.entries++;
				found.hash += hash_of(entry);
			});
		table_endscan(scan);
	});
	return found;
}

} // namespace

entry_hash::entry_hash(TupleDesc undo_log) : columns_(undo_log->natts)
{
	pg::memory_scope scope(types_cxt_.get());

	types_ = pg::call(content_of_row, undo_log, content_mode::logged);
	if (columns_ >= undo_entry_hash)
		types_[undo_entry_hash - 1] = nullptr; /* that is no content */
}

hash128
entry_hash::of(TupleTableSlot *entry, const hash128 *const *images) const
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
		if (entry->tts_isnull[i])
			continue;

		const bool is_known = images && images[i] && is_image(types_[i]);

		fields[used++] = {
			position, is_known ? *images[i] : hash_content(types_[i], entry->tts_values[i], false)};
	}

	const hash128 hash = hash_bytes(fields, sizeof(field) * used);

	pfree(fields);
	return hash;
}

std::optional<hash128>
entry_hash::written_in(TupleTableSlot *entry)
{
	slot_getsomeattrs(entry, undo_entry_hash);
	if (entry->tts_isnull[undo_entry_hash - 1])
		return std::nullopt;

	uint64 halves[2];

	memcpy(halves, DatumGetPointer(entry->tts_values[undo_entry_hash - 1]), sizeof(halves));
	return hash128{pg_ntoh64(halves[1]), pg_ntoh64(halves[0])};
}

Datum
entry_hash::to_write(const hash128 &hash)
{
	auto *const halves = static_cast<uint64 *>(palloc(UUID_LEN));

	halves[0] = pg_hton64(hash.high);
	halves[1] = pg_hton64(hash.low);
	return PointerGetDatum(halves);
}

catalog::undo_content
read_undo_content(Relation undo_log)
{
	const entry_hash hashes(RelationGetDescr(undo_log));
	const pg::registered_snapshot now;

	return add_up(undo_log, now.get(), [&](TupleTableSlot *entry) { return hashes.of(entry); });
}

catalog::undo_content
add_up_undo_hashes(Relation undo_log, Snapshot snapshot,
				   const std::function<void(TupleTableSlot *)> &look)
{
	require_first_columns(undo_log);

	const pg::registered_snapshot now;

	return add_up(undo_log, snapshot ? snapshot : now.get(), [&](TupleTableSlot *entry) {
		if (look)
			look(entry);
		return entry_hash::written_in(entry).value_or(hash128{});
	});
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
