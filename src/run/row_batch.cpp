#include "run/row_batch.hpp"

namespace migsafe {
namespace {

/* Server code. */
Datum
to_bytea(const std::vector<image_hash> &hashes)
{
	const size_t size = sizeof(image_hash) * hashes.size();
	auto *const bytes = static_cast<bytea *>(palloc(VARHDRSZ + size));

	SET_VARSIZE(bytes, VARHDRSZ + size);
	memcpy(VARDATA(bytes), hashes.data(), size);
	return PointerGetDatum(bytes);
}

} // namespace

row_batch::row_batch(const target &t, const std::vector<AttrNumber> &columns)
	: list_("migsafe batch")
{
	pg::memory_scope scope(list_.cxt());
	const int count = static_cast<int>(columns.size());
	const AttrNumber *const attnums = columns.data();

	pg::call([&, this] {
		TupleDesc const descriptor = CreateTemplateTupleDesc(fixed + count);

		TupleDescInitEntry(descriptor, 1, "leaf", INT4OID, -1, 0);
		TupleDescInitEntry(descriptor, 2, "tid", TIDOID, -1, 0);
		TupleDescInitEntry(descriptor, 3, "hashes", BYTEAOID, -1, 0);
		for (int i = 0; i < count; i++)
			TupleDescCopyEntry(descriptor, static_cast<AttrNumber>(fixed + 1 + i), t.descriptor(),
							   attnums[i]);
		list_.begin(descriptor);
	});
}

void
row_batch::add(size_t leaf_no, const ItemPointerData &tid, TupleTableSlot *values,
			   const std::vector<image_hash> &hashes)
{
	slot_getallattrs(values);
	add(leaf_no, tid, values->tts_values, values->tts_isnull, hashes);
}

void
row_batch::add(size_t leaf_no, const ItemPointerData &tid, const Datum *values, const bool *is_null,
			   const std::vector<image_hash> &hashes)
{
	const int count = list_.descriptor()->natts;
	auto *const datums = static_cast<Datum *>(palloc(sizeof(Datum) * count));
	auto *const nulls = static_cast<bool *>(palloc0(sizeof(bool) * count));
	ItemPointerData place = tid;

	datums[0] = Int32GetDatum(static_cast<int32>(leaf_no));
	datums[1] = PointerGetDatum(&place);
	nulls[2] = hashes.empty();
	datums[2] = hashes.empty() ? 0 : to_bytea(hashes);
	memcpy(datums + fixed, values, sizeof(Datum) * (count - fixed));
	memcpy(nulls + fixed, is_null, sizeof(bool) * (count - fixed));
	list_.add(datums, nulls);
	if (!nulls[2])
		pfree(DatumGetPointer(datums[2]));
	pfree(datums);
	pfree(nulls);
	rows_++;
}

const std::vector<image_hash> &
row_batch::hashes()
{
	hashes_.clear();
	if (!list_.nulls()[2])
	{
		const auto *const bytes =
			reinterpret_cast<const bytea *>(DatumGetPointer(list_.values()[2]));

		hashes_.resize(VARSIZE_ANY_EXHDR(bytes) / sizeof(image_hash));
		memcpy(hashes_.data(), VARDATA_ANY(bytes), sizeof(image_hash) * hashes_.size());
	}
	return hashes_;
}

void
row_batch::clear()
{
	list_.clear();
	rows_ = 0;
}

} // namespace migsafe
