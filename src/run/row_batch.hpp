/*
 * row_batch.hpp
 *		The rows of a batch between evaluation and writing: where each lies, its
 *		new values, and what is known of the old ones.
 */
#pragma once

#include "run/undo_log.hpp"
#include "table/tuple_list.hpp"

#include <vector>

namespace migsafe {

class row_batch
{
public:
	row_batch(const target &t, const std::vector<AttrNumber> &columns);

	[[nodiscard]] int64 rows() const { return rows_; }

	/* Server code. */
	void add(size_t leaf_no, const ItemPointerData &tid, TupleTableSlot *values,
			 const std::vector<image_hash> &hashes = {});
	void add(size_t leaf_no, const ItemPointerData &tid, const Datum *values, const bool *nulls,
			 const std::vector<image_hash> &hashes = {});
	void clear();
	void close() { list_.close(); }
	void seek(int64 row_no) { list_.seek(row_no); }
	bool next() { return list_.next(); }

	/* Of the row that next() took. */
	[[nodiscard]] size_t leaf_no() const { return DatumGetInt32(list_.values()[0]); }
	[[nodiscard]] ItemPointer tid() const { return list_.tid(1); }
	[[nodiscard]] const Datum *values() const { return list_.values() + fixed; }
	[[nodiscard]] const bool *nulls() const { return list_.nulls() + fixed; }
	/* Server code.  Of values as they were before, as they were added. */
	const std::vector<image_hash> &hashes();

private:
	static constexpr int fixed = 3; /* columns before the values: leaf, place, hashes */

	tuple_list list_;
	std::vector<image_hash> hashes_;
	int64 rows_ = 0;
};

} // namespace migsafe
