-- The check of kind schema: documents against a JSON Schema; of the first row that fails the message says why.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA vs;
CREATE TABLE vs.t (id integer PRIMARY KEY, doc jsonb, old json);
INSERT INTO vs.t VALUES
    (1, '{"total": 1}', '{}'), (2, '{"total": "2"}', '[]'), (3, '{}', '1'), (4, '[]', NULL), (5, NULL, NULL);

SELECT name, passed, failed_rows, sample_keys, message LIKE 'first: /total: % (keyword /properties/total/type)' AS says
FROM migsafe.validate_jsonb('vs.t', '[
    {"check": "schema", "column": "doc", "schema": true},
    {"check": "schema", "column": "doc", "schema": {"properties": {"total": {"type": "number"}}}},
    {"check": "schema", "column": "doc", "name": "an object with a total",
     "schema": {"type": "object", "required": ["total"], "properties": {"total": {"type": "number"}}}} ]');

-- several columns: each has to conform, and the first that does not is explained
SELECT name, failed_rows, sample_keys, message LIKE 'first: % (keyword /type)' AS says
FROM migsafe.validate_jsonb('vs.t',
    '[{"check": "schema", "columns": ["doc", "old"], "schema": {"type": "object"}, "severity": "warning"}]');
-- nothing conforms to false; the place is the whole document, and there is no keyword
SELECT failed_rows, message LIKE 'first: %' AS says, message LIKE '%keyword%' AS keyword
FROM migsafe.validate_jsonb('vs.t', '[{"check": "schema", "column": "doc", "schema": false}]');

-- A broken schema is an ERROR before any row is read, and names the check.
DELETE FROM vs.t;
\set VERBOSITY sqlstate
SELECT FROM migsafe.validate_jsonb('vs.t',
    '[{"check": "not_null", "column": "id"}, {"check": "schema", "column": "doc", "schema": {"type": "objct"}}]');
\set VERBOSITY default
DO $$
BEGIN
    PERFORM FROM migsafe.validate_jsonb('vs.t',
        '[{"check": "not_null", "column": "id"}, {"check": "schema", "column": "doc", "schema": {"type": "objct"}}]');
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'names the check: %', SQLERRM LIKE 'invalid schema of check 2 of argument "checks": %';
END $$;

-- As a constraint: the schema is bundled, so that it depends on nothing else.
INSERT INTO vs.t VALUES (1, '{}'), (2, '[]');
SELECT constraint_name, definition LIKE 'CHECK (migsafe.jsonb_matches_schema(%) NOT VALID' AS bundled, validated
FROM migsafe.enforce('vs.t', '[{"check": "schema", "column": "doc", "schema": {"type": "object"}, "name": "doc_is_object"}]');
INSERT INTO vs.t VALUES (3, '[]');
\echo :SQLSTATE
INSERT INTO vs.t VALUES (3, '{"a": 1}'), (4, NULL);

DROP SCHEMA vs CASCADE;
