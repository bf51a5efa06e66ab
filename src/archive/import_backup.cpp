/*
 * import_backup.cpp
 *		migsafe.import_backup: a backup made of an export, after all of it was verified.
 */
#include "archive/data_reader.hpp"
#include "archive/server_files.hpp"
#include "archive/source_folder.hpp"
#include "backup/new_backup.hpp"
#include "catalog/session.hpp"
#include "pg/message.hpp"
#include "pg/once.hpp"
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

void
require_same_columns(const manifest &m, const target &t)
{
	catalog::session s;
	const auto rows = s->query(
		"SELECT coalesce(m.i, n.i), coalesce(quote_ident(m.c->>'name') || ' ' || (m.c->>'type'),"
		" 'missing'), coalesce(quote_ident(n.c->>'name') || ' ' || (n.c->>'type'), 'missing')"
		" FROM jsonb_array_elements($1::jsonb->'columns') WITH ORDINALITY m (c, i)"
		" FULL JOIN jsonb_array_elements(migsafe.table_manifest($2::regclass)->'columns')"
		"  WITH ORDINALITY n (c, i) ON n.i = m.i"
		" WHERE (m.c->>'name', m.c->>'type') IS DISTINCT FROM (n.c->>'name', n.c->>'type')"
		" ORDER BY 1 LIMIT 1",
		{pg::value::text(m.definition), pg::value::of_oid(t.relid())});

	if (!rows.empty())
		throw failure(ERRCODE_DATATYPE_MISMATCH,
					  "table " + t.quoted() + " has other columns than the export")
			.detail("Column " + *rows[0][0] + " is " + *rows[0][1] + " in the export, and " +
					*rows[0][2] + " in the table.")
			.hint("Pass target => a table with the columns that table.sql of the export has.");
}

void
require_same_types(const manifest &m, const target &t)
{
	catalog::session s;
	const auto rows = s->query(
		"SELECT m.t->>'name', m.t->>'kind',"
		" coalesce(m.t->'labels', m.t->'fields', m.t->'base')::text,"
		" coalesce(n.t->'labels', n.t->'fields', n.t->'base')::text"
		" FROM (SELECT $1::jsonb->'types') d (a), LATERAL jsonb_array_elements("
		"  CASE jsonb_typeof(d.a) WHEN 'array' THEN d.a ELSE '[]' END) m (t)"
		" LEFT JOIN jsonb_array_elements(coalesce(migsafe.type_manifest($2::regclass), '[]')) n (t)"
		"  ON n.t->>'name' = m.t->>'name'"
		" WHERE (m.t->'kind', m.t->'fields', m.t->'base') IS DISTINCT FROM"
		"  (n.t->'kind', n.t->'fields', n.t->'base')"
		"  OR NOT (n.t->'labels') @> (m.t->'labels') LIMIT 1",
		{pg::value::text(m.definition), pg::value::of_oid(t.relid())});

	if (!rows.empty())
		throw failure(ERRCODE_DATATYPE_MISMATCH,
					  "type " + *rows[0][0] + " is another one than in the export")
			.detail("In the export it is the " + *rows[0][1] + " " + rows[0][2].value_or("") +
					", and here " + rows[0][3].value_or("") + ".")
			.hint(
				"Give it what types.sql of the export has: ALTER TYPE ... ADD VALUE adds a label.");
}

void
require_fits(const manifest &m, const target &t)
{
	const std::string encoding = GetDatabaseEncodingName();

	if (m.encoding != encoding)
		throw failure(ERRCODE_FEATURE_NOT_SUPPORTED,
					  "the export is from a database with encoding " + m.encoding +
						  ", and this one has " + encoding)
			.hint("Import it into a database with encoding " + m.encoding + ".");
	pg::translate_errors(
		[&] {
			require_same_columns(m, t);
			require_same_types(m, t);
		},
		[&](const pg::pg_error &e) {
			if (ERRCODE_TO_CATEGORY(e.sqlstate()) != ERRCODE_TO_CATEGORY(ERRCODE_DATA_EXCEPTION))
				throw e;
			return failure(ERRCODE_DATA_CORRUPTED, "the definition in the MANIFEST is damaged")
				.detail(std::string("It is not what an export writes: ") + e.what() + ".");
		});
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

} // namespace

MIGSAFE_ACTION(migsafe_import_backup)
{
	const pg::arguments args(fcinfo);

	args.require(0, "directory");
	require_read_write("migsafe.import_backup()", "Call it in a read-write transaction.");
	require_reader_of_files();

	const std::string directory = directory_argument(args, 0);
	const source_folder folder(directory);
	const manifest m = folder.verified();
	const target t(args.null(2) ? table_of(m, directory) : args.oid(2), "target", AccessShareLock);

	require_rights(t);
	require_fits(m, t);

	catalog::backup_record asked;

	asked.label = m.label;

	new_backup backup(t, place_asked_for(args.null(1) ? t.schema() : args.name(1)), asked);

	load(folder, m, backup.table());

	const catalog::backup_record made = backup.finish(m.content, runs_seen(m, t));

	announce(made);
	return pg::make_record(fcinfo, result_of(made));
}
