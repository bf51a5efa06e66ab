/*
 * table_scan.hpp
 *		The rows of a target, leaf by leaf, in physical order.
 */
#pragma once

#include "pg/memory.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

/*
 * A scan of the table itself, not of a query: it survives the rollback of
 * subtransactions in which its rows were looked at, because it was begun, and
 * goes on, under the resource owner of its creator.
 */
class table_scan
{
public:
	/* with the rows that snapshot sees; the snapshot must outlive the scan */
	table_scan(const target &t, Snapshot snapshot);
	~table_scan();
	table_scan(const table_scan &) = delete;
	table_scan &operator=(const table_scan &) = delete;

	/* Server code.  Go to the next row; false at the end. */
	bool next();

	/* The row as it lies in its leaf, and in the target's layout. */
	[[nodiscard]] TupleTableSlot *stored() const { return slots_[leaf_no_]; }
	[[nodiscard]] TupleTableSlot *row() const { return row_; }
	[[nodiscard]] size_t leaf_no() const { return leaf_no_; }

	/*
	 * Server code.  For a row that is found by other means than next(): put it
	 * into slot_for(leaf), and take it as the present one.
	 */
	[[nodiscard]] TupleTableSlot *slot_for(size_t leaf_no) const { return slots_[leaf_no]; }
	void take(size_t leaf_no);

private:
	const target &target_;
	Snapshot snapshot_;
	ResourceOwner owner_;
	int exceptions_;
	std::vector<TupleTableSlot *> slots_; /* [leaf] */
	TupleTableSlot *converted_ = nullptr;
	TupleTableSlot *row_ = nullptr;
	size_t leaf_no_ = 0;      /* of the present row */
	size_t scan_leaf_no_ = 0; /* of the scan */
	TableScanDesc scan_ = nullptr;

	bool next_stored();
};

} // namespace migsafe
