#include "check/row_checks.hpp"
#include "pg/snapshot.hpp"
#include "pg/spi.hpp"
#include "pg/transaction.hpp"

namespace migsafe {
namespace {

/*
 * The predicates have been parsed by themselves before, so that none can reach
 * out of its parentheses; what may follow is a comment, which the line ends.
 */
std::string
counting_query(const target &t, const row_checks &checks)
{
	std::string counts = "SELECT pg_catalog.count(*)";

	for (const row_check &c : checks)
		counts += ", pg_catalog.count(*) FILTER (WHERE (" + c.rule->predicate + "\n) IS " +
				  (c.rule->null_passes ? "FALSE" : "NOT TRUE") + ")";
	return counts + " FROM " + t.quoted() + " AS " + pg::identifier(t.name());
}

} // namespace

std::optional<int64>
count_at_once(const target &t, const row_checks &checks, Snapshot snapshot)
{
	const std::string sql = counting_query(t, checks);
	pg::text_row counts;

	const auto problem = pg::attempt(pg::subtransaction::access::read_only, [&] {
		const pg::active_snapshot active(snapshot);
		pg::spi_session spi;

		counts = spi.query_in_snapshot(sql).at(0);
	});

	if (problem)
		return std::nullopt;
	for (size_t i = 0; i < checks.size(); i++)
		checks[i].result->failed_rows = std::stoll(*counts[i + 1]);
	return std::stoll(*counts[0]);
}

} // namespace migsafe
