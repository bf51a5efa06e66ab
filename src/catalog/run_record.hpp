/*
 * run_record.hpp
 *		The catalogs migsafe.run, migsafe.run_commit and migsafe.committed_error.  What is
 *		inserted here of a run in one transaction is told to the recorder, too.
 */
#pragma once

#include "catalog/target_record.hpp"
#include "pg/settings.hpp"
#include "table/hash_sum.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::catalog {

/* What was asked for: a row of migsafe.run. */
struct run_record
{
	int64 run_id = 0;
	std::string kind;
	std::optional<std::string> name;
	target_record target;
	std::string transform; /* JSON text; may be empty */
	std::optional<std::string> only_if;
	std::string checks, precondition; /* JSON text; may be empty */
	std::optional<int64> max_errors;
	std::optional<int32> batch_size;
	std::optional<std::string> undo_schema, undo_name;
	std::string undo_columns; /* JSON text; may be empty */
	std::optional<int64> rollback_of, backup_id;
	std::optional<std::string> restore_mode;
	bool online = false; /* in batches that commit */
	std::string terms;   /* JSON text, of a rollback */
	bool is_partial = false;

	/* As whom, and under which settings, its expressions are evaluated: of the caller of insert. */
	Oid run_by = InvalidOid;
	std::string settings; /* JSON text */
};

/* How it ended: a row of migsafe.run_commit. */
struct run_result
{
	int64 total_rows = 0, successful_rows = 0, failed_rows = 0, skipped_rows = 0;
	std::string skipped = "{}"; /* JSON text, as are the next two */
	std::string checks_result;
	std::string errors;
	int32 batches = 0;
	int64 undo_rows = 0;
	hash_sum undo_hash;
	int64 elapsed = 0; /* microseconds */
};

struct row_error
{
	int64 error_no;
	std::string key; /* JSON text, as is row_before */
	int sqlstate;
	std::string message, detail, row_before;
};

/* A new run's number; its lock is held from now to the end of the transaction. */
int64 new_run_id();

void insert(const run_record &run);
void insert(int64 run_id, const run_result &result);
void insert(int64 run_id, const row_error &error);

/* Its settings, in pieces. */
std::vector<pg::setting> settings_of(const run_record &run);

/* 42704, for a run that is not there or that the caller may not see. */
failure no_such_run(int64 run_id);
/* What was asked for; 42704 if there is no such run, 55000 if the recorder knows it and it has not committed. */
run_record find_run(int64 run_id);
/*
 * The newest committed run of that name that stands: not taken back since, and
 * with its target still there.
 */
std::optional<run_record> find_standing_run(const std::string &name);
/* The same, or an online run that was begun and not finished: the newest of both. */
std::optional<run_record> find_run_to_take_back(const std::string &name);
run_result find_result(int64 run_id);
/* Which transactions had ended when the run did, as migsafe.is_newer() takes it; nothing if it has not committed. */
std::optional<std::string> snapshot_at_end(int64 run_id);
/* Runs of the table, or of others that have rows in common with it. */
enum class whose { own, related };
/*
 * The committed runs r of a table that meet an SQL condition, which may speak of
 * backup b as well, as a list for a message; empty if there are none.
 */
std::string runs_where(const target &t, int64 backup_id, const std::string &condition,
					   whose tables = whose::own);

/* The names of the columns that a run's transform sets. */
std::vector<std::string> transformed_columns(int64 run_id);
bool is_committed(int64 run_id);
/* The rollback or restore by which the run no longer stands, if any. */
std::optional<int64> taken_back_by(int64 run_id);
/*
 * The committed rollbacks of the run that stand, and have written something, but are not all of
 * it: of a part, or with rows left in conflict.  The newest first.
 */
std::vector<int64> standing_parts(int64 run_id);

/* The runs of that name that were taken back, and have a target still; the newest first. */
std::vector<int64> runs_taken_back(const std::string &name);

/* The numbers of skipped rows by reason, as run_result has them. */
std::string skipped_json(int64 only_if, int64 unchanged, int64 deleted, int64 suppressed);

/* The five characters of an SQLSTATE. */
std::string sqlstate_text(int sqlstate);
/* And back. */
int sqlstate_of(const std::string &text);

} // namespace migsafe::catalog
