#include "catalog/target_record.hpp"

#include "table/target.hpp"

extern "C" {
#include "access/xlog.h"
}

namespace migsafe::catalog {
namespace {

Oid
resolve_target(Oid oid, const char *schema, const char *name, int64 system_identifier)
{
	return pg::call([=] {
		if (system_identifier == static_cast<int64>(GetSystemIdentifier()))
			return get_rel_relkind(oid) != '\0' ? oid : InvalidOid;

		const Oid schema_oid = get_namespace_oid(schema, true);

		return OidIsValid(schema_oid) ? get_relname_relid(name, schema_oid) : InvalidOid;
	});
}

} // namespace

target_record
target_record::of(const target &t)
{
	return {t.schema(), t.name(), t.relid(), static_cast<int64>(GetSystemIdentifier())};
}

Oid
target_record::resolve() const
{
	return resolve_target(oid, schema.c_str(), name.c_str(), system_identifier);
}

std::string
target_record::quoted() const
{
	return pg::qualified_name(schema, name);
}

std::vector<pg::value>
target_record::values() const
{
	return {pg::value::text(schema), pg::value::text(name), pg::value::of_oid(oid),
			pg::value::of(system_identifier)};
}

} // namespace migsafe::catalog

using namespace migsafe;

MIGSAFE_FUNCTION(migsafe_target_of)
{
	const pg::arguments args(fcinfo);
	const Oid found = catalog::resolve_target(args.oid(0), args.name(1).c_str(),
											  args.name(2).c_str(), args.bigint(3));

	if (!OidIsValid(found))
		PG_RETURN_NULL();
	PG_RETURN_OID(found);
}
