-- What a hostile user, or a careless one, does to checks.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA ch;
CREATE TABLE ch.t (id integer PRIMARY KEY, doc jsonb);
INSERT INTO ch.t VALUES (1, '{}'), (2, '{"b": 1}');

-- A name is not cut to one that exists.
CREATE TABLE ch.names (id integer, "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc" integer);
SELECT passed, message FROM migsafe.validate_jsonb('ch.names', '[
    {"check": "exists", "column": "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcXYZ", "type": "int"},
    {"check": "exists", "column": "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc", "type": "int"},
    {"check": "exists", "column": "id", "type": "text"}]');
CREATE INDEX "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijidx" ON ch.names (id);
SELECT passed, message FROM migsafe.validate_jsonb('ch.names', '[
    {"check": "exists", "column": "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcXYZ"},
    {"check": "exists", "index": "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijidxXYZ"},
    {"check": "exists", "index": "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijidx"},
    {"check": "exists", "extension": "migsafe                                                            "}]');

-- A query that goes on after its cancel has not been in time, nor one that sets a limit of its own.
CREATE FUNCTION ch.deaf() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        PERFORM pg_sleep(30);
    EXCEPTION WHEN query_canceled THEN
        RETURN 1;
    END;
    RETURN 2;
END $$;
CREATE FUNCTION ch.inner_limit(milliseconds integer, query text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM migsafe.validate_jsonb('ch.t', jsonb_build_array(
        jsonb_build_object('check', 'max_duration', 'query', query, 'milliseconds', milliseconds)));
    PERFORM pg_sleep(30);
    RETURN 1;
END $$;
SELECT check_no, passed, message FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "max_duration", "query": "SELECT ch.deaf()", "milliseconds": 50},
    {"check": "max_duration", "query": "SELECT ch.inner_limit(10, ''SELECT 1'')", "milliseconds": 100},
    {"check": "max_duration", "query": "SELECT ch.inner_limit(60000, ''SELECT pg_sleep(30)'')", "milliseconds": 100},
    {"check": "max_duration", "query": "SELECT 1", "milliseconds": 60000}]');
-- The caller's own limit is no one's to swallow, and works again afterwards.
SET statement_timeout = '100ms';
SELECT FROM migsafe.validate_jsonb('ch.t', '[{"check": "max_duration", "query": "SELECT pg_sleep(30)", "milliseconds": 60000}]');
SELECT FROM migsafe.validate_jsonb('ch.t', '[{"check": "max_duration", "query": "SELECT 1", "milliseconds": 60000}]');
SELECT pg_sleep(30);
RESET statement_timeout;

-- What a query needs and is not there fails its check, and no other.
SELECT check_no, passed, failed_rows, message FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "exists", "table": "ch.gone"},
    {"check": "query", "query": "SELECT count(*) FROM ch.gone", "at_least": 1},
    {"check": "query", "query": "SELECT gone FROM ch.t", "at_least": 1},
    {"check": "query", "query": "SELECT ch.gone()", "at_least": 1},
    {"check": "query", "query": "SELECT no_schema.f()", "at_least": 1},
    {"check": "query", "query": "SELECT id::no_type FROM ch.t", "equals": "1"},
    {"check": "max_duration", "query": "SELECT FROM no_schema.t", "milliseconds": 1000},
    {"check": "query", "query": "SELECT 1 / 0", "equals": 1},
    {"check": "not_null", "column": "id"}]');
-- A mistake in it is one.
SELECT FROM migsafe.validate_jsonb('ch.t', '[{"check": "query", "query": "SELEC 1", "equals": 1}]');

-- NaN is no great number, and an object's name is none at all.
SELECT passed, message FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "query", "query": "SELECT ''NaN''::float8", "at_least": 1},
    {"check": "query", "query": "SELECT ''NaN''::numeric", "between": [0, 1]}]');
SELECT passed, message FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "query", "query": "SELECT ''NaN''::float4", "equals": 1},
    {"check": "query", "query": "SELECT ''NaN''::text", "equals": "NaN"},
    {"check": "query", "query": "SELECT ''Infinity''::float8", "at_least": 1},
    {"check": "query", "query": "SELECT ''Infinity''::float8", "at_most": 1}]');
\set VERBOSITY default
SELECT FROM migsafe.validate_jsonb('ch.t', '[{"check": "query", "query": "SELECT ''pg_class''::regclass", "at_least": 1}]');
\set VERBOSITY terse
SELECT passed, message FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "query", "query": "SELECT ''pg_class''::regclass", "equals": "pg_class"},
    {"check": "query", "query": "SELECT ''pg_class''::regclass", "equals": "pg_type"}]');

-- What a check sets is gone after it.
SELECT check_no, passed FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "query", "query": "SELECT set_config(''application_name'', ''one'', false)", "equals": "one"},
    {"check": "query", "query": "SELECT current_setting(''application_name'') <> ''one''", "equals": true},
    {"check": "expression", "expression": "set_config(''application_name'', ''two'', false) = ''two''"},
    {"check": "expression", "expression": "set_config(''application_name'', ''three'', false) <> ''three''"}]');
