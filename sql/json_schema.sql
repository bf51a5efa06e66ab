-- JSON Schema by example: what a schema says of documents, in queries, constraints and loops.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA js;
SET search_path = js, migsafe, public;
RESET client_min_messages;

-- The names and the order of arguments that users of pg_jsonschema know, for jsonb and for json.
SELECT jsonb_matches_schema('{"type": "object", "required": ["name"]}', '{"name": "Ann"}') AS matches,
    jsonb_matches_schema('{"type": "object", "required": ["name"]}', '{}') AS lacks_name,
    json_matches_schema('{"type": "object", "required": ["name"]}', '{"name": "Ann"}') AS json_matches,
    json_matches_schema('{"type": "object", "required": ["name"]}', '{}') AS json_lacks_name;
SELECT jsonb_matches_schema(schema => '{"maxLength": 4}', instance => '"abcde"') AS five,
    jsonb_matches_schema(instance => '"abcd"', schema => '{"maxLength": 4}') AS four;
-- of a member that stands twice in json, the last counts, as in jsonb
SELECT json_matches_schema('{"properties": {"a": {"const": 2}}}', '{"a": 1, "a": 2}') AS last,
    json_matches_schema('{"properties": {"a": {"const": 1}}}', '{"a": 1, "a": 2}') AS first;
SELECT jsonb_matches_schema('true', '1') AS "true", jsonb_matches_schema('false', '1') AS "false",
    jsonb_matches_schema('{}', 'null') AS "{}";

-- One row for each keyword.
CREATE TABLE js.example (keyword text, schema jsonb, good jsonb, bad jsonb);
INSERT INTO js.example VALUES
    ('type', '{"type": ["integer", "null"]}', '1.0', '1.5'),
    ('enum', '{"enum": ["red", 1, null]}', '1.0', '"blue"'),
    ('const', '{"const": {"a": 1, "b": [2]}}', '{"b": [2.0], "a": 1}', '{"a": 1}'),
    ('minimum', '{"minimum": 1.5}', '1.5', '1.4999'),
    ('exclusiveMaximum', '{"exclusiveMaximum": 2}', '1.9', '2'),
    ('multipleOf', '{"multipleOf": 0.01}', '19.99', '19.999'),
    ('minLength', '{"minLength": 2, "maxLength": 3}', '"äöü"', '"ä"'),
    ('pattern', '{"pattern": "^\\p{Lu}\\d+$"}', '"Ä12"', '"ä12"'),
    ('required', '{"required": ["a", "b"]}', '{"a": 1, "b": null}', '{"a": 1}'),
    ('properties', '{"properties": {"a": {"type": "string"}}}', '{"a": "", "b": 1}', '{"a": 1}'),
    ('patternProperties', '{"patternProperties": {"^x-": {"type": "string"}}}', '{"x-a": "", "a": 1}', '{"x-a": 1}'),
    ('additionalProperties', '{"properties": {"a": true}, "additionalProperties": false}', '{"a": 1}', '{"b": 1}'),
    ('propertyNames', '{"propertyNames": {"maxLength": 2}}', '{"ab": 1}', '{"abc": 1}'),
    ('minProperties', '{"minProperties": 1, "maxProperties": 2}', '{"a": 1}', '{}'),
    ('dependentRequired', '{"dependentRequired": {"a": ["b"]}}', '{"b": 1}', '{"a": 1}'),
    ('dependentSchemas', '{"dependentSchemas": {"a": {"minProperties": 2}}}', '{"a": 1, "c": 1}', '{"a": 1}'),
    ('items', '{"items": {"type": "integer"}}', '[1, 2]', '[1, "2"]'),
    ('prefixItems', '{"prefixItems": [{"type": "integer"}], "items": false}', '[1]', '[1, 2]'),
    ('contains', '{"contains": {"const": 1}, "minContains": 2, "maxContains": 3}', '[1, 2, 1]', '[1, 2]'),
    ('minItems', '{"minItems": 1, "maxItems": 2}', '[1]', '[1, 2, 3]'),
    ('uniqueItems', '{"uniqueItems": true}', '[1, "1", {"a": 1}, {"a": 2}]', '[1, 2, 1.0]'),
    ('allOf', '{"allOf": [{"minimum": 1}, {"maximum": 3}]}', '2', '4'),
    ('anyOf', '{"anyOf": [{"type": "string"}, {"minimum": 3}]}', '3', '2'),
    ('oneOf', '{"oneOf": [{"multipleOf": 2}, {"multipleOf": 3}]}', '9', '6'),
    ('not', '{"not": {"type": "null"}}', '0', 'null'),
    ('if', '{"if": {"type": "string"}, "then": {"minLength": 1}, "else": {"minimum": 1}}', '1', '""'),
    ('unevaluatedProperties', '{"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}', '{"a": 1}',
        '{"a": 1, "b": 2}'),
    ('unevaluatedItems', '{"prefixItems": [true], "unevaluatedItems": false}', '[1]', '[1, 2]'),
    ('$ref', '{"$ref": "#/$defs/small", "$defs": {"small": {"maximum": 9}}}', '9', '10'),
    ('$anchor', '{"$ref": "#small", "$defs": {"s": {"$anchor": "small", "maximum": 9}}}', '9', '10'),
    ('$ref to $id', '{"$id": "urn:a", "$ref": "urn:b", "$defs": {"b": {"$id": "urn:b", "maximum": 9}}}', '9', '10'),
    ('$ref to itself', '{"properties": {"next": {"$ref": "#"}}, "required": ["n"]}', '{"n": 1, "next": {"n": 2}}',
        '{"n": 1, "next": {"n": 2, "next": {}}}'),
    ('$dynamicRef', '{"$id": "urn:numbers", "$ref": "urn:list", "$defs": {
        "item": {"$dynamicAnchor": "item", "type": "number"},
        "list": {"$id": "urn:list", "items": {"$dynamicRef": "#item"},
            "$defs": {"item": {"$dynamicAnchor": "item"}}}}}', '[1, 2]', '[1, "2"]');
