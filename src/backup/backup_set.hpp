/*
 * backup_set.hpp
 *		Backups of several tables that belong together.
 */
#pragma once

#include "backup/take_backup.hpp"

#include "table/target_list.hpp"

#include <optional>
#include <vector>

namespace migsafe {

/*
 * The backups of these tables, in the order of their OIDs, that the set of this number
 * holds, or the newest set that holds all of them.  42704 if there is no such set,
 * 22023 if one of the tables is not in it.
 */
std::vector<catalog::backup_record> choose_set(const target_list &targets,
											   std::optional<int64> backup_set);

/* The call that restores these backups, which are of one set, as SQL. */
std::string restore_call_of_set(const std::vector<catalog::backup_record> &backups);

} // namespace migsafe
