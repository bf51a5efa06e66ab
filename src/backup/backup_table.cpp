/*
 * backup_table.cpp
 *		migsafe.backup_table: a full copy of a table, proven to be one.
 */
#include "backup/fingerprint.hpp"
#include "catalog/backup_record.hpp"
#include "catalog/private_table.hpp"
#include "pg/fault.hpp"
#include "pg/lock.hpp"
#include "pg/message.hpp"
#include "pg/once.hpp"
#include "pg/settings.hpp"
#include "pg/snapshot.hpp"
#include "table/bulk_insert.hpp"
#include "table/column_sql.hpp"
#include "table/image.hpp"
#include "table/table_scan.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;

namespace {

/* Where the backup goes; the caller must be allowed to create a table there. */
std::string
backup_schema(const pg::arguments &args, const target &t)
{
	std::string schema = args.null(2) ? t.schema() : args.name(2);

	if (t.persistence() == RELPERSISTENCE_TEMP)
		return schema;
	if (schema == "migsafe" || schema == "migsafe_undo" || schema.rfind("pg_", 0) == 0)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"backup_schema\" names schema \"" + schema +
						  "\", which is not for tables of users")
			.hint("Name a schema of your own.");

	const Oid schema_oid = pg::call([&] { return get_namespace_oid(schema.c_str(), true); });

	if (!OidIsValid(schema_oid))
		throw failure(ERRCODE_UNDEFINED_SCHEMA, "schema \"" + schema + "\" does not exist")
			.detail("It is given as argument \"backup_schema\".")
			.hint("Create it first: CREATE SCHEMA " + pg::identifier(schema) + ".");
	if (pg::call([=] { return pg_namespace_aclcheck(schema_oid, GetUserId(), ACL_CREATE); }) !=
		ACLCHECK_OK)
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied for schema " + schema)
			.detail("A backup is a new table in that schema.")
			.hint("Ask its owner: GRANT CREATE ON SCHEMA " + pg::identifier(schema) +
				  ", or pass backup_schema => a schema of your own.");
	return schema;
}

std::string
timestamp_suffix()
{
	return pg::call([] {
		pg_time_t const now = timestamptz_to_time_t(GetCurrentTimestamp());
		char *const text = static_cast<char *>(palloc(64));

		pg_strftime(text, 64, "_backup_%Y%m%d_%H%M%S", pg_localtime(&now, session_timezone));
		return text;
	});
}

/*
 * <target>_backup_YYYYMMDD_HH24MISS, with a number if that is taken; the name of
 * the target is shortened where the whole would pass 63 bytes.  The name is
 * locked, so that two sessions in one second do not choose the same.
 */
std::string
free_name(const target &t, const std::string &schema)
{
	const std::string suffix = timestamp_suffix();

	for (int number = 1;; number++)
	{
		const std::string tail = suffix + (number > 1 ? "_" + std::to_string(number) : "");
		const int space = NAMEDATALEN - 1 - static_cast<int>(tail.size());
		std::string name =
			t.name().substr(
				0, pg_mbcliplen(t.name().c_str(), static_cast<int>(t.name().size()), space)) +
			tail;
		const std::string quoted = pg::qualified_name(schema, name);
		const bool taken = pg::call([&] {
			const Oid schema_oid = t.persistence() == RELPERSISTENCE_TEMP
									   ? RelationGetNamespace(t.rel())
									   : get_namespace_oid(schema.c_str(), false);

			return OidIsValid(get_relname_relid(name.c_str(), schema_oid));
		});

		if (!taken &&
			pg::try_lock(pg::lock_kind::name, hash_bytes(quoted.data(), quoted.size()).low))
			return name;
	}
}

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

void
announce(const catalog::backup_record &b)
{
	const std::string id = std::to_string(b.backup_id);

	pg::notice("backup " + id + " of table " + b.target.quoted() + ": " + b.quoted() + ", " +
				   pg::count_of(b.row_count, "row") + ", " + pg::call([&] {
					   return TextDatumGetCString(
						   DirectFunctionCall1(pg_size_pretty, Int64GetDatum(b.bytes)));
				   }) +
				   ", verified",
			   "To verify it again: SELECT * FROM migsafe.verify_backup(" + id +
				   "); to restore from it: SELECT * FROM migsafe.restore(" +
				   pg::literal(b.target.quoted()) + ", " + id + ");");
}

} // namespace

MIGSAFE_ACTION(migsafe_backup_table)
{
	const pg::arguments args(fcinfo);

	args.require(0, "target");
	require_read_write("migsafe.backup_table()", "Call it in a read-write transaction.");

	const target t(args.oid(0), "target", AccessShareLock);

	t.require_readable();
	require_no_children(t);

	catalog::backup_record b;

	b.label = args.optional_string(1);
	b.target = catalog::target_record::of(t);
	b.schema = backup_schema(args, t);
	catalog::check_not_published(
		b.schema, t.persistence(),
		"Pass backup_schema => a schema that no publication includes; for a "
		"publication FOR ALL TABLES, publish the schemas that the "
		"subscribers have instead.");
	b.name = free_name(t, b.schema);

	const Oid backup = catalog::create_private_table(t, b.schema, b.name, column_list(t));

	b.schema = pg::call([=] { return get_namespace_name(get_rel_namespace(backup)); });

	const pg::registered_snapshot snapshot;
	const content_summary copied = copy_rows(t, backup, snapshot.get());

	pg::fault_point("backup");
	if (summarize_now(backup) != copied)
		throw failure(ERRCODE_DATA_CORRUPTED, "the backup differs from table \"" + t.name() + "\"")
			.detail("Its row count or its fingerprint is another.")
			.hint("Nothing was kept. Check the storage of this server.");

	b.runs_seen = catalog::runs_seen_by(t, snapshot.get());
	b.row_count = copied.rows;
	b.fingerprint = copied.fingerprint;
	b.fingerprint_version = fingerprint_version;
	b.bytes = DatumGetInt64(
		pg::call([=] { return DirectFunctionCall1(pg_total_relation_size, backup); }));
	b.backup_id = catalog::insert(b);
	announce(b);
	return pg::make_record(fcinfo, {pg::value::of(b.backup_id), pg::value::text(b.quoted()),
									pg::value::of(b.row_count), pg::value::of(b.bytes),
									pg::value::text(b.fingerprint)});
}
