#include "catalog/session.hpp"

#include "pg/message.hpp"
extern "C" {
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_namespace.h"
#include "utils/fmgroids.h"
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

bool
is_extension_of_this_transaction()
{
	return pg::call([] {
		ScanKeyData key;
		Relation const extensions = table_open(ExtensionRelationId, AccessShareLock);

		ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
					CStringGetDatum("migsafe"));

		SysScanDesc const scan =
			systable_beginscan(extensions, ExtensionNameIndexId, true, nullptr, 1, &key);
		HeapTuple const extension = systable_getnext(scan);
		const bool ours =
			HeapTupleIsValid(extension) &&
			TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(extension->t_data));

		systable_endscan(scan);
		table_close(extensions, AccessShareLock);
		return ours;
	});
}

std::vector<int64>
run_ids(const std::string &sql, const pg::value &parameter)
{
	session s;
	std::vector<int64> found;

	for (const pg::text_row &row : s->query(sql, {parameter}))
		found.push_back(std::stoll(*row[0]));
	return found;
}

} // namespace migsafe::catalog
