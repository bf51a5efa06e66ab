#include "backup/backup_access.hpp"

namespace migsafe {

Oid
backup_table_for_caller(const catalog::backup_record &backup)
{
	const Oid table = backup.resolve();

	if (!OidIsValid(table))
		throw failure(ERRCODE_UNDEFINED_TABLE,
					  "backup table " + backup.quoted() + " does not exist")
			.detail("It is the table of backup " + std::to_string(backup.backup_id) + ".")
			.hint("It was dropped or renamed. Other backups: SELECT * FROM migsafe.backup.");

	const bool allowed = backup.target.caller_may_read() ||
						 pg::call([=] { return pg_class_ownercheck(table, GetUserId()); });

	if (!allowed)
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "permission denied for backup " + std::to_string(backup.backup_id))
			.detail("It is a backup of table " + backup.target.quoted() + ".")
			.hint("The SELECT privilege on that table is needed.");
	return table;
}

} // namespace migsafe
