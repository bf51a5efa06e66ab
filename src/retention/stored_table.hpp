/*
 * stored_table.hpp
 *		The table of a backup or of an undo log, as migsafe.prune looks at it.
 */
#pragma once

#include "pg/value.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace migsafe {

struct stored_table
{
	bool is_backup = false;
	int64 id = 0;            /* of the backup, or of the run */
	Oid target = InvalidOid; /* if it is still there */
	std::string target_name;
	Oid table = InvalidOid;
	TimestampTz finished_at = 0; /* when the backup was taken, or the run had ended */
	bool unfinished = false;     /* its run */
	std::optional<int64> backup_set;
	std::optional<std::string> reason; /* why it is kept; nothing: it can go */
	std::optional<std::string> loss;   /* if it goes: what cannot be done any more */

	bool is_callers = false; /* once caller_owns_source() has been asked */

	/* Does the caller own what it is of: the target, or if that is gone, the table itself? */
	[[nodiscard]] bool caller_owns_source() const;
	/* Has the caller the rights of the table's owner? */
	[[nodiscard]] bool caller_may_drop() const;
	/* In bytes, with all that belongs to it; nothing if another session has locked it. */
	[[nodiscard]] std::optional<int64> size() const;

	/*
	 * Take it from all others until the transaction ends, without waiting; false if
	 * somebody uses it, or carries its run out.
	 */
	[[nodiscard]] bool claim() const;
	/* After claim().  Its record stays. */
	void drop() const;
};

/*
 * All that are there, backups first, each kind by number, as they are at this moment whatever the
 * transaction's snapshot; older_than and keep_last as migsafe.retention takes them.
 */
std::vector<stored_table> find_stored_tables(TimestampTz older_than, int32 keep_last);

/* The tables that have rows in common with this one at this moment, itself among them. */
std::set<Oid> related_to(Oid table);

} // namespace migsafe
