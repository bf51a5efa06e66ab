/*
 * copy_writer.hpp
 *		Rows in the format of COPY ... (FORMAT binary), so that every client of
 *		PostgreSQL can read them.
 */
#pragma once

#include "archive/compressor.hpp"
#include "pg/memory.hpp"

#include <vector>

namespace migsafe::archive {

class copy_writer
{
public:
	/* Columns of the rows; 0A000 if a type has no binary form. */
	copy_writer(TupleDesc descriptor, compressor &to);

	/* What comes before all rows, and after them. */
	void begin();
	void finish();

	/* Server code, under pinned_output. */
	void put(TupleTableSlot *row);

	struct column_totals
	{
		int64 nulls = 0, bytes = 0;
	};
	/* Of what was put, by position. */
	[[nodiscard]] const std::vector<column_totals> &totals() const { return totals_; }

private:
	pg::memory_context types_cxt_, row_cxt_;
	compressor &to_;
	std::vector<FmgrInfo> send_;
	std::vector<column_totals> totals_;

	void find_function(size_t i, Oid type);
	void put_field(size_t i, Datum value, bool null);
};

} // namespace migsafe::archive
