#include "check/check.hpp"
#include "check/row_checks.hpp"
#include "pg/transaction.hpp"

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

	int64 rows = 0;

	if (counted)
		pg::undone([&] { rows = run_row_checks(t, of_rows, snapshot); },
				   [] { return std::string(); });
	for (size_t i = 0; i < checks.size(); i++)
	{
		const auto label = [&] { return checks[i].label + " (" + checks[i].name + ")"; };

		if (checks[i].whole)
			pg::undone([&] { checks[i].whole->test(t, snapshot, results[i]); }, label);
		if (!checks[i].whole || checks[i].whole->counts_rows())
			results[i].total_rows = rows;
	}
	return results;
}

} // namespace migsafe
