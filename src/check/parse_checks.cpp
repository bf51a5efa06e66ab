#include "check/kinds.hpp"

namespace migsafe {

const std::array<check_kind, 13> &
check_kinds()
{
	static constexpr std::array<check_kind, 13> kinds = {
		{{"not_null", {"columns", "column"}, parse_not_null},
		 {"type", {"columns", "column", "type"}, parse_type},
		 {"has", {"columns", "column", "path", "paths"}, parse_has},
		 {"lacks", {"columns", "column", "path", "paths"}, parse_lacks},
		 {"schema", {"columns", "column", "schema", "assert_format"}, parse_schema},
		 {"unique", {"columns", "column", "nulls"}, parse_unique},
		 {"foreign_key",
		  {"columns", "column", "references", "referenced_columns", "referenced_column"},
		  parse_foreign_key},
		 {"expression", {"expression"}, parse_expression},
		 {"coverage", {"expression", "at_least", "at_most"}, parse_coverage},
		 {"reconcile",
		  {"reference", "key", "columns", "column", "only", "tolerance", "where"},
		  parse_reconcile},
		 {"max_duration", {"query", "milliseconds", "runs"}, parse_max_duration},
		 {"exists",
		  {"table", "column", "index", "constraint", "foreign_key", "view", "materialized_view",
		   "function", "trigger", "sequence", "type", "extension"},
		  parse_exists},
		 {"query", {"query", "at_least", "at_most", "between", "equals"}, parse_query}}};

	return kinds;
}

std::vector<check>
parse_checks(const target &t, const check_list &list)
{
	std::vector<check> checks;

	for (const check_item &item : list.items)
	{
		check_reader reader(item);
		const check_kind &kind = reader.take_kind();
		check c;

		c.label = item.label;
		c.kind = kind.name;
		c.is_error = reader.take_word("severity", {"error", "warning"}, "error") == "error";

		const auto name = reader.take_optional_string(
			"name", "A name is any text; messages and results show it.");

		kind.parse(t, reader, c);
		c.is_named = name.has_value();
		if (name)
			c.name = *name;
		checks.push_back(std::move(c));
	}
	return checks;
}

} // namespace migsafe
