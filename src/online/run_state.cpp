#include "online/run_state.hpp"

#include "catalog/installation.hpp"
#include "catalog/online_run.hpp"
#include "catalog/run_part.hpp"
#include "catalog/session.hpp"
#include "pg/message.hpp"
#include "pg/snapshot.hpp"

namespace migsafe::online {
namespace {

/*
 * The leader's locks and waits: who carries it out, and is he stopped by this session?
 * After a dump and restore a table of that name that belongs to somebody else now is taken
 * for the target still.
 */
constexpr char query[] =
	"SELECT r.run_id, r.name, r.run_by, r.target_schema, r.target_name, r.target_oid,"
	" r.system_identifier, r.extension_oid, r.target_owner, r.online, r.rollback_of, g.gone,"
	" $2 IS NOT NULL AND g.gone AND g.named, c.run_id IS NOT NULL, t.by,"
	" coalesce(o.background, false), r.run_by_oid, o.stopped, o.sqlstate, o.message,"
	" o.held_back_by, coalesce(p.seen, 0), p.failed > r.max_errors, o.rows_expected,"
	" CASE WHEN o.rows_expected > 0 THEN least(100, floor(100 * p.seen / o.rows_expected)) END,"
	" l.pid IS NOT NULL, coalesce(pg_backend_pid() = ANY (pg_blocking_pids(l.pid)), false),"
	" coalesce(o.xmin, r.xmin)"
	" FROM migsafe.run r LEFT JOIN migsafe.run_commit c ON c.run_id = r.run_id"
	" LEFT JOIN migsafe.online_run o ON o.run_id = r.run_id"
	" CROSS JOIN LATERAL (SELECT migsafe.taken_back_by(r.run_id) AS by) t"
	" CROSS JOIN LATERAL (SELECT to_regclass(format('%I.%I', r.target_schema, r.target_name))"
	" IS NOT NULL AS named) n"
	" CROSS JOIN LATERAL (SELECT n.named, migsafe.target_of(r.target_oid, r.target_schema,"
	" r.target_name, r.system_identifier, r.extension_oid, r.target_owner) IS NULL"
	" AND (NOT n.named OR r.system_identifier = $4 AND r.extension_oid = $5) AS gone) g"
	" LEFT JOIN LATERAL (SELECT sum(seen) AS seen, sum(failed) AS failed FROM migsafe.run_part"
	" WHERE run_id = r.run_id) p ON true"
	" LEFT JOIN LATERAL (SELECT pid FROM pg_locks WHERE locktype = 'advisory'"
	" AND objsubid IN (27906, 27909) AND database = $3 AND classid::bigint = r.run_id >> 32"
	" AND objid::bigint = r.run_id & 4294967295 AND granted ORDER BY objsubid LIMIT 1) l ON "
	"c.run_id IS NULL"
	" WHERE r.run_id = $1 OR r.name = $2 AND r.kind = 'run'"
	" ORDER BY (t.by IS NULL AND NOT g.gone) DESC, r.run_id DESC LIMIT 1";

/* The fields of a row, one after the other. */
class fields
{
public:
	explicit fields(const pg::text_row &row) : row_(row) {}

