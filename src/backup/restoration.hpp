/*
 * restoration.hpp
 *		A table put back as a backup has it, by difference.
 */
#pragma once

#include "backup/fingerprint.hpp"
#include "backup/row_restorer.hpp"
#include "catalog/backup_record.hpp"
#include "catalog/run_meter.hpp"
#include "pg/transaction.hpp"

namespace migsafe {

class restoration
{
public:
	/* exact: rows that are not in the backup go.  The backup's table as in backup_table_for_caller(). */
	restoration(const target &t, const catalog::backup_record &backup, bool exact);

	/* See require_restorable(). */
	void check_backup() const;
	/* What differs. */
	void plan(action_list &list);
	/* Write what the list says, or nothing at all: an error of the constraint that a row does not meet. */
	void apply(action_list &list, catalog::run_meter &meter);
	/* XX001 unless the table has become what it should: now is what is in it. */
	void prove(const content_summary &now);

	/* Rows written so far. */
	[[nodiscard]] int64 performed() const { return performed_; }

private:
	const target &target_;
	const catalog::backup_record &backup_;
	const bool exact_;
	const std::vector<AttrNumber> key_;
	const pg::relation copy_;
	row_restorer rows_;
	catalog::run_meter *meter_ = nullptr;
	int64 performed_ = 0;
	bool replace_changed_ = false;

	[[nodiscard]] counterpart counterpart_of_backup() const;
	[[nodiscard]] bool references_follow_updates() const;
	std::optional<pg::row_failure> try_to_apply(action_list &list);
	void perform_step(action_list &list, action step);
	bool nothing_left();
};

} // namespace migsafe
