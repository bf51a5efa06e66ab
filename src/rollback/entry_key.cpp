#include "rollback/entry_key.hpp"

#include "table/row_text.hpp"

namespace migsafe {

std::string
key_of(const undo_source &source, const undo_entry &entry)
{
	std::vector<named_value> key;
	const bool has_key = !source.key().empty();

	for (const undo_mapping &m : source.mappings())
	{
		if (has_key && m.key_position >= 0)
			key.push_back({m.now->name, m.now->type, entry.key_value(m), false});
		else if (!has_key && m.now)
			key.push_back({m.now->name, m.now->type, entry.old_value(m), entry.old_null(m)});
	}

	const std::string fields = fields_json(key, source.of().owner());

	return has_key ? fields : "{\"row_before\": " + fields + "}";
}

std::string
entry_key::of(const undo_scan &scan)
{
	return key_of(source_, scan.entry());
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

	std::string key = key_of(source_, *entry);

	pg::call([this] { rows_.finish_reading(); });
	return key;
}

} // namespace migsafe
