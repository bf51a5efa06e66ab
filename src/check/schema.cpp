#include "check/kinds.hpp"
#include "pg/spi.hpp"

namespace migsafe {
namespace {

/* The schema as a jsonb constant in SQL. */
std::string
take_schema(check_reader &reader)
{
	static constexpr char hint[] = "Give a JSON Schema: an object, true or false.";
	const member schema = reader.take("schema", hint);

	if (schema.type != "object" && schema.type != "boolean")
		throw reader.invalid("has a schema that is neither an object nor a boolean", hint);
	return schema.text;
}

/* A query about the schema, whose errors are those of the check. */
std::string
ask(const std::string &label, const std::string &sql, const std::string &schema)
{
	return pg::translate_errors(
		[&] {
			pg::spi_session spi;

			return spi.scalar(sql, {pg::value::json(schema)}).value_or("");
		},
		[&](const pg::pg_error &e) {
			return failure(e.sqlstate(), "invalid schema of " + label + ": " + e.what())
				.detail(e.detail())
				.hint(*e.hint() ? e.hint() : "Mend the schema.");
		});
}

/* What the first failure of a document is. */
std::string
explanation_of(const std::string &arguments)
{
	return "(SELECT pg_catalog.concat('first: ',"
		   " CASE WHEN e.instance_path OPERATOR(pg_catalog.<>) ''"
		   " THEN pg_catalog.concat(e.instance_path, ': ') END, e.message,"
		   " CASE WHEN e.keyword_path OPERATOR(pg_catalog.<>) ''"
		   " THEN pg_catalog.concat(' (keyword ', e.keyword_path, ')') END) FROM "
		   "migsafe.jsonb_schema_errors(" +
		   arguments + ", 1) e)";
}

} // namespace

void
parse_schema(const target &t, check_reader &reader, check &c)
{
	const std::string schema = take_schema(reader);
	const std::string format = reader.take_boolean("assert_format", false) ? "true" : "false";
	const std::vector<const column *> columns = reader.take_columns(t);
	const std::string label = reader.label();
	std::string explanations;
	std::vector<std::string> documents;

	(void) ask(label, "SELECT migsafe.jsonb_conforms($1, NULL)", schema);

	auto of_all = [](const std::string &function, const std::string &constant,
					 const std::vector<std::string> &arguments) {
		std::string all;

		for (const std::string &each : arguments)
			all += (all.empty() ? "" : " AND ") + function + "(" + constant + each + ")";
		return all;
	};
	const std::string constant = pg::literal(schema) + "::pg_catalog.jsonb, ";

	for (const column *each : columns)
	{
		documents.push_back(json_document(reader, *each) + ", " + format);
		explanations +=
			(explanations.empty() ? "" : ", ") + explanation_of(constant + documents.back());
	}
	c.name = names_of(columns) + " conforms to the schema";
	c.predicate = of_all("migsafe.jsonb_conforms", constant, documents);
	c.explanation = "COALESCE(" + explanations + ")";
	c.constraint = [=] {
		const std::string bundled = ask(label, "SELECT migsafe.bundle_schema($1)", schema);

		return of_all("migsafe.jsonb_matches_schema", pg::literal(bundled) + "::pg_catalog.jsonb, ",
					  documents);
	};
}

} // namespace migsafe
