#include "backup/backup_place.hpp"

#include "catalog/private_table.hpp"
#include "pg/lock.hpp"
#include "pg/value.hpp"
#include "table/image.hpp"

namespace migsafe {
namespace {

/* Is it a schema in which the caller may create a table? */
void
require_schema(const std::string &schema, const std::string &instead)
{
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
	if (pg::call([=] { return compat::check_schema_right(schema_oid, GetUserId(), ACL_CREATE); }) !=
		ACLCHECK_OK)
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied for schema " + schema)
			.detail("A backup is a new table in that schema.")
			.hint("Ask its owner: GRANT CREATE ON SCHEMA " + pg::identifier(schema) + ", or " +
				  instead);
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

} // namespace

backup_place
place_asked_for(const std::string &schema)
{
	return {schema, "pass backup_schema => a schema of your own.",
			"Pass backup_schema => a schema that no publication includes; for a publication FOR "
			"ALL TABLES, publish the schemas that the subscribers have instead."};
}

void
require_place(const target &t, const backup_place &place)
{
	if (t.persistence() == RELPERSISTENCE_TEMP)
		return;
	require_schema(place.schema, place.instead_of_schema);
	catalog::check_not_published(place.schema, t.persistence(), place.instead_of_publication);
}

std::string
free_backup_name(const target &t, const std::string &schema)
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

} // namespace migsafe
