#include "rollback/entry_key.hpp"

#include "pg/message.hpp"
#include "table/row_text.hpp"

#include <algorithm>

namespace migsafe {

std::string
entry_key::of(const undo_scan &scan)
{
	return of_entry(scan.entry());
}

std::string
entry_key::at(ItemPointerData entry_tid)
{
	std::optional<undo_entry> entry;

	pg::call([&, this] {
		rows_.begin_reading();

		TupleTableSlot *const slot = rows_.extra_slot(source_.rel());

		(void) table_tuple_fetch_row_version(source_.rel(), &entry_tid, SnapshotAny, slot);
		entry.emplace(slot, source_.layout());
	});

	const std::string key = of_entry(*entry);

	pg::call([this] { rows_.finish_reading(); });
	return key;
}

std::string
entry_key::of_entry(const undo_entry &entry)
{
	TupleTableSlot *const row = pg::call([&, this] { return old_row(entry); });

	return source_.key().empty() ? "{\"row_before\": " + row_json(source_.of(), row) + "}"
								 : key_json(source_.of(), source_.key(), row);
}

/* Server code.  The key of an entry, or without a key all that it has. */
TupleTableSlot *
entry_key::old_row(const undo_entry &entry)
{
	TupleTableSlot *const row = ExecClearTuple(rows_.target_slot());
	const bool has_key = !source_.key().empty();

	std::fill_n(row->tts_isnull, row->tts_tupleDescriptor->natts, true);
	for (const undo_mapping &m : source_.mappings())
	{
		if (m.now == nullptr || (has_key && m.key_position < 0))
			continue;

		const int n = m.now->attnum - 1;

		row->tts_values[n] = has_key ? entry.key_value(m) : entry.old_value(m);
		row->tts_isnull[n] = !has_key && entry.old_null(m);
	}
	return ExecStoreVirtualTuple(row);
}

} // namespace migsafe
