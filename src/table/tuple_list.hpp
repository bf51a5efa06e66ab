/*
 * tuple_list.hpp
 *		A list of tuples: within work_mem in memory, beyond that on disk.
 */
#pragma once

#include "pg/memory.hpp"

#include <vector>

namespace migsafe {

/*
 * Like a tuplestore, but made to be filled and emptied many times: what found
 * room in memory stays there, and the file for the rest is written over, since
 * giving its pages back and asking for them again costs more than the writing.
 */
class tuple_list
{
public:
	/* name: of its memory context */
	explicit tuple_list(const char *name);
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

	/*
	 * Server code.  Give up the file, when all is done: that may still write to
	 * it and fail, so no destructor can do it.  After an error the file goes with
	 * the abort.
	 */
	void close();

	/* Of the tuple that next() took. */
	[[nodiscard]] const Datum *values() const { return slot_->tts_values; }
	[[nodiscard]] const bool *nulls() const { return slot_->tts_isnull; }
	[[nodiscard]] ItemPointer tid(int column) const
	{
		return static_cast<ItemPointer>(static_cast<void *>(DatumGetPointer(values()[column])));
	}

private:
	struct file_position
	{
		int file;
		off_t offset;
	};

	void write(MinimalTuple tuple);
	void open_file();
	[[nodiscard]] file_position tell() const;
	void go_to(const file_position &position);
	void read_bytes(void *bytes, size_t size);
	MinimalTuple read();

	ResourceOwner owner_; /* of the file */
	pg::memory_context cxt_, tuples_cxt_;
	TupleDesc descriptor_ = nullptr;
	TupleTableSlot *slot_ = nullptr;

	std::vector<MinimalTuple> in_memory_;
	size_t memory_ = 0; /* bytes that they take */

	BufFile *file_ = nullptr;
	std::vector<file_position> marks_; /* where every so manieth tuple of the file lies */
	int64 in_file_ = 0;
	file_position end_{};
	bool at_end_ = true;
	MinimalTuple buffer_ = nullptr; /* for the tuple that was read last */
	size_t buffer_size_ = 0;

	int64 next_ = 0;
};

} // namespace migsafe
