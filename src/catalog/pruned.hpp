/*
 * pruned.hpp
 *		Of which runs and backups nothing but the record is left, since migsafe.prune().
 *		The record stays: it says which runs stand.
 */
#pragma once

#include "pg/api.hpp"

#include <optional>
#include <string>

namespace migsafe::catalog {

/* The run's undo log, or the backup, is dropped in this transaction; 40001 if its snapshot does not see the record. */
void mark_run_pruned(int64 run_id);
void mark_backup_pruned(int64 backup_id);

/* When that was, as a sentence; nothing if it was not pruned, or not as this transaction sees it. */
std::optional<std::string> run_pruned(int64 run_id);
std::optional<std::string> backup_pruned(int64 backup_id);

} // namespace migsafe::catalog
