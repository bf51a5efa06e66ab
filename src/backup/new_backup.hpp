/*
 * new_backup.hpp
 *		A backup in the making: a table of its own, empty at first, and a record once
 *		its content is proven.
 */
#pragma once

#include "backup/backup_place.hpp"
#include "backup/fingerprint.hpp"
#include "catalog/backup_record.hpp"

#include <string>
#include <vector>

namespace migsafe {

class new_backup
{
public:
	/* Create the table; asked says what the backup is for.  The errors of require_place(). */
	new_backup(const target &t, const backup_place &place, catalog::backup_record asked);

	[[nodiscard]] Oid table() const { return table_; }

	/*
	 * Prove that the table holds this content (else XX001), and record the backup.
	 * seen: the runs that the content knows.
	 */
	catalog::backup_record finish(const content_summary &content, const catalog::seen_runs &seen);

private:
	catalog::backup_record record_;
	Oid table_;
};

/* Its table, rows and size, for a message. */
std::string summary_of(const catalog::backup_record &backup);

/* Say what was made, and what can be done with it. */
void announce(const catalog::backup_record &backup);

/* What backup_table returns: backup_id, backup_table, row_count, bytes, fingerprint. */
std::vector<pg::value> result_of(const catalog::backup_record &backup);

} // namespace migsafe
