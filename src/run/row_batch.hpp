/*
 * row_batch.hpp
 *		The rows of a batch between evaluation and writing: where each lies, and
 *		its new values.  Within work_mem in memory, beyond that on disk.
 */
#pragma once

#include "pg/memory.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

class row_batch
{
public:
	row_batch(const target &t, const std::vector<AttrNumber> &columns);
	~row_batch();
	row_batch(const row_batch &) = delete;
	row_batch &operator=(const row_batch &) = delete;

	[[nodiscard]] int64 rows() const { return rows_; }

	/* Server code. */
	void add(size_t leaf_no, const ItemPointerData &tid, TupleTableSlot *values);
	void clear();
	/* Go before the row with this number; next() takes it then. */
	void seek(int64 row_no);
	bool next();

	/* Of the row that next() took. */
	[[nodiscard]] size_t leaf_no() const { return DatumGetInt32(entry_->tts_values[0]); }
	[[nodiscard]] ItemPointer tid() const
	{
		return static_cast<ItemPointer>(
			static_cast<void *>(DatumGetPointer(entry_->tts_values[1])));
	}
	[[nodiscard]] const Datum *values() const { return entry_->tts_values + 2; }
	[[nodiscard]] const bool *nulls() const { return entry_->tts_isnull + 2; }

private:
	int exceptions_;
	pg::memory_context cxt_;
	TupleDesc descriptor_ = nullptr;
	Tuplestorestate *store_ = nullptr;
	TupleTableSlot *entry_ = nullptr;
	int64 rows_ = 0;
};

} // namespace migsafe
