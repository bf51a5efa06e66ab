/*
 * online_run.hpp
 *		The catalogs migsafe.online_run, migsafe.run_part and migsafe.deferred_row.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "table/hash_sum.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::catalog {

/* The text of each column of a key. */
using key_values = std::vector<std::string>;

/* What an online run was asked for beyond run_record, and where it stands. */
struct online_run
{
	int64 run_id = 0;
	bool background = false;
	int32 workers = 1;
	std::string pace; /* JSON text */
	bool sweep = false;
	std::optional<int64> notice_every;
	std::optional<std::string> began_in; /* a pg_snapshot */
	std::string tables = "{}";           /* oid[] */
	std::string phase = "pending";
	std::optional<std::string> stopped, sqlstate, message, detail;
	int64 rows_expected = 0, not_visited = 0;
	std::optional<int64> control;
};

/* What became of rows. */
struct part_counts
{
	int64 seen = 0, written = 0, failed = 0, only_if = 0, unchanged = 0, deleted = 0,
		  suppressed = 0;

	part_counts &operator+=(const part_counts &other);
	[[nodiscard]] int64 skipped() const { return only_if + unchanged + deleted + suppressed; }
};

struct run_part
{
	int32 part = 0;
	std::optional<key_values> first_key, last_key, last_done;
	bool done = false;
	part_counts counts;
	int32 batches = 0;
	int64 retries = 0;
	std::optional<int64> batch_size;
	hash_sum undo_hash; /* of the entries that it has added to the undo log */
};

void insert(const online_run &run);
/* 42704 if there is none of this number. */
online_run find_online_run(int64 run_id);
/* The result of a run that ends now, without that of its checks. */
run_result result_of_parts(int64 run_id);
/* From now on a rollback has these terms. */
void set_terms(int64 run_id, const std::string &terms);
/* Let so many rows fail. */
void set_max_errors(int64 run_id, int64 max_errors);
/*
 * The newest run of that name that is online and not finished, was not taken back, and
 * whose target is still there.
 */
std::optional<int64> find_unfinished_run(const std::string &name);

/* 55000 if the run's target was restored from a backup since the run began: what it has done may be gone. */
void require_not_restored_since(int64 run_id);
/*
 * $1: a run_id.  The online rollbacks of that run, or of one of its rollbacks and so on, that
 * have begun and are neither finished nor taken back; the newest first.
 */
extern const char unfinished_rollback_sql[];
std::vector<int64> unfinished_rollbacks(int64 run_id);
/* The newest. */
std::optional<int64> find_unfinished_rollback(int64 run_id);
/* 55000 if there is one: what it has done would be nobody's. */
void require_no_unfinished_rollback(int64 run_id);
/* title: what the message calls the run */
failure being_taken_back(const std::string &title, const std::string &by);

void set_phase(int64 run_id, const std::string &phase);
/* The run begins or goes on here: nothing that stopped it before counts any more. */
void set_under_way(int64 run_id, int64 control);
/* From now on a background worker is to carry it out; nothing that stopped it before counts. */
void set_in_background(int64 run_id);
/* Why it does not go on by itself; empty: it does. */
void set_stopped(int64 run_id, const std::string &why);
/* An ERROR has stopped it; if nothing else has, and it is not finished. */
void set_failed_unless_stopped(int64 run_id, int sqlstate, const std::string &message,
							   const std::string &detail);
/* What it waits for; empty: nothing. */
void set_held_back(int64 run_id, const std::string &reason);
void set_pace(int64 run_id, const std::string &pace);
void set_not_visited(int64 run_id, int64 rows);
/* All rows are gone through once more, and none has failed so far.  seen: as for the parts. */
void set_begun_again(int64 run_id, const std::string &seen);

/*
 * The parts into which its key range is divided, up to the last key; of an empty
 * table one that is done.  seen: seen_transactions() of before anybody looked for that
 * key, so that who commits in between comes after the beginning.  tables: those that
 * hold the target's rows.
 */
void insert_parts(int64 run_id, const std::vector<key_values> &bounds,
				  const std::optional<key_values> &last_key, const std::string &seen,
				  double rows_expected, const std::vector<Oid> &tables = {});
/* The parts with these keys are 0 to so many minus one. */
int32 count_parts(int64 run_id);
std::vector<int32> unfinished_parts(int64 run_id);
run_part find_part(int64 run_id, int32 part);
/* The sums over all parts; of one of them with these numbers. */
part_counts sum_of_parts(int64 run_id);
part_counts sum_of_parts(int64 run_id, const run_part &present);
void update(int64 run_id, const run_part &part, double rows_per_second);

/*
 * Statements that are to be the first of a transaction, at top level: that the next batch
 * of a part begins (no row: somebody else has carried one out since), that something is done to the run, that an ERROR has stopped it.
 */
struct statement
{
	std::string sql;
	std::vector<pg::value> values;
};
statement begin_batch(int64 run_id, const run_part &part);
statement touch_run(int64 run_id);
statement stop_run(int64 run_id, int sqlstate, const std::string &message,
				   const std::string &detail);

void defer(int64 run_id, const key_values &key, const std::string &reason);
/* Some of them; those that were put off longest. */
std::vector<key_values> deferred_rows(int64 run_id, const std::string &reason, int64 limit);
int64 count_deferred(int64 run_id, const std::string &reason);
void forget_deferred(int64 run_id, const std::vector<key_values> &keys);

} // namespace migsafe::catalog
