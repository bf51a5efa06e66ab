#include "catalog/unfinished_rollback.hpp"

#include "catalog/session.hpp"

namespace migsafe::catalog {
namespace {

/* Of the run $1. */
constexpr char query[] =
	"WITH RECURSIVE family (run_id, steps) AS (SELECT $1, 0 UNION ALL"
	" SELECT b.run_id, f.steps + 1 FROM family f"
	" JOIN migsafe.run b ON b.rollback_of = f.run_id AND b.kind = 'rollback')"
	" SELECT r.run_id, r.rollback_of, f.steps FROM family f"
	" JOIN migsafe.run r ON r.run_id = f.run_id WHERE r.run_id <> $1 AND r.online"
	" AND NOT EXISTS (SELECT FROM migsafe.run_commit c WHERE c.run_id = r.run_id)"
	" AND migsafe.taken_back_by(r.run_id) IS NULL ORDER BY r.run_id DESC";

std::vector<unfinished_rollback>
read(const std::vector<pg::text_row> &rows)
{
	std::vector<unfinished_rollback> all;

	all.reserve(rows.size());
	for (const pg::text_row &row : rows)
		all.push_back({std::stoll(*row[0]), std::stoll(*row[1]), std::stoi(*row[2])});
	return all;
}

std::optional<unfinished_rollback>
first_of(const std::vector<unfinished_rollback> &all)
{
	return all.empty() ? std::nullopt : std::optional(all.front());
}

} // namespace

std::string
unfinished_rollback::effect() const
{
	return redoes() ? " is being redone" : " is being taken back";
}

failure
unfinished_rollback::in_the_way_of(const std::string &title) const
{
	const std::string id = std::to_string(run_id);
	const std::string what = steps == 1 ? "it" : "run " + std::to_string(of);

	return failure(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, title + effect())
		.detail("Run " + id + ", a rollback of " + what + ", is not finished.")
		.hint("Finish that by CALL migsafe.resume_online(" + id +
			  "), or take it back itself by CALL migsafe.rollback_online(" + id + ").");
}

std::vector<unfinished_rollback>
unfinished_rollbacks(int64 run_id)
{
	session s;

	return read(s->query(query, {pg::value::of(run_id)}));
}

std::optional<unfinished_rollback>
find_unfinished_rollback(int64 run_id)
{
	return first_of(unfinished_rollbacks(run_id));
}

std::optional<unfinished_rollback>
find_unfinished_rollback_in_snapshot(int64 run_id)
{
	session s;

	return first_of(read(s->query_in_snapshot(query, {pg::value::of(run_id)})));
}

void
require_no_unfinished_rollback(int64 run_id)
{
	if (const auto found = find_unfinished_rollback(run_id))
		throw found->in_the_way_of("run " + std::to_string(run_id));
}

} // namespace migsafe::catalog
