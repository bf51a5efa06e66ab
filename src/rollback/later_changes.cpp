#include "rollback/later_changes.hpp"

#include "catalog/related_tables.hpp"
#include "catalog/session.hpp"
#include "pg/message.hpp"
#include "pg/rights.hpp"
#include "rollback/later_entries.hpp"

#include <algorithm>
#include <set>

namespace migsafe {
namespace {

struct numbered_run
{
	int64 run_id;
	std::string label;
	Oid target_oid;
};

/*
 * Those that have written something since, and stand: of the table, and of each that may have
 * rows in common with it, which are its descendants, and what those are descendants of.
 */
std::vector<numbered_run>
standing_since(const target &t, int64 run_id)
{
	catalog::session s;
	std::vector<numbered_run> runs;

	for (const pg::text_row &row :
		 s->query(std::string("WITH RECURSIVE ") + catalog::related_tables +
					  "SELECT r.run_id, r.run_id || coalesce(' (\"' || r.name || '\")', ''), b.oid"
					  " FROM migsafe.run r LEFT JOIN migsafe.run_commit c USING (run_id)"
					  " JOIN related b ON b.oid = migsafe.target_of(r.target_oid, r.target_schema,"
					  " r.target_name, r.system_identifier, r.extension_oid, r.target_owner)"
					  " WHERE r.kind = 'run' AND r.run_id > $2 AND r.undo_name IS NOT NULL"
					  " AND (c.undo_rows > 0 OR c.run_id IS NULL AND r.online)"
					  " AND migsafe.taken_back_by(r.run_id) IS NULL ORDER BY r.run_id",
				  {pg::value::of_oid(t.relid()), pg::value::of(run_id)}))
		runs.push_back({std::stoll(*row[0]), *row[1], static_cast<Oid>(std::stoul(*row[2]))});
	return runs;
}

/*
 * A later run of which it cannot be told may stand on any row and column.  What it changed has
 * another value than the one before had written: so rows are decided one by one, if what was
 * changed since is left as it is; 55000 if it would not be.
 */
void
require_row_by_row(const undo_source &source, const numbered_run &later,
				   const std::string &obstacle)
{
	const conflict_policy policy = source.terms().on_conflict;

	if (policy == conflict_policy::stop || policy == conflict_policy::skip)
		return;

	const std::string id = std::to_string(source.run().run_id);

	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  "run " + id +
					  " cannot be taken back past what was changed since: nobody can tell which of "
					  "its rows later run " +
					  later.label + " changed")
		.detail("That run stands. " + obstacle)
		.hint(
			"Take run " + id +
			" back with on_conflict => 'skip', which leaves what was changed since as it is, or "
			"'stop', which lists it. If there is a backup, migsafe.restore() puts back all that it "
			"has.");
}

} // namespace

later_changes::later_changes(const undo_source &source) : source_(source)
{
	const std::vector<int64> &together = source.terms().together;

	for (const numbered_run &found : standing_since(source.of(), source.run().run_id))
	{
		if (std::find(together.begin(), together.end(), found.run_id) != together.end())
			continue;

		const later_entries entries =
			find_later_entries(source, catalog::find_run(found.run_id), found.target_oid);

		if (!entries.obstacle.empty())
			require_row_by_row(source, found, entries.obstacle);
		if (entries.sql.empty())
			continue;

		later_run &later = runs_.emplace_back();

		later.run_id = found.run_id;
		later.label = found.label;

		const pg::elevated rights(source.of().owner());

		later.rows.emplace(entries.sql);
		advance(later);
	}
}

void
later_changes::advance(later_run &run) const
{
	std::optional<pg::elevated> rights;

	if (run.rows->needs_fetch())
		rights.emplace(source_.of().owner());
	run.more = run.rows->next();
	if (run.more)
		run.at = pg::call([&] {
			bool null;

			return DatumGetInt64(
				SPI_getbinval(run.rows->tuple(), run.rows->descriptor(), 1, &null));
		});
}

void
later_changes::meet(int64 seq)
{
	for (later_run &run : runs_)
	{
		while (run.more && run.at > seq)
			advance(run);
		run.met += run.more && run.at == seq;
	}
}

void
later_changes::meet_all()
{
	for (later_run &run : runs_)
	{
		for (; run.more; advance(run))
			run.met++;
	}
}

void
later_changes::require_none() const
{
	std::string list;
	std::set<int64, std::greater<>> runs(source_.terms().together.begin(),
										 source_.terms().together.end());

	for (const later_run &run : runs_)
	{
		if (run.met == 0)
			continue;
		list +=
			(list.empty() ? "" : "\n") + ("run " + run.label + ": ") + pg::count_of(run.met, "row");
		runs.insert(run.run_id);
	}
	if (list.empty())
		return;
	runs.insert(source_.run().run_id);

	const std::string id = std::to_string(source_.run().run_id);
	const auto &piece = source_.piece();

	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  "run " + id +
					  " cannot be taken back alone: later runs stand on the same rows and columns")
		.detail(list)
		.hint(piece ? "What was taken back before stays so. Take the later runs back, the newest "
					  "first; "
					  "then CALL migsafe.resume_online(" +
						  std::to_string(piece->rollback_run_id) + ")."
					: "Nothing was changed. Take them back with it: " +
						  rollback_runs_call({runs.begin(), runs.end()}));
}

} // namespace migsafe