SELECT keyword, jsonb_matches_schema(schema, good) AS good, jsonb_matches_schema(schema, bad) AS bad,
    jsonb_conforms(schema, good) AS conforms, jsonb_schema_is_valid(schema) AS valid,
    (SELECT jsonb_agg(e) FROM jsonb_schema_errors(schema, good) e) AS errors_of_good
FROM js.example;
SELECT keyword, e.* FROM js.example, jsonb_schema_errors(schema, bad) e;

-- Every failure, with its place in the document and in the schema, by way of references; tokens escaped.
SELECT * FROM jsonb_schema_errors('{
    "type": "object", "required": ["name", "mail"], "additionalProperties": false,
    "properties": {"name": {"type": "string", "minLength": 1, "pattern": "^[A-Z]"},
        "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}, "uniqueItems": true},
        "a/b~c": {"type": "null"}},
    "$defs": {"tag": {"type": "string", "maxLength": 3}}}',
    '{"name": "", "tags": ["red", "green", 1, "red"], "a/b~c": 0, "age": 7}');
-- of alternatives all are told, unless one matches
SELECT * FROM jsonb_schema_errors('{"anyOf": [{"type": "string"}, {"items": {"type": "string"}}]}', '["a", 1]');
SELECT * FROM jsonb_schema_errors('{"anyOf": [{"type": "string"}, {"items": {"type": "string"}}]}', '["a", "1"]');
SELECT * FROM jsonb_schema_errors('{"oneOf": [{"type": "string"}, {"maxLength": 3}, true]}', '"a"');
-- values are cut, also within a character of several bytes
SELECT instance_path, octet_length(message) < 400 AS cut, right(message, 20) AS ends
FROM jsonb_schema_errors('{"items": {"type": "null"}}', jsonb_build_array(repeat('ä', 1000), repeat('xä', 1000)));

