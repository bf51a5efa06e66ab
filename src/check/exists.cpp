#include "check/kinds.hpp"
#include "check/reading.hpp"
#include "pg/spi.hpp"

#include <algorithm>

extern "C" {
#include "parser/parse_type.h"
}

namespace migsafe {
namespace {

/*
 * A sort of object, and a query for its state by name ($1), of the target ($2)
 * if it belongs to a table: no row if it is not there, else what is wrong with
 * it, or NULL.  Columns are those that the target has been opened with.
 */
struct object_kind
{
	std::string_view key, noun, state;
};

constexpr std::array<object_kind, 12> object_kinds = {
	{{"column", "column", {}},
	 {"index", "index",
	  "SELECT CASE WHEN NOT (i.indisvalid AND i.indisready) THEN 'is not valid' END"
	  " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c"
	  " ON c.oid OPERATOR(pg_catalog.=) i.indexrelid WHERE i.indrelid OPERATOR(pg_catalog.=) $2"
	  " AND c.relname OPERATOR(pg_catalog.=) $1"},
	 {"constraint", "constraint",
	  "SELECT CASE WHEN NOT c.convalidated THEN 'is not validated' END"
	  " FROM pg_catalog.pg_constraint c WHERE c.conrelid OPERATOR(pg_catalog.=) $2"
	  " AND c.conname OPERATOR(pg_catalog.=) $1"},
	 {"foreign_key", "foreign key",
	  "SELECT CASE WHEN NOT c.convalidated THEN 'is not validated' END"
	  " FROM pg_catalog.pg_constraint c WHERE c.conrelid OPERATOR(pg_catalog.=) $2"
	  " AND c.conname OPERATOR(pg_catalog.=) $1"
	  " AND c.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog.\"char\""},
	 {"trigger", "trigger",
	  "SELECT CASE WHEN t.tgenabled OPERATOR(pg_catalog.=) 'D' THEN 'is disabled' END"
	  " FROM pg_catalog.pg_trigger t"
	  " WHERE t.tgrelid OPERATOR(pg_catalog.=) $2 AND NOT t.tgisinternal"
	  " AND t.tgname OPERATOR(pg_catalog.=) $1"},
	 {"table", "table",
	  "SELECT CASE WHEN c.relkind OPERATOR(pg_catalog.<>) ALL ('{r,p,f}') THEN 'is no table' END"
	  " FROM pg_catalog.pg_class c"
	  " WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"},
	 {"view", "view",
	  "SELECT CASE WHEN c.relkind OPERATOR(pg_catalog.<>) 'v' THEN 'is no view' END"
	  " FROM pg_catalog.pg_class c"
	  " WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"},
	 {"materialized_view", "materialized view",
	  "SELECT CASE WHEN c.relkind OPERATOR(pg_catalog.<>) 'm' THEN 'is no materialized view'"
	  " WHEN NOT c.relispopulated THEN 'is not populated' END FROM pg_catalog.pg_class c"
	  " WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"},
	 {"sequence", "sequence",
	  "SELECT CASE WHEN c.relkind OPERATOR(pg_catalog.<>) 'S' THEN 'is no sequence' END"
	  " FROM pg_catalog.pg_class c"
	  " WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"},
	 {"function", "function",
	  "SELECT NULL FROM pg_catalog.pg_proc p WHERE CASE"
	  " WHEN pg_catalog.strpos($1, '(') OPERATOR(pg_catalog.>) 0"
	  " THEN p.oid OPERATOR(pg_catalog.=) pg_catalog.to_regprocedure($1)"
	  " ELSE p.proname OPERATOR(pg_catalog.=) (pg_catalog.parse_ident($1))"
	  "[pg_catalog.cardinality(pg_catalog.parse_ident($1))]::pg_catalog.name"
	  " AND CASE WHEN pg_catalog.cardinality(pg_catalog.parse_ident($1)) OPERATOR(pg_catalog.=) 1"
	  " THEN pg_catalog.pg_function_is_visible(p.oid)"
	  " ELSE p.pronamespace OPERATOR(pg_catalog.=) (SELECT n.oid FROM pg_catalog.pg_namespace n"
	  " WHERE n.nspname OPERATOR(pg_catalog.=) (pg_catalog.parse_ident($1))[1]::pg_catalog.name)"
	  " END END LIMIT 1"},
	 {"type", "type",
	  "SELECT NULL FROM pg_catalog.pg_type t"
	  " WHERE t.oid OPERATOR(pg_catalog.=) pg_catalog.to_regtype($1)"},
	 {"extension", "extension",
	  "SELECT NULL FROM pg_catalog.pg_extension e"
	  " WHERE e.extname OPERATOR(pg_catalog.=) $1"}}};

/* A type as it is wanted of a column. */
struct wanted_type
{
	std::string text;
	Oid type;
	int32 typmod;
};

/* Named objects are there, and usable. */
class existence_check : public whole_check
{
public:
	existence_check(const object_kind &kind, std::vector<std::string> names,
					std::optional<wanted_type> type)
		: kind_(kind), names_(std::move(names)), type_(std::move(type))
	{
	}

