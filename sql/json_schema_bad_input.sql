-- Schemas that are broken, and what is too deep or too expensive: each gets an ERROR that says which keyword, and where.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA jb;
SET search_path = jb, migsafe, public;
RESET client_min_messages;
-- a runaway would not end by itself
SET statement_timeout = '30s';
\set SHOW_CONTEXT never

-- sqlstate, message and detail
CREATE FUNCTION jb.outcome(schema jsonb, instance jsonb DEFAULT '1') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    RETURN jsonb_matches_schema(schema, instance);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN sqlstate || ': ' || sqlerrm || E'\n' || detail;
END
$$;
CREATE FUNCTION jb.nested(opening text, depth integer, middle text, closing text) RETURNS jsonb LANGUAGE sql
    RETURN (repeat(opening, depth) || middle || repeat(closing, depth))::jsonb;

-- What all three parts of the message are.
SELECT jsonb_matches_schema('{"properties": {"a/b": {"type": "strng"}}}', '1');
\echo :SQLSTATE
SELECT json_matches_schema('{"properties": {"a/b": {"type": "strng"}}}', '1');
\echo :SQLSTATE
SELECT jsonb_conforms('{"properties": {"a/b": {"type": "strng"}}}', '1');
\echo :SQLSTATE
SELECT * FROM jsonb_schema_errors('{"properties": {"a/b": {"type": "strng"}}}', '1');
\echo :SQLSTATE
SELECT bundle_schema('{"properties": {"a/b": {"type": "strng"}}}');
\echo :SQLSTATE
SELECT jsonb_schema_is_valid('{"properties": {"a/b": {"type": "strng"}}}');

-- No schema at all.
SELECT s AS schema, jb.outcome(s), jsonb_schema_is_valid(s) AS valid
FROM unnest(ARRAY['1', 'null', '"string"', '[]', '[{"type": "string"}]']::jsonb[]) s;

-- Keywords with values of the wrong form.
SELECT s AS schema, jb.outcome(s), jsonb_schema_is_valid(s) AS valid
FROM unnest(ARRAY[
    '{"type": "strng"}', '{"type": "String"}', '{"type": ""}', '{"type": null}', '{"type": 1}', '{"type": []}',
    '{"type": ["string", "strng"]}', '{"type": ["string", 1]}', '{"type": ["null", "null"]}', '{"type": {"enum": ["a"]}}',
    '{"enum": "a"}', '{"minimum": "1"}', '{"maximum": null}', '{"exclusiveMinimum": true}', '{"multipleOf": 0}',
    '{"multipleOf": -1}', '{"multipleOf": "2"}', '{"minLength": -1}', '{"maxLength": 1.5}', '{"maxLength": "5"}',
    '{"pattern": 1}', '{"format": 1}', '{"required": "a"}', '{"required": true}', '{"required": ["a", "a"]}',
    '{"required": ["a", 1]}', '{"properties": []}', '{"properties": {"a": "string"}}', '{"properties": {"a": null}}',
    '{"patternProperties": {"a": 1}}', '{"additionalProperties": "no"}', '{"propertyNames": "a"}',
    '{"dependentRequired": {"a": "b"}}', '{"dependentSchemas": {"a": ["b"]}}', '{"dependencies": {"a": 1}}',
    '{"minProperties": -1}', '{"items": [{"type": "string"}]}', '{"items": 1}', '{"prefixItems": []}', '{"prefixItems": {}}',
    '{"prefixItems": [1]}', '{"contains": []}', '{"minContains": -2}', '{"minItems": 1e-1}', '{"uniqueItems": 1}',
    '{"allOf": []}', '{"anyOf": {}}', '{"oneOf": [1]}', '{"not": "a"}', '{"if": 1}', '{"then": 1}', '{"else": []}',
    '{"unevaluatedItems": 1}', '{"unevaluatedProperties": []}', '{"$defs": []}', '{"$defs": {"a": 1}}',
    '{"definitions": {"a": 1}}', '{"$ref": 1}', '{"$id": 1}', '{"$anchor": 1}', '{"$dynamicRef": {}}', '{"$schema": 1}',
    '{"$vocabulary": []}', '{"title": 1}', '{"deprecated": "yes"}', '{"examples": "one"}', '{"contentSchema": 1}'
    ]::jsonb[]) s;
-- of older drafts
SELECT s AS schema, jb.outcome(jsonb_build_object('$schema', 'http://json-schema.org/draft-04/schema#') || s)
FROM unnest(ARRAY['{"not": true}', '{"required": []}', '{"exclusiveMinimum": 1}', '{"exclusiveMinimum": true}',
    '{"enum": []}', '{"items": []}', '{"id": 1}']::jsonb[]) s;
SELECT jb.outcome('{"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveRef": "#/$defs/a", "$defs": {"a": {}}}');

