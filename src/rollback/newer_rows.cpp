#include "rollback/newer_rows.hpp"

#include "pg/transaction.hpp"
#include "pg/value.hpp"
#include "table/row_reader.hpp"
#include "table/seen_transactions.hpp"

namespace migsafe {
namespace {

counterpart
entries_missing(const undo_source &source, const std::string &end)
{
	counterpart other = source.joined(nullptr, nullptr);

	other.target_filter =
		"migsafe.is_newer(t.xmin, " + pg::literal(end) + "::pg_catalog.pg_snapshot)";
	return other;
}

/*
 * Server code, as is the next.  A frozen version may be of any age: a transaction whose
 * number is that of one since may have made it, billions of transactions ago.
 */
bool
is_of_any_age(TupleTableSlot *stored)
{
	if (!TTS_IS_BUFFERTUPLE(stored))
		return false;

	HeapTupleHeader const version =
		reinterpret_cast<BufferHeapTupleTableSlot *>(stored)->base.tuple->t_data;

	return HeapTupleHeaderXminFrozen(version) &&
		   EpochFromFullTransactionId(
			   FullTransactionIdFromU64(in_full(HeapTupleHeaderGetRawXmin(version)))) > 0;
}

/* The row of a pair, all of its columns; nullptr if it may be older than the run. */
TupleTableSlot *
read_row(row_reader &reader, const row_pairs &at)
{
	ItemPointerData tid = at.row();
	TupleTableSlot *const stored = reader.fetch_any(at.leaf_no(), &tid);

	if (is_of_any_age(stored))
		return nullptr;

	TupleTableSlot *const row = reader.old_in_target_layout(at.leaf_no(), stored);

	slot_getallattrs(row);
	return row;
}

} // namespace

void
each_newer_row(const undo_source &source, const std::function<void(TupleTableSlot *)> &take)
{
	const auto end = catalog::snapshot_at_end(source.run().run_id);

	if (!end || source.key().empty() || !source.run().target.was_recorded_here())
		return;

	row_reader reader(source.of());
	pg::memory_context row_cxt("migsafe newer row");
	row_pairs rows(source.of(), source.key(), entries_missing(source, *end), source.rel(),
				   row_pairs::join::none);

	pg::call([&] { reader.begin_reading(); });
	while (rows.next())
	{
		pg::memory_scope scope(row_cxt.get());

		pg::check_for_interrupts();
		if (TupleTableSlot *const row = pg::call([&] { return read_row(reader, rows); }))
			take(row);
		row_cxt.reset();
	}
	pg::call([&] { reader.finish_reading(); });
}

} // namespace migsafe
