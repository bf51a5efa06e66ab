#include "catalog/target_record.hpp"

#include "catalog/installation.hpp"
#include "table/target.hpp"

namespace migsafe::catalog {
namespace {

/* Server code, as is the rest. */
Oid
owner_of(Oid table)
{
	HeapTuple const tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Oid owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

bool
is_of_here(int64 system_identifier, Oid extension_oid)
{
	return installation{system_identifier, extension_oid} == installation_here();
}

Oid
resolve_target(Oid oid, const char *schema, const char *name, int64 system_identifier,
			   Oid extension_oid, const char *owner)
{
	if (is_of_here(system_identifier, extension_oid))
		return get_rel_relkind(oid) != '\0' ? oid : InvalidOid;

	/* elsewhere a name alone could be taken by anybody who may create tables there */
	const Oid schema_oid = get_namespace_oid(schema, true);
	const Oid found = OidIsValid(schema_oid) ? get_relname_relid(name, schema_oid) : InvalidOid;
	const Oid role = get_role_oid(owner, true);

	return OidIsValid(found) && OidIsValid(role) && owner_of(found) == role ? found : InvalidOid;
}

bool
caller_reads_all(Oid table)
{
	return OidIsValid(table) && pg_class_aclcheck(table, GetUserId(), ACL_SELECT) == ACLCHECK_OK &&
		   check_enable_rls(table, InvalidOid, true) != RLS_ENABLED;
}

} // namespace

target_record
target_record::of(const target &t)
{
	const installation here = pg::call(installation_here);

	return {t.schema(),         t.name(),
			t.relid(),          here.system_identifier,
			here.extension_oid, pg::call([&] { return GetUserNameFromId(t.owner(), false); })};
}

Oid
target_record::resolve() const
{
	return pg::call([this] {
		return resolve_target(oid, schema.c_str(), name.c_str(), system_identifier, extension_oid,
							  owner.c_str());
	});
}

bool
target_record::was_recorded_here() const
{
	return pg::call(is_of_here, system_identifier, extension_oid);
}

bool
target_record::caller_may_read() const
{
	return pg::call(caller_reads_all, resolve());
}

std::string
target_record::quoted() const
{
	return pg::qualified_name(schema, name);
}

std::vector<pg::value>
target_record::values() const
{
	return {pg::value::text(schema),          pg::value::text(name),
			pg::value::of_oid(oid),           pg::value::of(system_identifier),
			pg::value::of_oid(extension_oid), pg::value::text(owner)};
}

} // namespace migsafe::catalog

using namespace migsafe;

namespace {

Oid
resolve_arguments(FunctionCallInfo fcinfo)
{
	const pg::arguments args(fcinfo);

	return catalog::target_record{args.name(1),   args.name(2), args.oid(0),
								  args.bigint(3), args.oid(4),  args.name(5)}
		.resolve();
}

} // namespace

MIGSAFE_FUNCTION(migsafe_target_of)
{
	const Oid found = resolve_arguments(fcinfo);

	if (!OidIsValid(found))
		PG_RETURN_NULL();
	PG_RETURN_OID(found);
}

MIGSAFE_FUNCTION(migsafe_may_read)
{
	PG_RETURN_BOOL(pg::call(catalog::caller_reads_all, resolve_arguments(fcinfo)));
}