-- The place: deep inside, in what no reference leads to, in a definition, in an array; long pointers are cut.
SELECT jb.outcome('{"items": {"anyOf": [true, {"properties": {"~": {"minimum": "x"}}}]}}');
SELECT jb.outcome('{"$defs": {"unused": {"items": {"type": "strng"}}}}');
SELECT jb.outcome('{"$defs": {"unused": {"pattern": "("}}}');
SELECT jb.outcome('{"then": {"minimum": "x"}}');
SELECT octet_length(jb.outcome(jb.nested('{"items": ', 1000, '{"type": "strng"}', '}'))) < 2000 AS cut;
-- what stands under a keyword of another name, or in a value, is no schema
SELECT jb.outcome('{"typ": "strng", "x": {"type": 1}, "default": {"type": 1}, "const": {"type": 1}, "enum": [{"type": 1}, 1]}',
    '{"type": 1}');

-- $schema that is unknown, or misspelt.
SELECT jsonb_matches_schema('{"$schema": "https://json-schema.org/draft/2020-21/schema"}', '1');
\echo :SQLSTATE
SELECT s AS schema, jb.outcome(s), jsonb_schema_is_valid(s) AS valid
FROM unnest(ARRAY['{"$schema": "http://json-schema.org/draft-03/schema#"}', '{"$schema": "draft-07"}', '{"$schema": ""}',
    '{"$schema": "http://json-schema.org/schema#"}',
    '{"$defs": {"a": {"$id": "urn:a", "$schema": "urn:nobody"}}}']::jsonb[]) s;

-- References that lead nowhere.
SELECT jsonb_matches_schema('{"properties": {"a": {"$ref": "#/$defs/a"}}}', '1');
\echo :SQLSTATE
SELECT s AS schema, jb.outcome(s), jsonb_schema_is_valid(s) AS valid
FROM unnest(ARRAY['{"$ref": "#a"}', '{"$ref": "#/$defs/a", "$defs": {}}', '{"$ref": "#/allOf/1", "allOf": [true]}',
    '{"$ref": "#/allOf/-", "allOf": [true]}', '{"$ref": "#/~a"}', '{"$ref": "#/$defs/a/type", "$defs": {"a": {"type": "string"}}}',
    '{"$dynamicRef": "#a"}', '{"$id": "urn:a", "$ref": "urn:b", "$defs": {"b": {"$id": "urn:b", "$ref": "#/c"}}}']::jsonb[]) s;
-- to what is not registered; whether a schema is valid does not depend on that
SELECT jsonb_matches_schema('{"items": {"$ref": "https://example.com/nobody#/a"}}', '1');
\echo :SQLSTATE
SELECT jsonb_conforms('{"items": {"$ref": "https://example.com/nobody#/a"}}', '1');
\echo :SQLSTATE
SELECT s AS schema, jb.outcome(s), jsonb_schema_is_valid(s) AS valid
FROM unnest(ARRAY['{"$id": "https://example.com/a/b", "$ref": "c"}', '{"$ref": "other.json"}',
    '{"$defs": {"unused": {"$ref": "urn:nobody"}}}', '{"$ref": "urn:nobody", "type": "strng"}']::jsonb[]) s;
-- identifiers and anchors that stand twice, or have a fragment
SELECT s AS schema, jb.outcome(s), jsonb_schema_is_valid(s) AS valid
FROM unnest(ARRAY['{"$defs": {"a": {"$id": "urn:a"}, "b": {"$id": "urn:a"}}}', '{"$id": "urn:a#b"}',
    '{"$defs": {"a": {"$anchor": "x"}, "b": {"$anchor": "x"}}}']::jsonb[]) s;

-- Schemas that refer to themselves without end.
SELECT jsonb_matches_schema('{"$ref": "#"}', '1');
\echo :SQLSTATE
SELECT s AS schema, jb.outcome(s), jsonb_schema_is_valid(s) AS valid
FROM unnest(ARRAY['{"allOf": [{"$ref": "#"}]}', '{"not": {"$ref": "#"}}', '{"if": {"$ref": "#"}, "then": true}',
    '{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}',
    '{"$defs": {"a": {"oneOf": [{"$ref": "#/$defs/a"}]}}, "items": {"$ref": "#/$defs/a"}}']::jsonb[]) s;
-- only some values run in a circle: found when one of them comes
SELECT jb.outcome('{"anyOf": [{"type": "null"}, {"$ref": "#"}]}', 'null');
SELECT jb.outcome('{"anyOf": [{"type": "null"}, {"$ref": "#"}]}', '1');
SELECT jb.outcome('{"$dynamicAnchor": "a", "$dynamicRef": "#a"}', '1');
-- of registered ones
SELECT register_schema('urn:jb:a', '{"$ref": "urn:jb:b"}'), register_schema('urn:jb:b', '{"allOf": [{"$ref": "urn:jb:a"}]}');
SELECT jsonb_conforms('{"$ref": "urn:jb:a"}', '1');
\echo :SQLSTATE
SELECT unregister_schema('urn:jb:a'), unregister_schema('urn:jb:b');

