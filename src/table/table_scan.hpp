/*
 * table_scan.hpp
 *		The rows of a target, leaf by leaf, in physical order.
 */
#pragma once

#include "table/row_source.hpp"

namespace migsafe {

/* A scan of the table itself, not of a query. */
class table_scan : public row_source
{
public:
	/* with the rows that snapshot sees; the snapshot must outlive the scan */
	table_scan(const target &t, Snapshot snapshot) : row_source(t), snapshot_(snapshot) {}
	~table_scan() override;

protected:
	bool advance(size_t &leaf_no) override;

private:
	Snapshot snapshot_;
	size_t scan_leaf_no_ = 0;
	TableScanDesc scan_ = nullptr;
};

} // namespace migsafe
