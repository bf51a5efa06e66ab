#include "catalog/run_record.hpp"

#include "catalog/owner_record.hpp"
#include "catalog/recorder.hpp"
#include "catalog/related_tables.hpp"
#include "catalog/session.hpp"
#include "pg/lock.hpp"
#include "table/seen_transactions.hpp"
#include "table/target.hpp"

namespace migsafe::catalog {
namespace {

using pg::value;

value
optional_value(const std::optional<int64> &v)
{
	return v ? value::of(*v) : value::none(INT8OID);
}

std::optional<int64>
to_bigint(const std::optional<std::string> &text)
{
	return text ? std::optional<int64>(std::stoll(*text)) : std::nullopt;
}

constexpr char run_columns[] =
	"r.run_id, r.kind, r.name, r.target_schema, r.target_name, r.target_oid, r.system_identifier,"
	" r.extension_oid, r.target_owner,"
	" r.transform, r.only_if, r.checks, r.max_errors, r.batch_size, r.undo_schema, r.undo_name,"
	" r.undo_columns, r.rollback_of, r.backup_id, r.restore_mode, r.precondition, r.online,"
	" r.run_by, r.run_by_oid, r.settings, r.terms, r.is_partial";

run_record
to_run(const pg::text_row &row)
{
	run_record run;

	run.run_id = *to_bigint(row[0]);
	run.kind = *row[1];
	run.name = row[2];
	run.target = {*row[3],
				  *row[4],
				  static_cast<Oid>(*to_bigint(row[5])),
				  *to_bigint(row[6]),
				  static_cast<Oid>(*to_bigint(row[7])),
				  *row[8]};
	run.transform = row[9].value_or("");
	run.only_if = row[10];
	run.checks = row[11].value_or("");
	run.max_errors = to_bigint(row[12]);
	if (row[13])
		run.batch_size = std::stoi(*row[13]);
	run.undo_schema = row[14];
	run.undo_name = row[15];
	run.undo_columns = row[16].value_or("");
	run.rollback_of = to_bigint(row[17]);
	run.backup_id = to_bigint(row[18]);
	run.restore_mode = row[19];
	run.precondition = row[20].value_or("");
	run.online = *row[21] == "t";
	run.run_by = owner_record{*row[22], static_cast<Oid>(*to_bigint(row[23])),
							  run.target.system_identifier, run.target.extension_oid}
					 .role_here();
	run.settings = *row[24];
	run.terms = row[25].value_or("");
	run.is_partial = *row[26] == "t";
	return run;
}

/* condition: an SQL expression over run r, and c, how it ended */
std::optional<run_record>
newest_standing(const std::string &name, const std::string &condition)
{
	session s;
	const auto rows =
		s->query(std::string("SELECT ") + run_columns +
					 " FROM migsafe.run r LEFT JOIN migsafe.run_commit c ON c.run_id = r.run_id"
					 " WHERE r.kind = 'run' AND r.name = $1 AND " +
					 condition +
					 " AND migsafe.taken_back_by(r.run_id) IS NULL"
					 " AND migsafe.target_of(r.target_oid, r.target_schema, r.target_name,"
					 " r.system_identifier, r.extension_oid, r.target_owner) IS NOT NULL"
					 " ORDER BY r.run_id DESC LIMIT 1",
				 {value::text(name)});

	if (rows.empty())
		return std::nullopt;
	return to_run(rows[0]);
}

} // namespace

int64
new_run_id()
{
	session s;
	const int64 run_id = std::stoll(*s->scalar("SELECT nextval('migsafe.run_id_seq')"));

	pg::try_lock(pg::lock_kind::run, static_cast<uint64>(run_id));
	return run_id;
}

void
insert(const run_record &run)
{
	/* a session is the catalogs' owner's, with settings of its own */
	const Oid role = GetUserId();
	const std::string user = pg::call([=] { return GetUserNameFromId(role, false); });
	const std::string settings = pg::settings_of_expressions();

	recorder::begun(run);

	session s;
	std::vector<value> values = {value::of(run.run_id), value::text(run.kind),
								 value::text(run.name)};

	for (const value &v : run.target.values())
		values.push_back(v);
	for (const value &v :
		 {value::json(run.transform), value::text(run.only_if), value::json(run.checks),
		  optional_value(run.max_errors),
		  run.batch_size ? value::of(*run.batch_size) : value::none(INT4OID),
		  value::text(run.undo_schema), value::text(run.undo_name), value::json(run.undo_columns),
		  optional_value(run.rollback_of), optional_value(run.backup_id),
		  value::text(run.restore_mode), value::text(user), value::of_oid(role),
		  value::of_timestamp(GetCurrentTimestamp()), value::json(run.precondition),
		  value::of(run.online), value::json(settings), value::json(run.terms),
		  value::of(run.is_partial)})
		values.push_back(v);
	s->execute("INSERT INTO migsafe.run VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"
			   " $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, pg_backend_pid(), $24, "
			   "$25, $26, $27, $28)",
			   values);
	if (run.kind == "restore")
		s->execute(std::string("WITH RECURSIVE ") + related_tables +
					   "UPDATE migsafe.run SET restored_tables = ARRAY(SELECT oid FROM below"
					   " ORDER BY oid) WHERE run_id = $2",
				   {value::of_oid(run.target.oid), value::of(run.run_id)});
}

void
insert(int64 run_id, const run_result &result)
{
	recorder::completed(run_id, result);

	const std::string snapshot = seen_transactions();
	session s;

	s->execute("INSERT INTO migsafe.run_commit VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
			   " $10, clock_timestamp(), $11, $12::pg_snapshot)",
			   {value::of(run_id), value::of(result.total_rows), value::of(result.successful_rows),
				value::of(result.failed_rows), value::of(result.skipped_rows),
				value::json(result.skipped), value::of(result.batches), value::of(result.undo_rows),
				value::text(result.undo_hash.hex()), value::json(result.checks_result),
				value::interval(result.elapsed), value::text(snapshot)});
}

void
insert(int64 run_id, const row_error &error)
{
	recorder::failed_row(run_id, error);

	session s;

	s->execute(
		"INSERT INTO migsafe.committed_error VALUES ($1, $2, $3, $4, $5, nullif($6, ''), $7)",
		{value::of(run_id), value::of(error.error_no), value::json(error.key),
		 value::text(sqlstate_text(error.sqlstate)), value::text(error.message),
		 value::text(error.detail), value::json(error.row_before)});
}

std::vector<pg::setting>
settings_of(const run_record &run)
{
	session s;
	std::vector<pg::setting> settings;

	for (const pg::text_row &row :
		 s->query("SELECT key, value FROM jsonb_each_text($1)", {value::json(run.settings)}))
		settings.push_back({row[0].value(), row[1].value()});
	return settings;
}

static std::optional<run_record>
find_own_record(int64 run_id)
{
	session s;
	const auto rows =
		s->query(std::string("SELECT ") + run_columns + " FROM migsafe.run r WHERE r.run_id = $1",
				 {value::of(run_id)});

	return rows.empty() ? std::nullopt : std::optional(to_run(rows[0]));
}

/* The target of a run in one transaction of which there is no more than the recorder's word. */
static std::optional<target_record>
target_of_uncommitted(int64 run_id)
{
	session s;
	const auto rows =
		s->query("SELECT target_schema, target_name, target_oid, system_identifier, extension_oid,"
				 " target_owner FROM migsafe.recorded_run WHERE run_id = $1",
				 {value::of(run_id)});

	if (rows.empty())
		return std::nullopt;

	const pg::text_row &row = rows[0];

	return target_record{*row[0],
						 *row[1],
						 static_cast<Oid>(*to_bigint(row[2])),
						 *to_bigint(row[3]),
						 static_cast<Oid>(*to_bigint(row[4])),
						 *row[5]};
}

static failure
has_not_committed(int64 run_id)
{
	const std::string id = std::to_string(run_id);

	return failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "run " + id + " has not committed")
		.detail("Its transaction was rolled back, or has not ended. What is known of it was "
				"recorded beside it.")
		.hint("See its status in migsafe.status, and its row errors: SELECT * FROM "
			  "migsafe.row_error WHERE run_id = " +
			  id + ".");
}

