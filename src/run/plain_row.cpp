#include "run/plain_row.hpp"

extern "C" {
#include "access/detoast.h"
}

#include <algorithm>

namespace migsafe {
namespace {

/* Beyond this a value is rather decompressed twice than held in memory. */
constexpr Size most_in_memory = 131072;

/* Server code.  Is it compressed within the row?  One that lies elsewhere is fetched by whoever needs it. */
bool
is_to_be_decompressed(const FormData_pg_attribute &att, Datum value, bool null)
{
	return !null && att.attlen == -1 && VARATT_IS_COMPRESSED(DatumGetPointer(value)) &&
		   toast_raw_datum_size(value) <= most_in_memory;
}

} // namespace

plain_row::plain_row(const target &t, const std::vector<AttrNumber> &columns)
	: target_(t), columns_(columns)
{
	pg::memory_scope scope(slot_cxt_.get());

	/* a copy: the descriptor of the relation would be held until somebody drops the slot */
	slot_ = pg::call(
		[&] { return MakeTupleTableSlot(CreateTupleDescCopy(t.descriptor()), &TTSOpsVirtual); });
}

TupleTableSlot *
plain_row::of(TupleTableSlot *row)
{
	MemoryContext const saved = CurrentMemoryContext;

	ExecClearTuple(slot_);
	values_cxt_.reset();
	plain_.clear();
	slot_getallattrs(row);
	MemoryContextSwitchTo(values_cxt_.get());
	for (const AttrNumber attnum : columns_)
	{
		const int i = attnum - 1;

		if (!is_to_be_decompressed(*TupleDescAttr(target_.descriptor(), i), row->tts_values[i],
								   row->tts_isnull[i]))
			continue;
		slot_->tts_values[i] = PointerGetDatum(PG_DETOAST_DATUM(row->tts_values[i]));
		plain_.push_back(attnum);
	}
	MemoryContextSwitchTo(saved);
	if (plain_.empty())
		return row;
	for (int i = 0; i < target_.descriptor()->natts; i++)
	{
		slot_->tts_isnull[i] = row->tts_isnull[i];
		if (std::find(plain_.begin(), plain_.end(), i + 1) == plain_.end())
			slot_->tts_values[i] = row->tts_values[i];
	}
	return ExecStoreVirtualTuple(slot_);
}

const std::vector<image_hash> &
plain_row::hashes()
{
	hashes_.clear();
	for (const AttrNumber attnum : plain_)
		hashes_.push_back({attnum, hash_image(*TupleDescAttr(target_.descriptor(), attnum - 1),
											  slot_->tts_values[attnum - 1], false)});
	return hashes_;
}

} // namespace migsafe
