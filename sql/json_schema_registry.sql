-- Schemas that are registered under a URI, and those that refer to them.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA jr;
SET search_path = jr, migsafe, public;
RESET client_min_messages;
CREATE ROLE regress_migsafe_jr_ann;
CREATE ROLE regress_migsafe_jr_bob;
GRANT USAGE ON SCHEMA jr TO PUBLIC;
CREATE VIEW jr.registered AS SELECT uri, schema, owner FROM migsafe.registered_schema WHERE uri LIKE '%jr%' ORDER BY uri;
CREATE FUNCTION jr.message(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate || ': ' || sqlerrm;
END
$$;

-- Register, refer, test.
SET ROLE regress_migsafe_jr_ann;
SELECT register_schema('https://jr.example/address', '{
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object", "required": ["city"], "properties": {"city": {"type": "string"}, "country": {"$ref": "country"}}}');
SELECT register_schema('https://jr.example/country', '{"enum": ["DE", "FR"]}');
SELECT doc, jsonb_conforms('{"properties": {"home": {"$ref": "https://jr.example/address"}}}', doc)
FROM (VALUES ('{"home": {"city": "Köln"}}'::jsonb), ('{"home": {}}'), ('{"home": {"city": "Rome", "country": "IT"}}'))
    d(doc);
SELECT * FROM jsonb_schema_errors('{"properties": {"home": {"$ref": "https://jr.example/address"}}}',
    '{"home": {"country": "IT"}}');
-- a fragment is a pointer into it, or an anchor
SELECT jsonb_conforms('{"$ref": "https://jr.example/address#/properties/city"}', '1') AS pointer;
-- the same one again does nothing; another one is refused, unless it shall take the place
SELECT register_schema('https://jr.example/country', '{"enum":["DE","FR"]}');
SELECT register_schema('https://jr.example/country', '{"enum": ["DE", "FR", "IT"]}');
\echo :SQLSTATE
SELECT register_schema('https://jr.example/country', '{"enum": ["DE", "FR", "IT"]}', replace => true);
SELECT jsonb_conforms('{"$ref": "https://jr.example/address"}', '{"city": "Rome", "country": "IT"}') AS replaced;
RESET ROLE;
-- the URI is normalized, as references are
SELECT register_schema('https://jr.example/x/../country', '{"enum": ["DE", "FR", "IT"]}');
TABLE jr.registered;

-- URIs that cannot be referred to.
SELECT register_schema('address', 'true');
\echo :SQLSTATE
SELECT register_schema('/jr/address', 'true');
\echo :SQLSTATE
SELECT register_schema('', 'true');
\echo :SQLSTATE
SELECT register_schema('https://jr.example/address#', 'true');
\echo :SQLSTATE
SELECT register_schema('https://jr.example/address#city', 'true');
\echo :SQLSTATE
SELECT unregister_schema('address');
\echo :SQLSTATE
-- those that come with migsafe are taken
SELECT register_schema('https://json-schema.org/draft/2020-12/schema', 'false', replace => true);
\echo :SQLSTATE
-- What is no schema; of a known draft, its keywords, too.
SELECT register_schema('urn:jr:no', '1');
\echo :SQLSTATE
SELECT register_schema('urn:jr:no', '["a"]');
\echo :SQLSTATE
SELECT register_schema('urn:jr:no', '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "strng"}');
\echo :SQLSTATE
SELECT register_schema(NULL, 'true');
\echo :SQLSTATE
SELECT register_schema('urn:jr:no', NULL);
\echo :SQLSTATE
SELECT register_schema('urn:jr:no', 'true', NULL);
\echo :SQLSTATE
SELECT unregister_schema(NULL);
\echo :SQLSTATE
SELECT unregister_schema('urn:jr:no');
\echo :SQLSTATE
SELECT count(*) FROM migsafe.registered_schema WHERE uri IN ('urn:jr:no', 'address', '');

-- A schema may refer to what is registered later, and two to each other.
SELECT register_schema('urn:jr:even', '{"type": "array", "maxItems": 1, "items": {"$ref": "urn:jr:odd"}}');
SELECT jsonb_conforms('{"$ref": "urn:jr:even"}', '[]');
\echo :SQLSTATE
SELECT register_schema('urn:jr:odd', '{"type": "array", "minItems": 1, "maxItems": 1, "items": {"$ref": "urn:jr:even"}}');
SELECT doc, jsonb_conforms('{"$ref": "urn:jr:even"}', doc)
FROM unnest(ARRAY['[]', '[[]]', '[[[]]]', '[[[[]]]]']::jsonb[]) doc;
-- without $schema a schema is read in the draft of the one that refers to it
SELECT register_schema('urn:jr:tuple', '{"items": [{"type": "string"}], "additionalItems": false}');
SELECT jsonb_conforms('{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "urn:jr:tuple"}', '["a"]') AS good,
    jsonb_conforms('{"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "urn:jr:tuple"}', '["a", 1]') AS bad;
SELECT jsonb_conforms('{"$ref": "urn:jr:tuple"}', '["a"]');
\echo :SQLSTATE
-- with one it stays in its own
SELECT register_schema('urn:jr:seven', '{"$schema": "http://json-schema.org/draft-07/schema#",
    "items": [{"type": "string"}], "additionalItems": false}');
SELECT jsonb_conforms('{"prefixItems": [{"$ref": "urn:jr:seven"}]}', '[["a"], 1]') AS good,
    jsonb_conforms('{"prefixItems": [{"$ref": "urn:jr:seven"}]}', '[["a", 1]]') AS bad;

-- By another name than its own: an alias.
SELECT register_schema('https://jr.example/alias', '{"$id": "https://jr.example/real/name", "items": {"$ref": "part"},
    "$defs": {"part": {"$id": "part", "maximum": 9}}}');
SELECT jsonb_conforms('{"$ref": "https://jr.example/alias"}', '[9]') AS good,
    jsonb_conforms('{"$ref": "https://jr.example/alias"}', '[10]') AS bad,
    jsonb_conforms('{"$ref": "https://jr.example/alias#/$defs/part"}', '10') AS part;

-- A bundle stands alone, so it is fit for what has to be immutable.
SELECT jsonb_matches_schema('{"$ref": "https://jr.example/address"}', '{"city": "Rome"}');
\echo :SQLSTATE
SELECT jsonb_pretty(bundle_schema('{"$id": "https://jr.example/person", "properties": {"home": {"$ref": "address"}}}'));
SELECT bundle_schema('{"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}}') AS nothing_to_add, bundle_schema('true');
SELECT bundle_schema('{"items": {"$ref": "https://jr.example/alias#/$defs/part"}}') AS alias;
SELECT bundle_schema('{"$schema": "http://json-schema.org/draft-07/schema#", "items": {"$ref": "urn:jr:tuple"}}') AS seven;
SELECT bundle_schema('{"$ref": "urn:jr:unknown"}');
\echo :SQLSTATE
SELECT schema, doc, jsonb_conforms(schema, doc) AS conforms, jsonb_matches_schema(bundle_schema(schema), doc) AS bundled,
    bundle_schema(bundle_schema(schema)) = bundle_schema(schema) AS same_again
FROM (VALUES ('{"$ref": "urn:jr:even"}'::jsonb, '[[]]'::jsonb), ('{"$ref": "urn:jr:even"}', '[[[]]]'),
    ('{"$ref": "https://jr.example/alias"}', '[9]'), ('{"$ref": "https://jr.example/alias"}', '[10]'),
    ('{"$ref": "https://jr.example/address"}', '{"city": "Rome", "country": "UK"}'),
    ('{"prefixItems": [{"$ref": "urn:jr:seven"}]}', '[["a", 1]]')) v(schema, doc);
SELECT bundle_schema('{"items": {"$ref": "https://jr.example/address"}}')::text AS bundle
\gset
CREATE TABLE jr.person (id integer PRIMARY KEY, homes jsonb,
    valid boolean GENERATED ALWAYS AS (jsonb_matches_schema('{"minItems": 1}', homes)) STORED,
    CHECK (jsonb_matches_schema(:'bundle', homes)));
CREATE INDEX person_valid ON jr.person ((jsonb_matches_schema(:'bundle', homes)));
CREATE INDEX person_empty ON jr.person (id) WHERE NOT jsonb_matches_schema('{"minItems": 1}', homes);
INSERT INTO jr.person VALUES (1, '[{"city": "Rome", "country": "IT"}]'), (2, '[]'), (3, NULL);
INSERT INTO jr.person VALUES (4, '[{"country": "IT"}]');
SELECT id, valid FROM jr.person ORDER BY id;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM jr.person WHERE NOT jsonb_matches_schema('{"minItems": 1}', homes);
SELECT id FROM jr.person WHERE NOT jsonb_matches_schema('{"minItems": 1}', homes);
RESET enable_seqscan;
RESET enable_bitmapscan;
-- what is not immutable is not taken there
CREATE INDEX ON jr.person ((jsonb_conforms('{"$ref": "https://jr.example/address"}', homes)));
\echo :SQLSTATE
-- what is registered anew does not change the bundle
SELECT register_schema('https://jr.example/country', '{"enum": ["DE"]}', replace => true);
INSERT INTO jr.person VALUES (5, '[{"city": "Turin", "country": "IT"}]');
SELECT jsonb_conforms('{"items": {"$ref": "https://jr.example/address"}}', homes) AS conforms FROM jr.person WHERE id = 5;

-- A metaschema of one's own: its vocabularies say which keywords count, and whether formats are asserted.
SELECT register_schema('https://jr.example/meta', '{"$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://jr.example/meta", "$vocabulary": {
        "https://json-schema.org/draft/2020-12/vocab/core": true,
        "https://json-schema.org/draft/2020-12/vocab/applicator": true,
        "https://json-schema.org/draft/2020-12/vocab/format-assertion": true,
        "https://jr.example/vocab/prices": false}}');
SELECT doc, jsonb_conforms('{"$schema": "https://jr.example/meta",
    "properties": {"day": {"format": "date"}, "n": {"minimum": 10}}}', doc)
FROM unnest(ARRAY['{"day": "2026-02-28"}', '{"day": "2026-02-30"}', '{"n": 1}']::jsonb[]) doc;
SELECT jsonb_matches_schema('{"$schema": "https://jr.example/meta"}', '1');
\echo :SQLSTATE
SELECT bundle_schema('{"$schema": "https://jr.example/meta", "items": {"format": "date"}}')::text AS bundle
\gset
SELECT jsonb_matches_schema(:'bundle', '["2026-02-30"]') AS bad, jsonb_matches_schema(:'bundle', '["2026-02-28"]') AS good;
SELECT register_schema('https://jr.example/unknown', '{"$schema": "https://json-schema.org/draft/2020-12/schema",
    "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": true, "https://jr.example/vocab/prices": true}}');
