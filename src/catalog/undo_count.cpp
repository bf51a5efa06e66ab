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
