#include "check/whole_check.hpp"

#include "check/reading.hpp"
#include "pg/memory.hpp"
#include "pg/spi.hpp"
#include "table/row_text.hpp"
#include "table/table_scan.hpp"

namespace migsafe {
namespace {

struct row_place
{
	Oid table;
	ItemPointerData tid;
};

std::vector<row_place>
places_of(const std::string &sql)
{
	pg::spi_session spi;
	std::vector<row_place> places;

	for (const pg::text_row &row : spi.query_in_snapshot(sql))
	{
		const char *const tid = row.at(1)->c_str();

		places.push_back({static_cast<Oid>(std::stoul(*row.at(0))), pg::call([=] {
							  return *reinterpret_cast<ItemPointer>(DatumGetPointer(
								  DirectFunctionCall1(tidin, CStringGetDatum(tid))));
						  })});
	}
	return places;
}

} // namespace

std::vector<std::string>
keys_of_rows(const target &t, Snapshot snapshot, const std::string &sql)
{
	const std::vector<AttrNumber> key = t.key({});
	const std::vector<row_place> places = places_of(sql);
	table_scan rows(t, snapshot);
	std::vector<std::string> keys;

	for (row_place place : places)
	{
		for (size_t n = 0; n < t.leaves().size(); n++)
		{
			Relation const rel = t.leaves()[n].rel.get();

			if (RelationGetRelid(rel) != place.table)
				continue;
			if (!pg::call([&] {
					return table_tuple_fetch_row_version(rel, &place.tid, snapshot,
														 rows.slot_for(n));
				}))
				continue;
			pg::call([&] { rows.take(n); });
			keys.push_back(key_json(t, key, rows.row()));
		}
	}
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
