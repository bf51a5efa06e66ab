/*
 * sql_schema.cpp
 *		Tests of documents against schemas that stand alone.
 */
#include "schema/sql_program.hpp"

using namespace migsafe;

MIGSAFE_FUNCTION(migsafe_jsonb_matches_schema)
{
	return schema::test_instance(fcinfo, schema::no_registry(), 0);
}

MIGSAFE_FUNCTION(migsafe_json_matches_schema)
{
	const pg::arguments args(fcinfo);
	auto &site = jsonb::state_of<schema::test_site>(fcinfo);

	site.program_of(fcinfo, schema::no_registry(), 0);
	if (args.null(schema::instance_argument))
		PG_RETURN_NULL();

	PG_RETURN_BOOL(site.matches(schema::parsed_json(args.string(schema::instance_argument))));
}

MIGSAFE_FUNCTION(migsafe_jsonb_schema_is_valid)
{
	const pg::arguments args(fcinfo);
	const std::string_view document = jsonb::bytes_of(args.jsonb(0));
	const auto wrong = failure_of([=] {
		schema::compile(document, {true, schema::missing_documents::anything_matches},
						schema::no_registry(), jsonb::server_host());
	});

	if (wrong && wrong->sqlstate() != ERRCODE_INVALID_PARAMETER_VALUE)
		throw failure(*wrong);
	PG_RETURN_BOOL(!wrong);
}
