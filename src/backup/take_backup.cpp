#include "backup/take_backup.hpp"

#include "pg/settings.hpp"
#include "table/bulk_insert.hpp"
#include "table/table_scan.hpp"

namespace migsafe {
namespace {

/* Copy and fingerprint in one pass: both of the same rows, whatever others write meanwhile. */
content_summary
copy_rows(const target &t, Oid backup, Snapshot snapshot)
{
	const pg::pinned_output pinned;
	fingerprint content(t.descriptor());
	bulk_inserter rows(backup);
	table_scan scan(t, snapshot);
	const std::vector<column> &columns = t.columns();

	pg::call([&] {
		PushActiveSnapshot(snapshot);
		rows.begin();
		while (scan.next())
		{
			CHECK_FOR_INTERRUPTS();
			content.add(scan.row());

			TupleTableSlot *const copy = rows.slot();

			for (size_t i = 0; i < columns.size(); i++)
				copy->tts_values[i] =
					slot_getattr(scan.row(), columns[i].attnum, &copy->tts_isnull[i]);
			rows.put(ExecStoreVirtualTuple(copy));
		}
		rows.finish();
		PopActiveSnapshot();
		CommandCounterIncrement();
	});
	return {content.rows(), content.hex()};
}

} // namespace

catalog::backup_record
take_backup(const target &t, const backup_place &place, catalog::backup_record asked,
			Snapshot snapshot)
{
	new_backup backup(t, place, std::move(asked));
	const content_summary copied = copy_rows(t, backup.table(), snapshot);

	return backup.finish(copied, catalog::runs_seen_by(t, snapshot));
}

} // namespace migsafe
