-- Schemas that are made to take time or memory, to hide others, or to be taken for others.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA jh;
SET search_path = jh, migsafe;
SET statement_timeout = '10s';

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
                             FROM generate_series(1, 400000) i), '{}') AS many_names;
-- What a session has ever taken, where the system tells: at most so many MB, in a new session for each.
CREATE FUNCTION took_at_most(mb integer) RETURNS boolean LANGUAGE sql AS $$
    SELECT coalesce((substring(pg_read_file('/proc/self/status', 0, 10000, true) FROM 'VmHWM:\s+(\d+)'))::integer <= mb * 1024, true)
$$;
\c -
SET search_path = jh, migsafe;
SET statement_timeout = '10s';
SELECT jsonb_matches_schema(('{"items":' || repeat('{"properties":{"' || repeat('k', 600) || '":', 2000) || '{}' ||
                             repeat('}}', 2000) || '}')::jsonb, '[1]') AS deep;
SELECT took_at_most(300);
\c -
SET search_path = jh, migsafe;
SET statement_timeout = '10s';
SET max_stack_depth = '7MB';
SELECT jsonb_matches_schema((repeat('{"additionalProperties":', 8000) || '{}' || repeat('}', 8000))::jsonb, '1') AS deeper;
SELECT took_at_most(300);
-- failures at long paths
\c -
\set VERBOSITY default
SET search_path = jh, migsafe;
SET statement_timeout = '10s';
SET max_stack_depth = '7MB';
CREATE FUNCTION nested(levels integer, key_bytes integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT (repeat('{"' || repeat('k', key_bytes) || '":', levels) || '{}' || repeat('}', levels))::jsonb
$$;
SELECT count(*) FROM jsonb_schema_errors('{"additionalProperties": {"$ref": "#"}, "required": ["z"]}', nested(500, 5000));
SELECT left(instance_path, 9) AS instance_path, length(instance_path), message
FROM jsonb_schema_errors('{"additionalProperties": {"$ref": "#"}, "required": ["z"]}', nested(500, 5000), max_errors => 2);
SELECT took_at_most(300);
-- one metaschema, named by many
\c -
SET search_path = jh, migsafe;
SET statement_timeout = '10s';
SELECT register_schema('http://jh/meta', jsonb_build_object('$schema', 'https://json-schema.org/draft/2020-12/schema', '$id', 'http://jh/meta',
    '$vocabulary', '{"https://json-schema.org/draft/2020-12/vocab/core": true, "https://json-schema.org/draft/2020-12/vocab/validation": true}'::jsonb,
    '$comment', repeat('m', 500000)));
SELECT jsonb_conforms(jsonb_build_object('$defs', jsonb_object_agg('d' || i,
    jsonb_build_object('$id', 'http://jh/d' || i, '$schema', 'http://jh/meta')), 'allOf', jsonb_agg(jsonb_build_object('$ref', 'http://jh/d' || i))), '1') AS metaschema
FROM generate_series(1, 2000) i;
SELECT took_at_most(300);
SELECT unregister_schema('http://jh/meta');
-- what a session keeps of many schemas with many patterns
\c -
\set VERBOSITY terse
SET search_path = jh, migsafe;
SET statement_timeout = '10s';
SELECT count(*) FROM generate_series(1, 120) s
WHERE jsonb_matches_schema((SELECT jsonb_build_object('$comment', s::text, 'patternProperties',
    jsonb_object_agg('^(?:ab|cd){2,9}[x-z]{1,9}' || i || '$', false)) FROM generate_series(1, 500) i), '{"x": 1}');
SELECT took_at_most(120);
-- a chain of references is the schema's depth, not the document's
\c -
\set VERBOSITY default
SET search_path = jh, migsafe;
SET statement_timeout = '10s';
SET max_stack_depth = '2MB';
SELECT jsonb_matches_schema(jsonb_build_object('$ref', '#/$defs/0', '$defs', (SELECT jsonb_object_agg(i,
    CASE WHEN i = 20000 THEN '{"type": "string"}' ELSE jsonb_build_object('$ref', '#/$defs/' || i + 1) END)
    FROM generate_series(0, 20000) i)), '1') AS chain;
\set VERBOSITY terse
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
SELECT jsonb_conforms('{"properties": {"a": {"$ref": "http://jh/x"}, "b": {"$ref": "http://jh/y"}}}', '{"a": "s", "b": 1}') AS a_b,
    jsonb_conforms('{"properties": {"a": {"$ref": "http://jh/y"}, "b": {"$ref": "http://jh/x"}}}', '{"a": 1, "b": "s"}') AS b_a;
-- registered in the other order; and an identifier under which nothing is registered
SELECT register_schema('http://jh/second', '{"$id": "http://jh/first", "type": "integer", "$defs": {"s": {"$ref": "first"}}}');
SELECT register_schema('http://jh/first', '{"type": "string"}');
SELECT jsonb_conforms('{"allOf": [{"$ref": "http://jh/second"}, {"properties": {"a": {"$ref": "http://jh/first"}}}]}', '1') AS second,
    jsonb_conforms('{"anyOf": [{"$ref": "http://jh/second"}, {"$ref": "http://jh/first"}]}', '"s"') AS first_too,
    jsonb_conforms('{"anyOf": [{"$ref": "http://jh/first"}, {"$ref": "http://jh/second"}]}', '1') AS second_too,
    jsonb_conforms('{"$ref": "http://jh/second#/$defs/s"}', '"s"') AS relative;
SELECT jsonb_matches_schema(bundle_schema(s), '1') AS number, jsonb_matches_schema(bundle_schema(s), '"s"') AS string
FROM (VALUES ('{"anyOf": [{"$ref": "http://jh/first"}, {"$ref": "http://jh/y"}]}'::jsonb),
    ('{"anyOf": [{"$ref": "http://jh/y"}, {"$ref": "http://jh/first"}]}')) v (s);

-- A change is seen by who used the schema, also one past the functions.
PREPARE conforms AS SELECT jsonb_conforms('{"$ref": "http://jh/x"}', '"s"');
EXECUTE conforms;
UPDATE registered_schema SET schema = '{"type": "integer"}' WHERE uri = 'http://jh/x';
EXECUTE conforms;
-- whatever loads it
SET session_replication_role = replica;
UPDATE registered_schema SET schema = '{"type": "string"}' WHERE uri = 'http://jh/x';
EXECUTE conforms;
RESET session_replication_role;
CREATE TABLE dumped AS TABLE registered_schema;
BEGIN;
TRUNCATE registered_schema;
SAVEPOINT empty;
EXECUTE conforms;
ROLLBACK TO empty;
UPDATE dumped SET schema = 'false' WHERE uri = 'http://jh/x';
INSERT INTO registered_schema TABLE dumped;
EXECUTE conforms;
ROLLBACK;
EXECUTE conforms;
-- in one statement, too
DO $$
BEGIN
    ASSERT jsonb_conforms('{"$ref": "http://jh/x"}', '"s"');
    UPDATE registered_schema SET schema = '{"type": "null"}' WHERE uri = 'http://jh/x';
    ASSERT NOT jsonb_conforms('{"$ref": "http://jh/x"}', '"s"');
END $$;
DELETE FROM registered_schema WHERE uri = 'http://jh/x';
EXECUTE conforms;
SELECT registered_schema_changed();

-- A bundle of one definition takes the document, whatever else stands in it.
SELECT register_schema('http://jh/other', '{"type": "string"}');
SELECT register_schema('http://jh/common', '{"$defs": {"money": {"type": "number"}, "person": {"$ref": "other"}, "gone": {"$ref": "gone"}}}');
SELECT jsonb_matches_schema(bundle_schema('{"$ref": "http://jh/common#/$defs/money"}'), '1') AS money,
    jsonb_matches_schema(bundle_schema('{"$ref": "http://jh/common#/$defs/person"}'), '1') AS person;
SELECT bundle_schema('{"$ref": "http://jh/common#/$defs/gone"}');
CREATE TABLE priced (id integer PRIMARY KEY, price jsonb);
SELECT constraint_name FROM enforce('priced', '[{"check": "schema", "column": "price", "schema": {"$ref": "http://jh/common#/$defs/money"}}]');
INSERT INTO priced VALUES (1, '2');
INSERT INTO priced VALUES (2, '"two"');
-- up to draft 7 a $ref at the root makes its siblings void, but for what it does not know
SELECT register_schema('http://jh/old', '{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/$defs/a",
    "$defs": {"a": {"type": "object"}}, "required": ["x"]}');
SELECT bundle_schema('{"$ref": "http://jh/old"}') -> '$defs' -> 'http://jh/old' AS bundled,
    jsonb_matches_schema(bundle_schema('{"$ref": "http://jh/old"}'), '{}') AS object,
    jsonb_matches_schema(bundle_schema('{"$ref": "http://jh/old"}'), '[]') AS array;
SELECT register_schema('http://jh/older', '{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/a",
    "definitions": {"a": {"type": "object"}}, "properties": {"p": {"type": "integer"}}}');
SELECT jsonb_matches_schema(bundle_schema('{"$ref": "http://jh/older"}'), '{"p": "s"}') AS object,
    jsonb_matches_schema(bundle_schema('{"$ref": "http://jh/older#/definitions/a"}'), '[]') AS array,
    jsonb_conforms('{"$ref": "http://jh/older#/properties/p"}', '1') AS number;

BEGIN READ ONLY;
SELECT register_schema('urn:jh:a', '{}');
ROLLBACK;
BEGIN READ ONLY;
SELECT unregister_schema('http://jh/old');
ROLLBACK;
-- by its hint
\set VERBOSITY default
BEGIN READ ONLY;
SELECT register_schema('urn:jh:a', '{}', replace => true);
ROLLBACK;
\set VERBOSITY terse

SELECT count(unregister_schema(uri)) FROM registered_schema;
SET client_min_messages = warning;
DROP SCHEMA jh CASCADE;
