#include "online/throttle.hpp"

#include "catalog/session.hpp"
#include "check/caller_query.hpp"
#include "pg/message.hpp"
#include "pg/steady_time.hpp"
#include "pg/time_limit.hpp"

#include <cstdlib>

namespace migsafe::online {
namespace {

constexpr int query_time = 5000; /* milliseconds */

std::string
duration_text(int64 milliseconds)
{
	return milliseconds < 10'000 ? std::to_string(milliseconds) + " ms"
								 : std::to_string(milliseconds / 1000) + " s";
}

std::string
size_text(int64 bytes)
{
	return pg::call([=] {
		return text_to_cstring(
			DatumGetTextPP(DirectFunctionCall1(pg_size_pretty, Int64GetDatum(bytes))));
	});
}

/* WAL files that the archiver has not taken yet. */
int64
files_to_archive()
{
	catalog::session s;

	return std::stoll(*s->scalar(
		"SELECT CASE current_setting('archive_mode') WHEN 'off' THEN 0 ELSE"
		" (SELECT count(*) FROM pg_ls_archive_statusdir() f WHERE f.name LIKE '%.ready') END"));
}

/* The first of the tables that autovacuum is at work on, or on its TOAST table; with its phase. */
std::optional<std::string>
vacuumed_table(const std::vector<Oid> &tables)
{
	std::vector<std::string> oids;
	catalog::session s;

	oids.reserve(tables.size());
	for (const Oid table : tables)
		oids.push_back(std::to_string(table));
	return s->scalar(
		"SELECT format('%I.%I (%s)', n.nspname, c.relname, v.phase)"
		" FROM pg_stat_progress_vacuum v"
		" JOIN pg_stat_activity a ON a.pid = v.pid AND a.backend_type = 'autovacuum worker'"
		" JOIN pg_class c ON v.relid IN (c.oid, c.reltoastrelid)"
		" JOIN pg_namespace n ON n.oid = c.relnamespace"
		" WHERE v.datname = current_database() AND c.oid = ANY ($1::oid[])"
		" ORDER BY n.nspname, c.relname LIMIT 1",
		{pg::value::text_array(oids)});
}

/* true, or a number above zero */
bool
says_hold(const std::optional<std::string> &value)
{
	return value && (*value == "t" || *value == "true" || strtod(value->c_str(), nullptr) > 0);
}

std::optional<std::string>
first_value(const std::string &query)
{
	pg::spi_session s;

	return s.scalar(query);
}

/* The query's first value, as the caller, read-only; nothing of it lasts. */
std::optional<std::string>
value_of(const std::string &query)
{
	const std::string first = caller_query{query, 1, InvalidOid, {}}.limited_to(1);
	std::optional<std::string> value;
	bool in_time = false;

	pg::translate_errors(
		[&] {
			pg::undone(
				[&] { in_time = pg::within(query_time, [&] { value = first_value(first); }); },
				[] { return std::string(); });
		},
		[&](const pg::pg_error &e) {
			return failure(e.sqlstate(),
						   std::string("the query of \"hold_while\" failed: ") + e.what())
				.detail(*e.detail() ? std::string(e.detail()) : "The query is: " + query)
				.hint("Give a SELECT of one value that the run's role may execute, or leave "
					  "\"hold_while\" out.");
		});
	if (!in_time)
		throw failure(ERRCODE_PROGRAM_LIMIT_EXCEEDED,
					  "the query of \"hold_while\" took longer than " + duration_text(query_time))
			.detail("The query is: " + query)
			.hint("It is asked before each batch: make it quick, or leave it out.");
	return value;
}

} // namespace

void
try_hold_query(const pace &p)
{
	if (!p.hold_while.empty())
		(void) value_of(p.hold_while);
}

throttle::throttle(const pace &p, std::vector<Oid> tables, int64 run_id)
	: pace_(p), tables_(std::move(tables)), run_id_(run_id)
{
}

failure
throttle::held_too_long(const std::string &reason) const
{
	const std::string id = std::to_string(run_id_);

	return failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				   "the run was held back for longer than " + duration_text(pace_.max_hold))
		.detail("It waited for: " + reason + ".")
		.hint("Remove what holds it back, or allow more by migsafe.set_pace(" + id +
			  ", ...), \"max_hold\" among it; then CALL migsafe.resume_online(" + id + ").");
}

void
throttle::committed(XLogRecPtr lsn)
{
	if (pace_.max_replay_lag > 0)
		replay_lag_.committed(lsn, pg::steady_time());
}

std::optional<hold>
throttle::check()
{
	std::optional<hold> found = find();
	const int64 now = pg::steady_time();

	if (!found || found->what == hold::kind::autovacuum) /* which has a longest hold of its own */
		held_since_ = 0;
	else if (held_since_ == 0)
		held_since_ = now;
	else if (now - held_since_ > pace_.max_hold * 1000)
		throw held_too_long(found->reason);
	return found;
}

/* What costs least is asked first. */
std::optional<hold>
throttle::find()
{
	for (const auto next : {&throttle::vacuum_hold, &throttle::replay_hold, &throttle::archive_hold,
							&throttle::query_hold})
	{
		if (std::optional<hold> found = (this->*next)())
			return found;
	}
	return std::nullopt;
}

std::optional<hold>
throttle::replay_hold()
{
	if (pace_.max_replay_lag == 0 && pace_.max_replay_lag_bytes == 0)
		return std::nullopt;

	const auto found = replay_lag_.worst(pace_.max_replay_lag, pace_.max_replay_lag_bytes);

	if (!found)
		return std::nullopt;
	return hold{hold::kind::replay_lag, "replay lag of standby \"" + found->standby +
											"\": " + duration_text(found->milliseconds) + ", " +
											size_text(found->bytes)};
}

std::optional<hold>
throttle::archive_hold()
{
	if (pace_.max_archive_backlog == 0)
		return std::nullopt;

	const int64 files = files_to_archive();

	if (files <= pace_.max_archive_backlog)
		return std::nullopt;
	return hold{hold::kind::archive_backlog, "archive backlog: " + pg::count_of(files, "WAL file")};
}

std::optional<hold>
throttle::vacuum_hold()
{
	const int64 now = pg::steady_time();
	const auto table = pace_.yield_to_autovacuum > 0 ? vacuumed_table(tables_) : std::nullopt;

	if (!table)
	{
		vacuum_since_ = 0;
		return std::nullopt;
	}
	if (vacuum_since_ == 0)
		vacuum_since_ = now;
	if (now - vacuum_since_ > pace_.yield_to_autovacuum * 1000)
		return std::nullopt;
	return hold{hold::kind::autovacuum, "autovacuum of " + *table};
}

std::optional<hold>
throttle::query_hold()
{
	if (pace_.hold_while.empty())
		return std::nullopt;

	const auto value = value_of(pace_.hold_while);

	if (!says_hold(value))
		return std::nullopt;
	return hold{hold::kind::query, "the query of \"hold_while\" gives " +
									   (*value == "t" ? std::string("true") : *value)};
}

int64
sessions_waiting_behind(int pid)
{
	catalog::session s;

	return std::stoll(*s->scalar(
		"SELECT count(*) FROM pg_stat_activity a WHERE CASE WHEN a.wait_event_type = 'Lock'"
		" THEN $1 = ANY (pg_blocking_pids(a.pid)) END",
		{pg::value::of(static_cast<int32>(pid))}));
}

} // namespace migsafe::online
