#include "catalog/online_run.hpp"

#include "catalog/session.hpp"

namespace migsafe::catalog {
namespace {

using pg::value;

constexpr char not_stopped[] = "stopped = NULL, sqlstate = NULL, message = NULL, detail = NULL";

/* The run is $1, and the values are $2 and so on. */
statement
change_of(int64 run_id, const std::string &assignments, std::vector<value> values)
{
	values.insert(values.begin(), value::of(run_id));
	return {"UPDATE migsafe.online_run SET " + assignments + " WHERE run_id = $1",
			std::move(values)};
}

void
change(int64 run_id, const std::string &assignments, std::vector<value> values = {})
{
	const statement update = change_of(run_id, assignments, std::move(values));

	execute(update.sql, update.values);
}

} // namespace

void
insert(const online_run &run)
{
	execute("INSERT INTO migsafe.online_run (run_id, background, workers, pace, sweep,"
			" notice_every, phase) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			{value::of(run.run_id), value::of(run.background), value::of(run.workers),
			 value::json(run.pace), value::of(run.sweep),
			 run.notice_every ? value::of(*run.notice_every) : value::none(INT8OID),
			 value::text(run.phase)});
}

online_run
find_online_run(int64 run_id)
{
	session s;
	const auto rows = s->query(
		"SELECT run_id, background, workers, pace, sweep, notice_every,"
		" began_in, phase, stopped, sqlstate, message, detail, not_visited, control, rows_expected,"
		" coalesce(tables, '{}')"
		" FROM migsafe.online_run WHERE run_id = $1",
		{value::of(run_id)});

	if (rows.empty())
		throw failure(ERRCODE_UNDEFINED_OBJECT, "there is no online run " + std::to_string(run_id))
			.hint("The runs are listed by: SELECT * FROM migsafe.status.");

	const pg::text_row &row = rows[0];
	online_run run;

	run.run_id = run_id;
	run.background = row[1] == "t";
	run.workers = static_cast<int32>(number(row[2]));
	run.pace = *row[3];
	run.sweep = row[4] == "t";
	if (row[5])
		run.notice_every = number(row[5]);
	run.began_in = row[6];
	run.phase = *row[7];
	run.stopped = row[8];
	run.sqlstate = row[9];
	run.message = row[10];
	run.detail = row[11];
	run.not_visited = number(row[12]);
	if (row[13])
		run.control = number(row[13]);
	run.rows_expected = number(row[14]);
	run.tables = *row[15];
	return run;
}

void
set_terms(int64 run_id, const std::string &terms)
{
	execute("UPDATE migsafe.run SET terms = $2 WHERE run_id = $1",
			{value::of(run_id), value::json(terms)});
}

void
set_max_errors(int64 run_id, int64 max_errors)
{
	execute("UPDATE migsafe.run SET max_errors = $2 WHERE run_id = $1",
			{value::of(run_id), value::of(max_errors)});
}

std::optional<int64>
find_unfinished_run(const std::string &name)
{
	session s;
	const auto found =
		s->scalar("SELECT r.run_id FROM migsafe.run r"
				  " WHERE r.name = $1 AND r.online AND r.kind = 'run'"
				  " AND NOT EXISTS (SELECT FROM migsafe.run_commit c WHERE c.run_id = r.run_id)"
				  " AND migsafe.taken_back_by(r.run_id) IS NULL"
				  " AND migsafe.target_of(r.target_oid, r.target_schema, r.target_name,"
				  " r.system_identifier, r.extension_oid, r.target_owner) IS NOT NULL"
				  " ORDER BY r.run_id DESC LIMIT 1",
				  {value::text(name)});

	return found ? std::optional<int64>(std::stoll(*found)) : std::nullopt;
}

void
require_not_restored_since(int64 run_id)
{
	session s;
	const auto by = s->scalar(
		"SELECT s.run_id FROM migsafe.run r JOIN migsafe.run s ON s.kind = 'restore'"
		" AND s.run_id > r.run_id AND (s.target_oid = r.target_oid"
		" OR r.target_oid = ANY (s.restored_tables)"
		" OR s.target_oid = ANY ((SELECT o.tables FROM migsafe.online_run o"
		" WHERE o.run_id = r.run_id)::oid[]))"
		" AND s.system_identifier = r.system_identifier AND s.extension_oid = r.extension_oid"
		" JOIN migsafe.run_commit c ON c.run_id = s.run_id"
		" WHERE r.run_id = $1 ORDER BY s.run_id DESC LIMIT 1",
		{value::of(run_id)});

	if (by)
		throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
					  "the target of run " + std::to_string(run_id) +
						  " was restored from a backup since")
			.detail("That was done by run " + *by +
					". Rows that the run has done with may be as they were before it.")
			.hint("Take the run back by CALL migsafe.rollback_online(" + std::to_string(run_id) +
				  "), and begin another one.");
}

void
set_phase(int64 run_id, const std::string &phase)
{
	change(run_id, "phase = $2", {value::text(phase)});
}

void
set_under_way(int64 run_id, int64 control)
{
	change(run_id, std::string("control = $2, held_back_by = NULL, ") + not_stopped,
		   {value::of(control)});
}

void
set_in_background(int64 run_id)
{
	change(run_id, std::string("background = true, ") + not_stopped);
}

void
set_stopped(int64 run_id, const std::string &why)
{
	change(run_id, "stopped = nullif($2, ''), held_back_by = NULL", {value::text(why)});
}

void
set_held_back(int64 run_id, const std::string &reason)
{
	change(run_id, "held_back_by = nullif($2, '')", {value::text(reason)});
}

void
set_pace(int64 run_id, const std::string &pace)
{
	change(run_id, "pace = $2", {value::json(pace)});
}

void
set_not_visited(int64 run_id, int64 rows)
{
	change(run_id, "not_visited = $2", {value::of(rows)});
}

void
set_planned(int64 run_id, const std::string &seen, double rows_expected,
			const std::vector<Oid> &tables)
{
	change(run_id, "began_in = $4::pg_snapshot, rows_expected = $2, tables = $3, phase = 'rows'",
		   {value::of(static_cast<int64>(rows_expected)), value::oid_array(tables),
			value::text(seen)});
}

void
set_begun_again(int64 run_id, const std::string &seen)
{
	execute("DELETE FROM migsafe.committed_error WHERE run_id = $1", {value::of(run_id)});
	change(run_id, "began_in = $2::pg_snapshot", {value::text(seen)});
}

statement
touch_run(int64 run_id)
{
	return change_of(run_id, "phase = phase", {});
}

statement
stop_run(int64 run_id, int sqlstate, const std::string &message, const std::string &detail)
{
	return change_of(
		run_id,
		"stopped = 'failed', sqlstate = $2, message = $3, detail = nullif($4, ''),"
		" held_back_by = NULL",
		{value::text(sqlstate_text(sqlstate)), value::text(message), value::text(detail)});
}

void
set_failed_unless_stopped(int64 run_id, int sqlstate, const std::string &message,
						  const std::string &detail)
{
	const statement stop = stop_run(run_id, sqlstate, message, detail);

	execute(stop.sql + " AND stopped IS NULL AND phase <> 'done'", stop.values);
}

} // namespace migsafe::catalog
