#pragma once

#include "catalog/backup_record.hpp"
#include "table/target.hpp"

namespace migsafe {

/*
 * May the target be made as the backup has it?  copy is the backup's table, held
 * open.  55000 if the one was altered so that it does not fit the other, XX001 if the
 * backup is not what was recorded, 42804 if the target has other columns.
 */
void require_restorable(const target &t, const catalog::backup_record &backup, Relation copy);

} // namespace migsafe
