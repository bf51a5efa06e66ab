#include "table/tuple_list.hpp"

#include "pg/compat_table.hpp"
#include "pg/message.hpp"

#include <algorithm>

namespace migsafe {
namespace {

constexpr int64 tuples_per_mark = 256;

} // namespace

tuple_list::tuple_list(const char *name)
	: owner_(CurrentResourceOwner), cxt_(name), tuples_cxt_("migsafe tuples", cxt_.get())
{
}

void
tuple_list::close()
{
	if (file_)
		BufFileClose(file_);
	file_ = nullptr;
}

void
tuple_list::begin(TupleDesc descriptor)
{
	MemoryContext const saved = MemoryContextSwitchTo(cxt_.get());

	descriptor_ = descriptor;
	slot_ = MakeSingleTupleTableSlot(descriptor, &TTSOpsMinimalTuple);
	MemoryContextSwitchTo(saved);
}

void
tuple_list::add(const Datum *values, const bool *nulls)
{
	MemoryContext const saved = MemoryContextSwitchTo(tuples_cxt_.get());
	MinimalTuple const tuple = compat::form_tuple(descriptor_, values, nulls);
	const size_t size = GetMemoryChunkSpace(tuple) + sizeof(void *); /* and what leads to it */

	MemoryContextSwitchTo(saved);
	if (in_file_ == 0 && memory_ + size <= size_t{1024} * static_cast<size_t>(work_mem))
	{
		in_memory_.push_back(tuple);
		memory_ += size;
		return;
	}
	write(tuple);
	pfree(tuple);
}

void
tuple_list::open_file()
{
	ResourceOwner const saved_owner = CurrentResourceOwner;
	MemoryContext const saved = MemoryContextSwitchTo(cxt_.get());

	/* a subtransaction that fails must not take the file along */
	CurrentResourceOwner = owner_;
	PrepareTempTablespaces();
	file_ = BufFileCreateTemp(false);
	CurrentResourceOwner = saved_owner;
	MemoryContextSwitchTo(saved);
}

tuple_list::file_position
tuple_list::tell() const
{
	file_position position{};

	BufFileTell(file_, &position.file, &position.offset);
	return position;
}

void
tuple_list::go_to(const file_position &position)
{
	if (BufFileSeek(file_, position.file, position.offset, SEEK_SET) != 0)
		pg::raise_internal_error("could not seek in a temporary file");
}

void
tuple_list::write(MinimalTuple tuple)
{
	if (file_ == nullptr)
		open_file();
	if (!at_end_)
		go_to(end_);
	at_end_ = true;
	if (in_file_ % tuples_per_mark == 0)
		marks_.push_back(tell());
	BufFileWrite(file_, tuple, tuple->t_len);
	in_file_++;
}

void
tuple_list::clear()
{
	ExecClearTuple(slot_);
	MemoryContextReset(tuples_cxt_.get());
	in_memory_.clear();
	marks_.clear();
	memory_ = 0;
	in_file_ = next_ = 0;
	end_ = {};
	at_end_ = false;
}

void
tuple_list::seek(int64 number)
{
	const int64 first = static_cast<int64>(in_memory_.size());

	ExecClearTuple(slot_);
	if (in_file_ > 0)
	{
		if (at_end_)
			end_ = tell();
		at_end_ = false;

		const int64 mark =
			std::min(std::max(number - first, int64{0}), in_file_ - 1) / tuples_per_mark;

		go_to(marks_[mark]);
		next_ = first + mark * tuples_per_mark;
		while (next_ < number && next_ < first + in_file_)
		{
			(void) read();
			next_++;
		}
	}
	next_ = number;
}

void
tuple_list::read_bytes(void *bytes, size_t size)
{
	if (BufFileRead(file_, bytes, size) != size)
		pg::raise_internal_error("could not read from a temporary file");
}

MinimalTuple
tuple_list::read()
{
	uint32 size;

	read_bytes(&size, sizeof(size));
	if (size > buffer_size_)
	{
		buffer_size_ = std::max<size_t>(size, buffer_size_ * 2);
		if (buffer_)
			pfree(buffer_);
		buffer_ = nullptr;
		buffer_ = static_cast<MinimalTuple>(MemoryContextAllocHuge(cxt_.get(), buffer_size_));
	}
	buffer_->t_len = size;
	read_bytes(reinterpret_cast<char *>(buffer_) + sizeof(size), size - sizeof(size));
	return buffer_;
}

bool
tuple_list::next()
{
	const int64 first = static_cast<int64>(in_memory_.size());

	if (next_ >= first + in_file_)
		return false;
	if (next_ >= first && at_end_)
		seek(next_);
	ExecStoreMinimalTuple(next_ < first ? in_memory_[next_] : read(), slot_, false);
	next_++;
	slot_getallattrs(slot_);
	return true;
}

} // namespace migsafe