SELECT jsonb_conforms('{"$schema": "https://jr.example/unknown"}', '1');
\echo :SQLSTATE

-- A registration belongs to the role that made it.  Everybody may read and use it, and register others.
SET ROLE regress_migsafe_jr_ann;
SELECT register_schema('urn:jr:ann', '{"type": "string"}');
SELECT jsonb_conforms('{"$ref": "https://jr.example/address"}', '{"city": "Rome"}') AS of_others;
SET ROLE regress_migsafe_jr_bob;
SELECT jsonb_conforms('{"$ref": "urn:jr:ann"}', '"a"') AS of_ann, bundle_schema('{"$ref": "urn:jr:ann"}');
SELECT * FROM jsonb_schema_errors('{"$ref": "urn:jr:ann"}', '1');
SELECT schema, owner FROM migsafe.registered_schema WHERE uri = 'urn:jr:ann';
SELECT register_schema('urn:jr:ann', '{"type": "string"}');
SELECT register_schema('urn:jr:ann', '{"type": "number"}', replace => true);
\echo :SQLSTATE
SELECT unregister_schema('urn:jr:ann');
\echo :SQLSTATE
-- nor by the table itself
INSERT INTO migsafe.registered_schema VALUES ('urn:jr:bob', 'true', 'regress_migsafe_jr_bob', 0, 0, 0, now());
\echo :SQLSTATE
UPDATE migsafe.registered_schema SET schema = 'true';
\echo :SQLSTATE
DELETE FROM migsafe.registered_schema;
\echo :SQLSTATE
RESET ROLE;
-- one who has that role's rights may
GRANT regress_migsafe_jr_ann TO regress_migsafe_jr_bob;
SET ROLE regress_migsafe_jr_bob;
SELECT register_schema('urn:jr:ann', '{"type": "number"}', replace => true);
SELECT schema, owner FROM migsafe.registered_schema WHERE uri = 'urn:jr:ann';
SELECT unregister_schema('urn:jr:ann');
SELECT jsonb_conforms('{"$ref": "urn:jr:ann"}', '"a"');
\echo :SQLSTATE
RESET ROLE;
REVOKE regress_migsafe_jr_ann FROM regress_migsafe_jr_bob;
SET ROLE regress_migsafe_jr_ann;
SELECT register_schema('urn:jr:ann', '{"type": "string"}');
RESET ROLE;
-- a superuser may
SELECT unregister_schema('urn:jr:ann');

