/*
 * restoration.hpp
 *		A table put back as a backup has it, by difference.
 */
#pragma once

#include "backup/row_restorer.hpp"
#include "catalog/backup_record.hpp"
#include "catalog/run_meter.hpp"

namespace migsafe {

class restoration
{
public:
	/* exact: rows that are not in the backup go.  The backup's table as in backup_table_for_caller(). */
	restoration(const target &t, const catalog::backup_record &backup, bool exact);

	[[nodiscard]] const target &table() const { return target_; }
	[[nodiscard]] const catalog::backup_record &backup() const { return backup_; }
	[[nodiscard]] bool exact() const { return exact_; }

	/* See require_restorable(). */
	void check_backup() const;

	/* Find what differs. */
	void plan() { plan(list_); }
	/* The rows that are to be written so. */
	[[nodiscard]] int64 count(action what) const { return list_.count(what); }
	/* Those that are not in the backup, and stay. */
	[[nodiscard]] int64 rows_left() const { return rows_left_; }
	[[nodiscard]] bool has_key() const { return !key_.empty(); }
	[[nodiscard]] int64 count() const;

	/*
	 * These tables, of which this may be one, are put back at the same time as their
	 * backups have them: so their rows must not follow what is updated here.
	 */
	void restored_with(const std::vector<Oid> &tables);

	/* The error that a domain's constraint is, if it refuses a value that is to come back. */
	void require_domains();

	[[nodiscard]] row_writer &writer() { return rows_.writer(); }
	/* Server code.  Write what the plan says; the writer's batch has begun. */
	void write(catalog::run_meter &meter);
	/*
	 * From now on rows that change go first, and come again: where they have exchanged
	 * unique values, changing them one by one cannot work.  False if that has been so
	 * already, or if other tables would follow an update, but not that.
	 */
	bool replace_changed();
	/* Would rows of this table follow an update of one of these, as their foreign keys say? */
	[[nodiscard]] bool follows(const std::vector<Oid> &tables) const;
	/* Rows written so far. */
	[[nodiscard]] int64 performed() const { return performed_; }

	/* The fingerprint of the table now.  XX001 unless the table has become what it should. */
	std::string prove();

	/* When all is done. */
	void close() { list_.close(); }

private:
	const target &target_;
	const catalog::backup_record &backup_;
	const bool exact_;
	const std::vector<AttrNumber> key_;
	int64 rows_left_ = 0;
	const pg::relation copy_;
	row_restorer rows_;
	action_list list_;
	int64 performed_ = 0;
	bool replace_changed_ = false;
	std::vector<Oid> restored_with_;

	void plan(action_list &list);
	[[nodiscard]] counterpart counterpart_of_backup() const;
	[[nodiscard]] bool references_follow_updates() const;
	void perform_step(action step, catalog::run_meter &meter);
	bool nothing_left();
};

} // namespace migsafe
