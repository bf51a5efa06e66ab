#include "catalog/online_run.hpp"

#include "catalog/session.hpp"
#include "catalog/undo_count.hpp"

namespace migsafe::catalog {
namespace {

using pg::value;

value
of_key(const std::optional<key_values> &key)
{
	return key ? value::text_array(*key) : value::none(TEXTARRAYOID);
}

/* The elements of a text array that a query with one row gives. */
std::optional<key_values>
key_of(session &s, const char *column, int64 run_id, int32 part)
{
	const auto rows = s->query(std::string("SELECT unnest(") + column +
								   ") FROM migsafe.run_part WHERE run_id = $1 AND part = $2",
							   {value::of(run_id), value::of(part)});
	key_values key;

	for (const pg::text_row &row : rows)
		key.push_back(row[0].value());
	return key.empty() ? std::nullopt : std::optional<key_values>(key);
}

int64
number(const std::optional<std::string> &text)
{
	return text ? std::stoll(*text) : 0;
}

part_counts
to_counts(const pg::text_row &row, size_t first)
{
	part_counts c;
	size_t at = first;

	for (int64 *count :
		 {&c.seen, &c.written, &c.failed, &c.only_if, &c.unchanged, &c.deleted, &c.suppressed})
		*count = number(row[at++]);
	return c;
}

void
execute(const std::string &sql, const std::vector<value> &values)
{
	session s;

	s->execute(sql, values);
}

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

int64
ask(const std::string &sql, const std::vector<value> &values)
{
	session s;

	return number(s->scalar(sql, values));
}

part_counts
sum_of_other_parts(int64 run_id, int32 part)
{
	session s;
	const auto rows = s->query(
		"SELECT sum(seen), sum(written), sum(failed), sum(only_if), sum(unchanged), sum(deleted),"
		" sum(suppressed) FROM migsafe.run_part WHERE run_id = $1 AND part <> $2",
		{value::of(run_id), value::of(part)});

	return to_counts(rows.at(0), 0);
}

} // namespace

part_counts &
part_counts::operator+=(const part_counts &other)
{
	seen += other.seen;
	written += other.written;
	failed += other.failed;
	only_if += other.only_if;
	unchanged += other.unchanged;
	deleted += other.deleted;
	suppressed += other.suppressed;
	return *this;
}

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

run_result
result_of_parts(int64 run_id)
{
	const part_counts all = sum_of_parts(run_id);
	run_result result;

	result.total_rows = all.seen;
	result.successful_rows = result.undo_rows = all.written;
	result.undo_hash = recorded_undo_content(run_id).hash;
	result.failed_rows = all.failed;
	result.skipped_rows = all.skipped();
	result.skipped = skipped_json(all.only_if, all.unchanged, all.deleted, all.suppressed);
	result.batches = static_cast<int32>(
		ask("SELECT sum(batches) FROM migsafe.run_part WHERE run_id = $1", {value::of(run_id)}));
	result.elapsed = ask("SELECT (extract(epoch FROM clock_timestamp() - started_at) * 1000000)"
						 "::bigint FROM migsafe.run WHERE run_id = $1",
						 {value::of(run_id)});
	return result;
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
			.hint("Take the run back by migsafe.rollback_online(" + std::to_string(run_id) +
				  "), and begin another one.");
}

const char unfinished_rollback_sql[] =
	"WITH RECURSIVE family (run_id) AS (SELECT $1 UNION ALL SELECT b.run_id FROM family f"
	" JOIN migsafe.run b ON b.rollback_of = f.run_id AND b.kind = 'rollback')"
	" SELECT r.run_id FROM family f JOIN migsafe.run r ON r.run_id = f.run_id"
	" WHERE r.run_id <> $1 AND r.online"
	" AND NOT EXISTS (SELECT FROM migsafe.run_commit c WHERE c.run_id = r.run_id)"
	" AND migsafe.taken_back_by(r.run_id) IS NULL ORDER BY r.run_id DESC";

std::optional<int64>
find_unfinished_rollback(int64 run_id)
{
	const std::vector<int64> all = unfinished_rollbacks(run_id);

	return all.empty() ? std::nullopt : std::optional<int64>(all.front());
}

std::vector<int64>
unfinished_rollbacks(int64 run_id)
{
	session s;
	std::vector<int64> found;

	for (const pg::text_row &row : s->query(unfinished_rollback_sql, {value::of(run_id)}))
		found.push_back(std::stoll(*row[0]));
	return found;
}

void
require_no_unfinished_rollback(int64 run_id)
{
	if (const auto found = find_unfinished_rollback(run_id))
		throw being_taken_back("run " + std::to_string(run_id), std::to_string(*found));
}

failure
being_taken_back(const std::string &title, const std::string &by)
{
	return failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, title + " is being taken back")
		.detail("Run " + by + ", a rollback of it, is not finished.")
		.hint("Finish that by CALL migsafe.resume_online(" + by +
			  "), or take it back itself by migsafe.rollback_online(" + by + ").");
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
set_begun_again(int64 run_id, const std::string &seen)
{
	execute("DELETE FROM migsafe.committed_error WHERE run_id = $1", {value::of(run_id)});
	change(run_id, "began_in = $2::pg_snapshot", {value::text(seen)});
}

void
insert_parts(int64 run_id, const std::vector<key_values> &bounds,
			 const std::optional<key_values> &last_key, const std::string &seen,
			 double rows_expected, const std::vector<Oid> &tables)
{
	std::optional<key_values> first;
	int32 part = 0;

	auto add = [&](const std::optional<key_values> &last) {
		execute("INSERT INTO migsafe.run_part (run_id, part, first_key, last_key, done)"
				" VALUES ($1, $2, $3, $4, $5)",
				{value::of(run_id), value::of(part++), of_key(first), of_key(last),
				 value::of(!last_key)});
		first = last;
	};

	for (const key_values &bound : bounds)
		add(bound);
	add(last_key);
	change(run_id, "began_in = $4::pg_snapshot, rows_expected = $2, tables = $3, phase = 'rows'",
		   {value::of(static_cast<int64>(rows_expected)), value::oid_array(tables),
			value::text(seen)});
}

int32
count_parts(int64 run_id)
{
	return static_cast<int32>(
		ask("SELECT count(*) FROM migsafe.run_part WHERE run_id = $1", {value::of(run_id)}));
}

std::vector<int32>
unfinished_parts(int64 run_id)
{
	session s;
	std::vector<int32> parts;

	for (const pg::text_row &row :
		 s->query("SELECT part FROM migsafe.run_part WHERE run_id = $1 AND NOT done ORDER BY part",
				  {value::of(run_id)}))
		parts.push_back(static_cast<int32>(number(row[0])));
	return parts;
}

run_part
find_part(int64 run_id, int32 part)
{
	session s;
	const auto rows = s->query(
		"SELECT done, seen, written, failed, only_if, unchanged, deleted, suppressed, batches,"
		" retries, batch_size, undo_hash FROM migsafe.run_part WHERE run_id = $1 AND part = $2",
		{value::of(run_id), value::of(part)});
	const pg::text_row &row = rows.at(0);
	run_part result;

	result.part = part;
	result.done = row[0] == "t";
	result.counts = to_counts(row, 1);
	result.batches = static_cast<int32>(number(row[8]));
	result.retries = number(row[9]);
	if (row[10])
		result.batch_size = number(row[10]);
	result.undo_hash = hash_sum(row[11].value());
	result.first_key = key_of(s, "first_key", run_id, part);
	result.last_key = key_of(s, "last_key", run_id, part);
	result.last_done = key_of(s, "last_done", run_id, part);
	return result;
}

part_counts
sum_of_parts(int64 run_id)
{
	return sum_of_other_parts(run_id, -1);
}

part_counts
sum_of_parts(int64 run_id, const run_part &present)
{
	part_counts all = sum_of_other_parts(run_id, present.part);

	all += present.counts;
	return all;
}

statement
begin_batch(int64 run_id, const run_part &part)
{
	return {"UPDATE migsafe.run_part SET updated_at = now()"
			" WHERE run_id = $1 AND part = $2 AND batches = $3",
			{value::of(run_id), value::of(part.part), value::of(part.batches)}};
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

void
update(int64 run_id, const run_part &part, double rows_per_second)
{
	const part_counts &c = part.counts;

	execute(
		"UPDATE migsafe.run_part SET last_done = $3, done = $4, seen = $5, written = $6,"
		" failed = $7, only_if = $8, unchanged = $9, deleted = $10, suppressed = $11,"
		" batches = $12, retries = $13, batch_size = $14, rows_per_second = $15, undo_hash = $16,"
		" updated_at = clock_timestamp() WHERE run_id = $1 AND part = $2",
		{value::of(run_id), value::of(part.part), of_key(part.last_done), value::of(part.done),
		 value::of(c.seen), value::of(c.written), value::of(c.failed), value::of(c.only_if),
		 value::of(c.unchanged), value::of(c.deleted), value::of(c.suppressed),
		 value::of(part.batches), value::of(part.retries),
		 part.batch_size ? value::of(*part.batch_size) : value::none(INT8OID),
		 value{Float8GetDatum(rows_per_second), FLOAT8OID, false},
		 value::text(part.undo_hash.hex())});
}

void
defer(int64 run_id, const key_values &key, const std::string &reason)
{
	execute("INSERT INTO migsafe.deferred_row VALUES ($1, $2, $3, clock_timestamp())",
			{value::of(run_id), value::text_array(key), value::text(reason)});
}

std::vector<key_values>
deferred_rows(int64 run_id, const std::string &reason, int64 limit)
{
	session s;
	std::vector<key_values> keys;

	for (const pg::text_row &row :
		 s->query("SELECT (u.n = 1), u.field FROM (SELECT key, tried_at FROM migsafe.deferred_row"
				  " WHERE run_id = $1 AND reason = $2 ORDER BY tried_at, key LIMIT $3) d,"
				  " unnest(d.key) WITH ORDINALITY u (field, n) ORDER BY d.tried_at, d.key, u.n",
				  {value::of(run_id), value::text(reason), value::of(limit)}))
	{
		if (row[0] == "t")
			keys.emplace_back();
		keys.back().push_back(row[1].value());
	}
	return keys;
}

int64
count_deferred(int64 run_id, const std::string &reason)
{
	return ask("SELECT count(*) FROM migsafe.deferred_row WHERE run_id = $1 AND reason = $2",
			   {value::of(run_id), value::text(reason)});
}

void
forget_deferred(int64 run_id, const std::vector<key_values> &keys)
{
	for (const key_values &key : keys)
		execute("DELETE FROM migsafe.deferred_row WHERE run_id = $1 AND key = $2"
				" AND hash_array_extended(key, 0) = hash_array_extended($2, 0)",
				{value::of(run_id), value::text_array(key)});
}

} // namespace migsafe::catalog