SELECT current_setting('application_name') IN ('one', 'two', 'three') AS still_set;
CREATE ROLE regress_migsafe_ch_other;
SELECT check_no, passed, message FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "query", "query": "SELECT set_config(''role'', ''regress_migsafe_ch_other'', false)", "equals": "regress_migsafe_ch_other"},
    {"check": "query", "query": "SELECT current_user = session_user", "equals": true},
    {"check": "query", "query": "SELECT set_config(''search_path'', ''ch'', false)", "equals": "ch"},
    {"check": "query", "query": "SELECT current_setting(''search_path'') <> ''ch''", "equals": true},
    {"check": "max_duration", "query": "SELECT set_config(''statement_timeout'', ''1'', false)", "milliseconds": 60000},
    {"check": "expression", "expression": "set_config(''role'', ''regress_migsafe_ch_other'', false) IS NOT NULL"},
    {"check": "query", "query": "SELECT current_user = session_user", "equals": true}]');
SELECT current_user = session_user AS same_role, current_setting('search_path') <> 'ch' AS same_path,
    current_setting('statement_timeout') AS timeout;
-- also where the last of them fails
SELECT FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "query", "query": "SELECT set_config(''search_path'', ''ch'', false)", "equals": "ch"},
    {"check": "query", "query": "SELECT set_config(''search_path'', id::text, false) FROM ch.t", "equals": "1"}]');
SELECT current_setting('search_path') NOT IN ('ch', '1', '2') AS same_path;
DROP ROLE regress_migsafe_ch_other;
\set VERBOSITY default
CREATE TEMPORARY TABLE noted (n integer);
CREATE FUNCTION ch.note() RETURNS boolean LANGUAGE sql AS 'INSERT INTO noted VALUES (1) RETURNING true';
SELECT FROM migsafe.validate_jsonb('ch.t', '[{"check": "expression", "expression": "ch.note()"}]');
\set VERBOSITY terse

-- Constraints: one that children do not have is another one; a name is one; a child's own is in the way.
CREATE TABLE ch.parent (id integer, doc jsonb);
CREATE TABLE ch.child () INHERITS (ch.parent);
ALTER TABLE ch.parent ADD CONSTRAINT has_b CHECK (migsafe.jsonb_has_path(doc, '/b')) NO INHERIT NOT VALID;
\set VERBOSITY default
SELECT FROM migsafe.enforce('ch.parent', '[{"check": "has", "column": "doc", "path": "/b", "name": "has_b"}]');
SELECT FROM migsafe.enforce('ch.parent', '[{"check": "has", "column": "doc", "path": "/b", "name": ""}]');
ALTER TABLE ch.child ADD CONSTRAINT positive CHECK (id > 1);
SELECT FROM migsafe.enforce('ch.parent', '[{"check": "expression", "expression": "id > 0", "name": "positive"}]');
CREATE TABLE ch.split (id integer) PARTITION BY RANGE (id);
CREATE TABLE ch.split_1 PARTITION OF ch.split (CONSTRAINT positive CHECK (id > 1)) DEFAULT;
SELECT FROM migsafe.enforce('ch.split', '[{"check": "expression", "expression": "id > 0", "name": "positive"}]');
-- in the midst of what the table does otherwise
CREATE TABLE ch.busy (id integer PRIMARY KEY, parent integer REFERENCES ch.busy DEFERRABLE INITIALLY DEFERRED);
BEGIN;
INSERT INTO ch.busy VALUES (1, 1);
SELECT FROM migsafe.enforce('ch.busy', '[{"check": "not_null", "column": "parent"}]');
ROLLBACK;
-- a row that breaks it; and no time to look
INSERT INTO ch.busy VALUES (2, NULL);
SELECT FROM migsafe.enforce('ch.busy', '[{"check": "not_null", "column": "parent"}]', validate => true);
SELECT FROM migsafe.enforce('ch.busy', '[{"check": "expression", "expression": "1 / (id - 2) < 9"}]', validate => true);
SET statement_timeout = '100ms';
CREATE FUNCTION ch.slow(integer) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN true; END';
SELECT FROM migsafe.enforce('ch.busy', '[{"check": "expression", "expression": "ch.slow(id)"}]', validate => true);
RESET statement_timeout;
-- the same one twice is there once, and in the child
ALTER TABLE ch.parent DROP CONSTRAINT has_b;
SELECT constraint_name, validated FROM migsafe.enforce('ch.parent', '[{"check": "has", "column": "doc", "path": "/b", "name": "has_b"}]');
SELECT constraint_name, validated FROM migsafe.enforce('ch.parent', '[{"check": "has", "column": "doc", "path": "/b", "name": "has_b"}]');
INSERT INTO ch.child VALUES (4, '{}');
\set VERBOSITY terse

