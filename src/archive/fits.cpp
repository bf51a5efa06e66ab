#include "archive/fits.hpp"

#include "catalog/session.hpp"
#include "pg/settings.hpp"
#include "table/target.hpp"

namespace migsafe::archive {
namespace {

void
require_same_columns(const manifest &m, const target &t)
{
	const pg::pinned_output pinned;
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
	const pg::pinned_output pinned;
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
					  "type " + rows[0][0].value_or("?") + " is another one than in the export")
			.detail("In the export it is the " + rows[0][1].value_or("?") + " " +
					rows[0][2].value_or("") + ", and here " + rows[0][3].value_or("none") + ".")
			.hint(
				"Give it what types.sql of the export has: ALTER TYPE ... ADD VALUE adds a label.");
}

} // namespace

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

} // namespace migsafe::archive
