/*
 * restore_request.hpp
 *		What a restore is asked for, and whether the caller may.
 */
#pragma once

#include "pg/value.hpp"
#include "table/target.hpp"

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

} // namespace migsafe
