/*
 * tuple_list.hpp
 *		A list of tuples: within work_mem in memory, beyond that on disk.
 */
#pragma once

#include "pg/memory.hpp"

namespace migsafe {

class tuple_list
{
public:
	/* name: of its memory context */
	explicit tuple_list(const char *name);
	~tuple_list();
	tuple_list(const tuple_list &) = delete;
	tuple_list &operator=(const tuple_list &) = delete;

	/* Server code.  Once, before all else: a descriptor made in cxt(). */
	void begin(TupleDesc descriptor);
	[[nodiscard]] MemoryContext cxt() const { return cxt_.get(); }
	[[nodiscard]] TupleDesc descriptor() const { return descriptor_; }

	/* Server code. */
	void add(const Datum *values, const bool *nulls);
	void clear();
	/* Go before the tuple with this number; next() takes it then. */
	void seek(int64 number);
	bool next();

	/* Of the tuple that next() took. */
	[[nodiscard]] const Datum *values() const { return slot_->tts_values; }
	[[nodiscard]] const bool *nulls() const { return slot_->tts_isnull; }
	[[nodiscard]] ItemPointer tid(int column) const
	{
		return static_cast<ItemPointer>(static_cast<void *>(DatumGetPointer(values()[column])));
	}

private:
	int exceptions_;
	pg::memory_context cxt_;
	TupleDesc descriptor_ = nullptr;
	Tuplestorestate *store_ = nullptr;
	TupleTableSlot *slot_ = nullptr;
};

} // namespace migsafe
