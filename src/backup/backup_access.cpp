#include "backup/backup_access.hpp"

#include "catalog/pruned.hpp"

namespace migsafe {
namespace {

Oid
find_table(const catalog::backup_record &backup)
{
	const std::string id = std::to_string(backup.backup_id);

	if (const auto pruned = catalog::backup_pruned(backup.backup_id))
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "backup " + id + " is gone")
			.detail(*pruned)
			.hint("Other backups: SELECT * FROM migsafe.backup WHERE pruned_at IS NULL.");

	const Oid table = backup.resolve();

	if (!OidIsValid(table))
		throw failure(ERRCODE_UNDEFINED_TABLE,
					  "backup table " + backup.quoted() + " does not exist")
			.detail("It is the table of backup " + id + ".")
			.hint("It was dropped or renamed. Other backups: SELECT * FROM migsafe.backup.");
	return table;
}

} // namespace

Oid
backup_table_for_caller(const catalog::backup_record &backup)
{
	const Oid table = find_table(backup);
	const bool allowed = backup.target.caller_may_read() ||
						 pg::call([=] { return compat::owns_table(table, GetUserId()); });

	if (!allowed)
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "permission denied for backup " + std::to_string(backup.backup_id))
			.detail("It is a backup of table " + backup.target.quoted() + ".")
			.hint("The SELECT privilege on that table is needed.");
	pg::call(LockRelationOid, table, AccessShareLock);
	return find_table(backup); /* who held the lock may have dropped it */
}

} // namespace migsafe
