#include "backup/take_backup.hpp"

#include "backup/fingerprint.hpp"
#include "catalog/private_table.hpp"
#include "pg/fault.hpp"
#include "pg/message.hpp"
#include "pg/settings.hpp"
#include "table/bulk_insert.hpp"
#include "table/column_sql.hpp"
#include "table/table_scan.hpp"

namespace migsafe {
namespace {

std::string
column_list(const target &t)
{
	std::string list;

	for (const column &c : t.columns())
		list += (list.empty() ? "" : ", ") + pg::identifier(c.name) + " " + storage_type(c);
	return list;
}

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
	catalog::backup_record b = std::move(asked);

	require_place(t, place);
	b.target = catalog::target_record::of(t);
	b.name = free_backup_name(t, place.schema);

	const Oid backup = catalog::create_private_table(t, place.schema, b.name, column_list(t));

	b.schema = pg::call([=] { return get_namespace_name(get_rel_namespace(backup)); });

	const content_summary copied = copy_rows(t, backup, snapshot);

	pg::fault_point("backup");
	if (summarize_now(backup) != copied)
		throw failure(ERRCODE_DATA_CORRUPTED, "the backup differs from table \"" + t.name() + "\"")
			.detail("Its row count or its fingerprint is another.")
			.hint("Nothing was kept. Check the storage of this server.");

	b.runs_seen = catalog::runs_seen_by(t, snapshot);
	b.row_count = copied.rows;
	b.fingerprint = copied.fingerprint;
	b.fingerprint_version = fingerprint_version;
	b.bytes = DatumGetInt64(
		pg::call([=] { return DirectFunctionCall1(pg_total_relation_size, backup); }));
	b.backup_id = catalog::insert(b);
	return b;
}

std::string
summary_of(const catalog::backup_record &backup)
{
	return backup.quoted() + ", " + pg::count_of(backup.row_count, "row") + ", " +
		   pg::size_text(backup.bytes) + ", verified";
}

} // namespace migsafe
