#include "catalog/undo_count.hpp"

#include "catalog/session.hpp"
#include "pg/snapshot.hpp"

namespace migsafe::catalog {
namespace {

constexpr char query[] =
	"SELECT coalesce((SELECT c.undo_rows FROM migsafe.run_commit c WHERE c.run_id = $1),"
	" (SELECT sum(p.written)::bigint FROM migsafe.run_part p WHERE p.run_id = $1), 0)";

} // namespace

int64
undo_count(int64 run_id)
{
	session s;

	return std::stoll(*s->scalar(query, {pg::value::of(run_id)}));
}

undo_content
recorded_undo_content(int64 run_id)
{
	session s;
	undo_content content;

	for (const pg::text_row &row :
		 s->query("SELECT c.undo_rows, c.undo_hash FROM migsafe.run_commit c WHERE c.run_id = $1"
				  " UNION ALL SELECT p.written, p.undo_hash FROM migsafe.run_part p"
				  " WHERE p.run_id = $1 AND NOT EXISTS"
				  " (SELECT FROM migsafe.run_commit c WHERE c.run_id = $1)",
				  {pg::value::of(run_id)}))
	{
		content.entries += std::stoll(row[0].value());
		content.hash += hash_sum(row[1].value());
	}
	return content;
}

void
require_newest_undo_count(int64 run_id)
{
	if (!IsolationUsesXactSnapshot())
		return;

	const int64 seen = undo_count(run_id);
	const pg::active_snapshot newest(pg::call(GetLatestSnapshot));
	session s;

	if (std::stoll(*s->scalar_in_snapshot(query, {pg::value::of(run_id)})) != seen)
		throw failure(ERRCODE_T_R_SERIALIZATION_FAILURE,
					  "could not serialize access due to concurrent update")
			.detail("Run " + std::to_string(run_id) + " went on after this transaction began.")
			.hint("Run the transaction again.");
}

} // namespace migsafe::catalog
