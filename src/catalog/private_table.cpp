#include "catalog/private_table.hpp"

#include "catalog/session.hpp"

extern "C" {
#include "catalog/toasting.h"
#include "commands/tablecmds.h"
#include "parser/parse_utilcmd.h"
}

namespace migsafe::catalog {

using pg::value;

void
check_not_published(const std::string &schema, char persistence, const std::string &hint)
{
	if (persistence != RELPERSISTENCE_PERMANENT)
		return; /* never published */

	session s;
	const auto publication =
		s->scalar("SELECT p.pubname FROM pg_publication p WHERE p.puballtables"
				  " UNION ALL SELECT p.pubname FROM pg_publication p"
				  " JOIN pg_publication_namespace pn ON pn.pnpubid = p.oid"
				  " JOIN pg_namespace n ON n.oid = pn.pnnspid WHERE n.nspname = $1 LIMIT 1",
				  {value::text(schema)});

	if (publication)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "publication \"" + *publication +
						  "\" would publish a new table in schema \"" + schema + "\"")
			.detail("Its subscribers do not have that table: their apply workers would stop.")
			.hint(hint);
}

namespace {

/*
 * Server code.  CREATE TABLE by the functions that the command itself calls:
 * past the event triggers, whose functions would see, and run as, the owner of
 * the catalogs.
 */
Oid
define_table(const char *sql, Oid owner)
{
	auto *const parsed = linitial_node(RawStmt, raw_parser(sql, RAW_PARSE_DEFAULT));
	List *const statements = transformCreateStmt(castNode(CreateStmt, parsed->stmt), sql);
	const ObjectAddress table = DefineRelation(linitial_node(CreateStmt, statements),
											   RELKIND_RELATION, owner, nullptr, sql);

	CommandCounterIncrement();
	NewRelationCreateToastTable(table.objectId, 0);
	CommandCounterIncrement();
	return table.objectId;
}

/* What default privileges have granted to others than the owner. */
void
revoke_all(Oid table)
{
	pg::spi_session spi;

	for (const pg::text_row &row :
		 spi.query("SELECT DISTINCT a.grantee FROM pg_class c, aclexplode(c.relacl) a"
				   " WHERE c.oid = $1 AND a.grantee <> c.relowner",
				   {value::of_oid(table)}))
	{
		const Oid grantee = static_cast<Oid>(std::stoul(*row[0]));

		pg::call([=] {
			RemoveRoleFromObjectACL(grantee, RelationRelationId, table);
			CommandCounterIncrement();
		});
	}
}

} // namespace

Oid
create_private_table(const target &t, const std::string &schema, const std::string &name,
					 const std::string &columns)
{
	const bool temporary = t.persistence() == RELPERSISTENCE_TEMP;
	const std::string where =
		temporary ? "pg_temp." + pg::identifier(name) : pg::qualified_name(schema, name);
	const std::string kind = temporary                                    ? "TEMPORARY "
							 : t.persistence() == RELPERSISTENCE_UNLOGGED ? "UNLOGGED "
																		  : "";
	const std::string sql = "CREATE " + kind + "TABLE " + where + " (" + columns + ")";
	const session rights(!temporary);
	const Oid table = pg::call(define_table, sql.c_str(), t.owner());

	revoke_all(table);
	return table;
}

} // namespace migsafe::catalog
