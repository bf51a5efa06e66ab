#include "catalog/session.hpp"
#include "check/check.hpp"
#include "jsonb/pointer.hpp"

#include <map>
#include <set>

namespace migsafe {
namespace {

/* A member of a check: its JSON type, its text, and the elements if it is an array. */
struct member
{
	std::string type, text;
	std::vector<std::string> elements;
	bool only_strings = true; /* the elements */
};

using members = std::map<std::string, member>;

failure
invalid_check(size_t number, const std::string &what, const std::string &hint)
{
	return failure(ERRCODE_INVALID_PARAMETER_VALUE, check_label(number) + " " + what).hint(hint);
}

constexpr char kinds_hint[] = "Known checks: not_null, type, has, lacks, expression.";

class check_reader
{
public:
	check_reader(const target &t, size_t number, members m)
		: target_(t), number_(number), members_(std::move(m))
	{
	}

	check read()
	{
		check c;

		c.kind = take("check", kinds_hint);
		c.predicate = predicate(c.kind);
		c.name = has("name") ? take("name", "A name is any text; messages and results show it.")
							 : description_;

		const std::string severity =
			has("severity") ? take("severity", "Use \"error\" or \"warning\".") : "error";

		if (severity != "error" && severity != "warning")
			throw invalid_check(number_, "has the unknown severity \"" + severity + "\"",
								"Use \"error\" or \"warning\".");
		c.is_error = severity == "error";
		if (!members_.empty())
			throw invalid_check(number_, "has the unknown key \"" + members_.begin()->first + "\"",
								"A check of kind \"" + c.kind + "\" takes " + takes_ +
									", \"name\" and \"severity\".");
		return c;
	}

private:
	const target &target_;
	size_t number_;
	members members_;
	std::string description_;
	std::string takes_;

	[[nodiscard]] bool has(const std::string &key) const { return members_.count(key) > 0; }

	member take_member(const std::string &key, const std::string &hint)
	{
		const auto found = members_.find(key);

		if (found == members_.end())
			throw invalid_check(number_, "lacks the key \"" + key + "\"", hint);
		member value = found->second;

		members_.erase(found);
		return value;
	}

	std::string take(const std::string &key, const std::string &hint)
	{
		const member value = take_member(key, hint);

		if (value.type != "string")
			throw invalid_check(number_, "has a value of \"" + key + "\" that is not a string",
								hint);
		return value.text;
	}

	/* The names in "columns": [...] or "column": "..."; one of both must be given. */
	std::vector<std::string> take_names()
	{
		static constexpr char hint[] = "As in \"columns\": [\"a\", \"b\"], or \"column\": \"a\".";

		if (has("column") && has("columns"))
			throw invalid_check(number_, "has both \"column\" and \"columns\"", hint);
		if (has("column"))
			return {take("column", hint)};

		const member value = take_member("columns", hint);

		if (value.type == "string")
			return {value.text};
		if (value.type != "array" || !value.only_strings)
			throw invalid_check(number_, "has a value of \"columns\" that is not an array of names",
								hint);
		if (value.elements.empty())
			throw invalid_check(number_, "names no column", hint);
		return value.elements;
	}

	std::vector<const column *> take_columns()
	{
		std::vector<const column *> columns;

		for (const std::string &name : take_names())
		{
			const column *const c = target_.find(name);

			if (c == nullptr)
				throw failure(ERRCODE_UNDEFINED_COLUMN,
							  "column \"" + name + "\" of " + label() + " does not exist")
					.detail("The table is \"" + target_.name() + "\".")
					.hint("Column names are written exactly as in the catalog, without quotes.");
			columns.push_back(c);
		}
		return columns;
	}

	[[nodiscard]] std::string label() const { return check_label(number_); }

	/* make(column) for each column, all of which must hold. */
	template <typename Make>
	std::string for_columns(Make make)
	{
		std::string all, names;

		for (const column *c : take_columns())
		{
			all += (all.empty() ? "" : " AND ") + make(*c);
			names += (names.empty() ? "" : ", ") + c->name;
		}
		description_ = names + description_;
		return all;
	}

	std::string json_document(const column &c)
	{
		if (c.type != JSONBOID && c.type != JSONOID)
			throw failure(ERRCODE_DATATYPE_MISMATCH,
						  "column \"" + c.name + "\" of " + label() + " is not of type jsonb")
				.detail("It is of type " + std::string(pg::call(format_type_be, c.type)) + ".")
				.hint("Use a check of kind \"expression\" for other types.");
		return pg::identifier(c.name) + "::pg_catalog.jsonb";
	}

