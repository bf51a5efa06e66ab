#include "table/row_source.hpp"

#include "pg/message.hpp"

#include <exception>

namespace migsafe {
namespace {

struct table_place
{
	Oid table;
	ItemPointerData tid;
};

/* Of a row of tableoid and ctid. */
table_place
to_place(const pg::cursor &rows)
{
	return pg::call([&] {
		HeapTuple const row = rows.tuple();
		bool null;
		const Datum table = SPI_getbinval(row, rows.descriptor(), 1, &null);
		const Datum tid = SPI_getbinval(row, rows.descriptor(), 2, &null);

		return table_place{DatumGetObjectId(table),
						   *reinterpret_cast<ItemPointer>(DatumGetPointer(tid))};
	});
}

} // namespace

std::vector<row_place>
row_places(const target &t, pg::cursor &rows)
{
	std::vector<row_place> places;

	while (rows.next())
	{
		const table_place place = to_place(rows);

		if (const auto leaf_no = t.leaf_no(place.table))
			places.push_back({*leaf_no, place.tid});
	}
	return places;
}

row_source::row_source(const target &t)
	: target_(t), owner_(CurrentResourceOwner), exceptions_(std::uncaught_exceptions())
{
	for (const leaf &l : t.leaves())
		slots_.push_back(pg::call(table_slot_create, l.rel.get(), nullptr));
	converted_ = pg::call([&] { return MakeSingleTupleTableSlot(t.descriptor(), &TTSOpsVirtual); });
}

row_source::~row_source()
{
	if (unwinding())
		return;
	for (TupleTableSlot *slot : slots_)
		ExecDropSingleTupleTableSlot(slot);
	ExecDropSingleTupleTableSlot(converted_);
}

bool
row_source::unwinding() const
{
	return std::uncaught_exceptions() != exceptions_;
}

bool
row_source::next()
{
	ResourceOwner const saved = CurrentResourceOwner;
	size_t leaf_no;

	CurrentResourceOwner = owner_;

	const bool found = advance(leaf_no);

	if (found)
		take(leaf_no);
	CurrentResourceOwner = saved;
	return found;
}

void
row_source::take(size_t leaf_no)
{
	const leaf &l = target_.leaves()[leaf_no];

	row_ = slots_[leaf_no];
	if (l.to_target)
	{
		row_ = execute_attr_map_slot(l.to_target->attrMap, slots_[leaf_no], converted_);
		row_->tts_tid = slots_[leaf_no]->tts_tid;
		row_->tts_tableOid = slots_[leaf_no]->tts_tableOid;
	}
	leaf_no_ = leaf_no;
}

void
row_source::look_at(const row_place &place)
{
	ItemPointerData tid = place.tid;

	if (!table_tuple_fetch_row_version(target_.leaves()[place.leaf_no].rel.get(), &tid, SnapshotAny,
									   slots_[place.leaf_no]))
		pg::raise_internal_error("a version of a row that is being migrated has vanished");
	take(place.leaf_no);
}

bool
listed_rows::advance(size_t &leaf_no)
{
	while (passed_ < places_.size())
	{
		row_place &place = places_[passed_++];

		leaf_no = place.leaf_no;
		if (table_tuple_fetch_row_version(target_.leaves()[leaf_no].rel.get(), &place.tid,
										  snapshot_, slot_for(leaf_no)))
			return true;
	}
	return false;
}

} // namespace migsafe