-- Ten thousand levels.  A document is read as deep as the schema looks.
SET max_stack_depth = '2MB';
CREATE TABLE jb.deep AS SELECT jb.nested('[', 10000, '', ']') AS arrays, jb.nested('{"a":', 10000, '1', '}') AS objects;
SELECT jsonb_matches_schema('{"type": "array", "items": {"items": {"type": "array"}}}', arrays) AS arrays,
    jsonb_matches_schema('{"properties": {"a": {"required": ["b"]}}}', objects) AS objects FROM jb.deep;
\set recursive_arrays '{"type": "array", "items": {"$ref": "#"}}'
\set recursive_objects '{"additionalProperties": {"$ref": "#"}}'
SELECT jsonb_matches_schema(:'recursive_arrays', arrays) FROM jb.deep;
\echo :SQLSTATE
SELECT jsonb_matches_schema(:'recursive_objects', objects) FROM jb.deep;
\echo :SQLSTATE
SELECT * FROM jb.deep, jsonb_schema_errors(:'recursive_objects', objects);
\echo :SQLSTATE
SELECT jsonb_conforms('{"properties": {"a": {"$ref": "#"}}, "unevaluatedProperties": false}', objects) FROM jb.deep;
\echo :SQLSTATE
-- a schema as deep is compiled; to follow it all the way takes a document, or a negation, as deep
SELECT jsonb_matches_schema(jb.nested('{"items": ', 10000, '{}', '}'), '[[[]]]') AS shallow,
    jsonb_schema_is_valid(jb.nested('{"items": ', 10000, '{}', '}')) AS valid,
    jsonb_schema_is_valid(jb.nested('{"not": ', 10000, '{"type": "strng"}', '}')) AS misspelt;
SELECT jsonb_matches_schema(jb.nested('{"items": ', 10000, '{}', '}'), arrays) FROM jb.deep;
\echo :SQLSTATE
SELECT jsonb_matches_schema(jb.nested('{"not": ', 10000, 'true', '}'), '1');
\echo :SQLSTATE
SELECT jsonb_matches_schema(jb.nested('{"allOf": [', 6000, 'true', ']}'), '1');
\echo :SQLSTATE
-- so is a chain of as many references
SELECT jsonb_schema_is_valid(schema) AS valid, jb.outcome(schema) AS outcome
FROM (SELECT jsonb_build_object('$ref', '#/$defs/1', '$defs', jsonb_object_agg(i, CASE WHEN i < 10000
    THEN jsonb_build_object('$ref', '#/$defs/' || i + 1) ELSE '{}' END)) FROM generate_series(1, 10000) i) c(schema);
-- values are compared at any depth that can be read
SET max_stack_depth = '7MB';
SELECT jsonb_matches_schema(jsonb_build_object('const', arrays), arrays) AS equal,
    jsonb_matches_schema(jsonb_build_object('enum', jsonb_build_array(arrays)), objects) AS other,
    jsonb_matches_schema('{"uniqueItems": true}', jsonb_build_array(objects, objects)) AS "unique",
    jsonb_matches_schema('{"enum": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}', arrays) AS hashed FROM jb.deep;
-- with the smallest stack that there may be
SET max_stack_depth = '100kB';
SELECT jsonb_matches_schema('{"type": "array"}', arrays) AS shallow FROM jb.deep;
SELECT jsonb_matches_schema(:'recursive_arrays', arrays) FROM jb.deep;
\echo :SQLSTATE
SELECT * FROM jb.deep, jsonb_schema_errors(:'recursive_objects', objects);
\echo :SQLSTATE
SELECT jsonb_matches_schema('{"uniqueItems": true}', jsonb_build_array(objects, objects)) FROM jb.deep;
\echo :SQLSTATE
SELECT jsonb_matches_schema('{"enum": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}', arrays) FROM jb.deep;
\echo :SQLSTATE
SELECT jsonb_matches_schema('{"$ref": "https://json-schema.org/draft/2020-12/schema"}', '{"not": {"items": {}}}') AS metaschema;
RESET max_stack_depth;

-- Patterns that are none.
SELECT jsonb_matches_schema('{"properties": {"a": {"pattern": "^(a"}}}', '1');
\echo :SQLSTATE
SELECT jsonb_matches_schema('{"patternProperties": {"[b-a]": true}}', '1');
\echo :SQLSTATE
SELECT left(pattern, 20) AS pattern, jb.outcome(jsonb_build_object('pattern', pattern)),
    jsonb_schema_is_valid(jsonb_build_object('pattern', pattern)) AS valid,
    jsonb_matches_schema('{"format": "regex"}', to_jsonb(pattern), true) AS regex
