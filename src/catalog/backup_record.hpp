/*
 * backup_record.hpp
 *		The catalog migsafe.backup.
 */
#pragma once

#include "catalog/target_record.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::catalog {

/* What a backup was where it was exported. */
struct backup_origin
{
	std::string identity;   /* of that database and that backup, as JSON */
	std::string created_at; /* as ISO 8601 has it */
};

struct backup_record
{
	int64 backup_id = 0;
	std::optional<std::string> label;
	target_record target;
	std::string schema, name; /* of the backup table */
	int64 row_count = 0, bytes = 0;
	std::string fingerprint;
	int32 fingerprint_version = 0;
	std::string runs_seen = "{}"; /* an array literal: see runs_seen_by() */
	/* likewise; nothing of those that version 1.0.0 took, and of imported ones */
	std::optional<std::string> related_runs_seen;
	std::optional<int64> backup_set;
	std::optional<int64> restore_run_id; /* of the restore before which it was taken */
	std::optional<backup_origin> origin; /* of one that is imported now; not read again */

	[[nodiscard]] std::string quoted() const { return pg::qualified_name(schema, name); }
	/* The backup table; InvalidOid if it is gone. */
	[[nodiscard]] Oid resolve() const;
};

/* Write the record, with a manifest of the target as it is now; returns backup_id. */
int64 insert(const backup_record &backup);

/* The number of a new set of backups. */
int64 new_backup_set();

/*
 * The set for a backup that is imported, and that was of a set where it was exported:
 * the one that its companions got, if this role has imported some; else a new one.
 */
int64 set_of_import(const backup_origin &origin);

/* The sets that a user asked for and that hold a backup of this table, newest first. */
std::vector<int64> sets_with(const target &t);

/* The backup of this table in a set, if there is one. */
std::optional<backup_record> find_in_set(int64 backup_set, const target &t);

/* The backups of a set, by their numbers. */
std::vector<backup_record> backups_of_set(int64 backup_set);

/* The tables that a set holds backups of, as a list for a message; empty if there is no such set. */
std::string tables_of_set(int64 backup_set);

/* Committed runs, as array literals. */
struct seen_runs
{
	std::string of_target;
	std::optional<std::string>
		of_related; /* of tables that have rows in common with it, if known */
};

/* Those that a snapshot sees. */
seen_runs runs_seen_by(const target &t, Snapshot snapshot);

/* 42704 if there is none. */
backup_record find_backup(int64 backup_id);

/*
 * The newest backup of this table that a user asked for, if there is one: of the
 * table itself, or of one of that name that was dropped since.
 */
std::optional<backup_record> newest_backup(const target &t);

/*
 * How the columns of the table, their names, types and order, are others than those
 * of the backup's manifest, in sentences for a DETAIL; empty if they are the same.
 */
std::string columns_that_differ(Oid table, int64 backup_id);

} // namespace migsafe::catalog