-- Numbers are exact: no binary fractions, no limit at 2^53.
SELECT jsonb_matches_schema('{"multipleOf": 0.1}', '0.3') AS tenths,
    jsonb_matches_schema('{"multipleOf": 1e-1000}', '1e-999') AS tiny,
    jsonb_matches_schema('{"multipleOf": 3}', '1000000000000000000000000000000000000002') AS three,
    jsonb_matches_schema('{"multipleOf": 3}', '1000000000000000000000000000000000000001') AS not_three;
SELECT jsonb_matches_schema('{"const": 9007199254740993}', '9007199254740992') AS other,
    jsonb_matches_schema('{"maximum": 9007199254740992}', '9007199254740993') AS above,
    jsonb_matches_schema('{"enum": [1.00]}', '1') AS scale,
    jsonb_matches_schema('{"const": 1.00000000000000000000001}', '1') AS near,
    jsonb_matches_schema('{"type": "integer"}', '1e400') AS huge,
    jsonb_matches_schema('{"type": "integer"}', '1.00') AS integer,
    jsonb_matches_schema('{"uniqueItems": true}', '[0.1, 0.10]') AS twice;
SELECT message FROM jsonb_schema_errors('{"maximum": 0.10}', '0.1000000000000000000000000000000000000001');

-- $schema chooses the draft; without it 2020-12 is taken.  A keyword that the draft does not know is ignored.
CREATE TABLE js.draft (no integer, uri text);
INSERT INTO js.draft VALUES (1, 'http://json-schema.org/draft-04/schema#'), (2, 'http://json-schema.org/draft-06/schema#'),
    (3, 'http://json-schema.org/draft-07/schema#'), (4, 'https://json-schema.org/draft/2019-09/schema'),
    (5, 'https://json-schema.org/draft/2020-12/schema'), (6, NULL);
CREATE FUNCTION js.in_draft(uri text, schema jsonb) RETURNS jsonb LANGUAGE sql
    RETURN schema || jsonb_strip_nulls(jsonb_build_object('$schema', uri));
SELECT uri,
    jsonb_matches_schema(js.in_draft(uri, '{"const": 1}'), '2') AS no_const,
    jsonb_matches_schema(js.in_draft(uri, '{"if": true, "then": false}'), '2') AS no_if,
    jsonb_matches_schema(js.in_draft(uri, '{"dependentRequired": {"a": ["b"]}}'), '{"a": 1}') AS no_dependent,
    jsonb_matches_schema(js.in_draft(uri, '{"prefixItems": [false]}'), '[1]') AS no_prefix,
    jsonb_matches_schema(js.in_draft(uri, '{"type": "integer"}'), '1.0') AS integer,
    jsonb_matches_schema(js.in_draft(uri, '{"$ref": "#/definitions/a", "maximum": 1, "definitions": {"a": {}}}'), '2')
        AS ref_alone
FROM js.draft ORDER BY no;
SELECT uri, jsonb_schema_is_valid(js.in_draft(uri, '{"minimum": 1, "exclusiveMinimum": true}')) AS flag,
    jsonb_schema_is_valid(js.in_draft(uri, '{"items": [{}]}')) AS item_array,
    jsonb_schema_is_valid(js.in_draft(uri, '{"not": true}')) AS booleans,
    jsonb_schema_is_valid(js.in_draft(uri, '{"required": []}')) AS no_names
FROM js.draft ORDER BY no;
-- the metaschemas are there, and describe themselves and the schemas above
SELECT uri, jsonb_matches_schema(jsonb_build_object('$ref', uri), '{"type": "string", "minLength": 1}') AS right,
    jsonb_matches_schema(jsonb_build_object('$ref', uri), '{"type": "strng"}') AS misspelt
FROM js.draft WHERE uri IS NOT NULL ORDER BY no;
SELECT bool_and(jsonb_matches_schema('{"$ref": "https://json-schema.org/draft/2020-12/schema"}', schema))
FROM js.example;

