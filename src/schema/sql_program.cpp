#include "schema/sql_program.hpp"

namespace migsafe::schema {
namespace {

program_cache &
session_cache()
{
	static program_cache cache;

	return cache;
}

std::shared_ptr<const program>
compiled_schema(std::string_view document, const terms_of_use &terms, const source &registered)
{
	program_cache &cache = session_cache();
	auto compiled = cache.find(document, terms);

	if (!compiled)
	{
		compiled = compile(document, {terms.assert_format, missing_documents::refused}, registered,
						   jsonb::server_host());
		cache.add(compiled, terms);
	}
	return compiled;
}

/* Is the argument the same in each call?  A parameter is not: PL/pgSQL keeps a call site while it changes them. */
bool
is_constant(FunctionCallInfo fcinfo, int argument)
{
	const Node *const call = fcinfo->flinfo->fn_expr;

	if (call == nullptr || !IsA(call, FuncExpr))
		return false;

	const List *const args = reinterpret_cast<const FuncExpr *>(call)->args;

	return list_length(args) > argument && IsA(list_nth(args, argument), Const);
}

} // namespace

const Jsonb *
parsed_json(const std::string &json)
{
	return reinterpret_cast<const Jsonb *>(pg::call(
		[](const char *text) { return DirectFunctionCall1(jsonb_in, CStringGetDatum(text)); },
		json.c_str()));
}

std::optional<std::string>
no_registry::find(const std::string &) const
{
	return std::nullopt;
}

std::string
no_registry::hint() const
{
	return "Register it with migsafe.register_schema; then put it into the schema with "
		   "migsafe.bundle_schema, or use migsafe.jsonb_conforms, which asks the registered ones.";
}

std::string
no_registry::parse(std::string_view json) const
{
	return std::string(jsonb::bytes_of(parsed_json(std::string(json))));
}

const program &
test_site::program_of(FunctionCallInfo fcinfo, const source &registered, uint64_t registry)
{
	const pg::arguments args(fcinfo);

	args.require(schema_argument, "schema");
	args.require(assert_format_argument, "assert_format");

	const terms_of_use terms{args.boolean(assert_format_argument), registry};

	if (constant_ && terms == terms_)
		return *compiled_;

	const std::string_view document = jsonb::bytes_of(args.jsonb(schema_argument));

	if (!compiled_ || terms != terms_ || document != compiled_->source())
	{
		compiled_ = compiled_schema(document, terms, registered);
		terms_ = terms;
		constant_ = is_constant(fcinfo, schema_argument);
	}
	return *compiled_;
}

bool
test_site::matches(const Jsonb *document)
{
	jsonb::prefetch(document);
	scratch_.reset();
	return schema::matches(*compiled_, jsonb::root_of(document), scratch_, jsonb::server_host());
}

void
test_site::report(const Jsonb *document, size_t most, pg::result_set &rows)
{
	scratch_.reset();
	for (const output_unit &unit :
		 find_failures(*compiled_, jsonb::root_of(document), scratch_, jsonb::server_host(), most))
		rows.add({pg::value::text(unit.instance_path), pg::value::text(unit.keyword_path),
				  pg::value::text(unit.message)});
}

Datum
test_instance(FunctionCallInfo fcinfo, const source &registered, uint64_t registry)
{
	const pg::arguments args(fcinfo);
	auto &site = jsonb::state_of<test_site>(fcinfo);

	site.program_of(fcinfo, registered, registry);
	if (args.null(instance_argument))
		PG_RETURN_NULL();
	PG_RETURN_BOOL(site.matches(args.jsonb(instance_argument)));
}

} // namespace migsafe::schema
