-- Schemas that others refer to by URI: never from the network.  Everybody may read and use them; each belongs to the
-- role that registered it.
CREATE TABLE migsafe.registered_schema (
        uri               text COLLATE "C" PRIMARY KEY,
    schema            jsonb NOT NULL,
    owner             name NOT NULL,
    owner_oid         oid NOT NULL,
    system_identifier bigint NOT NULL,
    extension_oid     oid NOT NULL,
    registered_at     timestamptz NOT NULL

);
COMMENT ON TABLE migsafe.registered_schema IS 'JSON Schemas that others refer to by these URIs';
ALTER TABLE migsafe.registered_schema ENABLE ROW LEVEL SECURITY;
-- and for no other command: a right to write all tables is not one to write this one
CREATE POLICY everybody ON migsafe.registered_schema FOR SELECT USING (true);
GRANT SELECT ON migsafe.registered_schema TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('migsafe.registered_schema', '');

CREATE FUNCTION migsafe.registered_schema_changed() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_registered_schema_changed';
COMMENT ON FUNCTION migsafe.registered_schema_changed() IS
'tells all sessions to forget what they compiled with registered schemas';
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON migsafe.registered_schema
FOR EACH STATEMENT EXECUTE FUNCTION migsafe.registered_schema_changed();
-- also where a dump is loaded or changes are replicated
ALTER TABLE migsafe.registered_schema ENABLE ALWAYS TRIGGER changed;

CREATE FUNCTION migsafe.register_schema(uri text, schema jsonb, replace boolean DEFAULT false) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_register_schema';
COMMENT ON FUNCTION migsafe.register_schema(text, jsonb, boolean) IS
'make a JSON Schema known under a URI, by which others refer to it; the same one again does nothing';

CREATE FUNCTION migsafe.unregister_schema(uri text) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_unregister_schema';
COMMENT ON FUNCTION migsafe.unregister_schema(text) IS 'forget a registered JSON Schema';

CREATE FUNCTION migsafe.bundle_schema(schema jsonb) RETURNS jsonb
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_bundle_schema';
COMMENT ON FUNCTION migsafe.bundle_schema(jsonb) IS
'a JSON Schema with all registered ones that it refers to inside, so that it stands alone';

-- Not STRICT: a NULL schema is an error, since it would let everything pass.
CREATE FUNCTION migsafe.jsonb_conforms(schema jsonb, instance jsonb, assert_format boolean DEFAULT false)
RETURNS boolean LANGUAGE c STABLE PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'migsafe_jsonb_conforms';
COMMENT ON FUNCTION migsafe.jsonb_conforms(jsonb, jsonb, boolean) IS
'does a document match a JSON Schema, which may refer to registered ones?';

CREATE FUNCTION migsafe.jsonb_schema_errors(
        schema jsonb, instance jsonb, assert_format boolean DEFAULT false, max_errors integer DEFAULT NULL,
    OUT instance_path text, OUT keyword_path text, OUT message text)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'migsafe_jsonb_schema_errors';
COMMENT ON FUNCTION migsafe.jsonb_schema_errors(jsonb, jsonb, boolean, integer) IS
'one row for each place where a document fails a JSON Schema, which may refer to registered ones; none if it matches';
