/*
 * register_schema.cpp
 *		migsafe.register_schema and migsafe.unregister_schema.
 */
#include "catalog/owner_record.hpp"
#include "catalog/session.hpp"
#include "registry/registered_schema.hpp"
#include "schema/metaschema.hpp"
#include "schema/schema_object.hpp"
#include "schema/uri.hpp"
#include "table/write_guard.hpp"

using namespace migsafe;

namespace {

std::string
uri_argument(const pg::arguments &args)
{
	args.require(0, "uri");

	std::string uri = args.string(0);
	const schema::uri_parts parts = schema::split_uri(uri);

	if (parts.scheme.data() == nullptr || parts.fragment.data() != nullptr)
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"uri\" must be an absolute URI without a fragment")
			.detail("The argument is: " + uri)
			.hint("As in https://example.com/address or urn:example:address; nothing is fetched "
				  "from it.");
	return uri;
}

/* What a document is found under in other schemas' references. */
std::string
normal_uri(const std::string &uri)
{
	return schema::resolve_uri({}, uri);
}

/* One that is bundled would be found before the registered one. */
void
require_free(const std::string &uri)
{
	if (!schema::metaschema(uri).empty())
		throw failure(ERRCODE_DUPLICATE_OBJECT, "schema \"" + uri + "\" comes with migsafe")
			.detail("References to it lead to the metaschema of that name.")
			.hint("Register yours under another URI.");
}

/* A schema that does not say of which draft it is may be read in that of one which refers to it. */
void
check_schema(const Jsonb *document)
{
	const jsonb::value root = jsonb::root_of(document);
	const auto draft = root.is_object() ? jsonb::container(root).find("$schema") : std::nullopt;

	if (!root.is_object() && !schema::is_boolean(root))
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  "argument \"schema\" must be a JSON object, or true or false")
			.detail(std::string("It is of type ") + root.type_name() + ".")
			.hint("A JSON Schema is an object, as in {\"type\": \"string\"}.");
	if (draft && draft->is_string() && schema::draft_of(draft->bytes()))
		schema::compile(jsonb::bytes_of(document),
						{false, schema::missing_documents::anything_matches},
						registry::registered_schemas(), jsonb::server_host());
}

struct registration
{
	bool same; /* as the argument */
	catalog::owner_record owner;
};

/* By the catalogs' owner's rights. */
std::optional<registration>
find_registration(catalog::session &spi, const std::string &uri, const pg::value &schema)
{
	const auto rows =
		spi->query("SELECT r.schema::pg_catalog.text OPERATOR(pg_catalog.=) $2::pg_catalog.text," +
					   (std::string(" ") + catalog::owner_record::columns) +
					   " FROM migsafe.registered_schema r"
					   " WHERE r.uri OPERATOR(pg_catalog.=) $1 FOR UPDATE",
				   {pg::value::text(uri), schema});

	return rows.empty() ? std::nullopt
						: std::optional(registration{rows[0][0] == "t",
													 catalog::owner_record::read(rows[0], 1)});
}

void
require_owner(Oid role, const std::string &uri, const catalog::owner_record &owner)
{
	if (!owner.gives_rights_to(role))
		throw failure(ERRCODE_INSUFFICIENT_PRIVILEGE,
					  "permission denied for registered schema \"" + uri + "\"")
			.detail("It belongs to role \"" + owner.name + "\".")
			.hint("Ask that role, or register yours under another URI.");
}

void
add_schema(const std::string &uri, const pg::value &schema, bool replace, Oid role)
{
	catalog::session spi;
	std::vector<pg::value> values = catalog::owner_record::of(role).values();

	values.insert(values.begin(), {pg::value::text(uri), schema});
	if (spi->execute("INSERT INTO migsafe.registered_schema"
					 " VALUES ($1, $2, $3, $4, $5, $6, pg_catalog.now()) ON CONFLICT DO NOTHING",
					 values) > 0)
		return;

	const auto before = find_registration(spi, uri, schema);

	if (!before)
		throw failure(ERRCODE_T_R_SERIALIZATION_FAILURE,
					  "registered schema \"" + uri + "\" was changed concurrently")
			.hint("Try again.");
	if (before->same)
		return;
	if (!replace)
		throw failure(ERRCODE_DUPLICATE_OBJECT,
					  "schema \"" + uri + "\" is registered already, and is another one")
			.detail("It belongs to role \"" + before->owner.name + "\".")
			.hint("Say replace => true to put the new one in its place, or use another URI.");
	require_owner(role, uri, before->owner);
	spi->execute(
		"UPDATE migsafe.registered_schema SET schema = $2, registered_at = pg_catalog.now()"
		" WHERE uri OPERATOR(pg_catalog.=) $1",
		{pg::value::text(uri), schema});
}

} // namespace

MIGSAFE_FUNCTION(migsafe_register_schema)
{
	const pg::arguments args(fcinfo);
	const std::string uri = normal_uri(uri_argument(args));

	require_read_write("migsafe.register_schema()", "Call it in a transaction that may write.");
	args.require(1, "schema");
	args.require(2, "replace");
	require_free(uri);
	check_schema(args.jsonb(1));
	add_schema(uri, {args.datum(1), JSONBOID, false}, args.boolean(2), pg::call(GetUserId));
	PG_RETURN_VOID();
}

MIGSAFE_FUNCTION(migsafe_unregister_schema)
{
	const pg::arguments args(fcinfo);
	const std::string uri = normal_uri(uri_argument(args));

	require_read_write("migsafe.unregister_schema()", "Call it in a transaction that may write.");

	const Oid role = pg::call(GetUserId);
	catalog::session spi;
	const auto found = find_registration(spi, uri, pg::value::none(JSONBOID));

	if (!found)
		throw failure(ERRCODE_UNDEFINED_OBJECT, "schema \"" + uri + "\" is not registered")
			.hint("The table migsafe.registered_schema shows those that are.");
	require_owner(role, uri, found->owner);
	spi->execute("DELETE FROM migsafe.registered_schema WHERE uri OPERATOR(pg_catalog.=) $1",
				 {pg::value::text(uri)});
	PG_RETURN_VOID();
}
