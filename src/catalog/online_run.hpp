/*
 * online_run.hpp
 *		The catalog migsafe.online_run.
 */
#pragma once

#include "catalog/run_record.hpp"
#include "catalog/statement.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::catalog {

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

void insert(const online_run &run);
/* 42704 if there is none of this number. */
online_run find_online_run(int64 run_id);
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
/*
 * It is divided into parts, and goes on with their rows.  seen: seen_transactions() of before
 * anybody looked for the last key, so that who commits in between comes after the beginning.
 * tables: those that hold the target's rows.
 */
void set_planned(int64 run_id, const std::string &seen, double rows_expected,
				 const std::vector<Oid> &tables);
/* All rows are gone through once more, and none has failed so far.  seen: as in set_planned. */
void set_begun_again(int64 run_id, const std::string &seen);

/* To be the first of a transaction: that something is done to the run, that an ERROR has stopped it. */
statement touch_run(int64 run_id);
statement stop_run(int64 run_id, int sqlstate, const std::string &message,
				   const std::string &detail);

} // namespace migsafe::catalog
