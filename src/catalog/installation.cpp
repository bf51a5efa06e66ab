#include "catalog/installation.hpp"

#include "pg/message.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "access/xlog.h"
#include "commands/extension.h"
#include "utils/lsyscache.h"
}

#include <optional>

namespace migsafe::catalog {
namespace {

/* Server code, as is the next: a column of the one row, which has no NULLs. */
Datum
column_of(HeapTuple row, AttrNumber column, Relation table)
{
	bool null;

	return heap_getattr(row, column, RelationGetDescr(table), &null);
}

/* None before the extension is updated from 1.0.0, which has no such table. */
std::optional<installation>
recorded_installation()
{
	const Oid oid = get_relname_relid("installation", get_namespace_oid("migsafe", true));

	if (!OidIsValid(oid))
		return std::nullopt;

	const Relation table = table_open(oid, AccessShareLock);
	const SysScanDesc scan = systable_beginscan(table, InvalidOid, false, nullptr, 0, nullptr);
	HeapTuple const row = systable_getnext(scan);
	std::optional<installation> found;

	if (HeapTupleIsValid(row))
		found = {DatumGetInt64(column_of(row, 1, table)),
				 DatumGetObjectId(column_of(row, 2, table))};
	systable_endscan(scan);
	table_close(table, AccessShareLock);
	return found;
}

} // namespace

installation
installation_here()
{
	static Oid known_extension = InvalidOid;
	static installation known;
	const Oid extension = get_extension_oid("migsafe", true);

	if (OidIsValid(extension) && extension == known_extension)
		return known;

	const auto recorded = recorded_installation();

	if (!recorded)
		return {static_cast<int64>(GetSystemIdentifier()), extension};
	known_extension = extension;
	return known = *recorded;
}

} // namespace migsafe::catalog
