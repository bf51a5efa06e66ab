#include "check/kinds.hpp"
#include "check/reference.hpp"

namespace migsafe {
namespace {

/* Rows that refer to something that is not there: as MATCH SIMPLE has it, a NULL refers to nothing. */
failing_rows
orphans(const target &t, const std::string &columns, const reference &r, const std::string &equal)
{
	const std::string from = " FROM " + t.quoted() + " t WHERE pg_catalog.num_nulls(" + columns +
							 ") OPERATOR(pg_catalog.=) 0 AND NOT EXISTS (SELECT FROM " + r.quoted +
							 " r WHERE " + equal + ")";

	return {"SELECT pg_catalog.count(*)" + from, "SELECT t.tableoid, t.ctid" + from +
													 " ORDER BY t.tableoid, t.ctid LIMIT " +
													 std::to_string(samples_wanted)};
}

std::vector<std::string>
take_referenced(check_reader &reader, const reference &r)
{
	static constexpr char hint[] = "As in \"referenced_columns\": [\"id\"].";

	if (reader.has("referenced_columns") || reader.has("referenced_column") || r.key.empty())
		return reader.take_one_or_many("referenced_column", "referenced_columns", hint);
	return r.key;
}

} // namespace

void
parse_foreign_key(const target &t, check_reader &reader, check &c)
{
	const std::vector<const column *> columns = reader.take_columns(t);
	const reference r = find_reference(
		reader,
		reader.take_string("references", "Name a table, as in \"references\": \"my_schema.t\"."));
	const std::vector<std::string> referenced = take_referenced(reader, r);
	std::string list, equal;

	if (referenced.size() != columns.size())
		throw reader.invalid("has " + std::to_string(columns.size()) + " columns, but " +
								 std::to_string(referenced.size()) + " referenced ones",
							 "Name as many columns on both sides.");
	for (size_t i = 0; i < columns.size(); i++)
	{
		list += (i > 0 ? ", t." : "t.") + pg::identifier(columns[i]->name);
		equal +=
			(i > 0 ? " AND " : "") +
			equality_sql(reader, *columns[i], "t", require_column(reader, r, referenced[i]), "r");
	}
	c.name = names_of(columns) + " references " + r.name;
	c.whole = std::make_shared<no_failing_rows>(orphans(t, list, r, equal),
												"Add a FOREIGN KEY constraint, NOT VALID first.");
}

} // namespace migsafe
