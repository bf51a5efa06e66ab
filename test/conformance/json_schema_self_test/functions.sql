-- functions.sql: stand-ins whose answers the instance spells out, in a transaction that is taken back.
DROP EXTENSION IF EXISTS migsafe CASCADE;
DROP SCHEMA IF EXISTS migsafe CASCADE;
CREATE SCHEMA migsafe;

CREATE FUNCTION migsafe.register_schema(uri text, schema jsonb) RETURNS void LANGUAGE sql
RETURN (schema->>'registers')::boolean;

CREATE FUNCTION migsafe.jsonb_conforms(schema jsonb, instance jsonb, assert_format boolean DEFAULT false)
RETURNS boolean LANGUAGE sql
RETURN CASE WHEN instance ? 'dialect' THEN schema->>'$schema' IS NOT DISTINCT FROM instance->>'dialect'
    WHEN instance ? 'asserts' THEN (instance->'asserts')::boolean = assert_format
    ELSE (instance->>'conforms')::boolean END;

CREATE FUNCTION migsafe.jsonb_schema_errors(schema jsonb, instance jsonb, assert_format boolean DEFAULT false)
RETURNS TABLE (instance_path text, keyword_path text, message text) LANGUAGE sql
BEGIN ATOMIC
    SELECT '', '', 'wrong'
    FROM generate_series(1, coalesce((instance->'errors')::int,
        (NOT migsafe.jsonb_conforms(schema, instance, assert_format))::int));
END;

CREATE FUNCTION migsafe.bundle_schema(schema jsonb) RETURNS jsonb LANGUAGE sql
RETURN CASE jsonb_typeof(schema) WHEN 'object' THEN schema || '{"bundled": true}' ELSE schema END;

CREATE FUNCTION migsafe.jsonb_matches_schema(schema jsonb, instance jsonb, assert_format boolean DEFAULT false)
RETURNS boolean LANGUAGE sql
RETURN CASE WHEN instance ? 'matches' AND schema ? 'bundled' THEN (instance->>'matches')::boolean
    ELSE migsafe.jsonb_conforms(schema, instance, assert_format) END;