-- A list belongs to a role, not to its name.
CREATE ROLE regress_migsafe_ch;
SET ROLE regress_migsafe_ch;
SELECT migsafe.store_checks('nightly', '[{"check": "not_null", "column": "id"}]');
SELECT migsafe.register_schema('urn:ch:a', '{}');
RESET ROLE;
ALTER ROLE regress_migsafe_ch RENAME TO regress_migsafe_ch_old;
CREATE ROLE regress_migsafe_ch;
SET ROLE regress_migsafe_ch;
SELECT migsafe.drop_checks('nightly');
SELECT migsafe.unregister_schema('urn:ch:a');
SET ROLE regress_migsafe_ch_old;
SELECT migsafe.drop_checks('nightly');
SELECT migsafe.unregister_schema('urn:ch:a');
RESET ROLE;
DROP ROLE regress_migsafe_ch, regress_migsafe_ch_old;
-- nor to a role made anew
CREATE ROLE regress_migsafe_ch;
SET ROLE regress_migsafe_ch;
SELECT migsafe.store_checks('nightly', '[{"check": "not_null", "column": "id"}]');
SELECT migsafe.register_schema('urn:ch:a', '{}');
RESET ROLE;
DROP ROLE regress_migsafe_ch;
CREATE ROLE regress_migsafe_ch;
SET ROLE regress_migsafe_ch;
SELECT migsafe.store_checks('nightly', '[{"check": "unique", "column": "id"}]', replace => true);
SELECT migsafe.register_schema('urn:ch:a', 'true', replace => true);
\set VERBOSITY default
SELECT migsafe.drop_checks('nightly');
SELECT migsafe.unregister_schema('urn:ch:a');
\set VERBOSITY terse
RESET ROLE;
SELECT migsafe.drop_checks('nightly');
SELECT migsafe.unregister_schema('urn:ch:a');
DROP ROLE regress_migsafe_ch;

-- Columns of two collations are compared as a foreign key compares them; a domain over jsonb is jsonb.
CREATE TABLE ch.code (code text COLLATE "POSIX" PRIMARY KEY);
CREATE DOMAIN ch.document AS jsonb;
CREATE TABLE ch.item (id integer PRIMARY KEY, code text COLLATE "C", doc ch.document);
INSERT INTO ch.code VALUES ('a');
INSERT INTO ch.item VALUES (1, 'a', '{"a": 1}'), (2, 'b', '[]');
SELECT kind, passed, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('ch.item', '[
    {"check": "foreign key", "column": "code", "references": "ch.code"},
    {"check": "reconcile", "reference": "ch.code", "key": "code"}]');
SELECT kind, passed, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('ch.item', '[
    {"check": "type", "column": "doc", "type": "object"},
    {"check": "has", "column": "doc", "path": "/a"},
    {"check": "schema", "column": "doc", "schema": {"type": "object"}}]');
CREATE TABLE ch.usual (id integer PRIMARY KEY, code text REFERENCES ch.code);
INSERT INTO ch.usual VALUES (1, 'a'), (2, NULL);
SELECT kind, passed, failed_rows, message FROM migsafe.validate_jsonb('ch.usual', '[
    {"check": "foreign_key", "column": "code", "references": "ch.code"},
    {"check": "reconcile", "reference": "ch.item", "key": "id", "column": "code"}]');
-- a domain over a domain, and one over another type
CREATE DOMAIN ch.strict_document AS ch.document NOT NULL;
CREATE DOMAIN ch.word AS text;
CREATE TABLE ch.domains (doc ch.strict_document, word ch.word);
INSERT INTO ch.domains VALUES ('{"a": {}}', '{}');
SELECT passed, failed_rows FROM migsafe.validate_jsonb('ch.domains', '[
    {"check": "lacks", "column": "doc", "path": "/a"},
    {"check": "type", "column": "doc", "type": ["array", "null"]},
    {"check": "schema", "column": "doc", "schema": {"required": ["a"]}}]');
SELECT FROM migsafe.validate_jsonb('ch.domains', '[{"check": "has", "column": "word", "path": "/a"}]');

-- A reference that cannot be read is named.
CREATE MATERIALIZED VIEW ch.empty AS SELECT 1 AS id WITH NO DATA;
\set VERBOSITY default
SELECT check_no, passed, failed_rows, message FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "not_null", "column": "id"},
    {"check": "reconcile", "reference": "ch.empty", "key": "id"}]');
-- more checks than a query has columns, and as many
SELECT count(*), bool_and(passed) FROM migsafe.validate_jsonb('ch.t', (SELECT jsonb_agg(
    jsonb_build_object('check', 'expression', 'expression', 'id < 1' || i)) FROM generate_series(1, 1665) i));
SELECT count(*), bool_and(passed) FROM migsafe.validate_jsonb('ch.t', (SELECT jsonb_agg(
    jsonb_build_object('check', 'expression', 'expression', 'id < 1' || i)) FROM generate_series(1, 1664) i));
\set VERBOSITY terse

DROP SCHEMA ch CASCADE;
