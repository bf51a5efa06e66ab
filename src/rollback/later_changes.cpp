#include "rollback/later_changes.hpp"

#include "catalog/session.hpp"
#include "pg/message.hpp"
#include "pg/rights.hpp"
#include "table/equality_operator.hpp"
#include "table/pairing.hpp"

#include <algorithm>
#include <set>

namespace migsafe {
namespace {

struct numbered_run
{
	int64 run_id;
	std::string label;
};

/* Those of the table that have written something since, and stand. */
std::vector<numbered_run>
standing_since(const target &t, int64 run_id)
{
	catalog::session s;
	std::vector<numbered_run> runs;

	for (const pg::text_row &row :
		 s->query("SELECT r.run_id, r.run_id || coalesce(' (\"' || r.name || '\")', '')"
				  " FROM migsafe.run r LEFT JOIN migsafe.run_commit c USING (run_id)"
				  " WHERE r.kind = 'run' AND r.run_id > $1 AND r.undo_name IS NOT NULL"
				  " AND (c.undo_rows > 0 OR c.run_id IS NULL AND r.online)"
				  " AND migsafe.target_of(r.target_oid, r.target_schema, r.target_name,"
				  " r.system_identifier, r.extension_oid, r.target_owner) = $2"
				  " AND migsafe.taken_back_by(r.run_id) IS NULL ORDER BY r.run_id",
				  {pg::value::of(run_id), pg::value::of_oid(t.relid())}))
		runs.push_back({std::stoll(*row[0]), *row[1]});
	return runs;
}

/* Is the bit of a column set?  An undo log that is older than a column is too short for it. */
std::string
has_bit(const std::string &alias, int bit)
{
	const std::string changed = alias + ".changed";

	return "CASE WHEN length(" + changed + ") > " + std::to_string(bit / 8) + " THEN get_bit(" +
		   changed + ", " + std::to_string(bit) + ") = 1 ELSE false END";
}

const undo_mapping *
find(const std::vector<undo_mapping> &mappings, const std::string &name)
{
	for (const undo_mapping &m : mappings)
	{
		if (m.now && m.now->name == name)
			return &m;
	}
	return nullptr;
}

/* That entries o and l are of the same row: l the next to change what o's run had written. */
std::string
same_row(const std::vector<undo_mapping> &ours, const std::vector<undo_mapping> &theirs)
{
	std::string condition;
	std::string row;

	for (const undo_mapping &m : ours)
	{
		const undo_mapping *const other = m.now ? find(theirs, m.now->name) : nullptr;

		if (m.key_position >= 0)
			condition += (condition.empty() ? "" : " AND ") +
						 ("o.key_" + std::to_string(m.bit + 1)) + " " +
						 *equality_operator(m.now->type, m.now->type) + " l.key_" +
						 std::to_string(other && other->key_position >= 0 ? other->bit + 1 : 0);
		if (other && !m.now->generated)
			row += (row.empty() ? "l.old_" : ", l.old_") + std::to_string(other->bit + 1);
		if (m.key_position >= 0 && (other == nullptr || other->key_position < 0))
			return ""; /* the key is another one since: the rows cannot be matched */
	}
	return condition.empty() ? "o.row_hash = migsafe.row_hash(ROW(" + row + "))" : condition;
}

std::string
same_columns(const std::vector<undo_mapping> &ours, const std::vector<undo_mapping> &theirs)
{
	std::string condition;

	for (const undo_mapping &m : ours)
	{
		const undo_mapping *const other = m.wanted && m.now ? find(theirs, m.now->name) : nullptr;

		if (other)
			condition += (condition.empty() ? "" : " OR ") + has_bit("o", m.bit) + " AND " +
						 has_bit("l", other->bit);
	}
	return condition;
}

/* The entries of the one run on whose rows and columns the other stands; empty if there can be none. */
std::string
query(const undo_source &source, const catalog::run_record &later)
{
	const pg::relation log = open_undo_log(later);

	require_same_owner(source.of(), log.get());

	const std::vector<undo_mapping> theirs = map_undo_columns(source.of(), later, log.get(), {});
	const std::string rows = same_row(source.mappings(), theirs);
	const std::string columns = same_columns(source.mappings(), theirs);

	if (rows.empty() || columns.empty())
		return "";

	const std::string filter = source.filter();

	return "SELECT o.seq FROM ONLY " + source.name() + " o WHERE EXISTS (SELECT FROM ONLY " +
		   pg::qualified_name(*later.undo_schema, *later.undo_name) + " l WHERE " + rows +
		   " AND (" + columns + "))" + (filter.empty() ? "" : " AND " + filter) +
		   " ORDER BY o.seq DESC";
}

/*
 * A later run whose undo log is gone may stand on any row and column.  What it changed has
 * another value than the one before had written: so rows are decided one by one, if what was
 * changed since is left as it is; 55000 if it would not be.
 */
void
require_row_by_row(const undo_source &source, const numbered_run &later)
{
	const conflict_policy policy = source.terms().on_conflict;

	if (policy == conflict_policy::stop || policy == conflict_policy::skip)
		return;

	const std::string id = std::to_string(source.run().run_id);

	throw failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
				  "run " + id +
					  " cannot be taken back past what was changed since: the undo log of later "
					  "run " +
					  later.label + " is gone")
		.detail("That run stands, and nobody can tell what it changed.")
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

		const catalog::run_record record = catalog::find_run(found.run_id);

		if (!find_undo_table(record))
		{
			require_row_by_row(source, found);
			continue;
		}

		const std::string sql = query(source, record);

		if (sql.empty())
			continue;

		later_run &later = runs_.emplace_back();

		later.run_id = found.run_id;
		later.label = found.label;

		const pg::elevated rights(source.of().owner());

		later.rows.emplace(sql);
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
