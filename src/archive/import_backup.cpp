/*
 * import_backup.cpp
 *		migsafe.import_backup: a backup made of an export, after all of it was verified.
 */
#include "archive/data_reader.hpp"
#include "archive/fits.hpp"
#include "archive/server_files.hpp"
#include "archive/source_folder.hpp"
#include "backup/backup_set.hpp"
#include "backup/new_backup.hpp"
#include "pg/message.hpp"
#include "pg/once.hpp"
#include "pg/rights.hpp"
#include "pg/settings.hpp"
#include "table/bulk_insert.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;
using namespace migsafe::archive;

namespace {

/* The table that the manifest names. */
Oid
table_of(const manifest &m, const std::string &directory)
{
	const Oid found = pg::call([&] {
		const Oid schema = LookupNamespaceNoError(m.schema.c_str());

		return OidIsValid(schema) ? get_relname_relid(m.name.c_str(), schema) : InvalidOid;
	});

	if (!OidIsValid(found))
		throw failure(ERRCODE_UNDEFINED_TABLE,
					  "table " + pg::qualified_name(m.schema, m.name) + " does not exist")
			.detail("The export in \"" + directory + "\" is of that table.")
			.hint(
				"Create it by the files of that folder, types.sql and then table.sql; indexes.sql, "
				"constraints.sql and foreign_keys.sql are best executed after migsafe.restore(). "
				"Or pass target => another table with the same columns.");
	return found;
}

/* What the caller would need to put the same rows into the table: a restore will take them from here. */
void
require_rights(const target &t)
{
	t.require_readable();
	require_no_children(t);
	t.require(ACL_INSERT, "INSERT");
	t.require(ACL_UPDATE, "UPDATE");
	t.require(ACL_DELETE, "DELETE");
}

failure
not_the_content(const source_folder &folder)
{
	return failure(ERRCODE_DATA_CORRUPTED, "the rows in file \"" + folder.path_of(data_file) +
											   "\" are not those of the backup")
		.detail("Their count or their fingerprint is not that of the MANIFEST.")
		.hint("Nothing was imported. Values of reg* types are OIDs, which mean something else "
			  "in another database.");
}

void
load(const source_folder &folder, const manifest &m, Oid table)
{
	const pg::pinned_output pinned;
	data_reader data(folder.path_of(data_file), folder.open(data_file), m.data_bytes);
	bulk_inserter rows(table);
	fingerprint content(RelationGetDescr(rows.rel()));
	const pg::memory_context row_cxt("migsafe import row");
	bool too_many = false;

	data.begin(rows.rel());

	/* domains within composite types and arrays have their constraints tried: code of the owner's */
	const pg::restricted_role rights(rows.rel()->rd_rel->relowner);

	pg::call([&] {
		MemoryContext const saved = MemoryContextSwitchTo(row_cxt.get());

		rows.begin();
		for (TupleTableSlot *row = rows.slot(); data.next(row->tts_values, row->tts_isnull);
			 row = rows.slot())
		{
			CHECK_FOR_INTERRUPTS();
			too_many = content.rows() == m.content.rows;
			if (too_many)
				break;
			content.add(ExecStoreVirtualTuple(row));
			rows.put(row);
			MemoryContextReset(row_cxt.get());
		}
		rows.finish();
		MemoryContextSwitchTo(saved);
		CommandCounterIncrement();
	});
	if (too_many)
		throw not_the_content(folder);
	data.finish();
	if (content_summary{content.rows(), content.hex()} != m.content)
		throw not_the_content(folder);
}

/* The runs that the backup knows mean something where it was taken. */
std::string
runs_seen(const manifest &m, const target &t)
{
	const catalog::target_record here = catalog::target_record::of(t);

	return m.oid == here.oid && m.system_identifier == here.system_identifier &&
				   m.extension_oid == here.extension_oid
			   ? m.runs_seen
			   : "{}";
}

/* Which of the backups that belong together are here by now. */
void
announce_set(const catalog::backup_record &made)
{
	if (made.backup_set)
		pg::notice("backup set " + std::to_string(*made.backup_set) + " has backups of " +
					   catalog::tables_of_set(*made.backup_set),
				   "To restore them together: " +
					   restore_call_of_set(catalog::backups_of_set(*made.backup_set)));
}

} // namespace

MIGSAFE_ACTION(migsafe_import_backup)
{
	const pg::arguments args(fcinfo);

	args.require(0, "directory");
	require_read_write("migsafe.import_backup()", "Call it in a read-write transaction.");
	require_reader_of_files();
	data_reader::require_none_at_work();

	const std::string directory = directory_argument(args, 0);
	const source_folder folder(directory);
	const manifest m = folder.verified();
	const target t(args.null(2) ? table_of(m, directory) : args.oid(2), "target", AccessShareLock);

	require_rights(t);
	require_fits(m, t);

	catalog::backup_record asked;

	asked.label = m.label;
	asked.origin = m.origin;
	if (m.of_set)
		asked.backup_set = catalog::set_of_import(m.origin);

	new_backup backup(t, place_asked_for(args.null(1) ? t.schema() : args.name(1)), asked);

	load(folder, m, backup.table());

	const catalog::backup_record made = backup.finish(m.content, {runs_seen(m, t), std::nullopt});

	announce(made);
	announce_set(made);
	return pg::make_record(fcinfo, result_of(made));
}