failure
no_such_run(int64 run_id)
{
	return failure(ERRCODE_UNDEFINED_OBJECT, "there is no run " + std::to_string(run_id))
		.hint("The runs are listed by: SELECT * FROM migsafe.status.");
}

run_record
find_run(int64 run_id)
{
	if (const auto found = find_own_record(run_id))
		return *found;
	if (const auto target = target_of_uncommitted(run_id); target && target->caller_may_read())
		throw has_not_committed(run_id);
	throw no_such_run(run_id);
}

std::optional<run_record>
find_standing_run(const std::string &name)
{
	return newest_standing(name, "c.run_id IS NOT NULL");
}

std::optional<run_record>
find_run_to_take_back(const std::string &name)
{
	return newest_standing(name, "(c.run_id IS NOT NULL OR r.online)");
}

run_result
find_result(int64 run_id)
{
	session s;
	const auto rows =
		s->query("SELECT c.total_rows, c.successful_rows, c.failed_rows, c.skipped_rows, c.skipped,"
				 " c.batches, c.undo_rows, c.checks_result,"
				 " (extract(epoch FROM c.elapsed) * 1000000)::bigint,"
				 " (SELECT jsonb_agg(jsonb_build_object('key', e.key, 'sqlstate', e.sqlstate,"
				 " 'message', e.message) ORDER BY e.error_no) FROM migsafe.committed_error e"
				 " WHERE e.run_id = c.run_id AND e.error_no <= 10)"
				 " FROM migsafe.run_commit c WHERE c.run_id = $1",
				 {value::of(run_id)});
	const pg::text_row &row = rows.at(0);
	run_result result;

	result.total_rows = *to_bigint(row[0]);
	result.successful_rows = *to_bigint(row[1]);
	result.failed_rows = *to_bigint(row[2]);
	result.skipped_rows = *to_bigint(row[3]);
	result.skipped = *row[4];
	result.batches = std::stoi(*row[5]);
	result.undo_rows = *to_bigint(row[6]);
	result.checks_result = row[7].value_or("");
	result.elapsed = *to_bigint(row[8]);
	result.errors = row[9].value_or("");
	return result;
}

