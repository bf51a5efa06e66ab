/*
 * backup_set.hpp
 *		Backups of several tables that belong together.
 */
#pragma once

#include "backup/take_backup.hpp"

#include <vector>

namespace migsafe {

/* The call that restores these backups, which are of one set, as SQL. */
std::string restore_call_of_set(const std::vector<catalog::backup_record> &backups);

} // namespace migsafe
