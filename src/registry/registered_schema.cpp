#include "registry/registered_schema.hpp"

#include "pg/message.hpp"
extern "C" {
#include "catalog/pg_collation.h"
#include "commands/trigger.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
}

namespace migsafe::registry {
namespace {

constexpr AttrNumber uri_column = 1, schema_column = 2;

Oid table = InvalidOid; /* unless it has to be looked up again */
uint64_t state = 1;
TimestampTz statement = 0; /* in which messages of other sessions were last asked for */

void
forget(Datum, Oid relation)
{
	if (relation != InvalidOid && relation != table)
		return;
	table = InvalidOid;
	state++;
}

/* Server code. */
Oid
relation_named(const char *name)
{
	const Oid oid = get_relname_relid(name, get_namespace_oid("migsafe", false));

	if (!OidIsValid(oid))
		pg::raise_internal_error("the table of registered schemas is gone");
	return oid;
}

/*
 * Server code: the schema in the current memory context, or nullptr.  Read as
 * the server reads a catalog: by a snapshot of its own, so that what is
 * remembered of it cannot be older than the message that it changed.
 */
const Jsonb *
read_schema(const char *uri)
{
	const Oid index = relation_named("registered_schema_pkey");
	const Relation relation = table_open(relation_named("registered_schema"), AccessShareLock);
	const Jsonb *found = nullptr;
	ScanKeyData key;

	ScanKeyEntryInitialize(&key, 0, uri_column, BTEqualStrategyNumber, InvalidOid, C_COLLATION_OID,
						   F_TEXTEQ, PointerGetDatum(cstring_to_text(uri)));

	const SysScanDesc scan = systable_beginscan(relation, index, true, nullptr, 1, &key);
	HeapTuple const tuple = systable_getnext(scan);

	if (HeapTupleIsValid(tuple))
	{
		bool null;
		const Datum schema = heap_getattr(tuple, schema_column, RelationGetDescr(relation), &null);

		found = reinterpret_cast<const Jsonb *>(PG_DETOAST_DATUM_COPY(schema));
	}
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return found;
}

} // namespace

std::optional<std::string>
registered_schemas::find(const std::string &uri) const
{
	const Jsonb *const found = pg::call(read_schema, uri.c_str());

	return found ? std::optional(std::string(jsonb::bytes_of(found))) : std::nullopt;
}

std::string
registered_schemas::hint() const
{
	return "Register it with migsafe.register_schema; nothing is fetched from the network.";
}

uint64_t
generation()
{
	static bool listening = false;

	if (!listening)
	{
		pg::call(CacheRegisterRelcacheCallback, &forget, Datum{0});
		listening = true;
	}
	/* Within a transaction nothing else asks for them unless the statement locks a table. */
	if (statement != GetCurrentStatementStartTimestamp())
	{
		pg::call(AcceptInvalidationMessages);
		statement = GetCurrentStatementStartTimestamp();
	}
	if (!OidIsValid(table))
		table = pg::call(relation_named, "registered_schema");
	return state;
}

} // namespace migsafe::registry

/* The trigger: programs compiled before must not be used again. */
MIGSAFE_FUNCTION(migsafe_registered_schema_changed)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		throw migsafe::failure(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED,
							   "function \"registered_schema_changed\" was not called by a trigger")
			.hint("It belongs to the table migsafe.registered_schema.");

	Relation const registry = reinterpret_cast<TriggerData *>(fcinfo->context)->tg_relation;

	migsafe::pg::call(CacheInvalidateRelcache, registry);
	return PointerGetDatum(nullptr);
}
