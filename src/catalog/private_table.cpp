#include "catalog/private_table.hpp"

#include "catalog/session.hpp"

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

std::string
create_private_table(const target &t, const std::string &schema, const std::string &name,
					 const std::string &columns)
{
	const bool temporary = t.persistence() == RELPERSISTENCE_TEMP;
	const std::string where =
		temporary ? "pg_temp." + pg::identifier(name) : pg::qualified_name(schema, name);
	session s(!temporary);

	s->execute(std::string("CREATE ") +
			   (temporary                                    ? "TEMPORARY "
				: t.persistence() == RELPERSISTENCE_UNLOGGED ? "UNLOGGED "
															 : "") +
			   "TABLE " + where + " (" + columns + ")");
	s->execute("ALTER TABLE " + where + " OWNER TO " +
			   *s->scalar("SELECT quote_ident(rolname) FROM pg_roles WHERE oid = $1",
						  {value::of_oid(t.owner())}));
	for (const pg::text_row &row :
		 s->query("SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC'"
				  " ELSE quote_ident(pg_get_userbyid(a.grantee)) END"
				  " FROM pg_class c, aclexplode(c.relacl) a"
				  " WHERE c.oid = to_regclass($1) AND a.grantee <> c.relowner",
				  {value::text(where)}))
		s->execute("REVOKE ALL ON " + where + " FROM " + *row[0] + " CASCADE");
	return *s->scalar("SELECT n.nspname FROM pg_class c JOIN pg_namespace n"
					  " ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)",
					  {value::text(where)});
}

} // namespace migsafe::catalog
