/*
 * bulk_insert.hpp
 *		Rows into a table of our own, many at a time, with nothing fired.
 */
#pragma once

#include "pg/memory.hpp"
#include "pg/relation.hpp"

#include <functional>
#include <vector>

namespace migsafe {

class bulk_inserter
{
public:
	/* placed: server code that is shown each row once it lies in the table, with its tid. */
	explicit bulk_inserter(Oid relid, std::function<void(TupleTableSlot *)> placed = nullptr);
	~bulk_inserter();
	bulk_inserter(const bulk_inserter &) = delete;
	bulk_inserter &operator=(const bulk_inserter &) = delete;

	/* Server code.  From begin to finish in one subtransaction. */
	void begin();
	/* An empty slot, to be filled and put. */
	TupleTableSlot *slot();
	void put(TupleTableSlot *filled);
	void finish();

	[[nodiscard]] Relation rel() const { return rel_.get(); }

private:
	int exceptions_;
	pg::relation rel_;
	const std::function<void(TupleTableSlot *)> placed_;
	pg::memory_context slots_cxt_, bulk_cxt_, flush_cxt_;
	std::vector<TupleTableSlot *> slots_;
	int filled_ = 0;
	size_t filled_bytes_ = 0;
	BulkInsertState bulk_ = nullptr;

	void empty();
	void stay_in_cache_if_small();
	void flush();
};

} // namespace migsafe
