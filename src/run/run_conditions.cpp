#include "run/run_conditions.hpp"

#include "table/table_scan.hpp"

namespace migsafe {

void
require_precondition(const target &t, const std::vector<check> &precondition, Snapshot snapshot)
{
	if (precondition.empty())
		return;
	require_passed(precondition, run_checks(t, precondition, snapshot),
				   {"run aborted: its precondition is not met", " of the precondition",
					"the run goes on",
					"Nothing was changed. Bring the table into the state that the run needs, "
					"or give the check the severity \"warning\"."});
}

int64
count_rows(const target &t, Snapshot snapshot)
{
	table_scan scan(t, snapshot);
	int64 rows = 0;

	pg::call([&] {
		while (scan.next())
		{
			CHECK_FOR_INTERRUPTS();
			rows++;
		}
	});
	return rows;
}

void
account_for(const row_counts &counts, int64 failed, catalog::run_result &result)
{
	result.total_rows = counts.seen;
	result.failed_rows = failed;
	result.skipped_rows = counts.skipped();
	result.skipped =
		catalog::skipped_json(counts.only_if, counts.unchanged, counts.deleted, counts.suppressed);
	if (result.total_rows != result.successful_rows + result.failed_rows + result.skipped_rows)
		throw failure(ERRCODE_INTERNAL_ERROR, "the rows of the run do not add up")
			.detail(std::to_string(result.total_rows) + " seen, " +
					std::to_string(result.successful_rows) + " successful, " +
					std::to_string(result.failed_rows) + " failed, " +
					std::to_string(result.skipped_rows) + " skipped.")
			.hint("Nothing was changed. Please report this.");
}

} // namespace migsafe
