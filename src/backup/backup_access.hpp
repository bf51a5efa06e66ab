#pragma once

#include "catalog/backup_record.hpp"

namespace migsafe {

/*
 * The backup table, if it is there (42P01; 55000 if it was pruned), by the rights of the
 * caller: who may read the target, or acts for the owner of the backup (42501).  It is
 * locked, so that nobody prunes it meanwhile.
 */
Oid backup_table_for_caller(const catalog::backup_record &backup);

} // namespace migsafe
