#include "catalog/backup_record.hpp"

#include "catalog/related_tables.hpp"
#include "catalog/session.hpp"
#include "pg/settings.hpp"
#include "table/target.hpp"

namespace migsafe::catalog {
namespace {

using pg::value;

constexpr char backup_columns[] =
	"SELECT b.backup_id, b.label, b.target_schema, b.target_name, b.target_oid,"
	" b.system_identifier, b.extension_oid, b.backup_schema, b.backup_name, b.row_count, b.bytes, "
	"b.fingerprint,"
	" b.fingerprint_version, b.runs_seen, b.target_owner, b.backup_set, b.restore_run_id"
	" FROM migsafe.backup b";

/*
 * The newest first: by number, whatever the clock was set to since, and one that was
 * imported by the time when its rows were read.
 */
constexpr char newest_first[] = " ORDER BY CASE WHEN b.imported_at IS NULL THEN max(b.created_at)"
								" FILTER (WHERE b.imported_at IS NULL) OVER (ORDER BY b.backup_id)"
								" ELSE b.created_at END DESC, b.backup_id DESC";

/* An SQL condition: is it a backup of the table $1, or of one of its name ($2, $3) that was dropped? */
constexpr char is_of_table[] =
	"(migsafe.target_of(b.target_oid, b.target_schema, b.target_name, b.system_identifier,"
	" b.extension_oid, b.target_owner) = $1"
	" OR (b.target_schema = $2 AND b.target_name = $3 AND"
	" migsafe.target_of(b.target_oid, b.target_schema, b.target_name, b.system_identifier,"
	" b.extension_oid, b.target_owner) IS NULL))";

std::vector<value>
table_values(const target &t)
{
	return {value::of_oid(t.relid()), value::text(t.schema()), value::text(t.name())};
}

std::optional<int64>
number(const std::optional<std::string> &text)
{
	return text ? std::optional<int64>(std::stoll(*text)) : std::nullopt;
}

backup_record
to_backup(const pg::text_row &row)
{
	backup_record b;

	b.backup_id = std::stoll(*row[0]);
	b.label = row[1];
	b.target = {*row[2],
				*row[3],
				static_cast<Oid>(std::stoul(*row[4])),
				std::stoll(*row[5]),
				static_cast<Oid>(std::stoul(*row[6])),
				*row[14]};
	b.schema = *row[7];
	b.name = *row[8];
	b.row_count = std::stoll(*row[9]);
	b.bytes = std::stoll(*row[10]);
	b.fingerprint = *row[11];
	b.fingerprint_version = std::stoi(*row[12]);
	b.runs_seen = *row[13];
	b.backup_set = number(row[15]);
	b.restore_run_id = number(row[16]);
	return b;
}

} // namespace

Oid
backup_record::resolve() const
{
	return pg::call([this] {
		const Oid schema_oid = get_namespace_oid(schema.c_str(), true);

		return OidIsValid(schema_oid) ? get_relname_relid(name.c_str(), schema_oid) : InvalidOid;
	});
}

int64
insert(const backup_record &backup)
{
	const std::string user = pg::call([] { return GetUserNameFromId(GetUserId(), false); });
	const pg::pinned_output pinned; /* the manifest */
	session s;
	std::vector<value> values = {value::text(backup.label)};

	for (const value &v : backup.target.values())
		values.push_back(v);
	for (const value &v :
		 {value::text(backup.schema), value::text(backup.name), value::of(backup.row_count),
		  value::of(backup.bytes), value::text(backup.fingerprint),
		  value::of(backup.fingerprint_version), value::text(user), value::text(backup.runs_seen),
		  value::of(backup.backup_set), value::of(backup.restore_run_id),
		  value::text(backup.origin ? std::optional(backup.origin->identity) : std::nullopt),
		  value::text(backup.origin ? std::optional(backup.origin->created_at) : std::nullopt),
		  value::text(backup.related_runs_seen)})
		values.push_back(v);
	return std::stoll(*s->scalar(
		"INSERT INTO migsafe.backup VALUES (nextval('migsafe.backup_id_seq'), $1, $2, $3, $4, $5,"
		" $6, $7, $8, $9, $10, $11, $12, $13, migsafe.table_manifest($4::regclass),"
		" $15::bigint[], least($19::timestamptz, clock_timestamp()), $14,"
		" CASE WHEN $17 IS NULL THEN 'backup' ELSE 'before restore' END, $16, $17, NULL,"
		" CASE WHEN $18 IS NOT NULL THEN clock_timestamp() END, $18::jsonb, $20::bigint[])"
		" RETURNING backup_id",
		values));
}

int64
new_backup_set()
{
	session s;

	return std::stoll(*s->scalar("SELECT nextval('migsafe.backup_set_seq')"));
}

int64
set_of_import(const backup_origin &origin)
{
	const std::string user = pg::call([] { return GetUserNameFromId(GetUserId(), false); });
	session s;
	const std::optional<std::string> companions =
		s->scalar("SELECT max(b.backup_set) FROM migsafe.backup b"
				  " WHERE b.imported_from - 'backup_id' = $1::jsonb - 'backup_id'"
				  " AND b.created_by = $2 AND b.pruned_at IS NULL"
				  " AND NOT EXISTS (SELECT FROM migsafe.backup o"
				  "  WHERE o.backup_set = b.backup_set AND o.imported_from = $1::jsonb)",
				  {value::text(origin.identity), value::text(user)});

	return companions ? std::stoll(*companions) : new_backup_set();
}

seen_runs
runs_seen_by(const target &t, Snapshot snapshot)
{
	session s;

	pg::call(PushActiveSnapshot, snapshot);

	const auto runs = [&](const std::string &is_one_of) {
		return s
			->scalar_in_snapshot(
				std::string("WITH RECURSIVE ") + related_tables +
					"SELECT coalesce(array_agg(r.run_id ORDER BY r.run_id), '{}')"
					" FROM migsafe.run r"
					" WHERE (EXISTS (SELECT FROM migsafe.run_commit c WHERE c.run_id = r.run_id)"
					" OR r.kind = 'run' AND EXISTS (SELECT FROM migsafe.run_part p"
					" WHERE p.run_id = r.run_id AND p.written > 0))"
					" AND migsafe.target_of(r.target_oid, r.target_schema, r.target_name,"
					" r.system_identifier, r.extension_oid, r.target_owner) " +
					is_one_of,
				{value::of_oid(t.relid())})
			.value_or("{}");
	};
	seen_runs seen{runs("= $1"), runs("IN (SELECT oid FROM related WHERE oid <> $1)")};

	pg::call(PopActiveSnapshot);
	return seen;
}

backup_record
find_backup(int64 backup_id)
{
	session s;
	const auto rows =
		s->query(std::string(backup_columns) + " WHERE b.backup_id = $1", {value::of(backup_id)});

	if (rows.empty())
		throw failure(ERRCODE_UNDEFINED_OBJECT, "there is no backup " + std::to_string(backup_id))
			.hint("The backups are listed by: SELECT * FROM migsafe.backup.");
	return to_backup(rows[0]);
}

std::optional<backup_record>
newest_backup(const target &t)
{
	session s;
	const auto rows = s->query(std::string(backup_columns) +
								   " WHERE b.kind = 'backup' AND b.pruned_at IS NULL AND " +
								   is_of_table + newest_first + " LIMIT 1",
							   table_values(t));

	if (rows.empty())
		return std::nullopt;
	return to_backup(rows[0]);
}

std::vector<int64>
sets_with(const target &t)
{
	session s;
	std::vector<int64> sets;

	for (const pg::text_row &row :
		 s->query(std::string("SELECT b.backup_set FROM migsafe.backup b WHERE b.kind = 'backup'"
							  " AND b.pruned_at IS NULL AND b.backup_set IS NOT NULL AND ") +
					  is_of_table + newest_first,
				  table_values(t)))
		sets.push_back(std::stoll(*row[0]));
	return sets;
}

std::optional<backup_record>
find_in_set(int64 backup_set, const target &t)
{
	session s;
	std::vector<value> values = table_values(t);

	values.push_back(value::of(backup_set));

	const auto rows = s->query(std::string(backup_columns) + " WHERE b.backup_set = $4 AND " +
								   is_of_table + " ORDER BY b.backup_id DESC LIMIT 1",
							   values);

	if (rows.empty())
		return std::nullopt;
	return to_backup(rows[0]);
}

std::vector<backup_record>
backups_of_set(int64 backup_set)
{
	session s;
	std::vector<backup_record> backups;

	for (const pg::text_row &row :
		 s->query(std::string(backup_columns) + " WHERE b.backup_set = $1 ORDER BY b.backup_id",
				  {value::of(backup_set)}))
		backups.push_back(to_backup(row));
	return backups;
}

std::string
tables_of_set(int64 backup_set)
{
	session s;

	return s
		->scalar("SELECT string_agg(format('%I.%I', b.target_schema, b.target_name), ', '"
				 " ORDER BY b.backup_id) FROM migsafe.backup b WHERE b.backup_set = $1",
				 {value::of(backup_set)})
		.value_or("");
}

std::string
columns_that_differ(Oid table, int64 backup_id)
{
	const pg::pinned_output pinned;
	session s;

	return s
		->scalar("SELECT coalesce(string_agg(CASE"
				 "  WHEN b.name IS NULL THEN format('Column %I (%s) is not in the backup.',"
				 "   t.name, t.type)"
				 "  WHEN t.name IS NULL THEN format('Column %I (%s) is in the backup only.',"
				 "   b.name, b.type)"
				 "  ELSE format('Column %I is %s, and %s in the backup.', t.name, t.type, b.type)"
				 "  END, ' ' ORDER BY t.i, b.i) FILTER (WHERE b.type IS DISTINCT FROM t.type),"
				 " CASE WHEN bool_or(b.i <> t.i) THEN 'Its columns are in another order.' END)"
				 " FROM (SELECT c->>'name', c->>'type', i FROM migsafe.backup,"
				 "  jsonb_array_elements(manifest->'columns') WITH ORDINALITY e (c, i)"
				 "  WHERE backup_id = $2) b (name, type, i)"
				 " FULL JOIN (SELECT c->>'name', c->>'type', i FROM"
				 "  jsonb_array_elements(migsafe.table_manifest($1::regclass)->'columns')"
				 "  WITH ORDINALITY e (c, i)) t (name, type, i) ON t.name = b.name",
				 {value::of_oid(table), value::of(backup_id)})
		.value_or("");
}

} // namespace migsafe::catalog
