#include "check/whole_check.hpp"

#include "check/reading.hpp"
#include "pg/memory.hpp"
#include "pg/spi.hpp"
#include "table/row_source.hpp"
#include "table/row_text.hpp"

namespace migsafe {

std::vector<std::string>
keys_of_rows(const target &t, Snapshot snapshot, const std::string &sql)
{
	const std::vector<AttrNumber> key = t.key({});
	pg::spi_session spi;
	pg::cursor found(sql, {}, pg::cursor::sees::active_snapshot);
	listed_rows rows(t, snapshot, row_places(t, found));
	std::vector<std::string> keys;

	while (pg::call([&] { return rows.next(); }))
		keys.push_back(key_json(t, key, rows.row()));
	return keys;
}

void
no_failing_rows::test(const target &t, Snapshot snapshot, check_result &result) const
{
	const auto problem = attempt_reading(snapshot, [&, this] {
		const pg::no_row_security no_gaps;
		pg::spi_session spi;

		result.failed_rows = std::stoll(*spi.scalar_in_snapshot(rows_.count));
		if (result.failed_rows > 0)
			result.sample_keys = keys_of_rows(t, snapshot, rows_.places);
	});

	result.passed = !problem && result.failed_rows == 0;
	if (problem)
		result.message = problem->message;
}

} // namespace migsafe
