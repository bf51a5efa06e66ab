/*
 * conforms.cpp
 *		Tests of documents against schemas that may refer to registered ones.
 */
#include "registry/registered_schema.hpp"
#include "schema/bundle.hpp"

using namespace migsafe;

MIGSAFE_FUNCTION(migsafe_jsonb_conforms)
{
	return schema::test_instance(fcinfo, registry::registered_schemas(), registry::generation());
}

MIGSAFE_FUNCTION(migsafe_jsonb_schema_errors)
{
	constexpr int max_errors_argument = schema::assert_format_argument + 1;
	const pg::arguments args(fcinfo);
	size_t most = std::numeric_limits<size_t>::max();

	if (!args.null(max_errors_argument))
	{
		if (args.integer(max_errors_argument) < 1)
			throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
						  "argument \"max_errors\" must be positive")
				.hint("Leave it out, or pass NULL, for all of them.");
		most = static_cast<size_t>(args.integer(max_errors_argument));
	}

	schema::test_site site;
	pg::result_set rows(fcinfo);

	site.program_of(fcinfo, registry::registered_schemas(), registry::generation());
	if (!args.null(schema::instance_argument))
		site.report(args.jsonb(schema::instance_argument), most, rows);
	return 0;
}

MIGSAFE_FUNCTION(migsafe_bundle_schema)
{
	const jsonb::server_host server;
	const Jsonb *const document = pg::arguments(fcinfo).jsonb(0);
	const auto compiled =
		schema::compile(jsonb::bytes_of(document), {}, registry::registered_schemas(), server);
	jsonb::arena memory;
	jsonb::tree tree(memory, server);
	jsonb::item root(jsonb::root_of(document));

	if (!schema::bundle(*compiled, tree, root))
		return PointerGetDatum(document);

	const Datum bundled = jsonb::to_datum(root, 2 * size_t{VARSIZE(document)}, server);

	/* What it is for: to be taken where the registry is not asked. */
	schema::compile(jsonb::bytes_of(DatumGetJsonbP(bundled)), {}, schema::no_registry(), server);
	return bundled;
}