	std::string path_predicate(bool wanted)
	{
		const std::string path = take("path", "Give a JSON Pointer, as in \"path\": \"/a/b\".");

		check_pointer(path);
		description_ = (wanted ? " has " : " lacks ") + path;
		takes_ = "\"columns\", \"path\"";
		return for_columns([&](const column &c) {
			return std::string(wanted ? "" : "NOT ") + "migsafe.jsonb_has_path(" +
				   json_document(c) + ", " + pg::literal(path) + ")";
		});
	}

	void check_pointer(const std::string &path)
	{
		const std::string wrong = jsonb::parse_pointer(path, jsonb::stars::allowed).error;

		if (!wrong.empty())
			throw invalid_check(number_, "has an invalid path: " + wrong,
								"A pointer is empty or begins with /; ~0 stands for ~, ~1 for /, "
								"~2 for *.");
	}

	std::string type_predicate()
	{
		static const std::set<std::string> types = {"object", "array",   "string",
													"number", "boolean", "null"};
		const std::string type = take("type", "Give a type, as in \"type\": \"object\".");

		if (types.count(type) == 0)
			throw invalid_check(number_, "has the unknown type \"" + type + "\"",
								"Use object, array, string, number, boolean or null.");
		description_ = " is of type " + type;
		takes_ = "\"columns\", \"type\"";
		return for_columns([&](const column &c) {
			return "pg_catalog.jsonb_typeof(" + json_document(c) + ") OPERATOR(pg_catalog.=) " +
				   pg::literal(type);
		});
	}

	std::string predicate(const std::string &kind)
	{
		if (kind == "not_null")
		{
			description_ = " is not null";
			takes_ = "\"columns\"";
			return for_columns([](const column &c) {
				return "pg_catalog.num_nulls(" + pg::identifier(c.name) +
					   ") OPERATOR(pg_catalog.=) 0";
			});
		}
		if (kind == "type")
			return type_predicate();
		if (kind == "has" || kind == "lacks")
			return path_predicate(kind == "has");
		if (kind == "expression")
		{
			takes_ = "\"expression\"";
			description_ = take("expression", "Give an SQL predicate over the columns of a row.");
			return description_;
		}
		throw invalid_check(number_, "is of the unknown kind \"" + kind + "\"", kinds_hint);
	}
};

} // namespace

std::string
check_label(size_t number)
{
	return "check " + std::to_string(number) + " of argument \"checks\"";
}

std::vector<check>
parse_checks(const target &t, Jsonb *checks)
{
	std::vector<members> parsed;

	if (!JB_ROOT_IS_ARRAY(checks) || JB_ROOT_IS_SCALAR(checks))
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE, "argument \"checks\" must be a JSON array")
			.hint("As in '[{\"check\": \"not_null\", \"columns\": [\"a\", \"b\"]}]'.");
	{
		catalog::session spi; /* for its search_path */

		for (const pg::text_row &row : spi->query(
				 "SELECT a.n, pg_catalog.jsonb_typeof(a.item), m.key,"
				 " pg_catalog.jsonb_typeof(m.value), m.value OPERATOR(pg_catalog.#>>) '{}',"
				 " pg_catalog.jsonb_typeof(e.item), e.item OPERATOR(pg_catalog.#>>) '{}'"
				 " FROM pg_catalog.jsonb_array_elements($1) WITH ORDINALITY a (item, n)"
				 " LEFT JOIN LATERAL pg_catalog.jsonb_each(CASE pg_catalog.jsonb_typeof(a.item)"
				 "   WHEN 'object' THEN a.item END) m ON true"
				 " LEFT JOIN LATERAL pg_catalog.jsonb_array_elements("
				 "   CASE pg_catalog.jsonb_typeof(m.value) WHEN 'array' THEN m.value END)"
				 "   WITH ORDINALITY e (item, n) ON true ORDER BY a.n, m.key, e.n",
				 {{PointerGetDatum(checks), JSONBOID, false}}))
		{
			const size_t number = std::stoul(*row[0]);

			if (row[1] != "object")
				throw invalid_check(number, "is not an object", kinds_hint);
			parsed.resize(number);
			if (!row[2])
				continue;

			member &m = parsed[number - 1][*row[2]];

			m.type = *row[3];
			m.text = row[4].value_or("");
			if (row[5])
			{
				m.elements.push_back(row[6].value_or(""));
				m.only_strings = m.only_strings && row[5] == "string";
			}
		}
	}

	std::vector<check> result;

	for (size_t i = 0; i < parsed.size(); i++)
		result.push_back(check_reader(t, i + 1, parsed[i]).read());
	return result;
}

} // namespace migsafe