FROM unnest(ARRAY['(', ')', '[a', 'a**', '*a', 'a{2,1}', '\', '\q', '\u{110000}', '\p{Nobody}', '\p{Lu', '(?<a>.)(?<a>.)',
    '\k<a>', '(?i)a', '(?#a)', '(?>a)', 'a++', '\Aa', 'a\z', '[[:alpha:]]', '\1', '(?<=a+)b', '(a{1000}){1000}',
    repeat('(', 300) || repeat(')', 300)]) pattern;
-- Those that run away: an error at once.
CREATE TABLE jb.runaway (pattern text, subject text);
INSERT INTO jb.runaway VALUES ('^(a+)+$', repeat('a', 40) || 'b'), ('^(a+)+$', repeat('a', 20000) || 'b'),
    ('^(\w+\s?)*$', repeat('abc ', 5000) || '!'), ('^(([a-z])+.)+[A-Z]([a-z])+$', repeat('a', 5000)),
    ('\s+$', repeat(' ', 200000) || 'x');
SELECT pattern, length(subject), split_part(jb.outcome(jsonb_build_object('pattern', pattern), to_jsonb(subject)), E'\n', 1)
    AS outcome
FROM jb.runaway;
-- whether these take too long depends on what PCRE2 finds out about them before; none hangs, and none is said to match
SELECT pattern, split_part(jb.outcome(jsonb_build_object('pattern', pattern), to_jsonb(subject)), E'\n', 1)
    IN ('false', '54000: regular expression is too expensive to match') AS ends
FROM (VALUES ('(a|a)*b', repeat('a', 20000)), ('(.*)*x', repeat('a', 20000)), ('^(.*?,){30}P', repeat('1,', 200)),
    ('(x+x+)+y', repeat('x', 5000)), ('a.*b.*c.*d.*e', repeat('abcd', 20000)), ('([a-z]+\d?)+!', repeat('a', 20000)),
    ('(a*)*\1b', repeat('a', 5000)), ('(?=(a+))*b', repeat('a', 20000))) r(pattern, subject);
SELECT jsonb_matches_schema('{"pattern": "^(a+)+$"}', to_jsonb(repeat('a', 20000) || 'b'));
\echo :SQLSTATE
SELECT jsonb_matches_schema('{"patternProperties": {"^(a+)+$": true}}', jsonb_build_object(repeat('a', 20000) || 'b', 1));
\echo :SQLSTATE
-- long texts are no matter by themselves
SELECT jsonb_matches_schema('{"pattern": "^[a-z]+$"}', to_jsonb(repeat('a', 1000000))) AS good,
    jsonb_matches_schema('{"pattern": "^[a-z]+$"}', to_jsonb(repeat('a', 1000000) || '1')) AS bad,
    jsonb_matches_schema('{"format": "email"}', to_jsonb(repeat('a@', 500000)), true) AS email,
    jsonb_matches_schema('{"format": "idn-hostname"}', to_jsonb(repeat('ä.', 500000)), true) AS hostname;

-- json that jsonb cannot hold.
SELECT json_matches_schema('{}', '{"a": "\u0000"}');
\echo :SQLSTATE
SELECT json_matches_schema('{}', '["\ud800"]');
\echo :SQLSTATE

-- Numbers without a limit in JSON have one here.
SELECT jb.outcome('{"maxLength": 1e1000}', '"a"'), jb.outcome('{"minLength": 1e1000}', '"a"'),
    jb.outcome('{"multipleOf": 1e-16383}', '1e131071') AS largest;

-- What is damaged: none of it looks beyond the document.
CREATE TABLE jb.damaged (doc jsonb);
CREATE CAST (bytea AS jsonb) WITHOUT FUNCTION;
INSERT INTO jb.damaged SELECT d::jsonb FROM unnest(ARRAY['\x', '\x00', '\x01000020', '\x01000020ff0000', '\x02000040ffffff7f',
    '\xffffff2f', '\x01000020000000fe', '\x0100002000000050']::bytea[]) d;
CREATE FUNCTION jb.damage(schema jsonb, instance jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN jsonb_matches_schema(schema, instance);
EXCEPTION WHEN data_corrupted THEN
    RETURN 'XX001: ' || sqlerrm;
END
$$;
SELECT jb.damage('{"type": "object", "properties": {"a": {"items": {"minLength": 1}}}, "items": {"minLength": 1}}', doc)
    AS document, jb.damage(doc, '1') AS schema
FROM jb.damaged;

SET client_min_messages = warning;
DROP CAST (bytea AS jsonb);
DROP SCHEMA jb CASCADE;
