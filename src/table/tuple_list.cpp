#include "table/tuple_list.hpp"

#include <exception>

namespace migsafe {

tuple_list::tuple_list(const char *name) : exceptions_(std::uncaught_exceptions()), cxt_(name) {}

tuple_list::~tuple_list()
{
	if (store_ && std::uncaught_exceptions() == exceptions_)
		tuplestore_end(store_); /* else its file goes with the abort */
}

void
tuple_list::begin(TupleDesc descriptor)
{
	MemoryContext const saved = MemoryContextSwitchTo(cxt_.get());

	descriptor_ = descriptor;
	store_ = tuplestore_begin_heap(true, false, work_mem);
	slot_ = MakeSingleTupleTableSlot(descriptor, &TTSOpsMinimalTuple);
	MemoryContextSwitchTo(saved);
}

void
tuple_list::add(const Datum *values, const bool *nulls)
{
	tuplestore_putvalues(store_, descriptor_, const_cast<Datum *>(values),
						 const_cast<bool *>(nulls));
}

void
tuple_list::clear()
{
	ExecClearTuple(slot_);
	tuplestore_clear(store_);
}

void
tuple_list::seek(int64 number)
{
	ExecClearTuple(slot_);
	tuplestore_rescan(store_);
	if (number > 0)
		(void) tuplestore_skiptuples(store_, number, true);
}

bool
tuple_list::next()
{
	if (!tuplestore_gettupleslot(store_, true, false, slot_))
		return false;
	slot_getallattrs(slot_);
	return true;
}

} // namespace migsafe
