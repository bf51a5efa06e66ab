#include "backup/action_list.hpp"

namespace migsafe {

action_list::action_list() : list_("migsafe restore plan")
{
	pg::memory_scope scope(list_.cxt());

	pg::call([this] {
		TupleDesc const descriptor = CreateTemplateTupleDesc(4);

		TupleDescInitEntry(descriptor, 1, "action", INT4OID, -1, 0);
		TupleDescInitEntry(descriptor, 2, "leaf", INT4OID, -1, 0);
		TupleDescInitEntry(descriptor, 3, "row", TIDOID, -1, 0);
		TupleDescInitEntry(descriptor, 4, "backup_row", TIDOID, -1, 0);
		list_.begin(descriptor);
	});
}

void
action_list::add(action what, const row_pairs &pair)
{
	ItemPointerData row = pair.row(), backup_row = pair.other();
	const Datum values[] = {Int32GetDatum(static_cast<int32>(what)),
							Int32GetDatum(static_cast<int32>(pair.leaf_no())),
							PointerGetDatum(&row), PointerGetDatum(&backup_row)};
	const bool nulls[] = {false, false, false, false};

	pg::call([&, this] { list_.add(values, nulls); });
	counts_[static_cast<int>(what)]++;
}

} // namespace migsafe
