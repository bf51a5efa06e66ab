#include "backup/backup_set.hpp"

namespace migsafe {

std::string
restore_call_of_set(const std::vector<catalog::backup_record> &backups)
{
	std::string tables;

	for (const catalog::backup_record &b : backups)
		tables += (tables.empty() ? "" : ", ") + pg::literal(b.target.quoted());
	return "SELECT * FROM migsafe.restore_tables(ARRAY[" + tables + "]::regclass[], " +
		   std::to_string(*backups.front().backup_set) + ");";
}

} // namespace migsafe
