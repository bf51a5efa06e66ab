#include "table/column_sql.hpp"

#include "pg/message.hpp"
#include "pg/settings.hpp"
#include "pg/value.hpp"

extern "C" {
#include "catalog/pg_collation.h"
}

namespace migsafe {
namespace {

/* Server code. */
const char *
collation_name(Oid collation)
{
	HeapTuple const tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));

	if (!HeapTupleIsValid(tuple))
		pg::raise_internal_error("cache lookup failed for a collation");
	const auto *const form = reinterpret_cast<Form_pg_collation>(GETSTRUCT(tuple));
	const char *const name = quote_qualified_identifier(get_namespace_name(form->collnamespace),
														NameStr(form->collname));

	ReleaseSysCache(tuple);
	return name;
}

} // namespace

std::string
type_name(const column &c)
{
	const pg::local_settings pinned(std::vector<pg::setting>{{"quote_all_identifiers", "off"}});

	return pg::call([&] {
		return format_type_extended(c.type, c.typmod,
									FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
	});
}

std::string
storage_type(const column &c)
{
	std::string type = pg::call([&] {
		int32 typmod = c.typmod;
		const Oid base = getBaseTypeAndTypmod(c.type, &typmod);

		return format_type_extended(base, typmod,
									FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
	});

	if (OidIsValid(c.collation))
		type += std::string(" COLLATE ") + pg::call(collation_name, c.collation);
	return type;
}

} // namespace migsafe