std::string
runs_where(const target &t, int64 backup_id, const std::string &condition, whose tables)
{
	session s;

	return s
		->scalar(
			std::string("WITH RECURSIVE ") + related_tables +
				"SELECT string_agg(r.run_id || coalesce(' (' || r.name || ')', ''), ', '"
				" ORDER BY r.run_id) FROM migsafe.run r"
				" JOIN migsafe.run_commit c ON c.run_id = r.run_id"
				" JOIN migsafe.backup b ON b.backup_id = $2"
				" WHERE r.kind = 'run' AND migsafe.target_of(r.target_oid, r.target_schema,"
				" r.target_name, r.system_identifier, r.extension_oid, r.target_owner) " +
				(tables == whose::own ? "= $1" : "IN (SELECT oid FROM related WHERE oid <> $1)") +
				" AND " + condition,
			{value::of_oid(t.relid()), value::of(backup_id)})
		.value_or("");
}

std::vector<std::string>
transformed_columns(int64 run_id)
{
	session s;
	std::vector<std::string> names;

	for (const pg::text_row &row :
		 s->query("SELECT jsonb_object_keys(transform) FROM migsafe.run WHERE run_id = $1",
				  {value::of(run_id)}))
		names.push_back(*row[0]);
	return names;
}

std::optional<std::string>
snapshot_at_end(int64 run_id)
{
	session s;

	return s->scalar("SELECT snapshot FROM migsafe.run_commit WHERE run_id = $1",
					 {value::of(run_id)});
}

bool
is_committed(int64 run_id)
{
	session s;

	return !s->query("SELECT 1 FROM migsafe.run_commit WHERE run_id = $1", {value::of(run_id)})
				.empty();
}

std::optional<int64>
taken_back_by(int64 run_id)
{
	session s;

	return to_bigint(s->scalar("SELECT migsafe.taken_back_by($1)", {value::of(run_id)}));
}

std::vector<int64>
standing_parts(int64 run_id)
{
	return run_ids("SELECT r.run_id FROM migsafe.run r JOIN migsafe.run_commit c USING (run_id)"
				   " WHERE r.rollback_of = $1 AND r.kind = 'rollback' AND c.undo_rows > 0"
				   " AND (r.is_partial OR c.failed_rows > 0)"
				   " AND migsafe.taken_back_by(r.run_id) IS NULL ORDER BY r.run_id DESC",
				   value::of(run_id));
}

std::vector<int64>
runs_taken_back(const std::string &name)
{
	return run_ids(
		"SELECT r.run_id FROM migsafe.run r"
		" WHERE r.kind = 'run' AND r.name = $1 AND migsafe.taken_back_by(r.run_id) IS NOT NULL"
		" AND migsafe.target_of(r.target_oid, r.target_schema, r.target_name,"
		" r.system_identifier, r.extension_oid, r.target_owner) IS NOT NULL"
		" ORDER BY r.run_id DESC",
		value::text(name));
}

std::string
skipped_json(int64 only_if, int64 unchanged, int64 deleted, int64 suppressed)
{
	return "{\"only_if\": " + std::to_string(only_if) +
		   ", \"unchanged\": " + std::to_string(unchanged) +
		   ", \"deleted\": " + std::to_string(deleted) +
		   ", \"suppressed\": " + std::to_string(suppressed) + "}";
}

std::string
sqlstate_text(int sqlstate)
{
	return unpack_sql_state(sqlstate);
}

int
sqlstate_of(const std::string &text)
{
	return MAKE_SQLSTATE(text.at(0), text.at(1), text.at(2), text.at(3), text.at(4));
}

} // namespace migsafe::catalog
