#pragma once

#include "catalog/backup_record.hpp"
#include "table/target.hpp"

#include <optional>

namespace migsafe {

/*
 * The backup of this number, or the newest one of the table.  42704 if there is
 * none, 22023 if it is one of another table.
 */
catalog::backup_record choose_backup(const target &t, std::optional<int64> backup_id);

} // namespace migsafe