-- Transactions: what is registered in one is seen in it at once, also by what was compiled before, and goes with it.
PREPARE conforms AS SELECT jsonb_conforms('{"$ref": "urn:jr:t"}', '"a"') AS text, jsonb_conforms('{"$ref": "urn:jr:t"}', '1')
    AS number;
SELECT register_schema('urn:jr:t', '{"type": "string"}');
EXECUTE conforms;
BEGIN;
SELECT register_schema('urn:jr:t', '{"type": "number"}', replace => true);
EXECUTE conforms;
SAVEPOINT s;
SELECT register_schema('urn:jr:t', '{"type": "null"}', replace => true);
EXECUTE conforms;
ROLLBACK TO s;
EXECUTE conforms;
SELECT unregister_schema('urn:jr:t');
SELECT jr.message('EXECUTE conforms');
ROLLBACK TO s;
EXECUTE conforms;
ROLLBACK;
EXECUTE conforms;
-- one that is rolled back as a whole was never there
BEGIN;
SELECT register_schema('urn:jr:never', 'true');
SELECT jsonb_conforms('{"$ref": "urn:jr:never"}', '1');
ROLLBACK;
SELECT jsonb_conforms('{"$ref": "urn:jr:never"}', '1');
\echo :SQLSTATE
-- in one function: each statement of it sees what those before have done
CREATE FUNCTION jr.changing() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    type text;
BEGIN
    FOREACH type IN ARRAY ARRAY['string', 'number', 'string'] LOOP
        PERFORM register_schema('urn:jr:t', jsonb_build_object('type', type), replace => true);
        RETURN NEXT type || ': ' || jsonb_conforms('{"$ref": "urn:jr:t"}', '"a"');
        BEGIN
            PERFORM register_schema('urn:jr:t', 'false', replace => true);
            RETURN NEXT 'false: ' || jsonb_conforms('{"$ref": "urn:jr:t"}', '"a"');
            RAISE division_by_zero;
        EXCEPTION WHEN division_by_zero THEN
            RETURN NEXT type || ': ' || jsonb_conforms('{"$ref": "urn:jr:t"}', '"a"');
        END;
    END LOOP;
