-- Not STRICT: a NULL schema is an error, since it would let everything pass.
CREATE FUNCTION migsafe.jsonb_matches_schema(schema jsonb, instance jsonb, assert_format boolean DEFAULT false)
RETURNS boolean LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'migsafe_jsonb_matches_schema';
COMMENT ON FUNCTION migsafe.jsonb_matches_schema(jsonb, jsonb, boolean) IS
'does a document match a JSON Schema that stands alone? fit for CHECK constraints';

CREATE FUNCTION migsafe.json_matches_schema(schema jsonb, instance json, assert_format boolean DEFAULT false)
RETURNS boolean LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'migsafe_json_matches_schema';
COMMENT ON FUNCTION migsafe.json_matches_schema(jsonb, json, boolean) IS
'does a document of type json match a JSON Schema that stands alone? fit for CHECK constraints';

CREATE FUNCTION migsafe.jsonb_schema_is_valid(schema jsonb) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_jsonb_schema_is_valid';
COMMENT ON FUNCTION migsafe.jsonb_schema_is_valid(jsonb) IS
'is this a JSON Schema of a known draft? references to other documents are not followed';
