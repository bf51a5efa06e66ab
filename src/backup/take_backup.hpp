/*
 * take_backup.hpp
 *		A full copy of a table, proven to be one, and recorded.
 */
#pragma once

#include "backup/new_backup.hpp"

namespace migsafe {

/*
 * Copy what the snapshot sees of the table; asked says what the backup is for, and
 * comes back completed.  XX001 if the copy differs, and the errors of require_place().
 */
catalog::backup_record take_backup(const target &t, const backup_place &place,
								   catalog::backup_record asked, Snapshot snapshot);

} // namespace migsafe