-- format is an annotation unless asked for, or unless the metaschema's vocabulary asserts it (json_schema_registry).
SELECT jsonb_matches_schema('{"format": "date"}', '"2026-02-30"') AS annotation,
    jsonb_matches_schema('{"format": "date"}', '"2026-02-30"', assert_format => true) AS asserted,
    json_matches_schema('{"format": "date"}', '"2026-02-30"', true) AS json,
    jsonb_conforms('{"format": "date"}', '"2026-02-30"', true) AS conforms,
    jsonb_matches_schema('{"format": "date"}', '20260230', true) AS no_string,
    jsonb_matches_schema('{"format": "colour"}', '"2026-02-30"', true) AS unknown;
SELECT * FROM jsonb_schema_errors('{"format": "date"}', '"2026-02-30"', true);
SELECT format, jsonb_matches_schema(jsonb_build_object('format', format), to_jsonb(good), true) AS good,
    jsonb_matches_schema(jsonb_build_object('format', format), to_jsonb(bad), true) AS bad
FROM (VALUES ('date-time', '2026-02-28T23:59:59.5+01:00', '2026-02-28 23:59:59'), ('date', '2024-02-29', '2025-02-29'),
    ('time', '23:59:60Z', '24:00:00Z'), ('duration', 'P1DT2H', 'P1H'), ('email', 'ann@example.org', 'ann@'),
    ('idn-email', 'änn@exämple.org', 'änn'), ('hostname', 'example.org', '-example.org'),
    ('idn-hostname', 'exämple.org', 'ex ample'), ('ipv4', '192.0.2.1', '192.0.2.256'),
    ('ipv6', '2001:db8::1', '2001:db8:::1'), ('uri', 'https://example.org/a?b#c', '/a'),
    ('uri-reference', '/a', '\a'), ('iri', 'https://example.org/ä', 'ä'), ('iri-reference', 'ä', 'a b'),
    ('uri-template', '/a/{id}', '/a/{id'), ('uuid', '2EB8AA08-AA98-11EA-B4AA-73B441D16380', '2EB8AA08'),
    ('regex', '^\p{L}+$', '^(a'), ('json-pointer', '/a~1b', '/a~'), ('relative-json-pointer', '1/a', '-1/a')
    ) f(format, good, bad);

-- Regular expressions of ECMA-262 with the flag u.  A pattern is searched for, not anchored.
SELECT pattern, jsonb_matches_schema(jsonb_build_object('pattern', pattern), to_jsonb(text)) AS matches
FROM (VALUES ('b', 'abc'), ('^b', 'abc'), ('c$', E'abc\n'), ('^a.c$', E'a\nc'), ('^\d$', '٣'), ('^\p{Nd}$', '٣'),
    ('^\p{Script=Greek}+$', 'αβγ'), ('^.$', '😀'), ('^[\u{1F600}-\u{1F64F}]$', '😀'), ('^\w$', 'ä'), ('\cJ', E'\n'),
    ('(?<year>\d{4})-\k<year>', '2026-2026'), ('(?<!a)b', 'ab'), ('(?<=a)b', 'ab'), ('^(?:a|b)*?$', 'abba'),
    ('^\S+\s\S+$', E'a\u00a0b')) p(pattern, text);

-- A schema in a CHECK constraint.
CREATE TABLE js.account (
    id integer PRIMARY KEY,
    doc jsonb NOT NULL,
    CONSTRAINT doc_is_account CHECK (jsonb_matches_schema('{
        "type": "object", "required": ["mail"], "additionalProperties": false,
        "properties": {"mail": {"type": "string", "format": "email"}, "quota": {"type": "integer", "minimum": 0}}}',
        doc, assert_format => true)));