	const std::optional<std::string> &next() { return row_.at(at_++); }
	std::string text() { return next().value(); }
	bool flag() { return next() == "t"; }
	int64 number() { return std::stoll(next().value_or("0")); }
	Oid oid() { return static_cast<Oid>(number()); }

private:
	const pg::text_row &row_;
	size_t at_ = 0;
};

run_state
to_state(const pg::text_row &row)
{
	fields f(row);
	run_state s{};

	s.run_id = f.number();
	s.name = f.next();
	s.run_by = f.text();
	s.target.schema = f.text();
	s.target.name = f.text();
	s.target.oid = f.oid();
	s.target.system_identifier = f.number();
	s.target.extension_oid = f.oid();
	s.target.owner = f.text();
	s.online = f.flag();
	s.rollback_of = f.next();
	s.target_is_gone = f.flag();
	s.target_was_replaced = f.flag();
	s.committed = f.flag();
	s.taken_back_by = f.next();
	s.background = f.flag();
	s.run_by_oid = f.oid();
	s.stopped = f.next();
	s.sqlstate = f.next();
	s.message = f.next();
	s.held_back_by = f.next();
	s.rows_done = f.text();
	s.has_too_many_errors = f.flag();
	s.rows_expected = f.next();
	s.percent = f.next();
	s.is_carried_out = f.flag();
	s.waits_for_us = f.flag();
	s.is_own =
		pg::call(TransactionIdIsCurrentTransactionId, static_cast<TransactionId>(f.number()));
	return s;
}

std::optional<run_state>
find(const pg::value &run_id, const pg::value &name)
{
	const pg::registered_snapshot now(pg::registered_snapshot::moment::now);
	const pg::active_snapshot active(now.get());
	catalog::session s;
	const catalog::installation here = pg::call(catalog::installation_here);
	const auto rows = s->query_in_snapshot(query, {run_id, name, pg::value::of_oid(MyDatabaseId),
												   pg::value::of(here.system_identifier),
												   pg::value::of_oid(here.extension_oid)});

	if (rows.empty())
		return std::nullopt;

	run_state state = to_state(rows[0]);

	state.under_rollback = catalog::find_unfinished_rollback_in_snapshot(state.run_id);
	return state;
}

uncommitted
find_recorded(const pg::value &run_id, const pg::value &name)
{
	const pg::registered_snapshot now(pg::registered_snapshot::moment::now);
	const pg::active_snapshot active(now.get());
	catalog::session s;
	const auto is_live = s->scalar_in_snapshot(
		"SELECT EXISTS (SELECT FROM migsafe.live_run l WHERE l.run_id = r.run_id)"
		" FROM migsafe.recorded_run r WHERE r.run_id = $1 OR r.name = $2 AND r.kind = 'run'"
		" ORDER BY r.run_id DESC LIMIT 1",
		{run_id, name});

	if (!is_live)
		return uncommitted::unknown;
	return is_live == "t" ? uncommitted::open : uncommitted::rolled_back;
}

} // namespace

std::string
run_state::way_on() const
{
	return (stopped == "paused" && is_carried_out ? "SELECT migsafe.resume("
												  : "CALL migsafe.resume_online(") +
		   std::to_string(run_id) + ")";
}

std::string
run_state::ways_out() const
{
	const std::string back = "CALL migsafe.rollback_online(" + std::to_string(run_id) + ")";

	if (stopped == "paused" && is_carried_out)
		return "Go on with it by " + way_on() + ", or end it by SELECT migsafe.cancel(" +
			   std::to_string(run_id) + "); then it can be taken back by " + back + ".";
	if (stopped == "failed" && rollback_of)
		return "Mend the cause, then go on with it by " + way_on() +
			   ", or, with other terms, by CALL migsafe.rollback_online(" + *rollback_of +
			   ", on_conflict => ...); or take it back itself by " + back + ".";
	if (stopped == "failed" && has_too_many_errors)
		return "Mend the rows that migsafe.row_error lists, and go on with it by CALL "
			   "migsafe.resume_online(" +
			   std::to_string(run_id) +
			   ", max_errors => ...), or by the same migsafe.start() with a higher max_errors: "
			   "rows that failed count, mended or not. Or take it back by " +
			   back + ".";
	if (stopped == "failed")
		return "Mend the cause, then go on with it by " + way_on() +
			   " or by the same migsafe.start(), or take it back by " + back + ".";
	return "Go on with it by " + way_on() + ", or take it back by " + back + ".";
}

std::string
run_state::title() const
{
	return name ? "run \"" + *name + "\"" : "run " + std::to_string(run_id);
}

void
warn_of_failed_rows(int64 run_id, int64 max_errors)
{
	const int64 failed = catalog::sum_of_parts(run_id).failed;
	const std::string id = std::to_string(run_id);

	if (failed > max_errors)
		pg::warning("run " + id + " has " + pg::count_of(failed, "row") +
						" that failed, more than " + "max_errors (" + std::to_string(max_errors) +
						")",
					"They count, mended or not, so it stops again at once. To go on: CALL "
					"migsafe.resume_online(" +
						id + ", max_errors => ...).");
}

std::optional<run_state>
find_state(int64 run_id)
{
	return find(pg::value::of(run_id), pg::value::none(TEXTOID));
}

std::optional<run_state>
find_state(const std::string &name)
{
	return find(pg::value::none(INT8OID), pg::value::text(name));
}

uncommitted
find_uncommitted(int64 run_id)
{
	return find_recorded(pg::value::of(run_id), pg::value::none(TEXTOID));
}

uncommitted
find_uncommitted(const std::string &name)
{
	return find_recorded(pg::value::none(INT8OID), pg::value::text(name));
}

} // namespace migsafe::online
