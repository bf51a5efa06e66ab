#include "backup/action_list.hpp"

#include <exception>

namespace migsafe {

action_list::action_list() : exceptions_(std::uncaught_exceptions()), cxt_("migsafe restore plan")
{
	pg::memory_scope scope(cxt_.get());

	pg::call([this] {
		descriptor_ = CreateTemplateTupleDesc(4);
		TupleDescInitEntry(descriptor_, 1, "action", INT4OID, -1, 0);
		TupleDescInitEntry(descriptor_, 2, "leaf", INT4OID, -1, 0);
		TupleDescInitEntry(descriptor_, 3, "row", TIDOID, -1, 0);
		TupleDescInitEntry(descriptor_, 4, "backup_row", TIDOID, -1, 0);
		store_ = tuplestore_begin_heap(true, false, work_mem);
		slot_ = MakeSingleTupleTableSlot(descriptor_, &TTSOpsMinimalTuple);
	});
}

action_list::~action_list()
{
	if (std::uncaught_exceptions() == exceptions_)
		tuplestore_end(store_); /* else its file goes with the abort */
}

void
action_list::add(action what, const row_pairs &pair)
{
	ItemPointerData row = pair.row(), backup_row = pair.other();
	Datum values[] = {Int32GetDatum(static_cast<int32>(what)),
					  Int32GetDatum(static_cast<int32>(pair.leaf_no())), PointerGetDatum(&row),
					  PointerGetDatum(&backup_row)};
	bool nulls[] = {false, false, false, false};

	pg::call([&, this] { tuplestore_putvalues(store_, descriptor_, values, nulls); });
	counts_[static_cast<int>(what)]++;
}

void
action_list::rewind()
{
	tuplestore_rescan(store_);
}

bool
action_list::next()
{
	if (!tuplestore_gettupleslot(store_, true, false, slot_))
		return false;
	slot_getallattrs(slot_);
	return true;
}

} // namespace migsafe
