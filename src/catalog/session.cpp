#include "catalog/session.hpp"

#include "pg/message.hpp"
extern "C" {
#include "catalog/pg_namespace.h"
}

namespace migsafe::catalog {

Oid
owner()
{
	return pg::call([] {
		const Oid schema = get_namespace_oid("migsafe", false);
		HeapTuple const tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));

		if (!HeapTupleIsValid(tuple))
			pg::raise_internal_error("cache lookup failed for schema migsafe");
		const Oid role = reinterpret_cast<Form_pg_namespace>(GETSTRUCT(tuple))->nspowner;

		ReleaseSysCache(tuple);
		return role;
	});
}

} // namespace migsafe::catalog
