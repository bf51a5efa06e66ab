#include "run/row_batch.hpp"

namespace migsafe {

row_batch::row_batch(const target &t, const std::vector<AttrNumber> &columns)
	: list_("migsafe batch")
{
	pg::memory_scope scope(list_.cxt());
	const int count = static_cast<int>(columns.size());
	const AttrNumber *const attnums = columns.data();

	pg::call([&, this] {
		TupleDesc const descriptor = CreateTemplateTupleDesc(2 + count);

		TupleDescInitEntry(descriptor, 1, "leaf", INT4OID, -1, 0);
		TupleDescInitEntry(descriptor, 2, "tid", TIDOID, -1, 0);
		for (int i = 0; i < count; i++)
			TupleDescCopyEntry(descriptor, static_cast<AttrNumber>(3 + i), t.descriptor(),
							   attnums[i]);
		list_.begin(descriptor);
	});
}

void
row_batch::add(size_t leaf_no, const ItemPointerData &tid, TupleTableSlot *values)
{
	slot_getallattrs(values);
	add(leaf_no, tid, values->tts_values, values->tts_isnull);
}

void
row_batch::add(size_t leaf_no, const ItemPointerData &tid, const Datum *values, const bool *is_null)
{
	const int count = list_.descriptor()->natts;
	auto *const datums = static_cast<Datum *>(palloc(sizeof(Datum) * count));
	auto *const nulls = static_cast<bool *>(palloc0(sizeof(bool) * count));
	ItemPointerData place = tid;

	datums[0] = Int32GetDatum(static_cast<int32>(leaf_no));
	datums[1] = PointerGetDatum(&place);
	memcpy(datums + 2, values, sizeof(Datum) * (count - 2));
	memcpy(nulls + 2, is_null, sizeof(bool) * (count - 2));
	list_.add(datums, nulls);
	pfree(datums);
	pfree(nulls);
	rows_++;
}

void
row_batch::clear()
{
	list_.clear();
	rows_ = 0;
}

} // namespace migsafe
