/*
 * backup_first.hpp
 *		The backups that a restore takes of what it is about to change.
 */
#pragma once

#include "table/target.hpp"

#include <string>
#include <vector>

namespace migsafe {

/* A table that a restore is about to change. */
struct endangered_table
{
	const target &table;
	std::string schema; /* for the backup: that of the one that is to be restored */
	int64 restore_run_id;
};

/*
 * Back these tables up under one snapshot, and tell the user how to undo the restore
 * with that; as a set, if the call was for one.  Returns a backup_id for each.
 */
std::vector<int64> back_up_first(const std::vector<endangered_table> &tables, bool as_set);

} // namespace migsafe
