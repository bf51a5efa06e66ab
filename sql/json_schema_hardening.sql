-- Schemas that are made to take time or memory, to hide others, or to be taken for others.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA jh;
SET search_path = jh, migsafe;
SET statement_timeout = '60s';

-- Two references at each level: twice the failures at each.
CREATE FUNCTION doubling(levels integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('$ref', '#/$defs/0', '$defs', jsonb_object_agg(i,
        CASE WHEN i = levels THEN '{"type": "string"}'
        ELSE jsonb_build_object('allOf', jsonb_build_array(r, r)) END))
    FROM generate_series(0, levels) i, LATERAL (SELECT jsonb_build_object('$ref', '#/$defs/' || i + 1)) n (r)
$$;
SELECT count(*) FROM jsonb_schema_errors(doubling(5), '1');
SELECT count(*) FROM jsonb_schema_errors(doubling(5), '1', max_errors => 7);
SELECT count(*) FROM jsonb_schema_errors(doubling(40), '1', max_errors => 1);
\set VERBOSITY default
SELECT count(*) FROM jsonb_schema_errors(doubling(40), '1');
SELECT count(*) FROM jsonb_schema_errors('{}', '1', max_errors => 0);
\set VERBOSITY terse
-- the explanation of a check is the first failure
CREATE TABLE one (id integer PRIMARY KEY, doc jsonb);
INSERT INTO one VALUES (1, '1');
SELECT passed, left(message, 60) AS message FROM validate_jsonb('one',
    jsonb_build_array(jsonb_build_object('check', 'schema', 'column', 'doc', 'schema', doubling(40))));

-- What is asked for does not change what is found: a branch that fails is no failure where another matches.
SELECT * FROM jsonb_schema_errors('{"anyOf": [{"type": "string"}, {"required": ["b"]}], "minProperties": 2}', '{"b": 1}', max_errors => 1);
SELECT * FROM jsonb_schema_errors('{"oneOf": [{"type": "string"}, {"required": ["b"]}, {"required": ["c"]}]}', '{"b": 1}', max_errors => 1);

-- Many names, much depth: neither time nor memory grows faster than the schema.
SELECT jsonb_matches_schema((SELECT jsonb_build_object('required', jsonb_agg('k' || i), 'properties', jsonb_object_agg('k' || i, true))
                             FROM generate_series(1, 300000) i), '{}') AS many_names;
SET max_stack_depth = '2MB';
SELECT jsonb_matches_schema(('{"items":' || repeat('{"properties":{"' || repeat('k', 600) || '":', 2000) || '{}' ||
                             repeat('}}', 2000) || '}')::jsonb, '[1]') AS deep;
-- elements made to look alike to a hash that is known
SELECT jsonb_matches_schema('{"uniqueItems": true}', (SELECT jsonb_agg(
    jsonb_build_object('a', '128941', 'nBqS3BrO' || lpad(i::text, 8, '0') || repeat('z', 16), 1)) FROM generate_series(1, 200000) i)) AS alike;

-- A registered URI means what is registered there, whatever others say that they are, and in whatever order.
SELECT register_schema('http://jh/x', '{"type": "string"}');
SELECT register_schema('http://jh/y', '{"$id": "http://jh/x", "type": "integer"}');
SELECT jsonb_conforms('{"allOf": [{"$ref": "http://jh/y"}, {"$ref": "http://jh/x"}]}', '1') AS y_x,
    jsonb_conforms('{"allOf": [{"$ref": "http://jh/x"}, {"$ref": "http://jh/y"}]}', '1') AS x_y,
    jsonb_conforms('{"allOf": [{"$ref": "http://jh/y"}]}', '1') AS y,
    jsonb_conforms('{"allOf": [{"$ref": "http://jh/x"}]}', '"s"') AS x;

-- A change is seen by who used the schema, also one past the functions.
PREPARE conforms AS SELECT jsonb_conforms('{"$ref": "http://jh/x"}', '"s"');
EXECUTE conforms;
UPDATE registered_schema SET schema = '{"type": "integer"}' WHERE uri = 'http://jh/x';
EXECUTE conforms;
DELETE FROM registered_schema WHERE uri = 'http://jh/x';
EXECUTE conforms;
SELECT registered_schema_changed();

-- A bundle of one definition takes the document, whatever else stands in it.
SELECT register_schema('http://jh/other', '{"type": "string"}');
SELECT register_schema('http://jh/common', '{"$defs": {"money": {"type": "number"}, "person": {"$ref": "other"}, "gone": {"$ref": "gone"}}}');
SELECT jsonb_matches_schema(bundle_schema('{"$ref": "http://jh/common#/$defs/money"}'), '1') AS money,
    jsonb_matches_schema(bundle_schema('{"$ref": "http://jh/common#/$defs/person"}'), '1') AS person;
-- up to draft 7 a $ref at the root makes its siblings void, but for what it does not know
SELECT register_schema('http://jh/old', '{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/$defs/a",
    "$defs": {"a": {"type": "object"}}, "required": ["x"]}');
SELECT bundle_schema('{"$ref": "http://jh/old"}') -> '$defs' -> 'http://jh/old' AS bundled,
    jsonb_matches_schema(bundle_schema('{"$ref": "http://jh/old"}'), '{}') AS object,
    jsonb_matches_schema(bundle_schema('{"$ref": "http://jh/old"}'), '[]') AS array;

BEGIN READ ONLY;
SELECT register_schema('urn:jh:a', '{}');
ROLLBACK;
BEGIN READ ONLY;
SELECT unregister_schema('http://jh/old');
ROLLBACK;

SELECT unregister_schema(uri) FROM registered_schema;
DROP SCHEMA jh CASCADE;
