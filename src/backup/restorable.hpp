#pragma once

#include "catalog/backup_record.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

/*
 * May the target be made as the backup has it?  copy is the backup's table, held
 * open.  42804 if the target has other columns, 55000 if the backup's table was altered,
 * XX001 if the backup is not what was recorded.
 */
void require_restorable(const target &t, const catalog::backup_record &backup, Relation copy);

/* A table and the backup that it is to be restored from. */
struct restorable_table
{
	const target &table;
	catalog::backup_record backup;
};

/*
 * 55000 if all of the backups are empty: that is more often a mistake than what is
 * wanted.  But one that is what was there before a restore was asked for by its number.
 */
void require_rows(const std::vector<restorable_table> &tables);

} // namespace migsafe
