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

-- What a query needs and is not there fails its check, and no other.
SELECT check_no, passed, failed_rows, message FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "exists", "table": "ch.gone"},
    {"check": "query", "query": "SELECT count(*) FROM ch.gone", "at_least": 1},
    {"check": "query", "query": "SELECT gone FROM ch.t", "at_least": 1},
    {"check": "query", "query": "SELECT ch.gone()", "at_least": 1},
    {"check": "max_duration", "query": "SELECT FROM no_schema.t", "milliseconds": 1000},
    {"check": "query", "query": "SELECT 1 / 0", "equals": 1},
    {"check": "not_null", "column": "id"}]');
-- A mistake in it is one.
SELECT FROM migsafe.validate_jsonb('ch.t', '[{"check": "query", "query": "SELEC 1", "equals": 1}]');

-- NaN is no great number, and an object's name is none at all.
SELECT passed, message FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "query", "query": "SELECT ''NaN''::float8", "at_least": 1},
    {"check": "query", "query": "SELECT ''NaN''::numeric", "between": [0, 1]}]');
SELECT FROM migsafe.validate_jsonb('ch.t', '[{"check": "query", "query": "SELECT ''pg_class''::regclass", "at_least": 1}]');

-- What a check sets is gone after it.
SELECT check_no, passed FROM migsafe.validate_jsonb('ch.t', '[
    {"check": "query", "query": "SELECT set_config(''application_name'', ''one'', false)", "equals": "one"},
    {"check": "query", "query": "SELECT current_setting(''application_name'') <> ''one''", "equals": true},
    {"check": "expression", "expression": "set_config(''application_name'', ''two'', false) = ''two''"},
    {"check": "expression", "expression": "set_config(''application_name'', ''three'', false) <> ''three''"}]');
SELECT current_setting('application_name') IN ('one', 'two', 'three') AS still_set;
SELECT FROM migsafe.validate_jsonb('ch.t', '[{"check": "expression", "expression": "lo_creat(1) > 0"}]');

-- Constraints: one that children do not have is another one; a name is one; a child's own is in the way.
CREATE TABLE ch.parent (id integer, doc jsonb);
CREATE TABLE ch.child () INHERITS (ch.parent);
ALTER TABLE ch.parent ADD CONSTRAINT has_b CHECK (migsafe.jsonb_has_path(doc, '/b')) NO INHERIT NOT VALID;
SELECT FROM migsafe.enforce('ch.parent', '[{"check": "has", "column": "doc", "path": "/b", "name": "has_b"}]');
SELECT FROM migsafe.enforce('ch.parent', '[{"check": "has", "column": "doc", "path": "/b", "name": ""}]');
ALTER TABLE ch.child ADD CONSTRAINT positive CHECK (id > 1);
\set VERBOSITY default
SELECT FROM migsafe.enforce('ch.parent', '[{"check": "expression", "expression": "id > 0", "name": "positive"}]');
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

-- Columns of two collations are compared as a foreign key compares them; a domain over jsonb is jsonb.
CREATE TABLE ch.code (code text COLLATE "POSIX" PRIMARY KEY);
CREATE DOMAIN ch.document AS jsonb;
CREATE TABLE ch.item (id integer PRIMARY KEY, code text COLLATE "C", doc ch.document);
INSERT INTO ch.code VALUES ('a');
INSERT INTO ch.item VALUES (1, 'a', '{"a": 1}'), (2, 'b', '[]');
SELECT kind, passed, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('ch.item', '[
    {"check": "foreign key", "column": "code", "references": "ch.code"},
    {"check": "reconcile", "reference": "ch.code", "key": "code"},
    {"check": "type", "column": "doc", "type": "object"},
    {"check": "has", "column": "doc", "path": "/a"},
    {"check": "schema", "column": "doc", "schema": {"type": "object"}}]');

DROP SCHEMA ch CASCADE;
