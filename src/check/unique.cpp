#include "check/kinds.hpp"
#include "table/equality_operator.hpp"

namespace migsafe {
namespace {

/* Rows of which there is another with the same values. */
failing_rows
rows_that_share(const target &t, const std::vector<const column *> &columns, bool nulls_are_equal)
{
	std::string list;

	for (const column *c : columns)
		list += (list.empty() ? "t." : ", t.") + pg::identifier(c->name);

	std::string from = " FROM " + t.quoted() + " t";

	if (!nulls_are_equal)
		from += " WHERE pg_catalog.num_nulls(" + list + ") OPERATOR(pg_catalog.=) 0";
	return {"SELECT COALESCE(pg_catalog.sum(g.n), 0) FROM (SELECT pg_catalog.count(*) AS n" + from +
				" GROUP BY " + list + " HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1) g",
			"SELECT s.tableoid, s.ctid FROM (SELECT t.tableoid, t.ctid, pg_catalog.count(*) OVER"
			" (PARTITION BY " +
				list + ") AS n" + from +
				") s WHERE s.n OPERATOR(pg_catalog.>) 1 ORDER BY s.tableoid, s.ctid LIMIT " +
				std::to_string(samples_wanted)};
}

} // namespace

void
parse_unique(const target &t, check_reader &reader, check &c)
{
	const std::vector<const column *> columns = reader.take_columns(t);
	const bool nulls_are_equal =
		reader.take_word("nulls", {"distinct", "not distinct"}, "distinct") == "not distinct";

	for (const column *each : columns)
	{
		if (!equality_operator(each->type, each->type))
			throw failure(ERRCODE_UNDEFINED_FUNCTION, "values of column \"" + each->name +
														  "\" of " + reader.label() +
														  " cannot be compared")
				.detail("Type " + std::string(pg::call(format_type_be, each->type)) +
						" has no equality operator.")
				.hint("Use a check of kind \"query\" that casts the column.");
	}
	c.name = names_of(columns) + (columns.size() == 1 ? " is unique" : " are unique");
	c.whole = std::make_shared<no_failing_rows>(rows_that_share(t, columns, nulls_are_equal),
												"Create a unique index: it always holds.");
}

} // namespace migsafe
