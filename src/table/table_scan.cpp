#include "table/table_scan.hpp"

namespace migsafe {

table_scan::~table_scan()
{
	/* an abort releases pins and scans by itself, and may have done so already */
	if (scan_ && !unwinding())
		table_endscan(scan_);
}

bool
table_scan::advance(size_t &leaf_no)
{
	while (scan_leaf_no_ < target_.leaves().size())
	{
		/* not synchronized with other scans: physical order, from the start */
		if (scan_ == nullptr)
			scan_ = table_beginscan_strat(target_.leaves()[scan_leaf_no_].rel.get(), snapshot_, 0,
										  nullptr, true, false);
		leaf_no = scan_leaf_no_;
		if (table_scan_getnextslot(scan_, ForwardScanDirection, slot_for(leaf_no)))
			return true;
		table_endscan(scan_);
		scan_ = nullptr;
		scan_leaf_no_++;
	}
	return false;
}

} // namespace migsafe
