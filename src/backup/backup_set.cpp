#include "backup/backup_set.hpp"

#include <algorithm>

namespace migsafe {
namespace {

std::optional<int64>
newest_with_all(const target_list &targets)
{
	std::vector<int64> common = catalog::sets_with(*targets.tables().front());

	for (const auto &t : targets.tables())
	{
		const std::vector<int64> theirs = catalog::sets_with(*t);

		common.erase(std::remove_if(common.begin(), common.end(),
									[&](int64 set) {
										return std::find(theirs.begin(), theirs.end(), set) ==
											   theirs.end();
									}),
					 common.end());
	}
	return common.empty() ? std::nullopt : std::optional<int64>(common.front());
}

} // namespace

std::vector<catalog::backup_record>
choose_set(const target_list &targets, std::optional<int64> backup_set)
{
	const std::optional<int64> chosen = backup_set ? backup_set : newest_with_all(targets);
	std::vector<catalog::backup_record> backups;

	if (!chosen)
		throw failure(ERRCODE_UNDEFINED_OBJECT, "there is no backup set with all of these tables")
			.hint("Backup sets are made by migsafe.backup_tables(), and listed in migsafe.backup. "
				  "One that a restore took first has to be named by its number. A backup of one "
				  "table is restored by migsafe.restore().");

	const std::string name = "backup set " + std::to_string(*chosen);
	const std::string held = catalog::tables_of_set(*chosen);

	if (held.empty())
		throw failure(ERRCODE_UNDEFINED_OBJECT, "there is no " + name)
			.hint("Backup sets are listed by: SELECT backup_set, target_schema, target_name FROM "
				  "migsafe.backup WHERE backup_set IS NOT NULL.");
	for (const auto &t : targets.tables())
	{
		const auto backup = catalog::find_in_set(*chosen, *t);

		if (!backup)
			throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
						  name + " has no backup of table \"" + t->name() + "\"")
				.detail("It has backups of " + held + ".")
				.hint("Leave that table out, or name a set that has it.");
		backups.push_back(*backup);
	}
	return backups;
}

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
