#include "run/row_batch.hpp"

#include <exception>

namespace migsafe {

row_batch::row_batch(const target &t, const std::vector<AttrNumber> &columns)
	: exceptions_(std::uncaught_exceptions()), cxt_("migsafe batch")
{
	pg::memory_scope scope(cxt_.get());
	const int count = static_cast<int>(columns.size());
	const AttrNumber *const attnums = columns.data();

	pg::call([&, this] {
		descriptor_ = CreateTemplateTupleDesc(2 + count);
		TupleDescInitEntry(descriptor_, 1, "leaf", INT4OID, -1, 0);
		TupleDescInitEntry(descriptor_, 2, "tid", TIDOID, -1, 0);
		for (int i = 0; i < count; i++)
			TupleDescCopyEntry(descriptor_, static_cast<AttrNumber>(3 + i), t.descriptor(),
							   attnums[i]);
		store_ = tuplestore_begin_heap(true, false, work_mem);
		entry_ = MakeSingleTupleTableSlot(descriptor_, &TTSOpsMinimalTuple);
	});
}

row_batch::~row_batch()
{
	if (std::uncaught_exceptions() == exceptions_)
		tuplestore_end(store_); /* else its file goes with the abort */
}

void
row_batch::add(size_t leaf_no, const ItemPointerData &tid, TupleTableSlot *values)
{
	const int count = descriptor_->natts;
	auto *const datums = static_cast<Datum *>(palloc(sizeof(Datum) * count));
	auto *const nulls = static_cast<bool *>(palloc0(sizeof(bool) * count));
	ItemPointerData place = tid;

	slot_getallattrs(values);
	datums[0] = Int32GetDatum(static_cast<int32>(leaf_no));
	datums[1] = PointerGetDatum(&place);
	memcpy(datums + 2, values->tts_values, sizeof(Datum) * (count - 2));
	memcpy(nulls + 2, values->tts_isnull, sizeof(bool) * (count - 2));
	tuplestore_putvalues(store_, descriptor_, datums, nulls);
	pfree(datums);
	pfree(nulls);
	rows_++;
}

void
row_batch::clear()
{
	ExecClearTuple(entry_);
	tuplestore_clear(store_);
	rows_ = 0;
}

void
row_batch::seek(int64 row_no)
{
	ExecClearTuple(entry_);
	tuplestore_rescan(store_);
	if (row_no > 0)
		(void) tuplestore_skiptuples(store_, row_no, true);
}

bool
row_batch::next()
{
	if (!tuplestore_gettupleslot(store_, true, false, entry_))
		return false;
	slot_getallattrs(entry_);
	return true;
}

} // namespace migsafe
