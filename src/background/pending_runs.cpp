#include "background/pending_runs.hpp"

#include "background/obstacle.hpp"
#include "catalog/installation.hpp"
#include "catalog/session.hpp"
#include "pg/snapshot.hpp"

#include <set>

namespace migsafe::background {
namespace {

/* A dump restored elsewhere brings OIDs of roles and tables that are other ones here. */
constexpr char query[] =
	"SELECT o.run_id, r.run_by_oid, r.target_oid, o.xmin"
	" FROM migsafe.online_run o JOIN migsafe.run r ON r.run_id = o.run_id"
	" WHERE o.background AND o.phase <> 'done' AND o.stopped IS NULL"
	" AND r.system_identifier = $1 AND r.extension_oid = $2"
	" AND migsafe.taken_back_by(o.run_id) IS NULL"
	" AND NOT EXISTS (SELECT FROM migsafe.run b WHERE b.rollback_of = o.run_id AND b.online"
	" AND migsafe.taken_back_by(b.run_id) IS NULL) ORDER BY o.run_id";

uint64
to_number(const std::optional<std::string> &text)
{
	return std::stoull(text.value());
}

bool
is_own(const std::optional<std::string> &xmin)
{
	return pg::call(TransactionIdIsCurrentTransactionId,
					static_cast<TransactionId>(to_number(xmin)));
}

} // namespace

std::vector<pending_run>
pending_runs()
{
	const pg::registered_snapshot now(pg::registered_snapshot::moment::now);
	const pg::active_snapshot active(now.get());
	const catalog::installation here = pg::call(catalog::installation_here);
	catalog::session s;
	std::vector<pending_run> runs;
	std::set<Oid> targets;

	for (const pg::text_row &row : s->query_in_snapshot(
			 query, {pg::value::of(here.system_identifier), pg::value::of_oid(here.extension_oid)}))
	{
		const pending_run run{static_cast<int64>(to_number(row[0])),
							  static_cast<Oid>(to_number(row[1])),
							  static_cast<Oid>(to_number(row[2]))};

		if (!obstacle_of(run.role) && targets.insert(run.target).second && !is_own(row[3]))
			runs.push_back(run);
	}
	return runs;
}

} // namespace migsafe::background