INSERT INTO js.account VALUES (1, '{"mail": "ann@example.org", "quota": 100}'), (2, '{"mail": "bob@example.org"}');
INSERT INTO js.account VALUES (3, '{"mail": "ann"}');
INSERT INTO js.account VALUES (3, '{"quota": 1}');
UPDATE js.account SET doc = doc || '{"quota": "100"}' WHERE id = 1;
UPDATE js.account SET doc = doc || '{"quota": 101}' WHERE id = 1;
TABLE js.account;
-- added to a table that has rows: NOT VALID first, or it has to hold for all
CREATE TABLE js.old (id integer, doc json);
INSERT INTO js.old VALUES (1, '{"n": 1}'), (2, '{"n": "2"}');
ALTER TABLE js.old ADD CONSTRAINT n CHECK (json_matches_schema('{"properties": {"n": {"type": "number"}}}', doc));
ALTER TABLE js.old ADD CONSTRAINT n CHECK (json_matches_schema('{"properties": {"n": {"type": "number"}}}', doc))
    NOT VALID;
INSERT INTO js.old VALUES (3, '{"n": "3"}');
UPDATE js.old SET doc = '{"n": 2}' WHERE id = 2;
ALTER TABLE js.old VALIDATE CONSTRAINT n;
-- a domain
CREATE DOMAIN js.tags AS jsonb CHECK (jsonb_matches_schema('{"type": "array", "items": {"type": "string"}}', VALUE));
SELECT '["a"]'::js.tags;
SELECT '["a", 1]'::js.tags;
SELECT NULL::js.tags IS NULL AS "NULL passes";

-- The schema is a column: each row by its own.
CREATE TABLE js.kind (kind text PRIMARY KEY, schema jsonb CHECK (jsonb_schema_is_valid(schema)));
INSERT INTO js.kind VALUES ('number', '{"type": "number"}'), ('text', '{"type": "string"}'), ('any', 'true');
INSERT INTO js.kind VALUES ('wrong', '{"type": "nummer"}');
CREATE TABLE js.thing (no integer, kind text, doc jsonb);
INSERT INTO js.thing SELECT no, kind, doc
FROM (VALUES ('number', '1'::jsonb), ('text', '1'), ('text', '"a"'), ('number', '"a"'), ('any', 'null'), ('text', '"b"'))
    t(kind, doc), generate_series(1, 50) no;
SELECT kind, doc, count(*), count(*) FILTER (WHERE jsonb_matches_schema(schema, doc)) AS matching,
    count(*) FILTER (WHERE jsonb_conforms(schema, doc)) AS conforming
FROM js.thing JOIN js.kind USING (kind) GROUP BY kind, doc ORDER BY kind, doc;
-- more schemas than the session keeps, each met twice
SELECT count(*) FILTER (WHERE jsonb_matches_schema(jsonb_build_object('const', i), to_jsonb(i))) AS matching,
    count(*) FILTER (WHERE jsonb_matches_schema(jsonb_build_object('const', i), to_jsonb(i + 1))) AS not_matching
FROM generate_series(1, 2) again, generate_series(1, 300) i;

-- No call site returns an answer by another schema: constants, parameters, variables, and what depends on a row.
PREPARE by_parameter(jsonb, jsonb, boolean) AS SELECT jsonb_matches_schema($1, $2, $3);
EXECUTE by_parameter('{"format": "date"}', '"x"', false);
EXECUTE by_parameter('{"format": "date"}', '"x"', true);
EXECUTE by_parameter('{"type": "null"}', '"x"', false);
SET plan_cache_mode = force_generic_plan;
EXECUTE by_parameter('{"format": "date"}', '"x"', false);
EXECUTE by_parameter('{"format": "date"}', '"x"', true);
EXECUTE by_parameter('{"type": "null"}', '"x"', false);
EXECUTE by_parameter('{"type": "string"}', '"x"', false);
RESET plan_cache_mode;
PREPARE by_constant AS SELECT jsonb_matches_schema('{"type": "null"}', 'null'), jsonb_matches_schema('{"type": "null"}', '1');
EXECUTE by_constant;
EXECUTE by_constant;
SELECT format, jsonb_matches_schema('{"format": "date"}', '"x"', format) AS column,
    jsonb_matches_schema('{"format": "date"}', '"x"', NOT format) AS negated
