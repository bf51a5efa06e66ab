/*
 * backup_first.hpp
 *		The backups that a restore takes of what it is about to change.
 */
#pragma once

#include "catalog/backup_record.hpp"
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

/* Back these tables up under one snapshot; as a set, if the call was for one. */
std::vector<catalog::backup_record> back_up_first(const std::vector<endangered_table> &tables,
												  bool as_set);

/* Tell the user of these backups, which may be none, when what they are for has worked. */
void tell_how_to_undo(const std::vector<catalog::backup_record> &taken);

} // namespace migsafe
