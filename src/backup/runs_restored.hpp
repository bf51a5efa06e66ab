#pragma once

#include "catalog/backup_record.hpp"
#include "table/target.hpp"

namespace migsafe {

/* Tell the user what the restore of a backup means for runs, where one might think otherwise. */
void tell_of_runs(const target &t, const catalog::backup_record &backup, bool exact);

} // namespace migsafe
