/*
 * take_backup.hpp
 *		A full copy of a table, proven to be one, and recorded.
 */
#pragma once

#include "backup/backup_place.hpp"
#include "catalog/backup_record.hpp"

namespace migsafe {

/*
 * Copy what the snapshot sees of the table; asked says what the backup is for, and
 * comes back completed.  XX001 if the copy differs, and the errors of require_place().
 */
catalog::backup_record take_backup(const target &t, const backup_place &place,
								   catalog::backup_record asked, Snapshot snapshot);

/* Its table, rows and size, for a message. */
std::string summary_of(const catalog::backup_record &backup);

} // namespace migsafe
