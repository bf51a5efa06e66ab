/*
 * restore_together.hpp
 *		What migsafe.restore and migsafe.restore_tables do: tables put back, all or nothing.
 */
#pragma once

#include "catalog/backup_record.hpp"
#include "pg/value.hpp"
#include "table/target.hpp"

#include <vector>

namespace migsafe {

struct restore_request
{
	bool exact;        /* rows that are not in the backup go */
	bool dry_run;      /* count only */
	bool backup_first; /* keep a backup of what is there now */
	bool of_set;       /* the call is for a set of tables, though it may be of one */
};

/* With the arguments mode, dry_run and backup_first, the first of which has this number. */
restore_request restore_request_of(const pg::arguments &args, int first, bool of_set);

/* 42501 unless the caller may read and write the table; 0A000 for what cannot be restored. */
void require_restore_rights(const target &t, const restore_request &request);

/* A table and the backup that it is to be restored from. */
struct restorable_table
{
	const target &table;
	catalog::backup_record backup;
};

/* The columns of the result of migsafe.restore. */
using restore_result = std::vector<pg::value>;

/* Tables in the order in which they are to be locked; results come in the same order. */
std::vector<restore_result> restore_together(const std::vector<restorable_table> &tables,
											 const restore_request &request);

} // namespace migsafe