	[[nodiscard]] bool counts_rows() const override { return false; }
	void test(const target &t, Snapshot snapshot, check_result &result) const override
	{
		const auto problem = attempt_reading(snapshot, [&, this] {
			for (const std::string &name : names_)
			{
				if (const std::string wrong = fault(t, name); !wrong.empty())
					result.message += (result.message.empty() ? "" : "; ") +
									  std::string(kind_.noun) + " \"" + name + "\" " + wrong;
			}
		});

		if (problem)
			result.message = problem->message;
		result.passed = result.message.empty();
	}

private:
	const object_kind &kind_;
	const std::vector<std::string> names_;
	const std::optional<wanted_type> type_;

	[[nodiscard]] std::string fault(const target &t, const std::string &name) const
	{
		if (kind_.state.empty())
			return fault_of_column(t.find(name));

		pg::spi_session spi;
		const auto rows = spi.query_in_snapshot(
			std::string(kind_.state), {pg::value::text(name), pg::value::of_oid(t.relid())});

		if (rows.empty())
			return "does not exist";
		return rows[0].at(0).value_or("");
	}

	[[nodiscard]] std::string fault_of_column(const column *c) const
	{
		if (c == nullptr)
			return "does not exist";
		if (!type_ ||
			(c->type == type_->type && (type_->typmod == -1 || type_->typmod == c->typmod)))
			return "";
		return std::string("is of type ") + pg::call(format_type_with_typemod, c->type, c->typmod) +
			   ", not " + type_->text;
	}
};

wanted_type
take_type(check_reader &reader)
{
	wanted_type wanted{reader.take_string("type", "Name a type, as in \"type\": \"timestamptz\"."),
					   InvalidOid, -1};

	pg::translate_errors(
		[&] {
			pg::call([&] {
				compat::parse_type_name(wanted.text.c_str(), &wanted.type, &wanted.typmod);
			});
		},
		[&](const pg::pg_error &e) {
			return failure(e.sqlstate(), "invalid type of " + reader.label() + ": " + e.what())
				.hint("Write the type as in CREATE TABLE.");
		});
	return wanted;
}

/* The one member that says what must exist; of a column, the type may be said beside it. */
const object_kind &
find_kind(const check_reader &reader)
{
	const object_kind *found = nullptr;
	std::string keys;

	for (const object_kind &kind : object_kinds)
	{
		const std::string key(kind.key);

		keys += (keys.empty() ? "" : ", ") + key;
		if (!reader.has(key) || (key == "type" && found && found->key == "column"))
			continue;
		if (found)
			throw reader.invalid("names both " + std::string(found->noun) + " and " +
									 std::string(kind.noun),
								 "Write a check for each.");
		found = &kind;
	}
	if (found == nullptr)
		throw reader.invalid("does not say what must exist", "Give one of: " + keys + ".");
	return *found;
}

} // namespace

void
parse_exists(const target &, check_reader &reader, check &c)
{
	const object_kind &kind = find_kind(reader);
	const std::vector<std::string> names =
		reader.take_strings(std::string(kind.key), "Give a name, or several in an array.");
	std::optional<wanted_type> type;

	if (reader.has("type"))
		type = take_type(reader);
	c.name = std::string(kind.noun) + " ";
	for (const std::string &name : names)
		c.name += (&name == &names.front() ? "" : ", ") + name;
	c.name += type ? " exists as " + type->text : " exists";
	c.whole = std::make_shared<existence_check>(kind, names, type);
}

} // namespace migsafe
