#include "check/check.hpp"
#include "check/row_checks.hpp"

namespace migsafe {

std::vector<check_result>
run_checks(const target &t, const std::vector<check> &checks, Snapshot snapshot)
{
	std::vector<check_result> results(checks.size());
	row_checks of_rows;
	bool counted = false;

	for (size_t i = 0; i < checks.size(); i++)
	{
		if (!checks[i].whole)
			of_rows.push_back({&checks[i], &results[i]});
		counted = counted || !checks[i].whole || checks[i].whole->counts_rows();
	}

	const int64 rows = counted ? run_row_checks(t, of_rows, snapshot) : 0;

	for (size_t i = 0; i < checks.size(); i++)
	{
		if (checks[i].whole)
			checks[i].whole->test(t, snapshot, results[i]);
		if (!checks[i].whole || checks[i].whole->counts_rows())
			results[i].total_rows = rows;
	}
	return results;
}

} // namespace migsafe
