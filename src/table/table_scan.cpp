#include "table/table_scan.hpp"

#include <exception>

namespace migsafe {

table_scan::table_scan(const target &t, Snapshot snapshot)
	: target_(t), snapshot_(snapshot), owner_(CurrentResourceOwner),
	  exceptions_(std::uncaught_exceptions())
{
	for (const leaf &l : t.leaves())
		slots_.push_back(pg::call(table_slot_create, l.rel.get(), nullptr));
	converted_ = pg::call([&] { return MakeSingleTupleTableSlot(t.descriptor(), &TTSOpsVirtual); });
}

table_scan::~table_scan()
{
	/* an abort releases pins and scans by itself, and may have done so already */
	if (std::uncaught_exceptions() != exceptions_)
		return;
	if (scan_)
		table_endscan(scan_);
	for (TupleTableSlot *slot : slots_)
		ExecDropSingleTupleTableSlot(slot);
	ExecDropSingleTupleTableSlot(converted_);
}

bool
table_scan::next()
{
	ResourceOwner const saved = CurrentResourceOwner;
	bool found;

	CurrentResourceOwner = owner_;
	found = next_stored();
	if (found)
		take(scan_leaf_no_);
	CurrentResourceOwner = saved;
	return found;
}

bool
table_scan::next_stored()
{
	while (scan_leaf_no_ < slots_.size())
	{
		/* not synchronized with other scans: physical order, from the start */
		if (scan_ == nullptr)
			scan_ = table_beginscan_strat(target_.leaves()[scan_leaf_no_].rel.get(), snapshot_, 0,
										  nullptr, true, false);
		if (table_scan_getnextslot(scan_, ForwardScanDirection, slots_[scan_leaf_no_]))
			return true;
		table_endscan(scan_);
		scan_ = nullptr;
		scan_leaf_no_++;
	}
	return false;
}

void
table_scan::take(size_t leaf_no)
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

} // namespace migsafe
