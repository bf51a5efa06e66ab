#include "table/row_walk.hpp"

#include <algorithm>

extern "C" {
#include "access/xact.h"
}

namespace migsafe {

bool
row_walk::is_possible(const target &t)
{
	return !IsolationIsSerializable() &&
		   std::all_of(t.leaves().begin(), t.leaves().end(), [](const leaf &l) {
			   return l.rel->rd_tableam->scan_set_tidrange != nullptr;
		   });
}

row_walk::row_walk(const target &t, Snapshot snapshot)
	: row_source(t), snapshot_(snapshot), leaves_left_(t.leaves().size())
{
}

row_walk::~row_walk()
{
	if (scan_ && !unwinding())
		table_endscan(scan_);
}

/* Server code, as are all below. */
void
row_walk::begin_scan()
{
	ItemPointerData first, last;

	ItemPointerSet(&first, 0, FirstOffsetNumber);
	ItemPointerSet(&last, MaxBlockNumber, MaxOffsetNumber);
	/* not in the memory of the row that is looked at */
	MemoryContext const caller = MemoryContextSwitchTo(cxt_.get());

	scan_ = table_beginscan_tidrange(target_.leaves()[leaves_left_ - 1].rel.get(), snapshot_,
									 &first, &last);
	MemoryContextSwitchTo(caller);
}

void
row_walk::end_scan()
{
	table_endscan(scan_);
	scan_ = nullptr;
}

void
row_walk::go_before(const row_place &place)
{
	ItemPointerData first, last = place.tid;

	if (scan_ && leaves_left_ != place.leaf_no + 1)
		end_scan();
	leaves_left_ = place.leaf_no + 1;
	if (scan_ == nullptr)
		begin_scan();
	ItemPointerSet(&first, 0, FirstOffsetNumber);
	ItemPointerDec(&last);
	table_rescan_tidrange(scan_, &first, &last);
}

bool
row_walk::advance(size_t &leaf_no)
{
	for (; leaves_left_ > 0; leaves_left_--)
	{
		if (scan_ == nullptr)
			begin_scan();
		leaf_no = leaves_left_ - 1;
		if (table_scan_getnextslot_tidrange(scan_, BackwardScanDirection, slot_for(leaf_no)))
			return true;
		end_scan();
	}
	return false;
}

} // namespace migsafe