FROM unnest(ARRAY[false, true, true, false]) format;
CREATE FUNCTION js.in_a_loop() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    schema jsonb;
    types text[] := ARRAY['number', 'string', 'number', 'null', 'string'];
    asserted boolean;
BEGIN
    FOR i IN 1..5 LOOP
        schema := jsonb_build_object('type', types[i]);
        asserted := i % 2 = 0;
        RETURN NEXT types[i] || ': ' || jsonb_matches_schema(schema, '1') || ' '
            || (SELECT jsonb_matches_schema(schema, '"a"')) || ' ' || json_matches_schema(schema, 'null')
            || ' constant: ' || jsonb_matches_schema('{"type": "number"}', to_jsonb(i))
            || ' ' || jsonb_matches_schema('{"format": "ipv4"}', '"a"', asserted)
            || ' errors: ' || (SELECT count(*) FROM jsonb_schema_errors(schema, '1'));
    END LOOP;
END
$$;
SELECT * FROM js.in_a_loop();
SELECT * FROM js.in_a_loop();
-- the same bytes under another name, and another schema in the place of the first
DO $$
DECLARE
    schema jsonb := '{"maximum": 1}';
BEGIN
    FOR i IN 1..3 LOOP
        RAISE NOTICE '% %', schema, jsonb_matches_schema(schema, '2');
        schema := jsonb_set(schema, '{maximum}', to_jsonb(i));
    END LOOP;
END
$$;
-- a function that the server inlines, and one that it does not
CREATE FUNCTION js.inlined(s jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT jsonb_matches_schema(s, ''1'')';
CREATE FUNCTION js.not_inlined(s jsonb) RETURNS boolean LANGUAGE sql STRICT VOLATILE AS
    'SELECT jsonb_matches_schema(s, ''1'')';
SELECT s, js.inlined(s), js.not_inlined(s) FROM unnest(ARRAY['true', 'false', '{"type": "null"}', '{}']::jsonb[]) s;

-- A schema or document that is stored out of line or compressed.
CREATE TABLE js.large (storage text, schema jsonb, doc jsonb);
INSERT INTO js.large
SELECT 'extended', jsonb_build_object('required', jsonb_agg('member' || i)), jsonb_object_agg('member' || i, repeat('x', i))
FROM generate_series(1, 1000) i;
ALTER TABLE js.large ALTER schema SET STORAGE EXTERNAL, ALTER doc SET STORAGE EXTERNAL;
INSERT INTO js.large SELECT 'external', schema || '{}', doc || '{}' FROM js.large;
SELECT storage, jsonb_matches_schema(schema, doc) AS whole, jsonb_matches_schema(schema, doc - 'member500') AS part
FROM js.large;

-- NULLs.  A NULL document gives NULL; so a CHECK lets it pass.  A NULL schema would let everything pass, and is refused.
SELECT jsonb_matches_schema('{}', NULL) AS matches, json_matches_schema('{}', NULL) AS json,
    jsonb_conforms('{}', NULL) AS conforms, jsonb_schema_is_valid(NULL) AS is_valid,
    (SELECT count(*) FROM jsonb_schema_errors('false', NULL)) AS errors;
SELECT jsonb_matches_schema(NULL, '1');
\echo :SQLSTATE
SELECT json_matches_schema(NULL, NULL);
\echo :SQLSTATE
SELECT jsonb_conforms(NULL, '1');
\echo :SQLSTATE
SELECT * FROM jsonb_schema_errors(NULL, '1');
\echo :SQLSTATE
SELECT jsonb_matches_schema('{}', '1', NULL);
\echo :SQLSTATE
-- a schema is looked at even where there is no document
SELECT jsonb_matches_schema('{"type": "strng"}', NULL);
\echo :SQLSTATE

SET client_min_messages = warning;
DROP SCHEMA js CASCADE;