END
$$;
SELECT * FROM jr.changing();

-- A read-only transaction tests, and registers nothing.
BEGIN READ ONLY;
SELECT jsonb_conforms('{"$ref": "urn:jr:t"}', '"a"');
SAVEPOINT s;
SELECT register_schema('urn:jr:read', 'true');
\echo :SQLSTATE
ROLLBACK TO s;
SELECT unregister_schema('urn:jr:t');
\echo :SQLSTATE
ROLLBACK;

-- Operators, functions and tables of others do not get in between.
CREATE SCHEMA jr_trap;
CREATE FUNCTION jr_trap.sprung(anyelement, anyelement) RETURNS boolean LANGUAGE plpgsql AS
    'BEGIN RAISE ''the trap has sprung''; END';
CREATE FUNCTION jr_trap.now() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN RAISE ''the trap has sprung''; END';
CREATE OPERATOR jr_trap.= (LEFTARG = anyelement, RIGHTARG = anyelement, FUNCTION = jr_trap.sprung);
CREATE TABLE jr_trap.registered_schema (uri text, schema jsonb, owner name, registered_at timestamptz);
CREATE DOMAIN jr_trap.text AS int;
SET search_path = jr_trap, pg_catalog;
SELECT migsafe.register_schema('urn:jr:trap', '{"$ref": "urn:jr:t"}');
SELECT migsafe.register_schema('urn:jr:trap', '{"$ref": "urn:jr:t"}');
SELECT migsafe.register_schema('urn:jr:trap', '{"items": {"$ref": "urn:jr:t"}}', replace => true);
SELECT migsafe.jsonb_conforms('{"$ref": "urn:jr:trap"}', '["a"]') AS conforms,
    migsafe.jsonb_matches_schema(migsafe.bundle_schema('{"$ref": "urn:jr:trap"}'), '[1]') AS bundled;
SELECT migsafe.unregister_schema('urn:jr:trap');
SET search_path = jr, migsafe, public;
SELECT count(*) FROM jr_trap.registered_schema;

-- The schemas do not depend on the cache: without it, and with another extension in the place of this one.
DISCARD ALL;
SET search_path = jr, migsafe, public;
SELECT jsonb_conforms('{"$ref": "urn:jr:t"}', '"a"') AS after_discard;
BEGIN;
SET LOCAL client_min_messages = warning;
DROP EXTENSION migsafe CASCADE;
CREATE EXTENSION migsafe;
RESET client_min_messages;
SELECT jr.message($$ SELECT migsafe.jsonb_conforms('{"$ref": "urn:jr:t"}', '"a"') $$);
SELECT migsafe.register_schema('urn:jr:t', 'false');
SELECT migsafe.jsonb_conforms('{"$ref": "urn:jr:t"}', '"a"') AS of_the_new_one;
ROLLBACK;
SELECT jsonb_conforms('{"$ref": "urn:jr:t"}', '"a"') AS of_the_old_one;

SELECT unregister_schema(uri) FROM (SELECT uri FROM migsafe.registered_schema WHERE uri LIKE '%jr%' ORDER BY uri) s;
TABLE jr.registered;
SET client_min_messages = warning;
DROP SCHEMA jr, jr_trap CASCADE;
DROP ROLE regress_migsafe_jr_ann, regress_migsafe_jr_bob;
