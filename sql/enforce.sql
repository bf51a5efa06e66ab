-- enforce: row-local checks as CHECK constraints, NOT VALID first, validated on request.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA en;
SET search_path = en, public;
CREATE TABLE en.t (id integer PRIMARY KEY, doc jsonb, old json, note text);
INSERT INTO en.t VALUES (1, '{"a": 1}', '{}', 'x'), (2, '{"b": 2}', '[]', 'x'), (3, NULL, NULL, NULL);

-- New rows have to meet them at once; those that are there, once validated.
SELECT * FROM migsafe.enforce('en.t', '[
    {"check": "has", "column": "doc", "path": "/a", "name": "doc has a"},
    {"check": "type", "columns": ["doc", "old"], "type": ["object", "array"]},
    {"check": "lacks", "column": "doc", "paths": ["/x", "/*/y"]},
    {"check": "expression", "expression": "length(note) < 5 -- short"},
    {"check": "not_null", "column": "id"} ]');
INSERT INTO en.t VALUES (4, '{}');
\echo :SQLSTATE
INSERT INTO en.t VALUES (4, '{"a": 1, "x": 1}');
\echo :SQLSTATE
INSERT INTO en.t VALUES (4, '{"a": 1}', '1');
\echo :SQLSTATE
INSERT INTO en.t VALUES (4, '{"a": 1}', '{}', 'longer');
\echo :SQLSTATE
INSERT INTO en.t VALUES (4, '{"a": 1}', '{}', 'ok'), (5, NULL, NULL, NULL);

-- The same checks again are harmless; now the rows that are there count too.
SELECT constraint_name, validated FROM migsafe.enforce('en.t', '[
    {"check": "expression", "expression": "length(note) < 5 -- short"},
    {"check": "lacks", "column": "doc", "paths": ["/x", "/*/y"]} ]', validate => true);
SELECT constraint_name, validated FROM migsafe.enforce('en.t',
    '[{"check": "has", "column": "doc", "path": "/a", "name": "doc has a"}]', validate => true);
\echo :SQLSTATE
UPDATE en.t SET doc = '{"a": 2}' WHERE id = 2;
SELECT constraint_name, validated FROM migsafe.enforce('en.t',
    '[{"check": "has", "column": "doc", "path": "/a", "name": "doc has a"}]', validate => true);
SELECT constraint_name, validated FROM migsafe.enforce('en.t',
    '[{"check": "has", "column": "doc", "path": "/a", "name": "doc has a"}]');
SELECT count(*) FROM pg_constraint WHERE conrelid = 'en.t'::regclass AND contype = 'c';

-- Another definition under the name, and names that would be the same.
SELECT * FROM migsafe.enforce('en.t', '[{"check": "has", "column": "doc", "path": "/b", "name": "doc has a"}]');
\echo :SQLSTATE
SELECT * FROM migsafe.enforce('en.t', '[{"check": "not_null", "column": "id", "name": "t_pkey"}]');
\echo :SQLSTATE
SELECT constraint_name FROM migsafe.enforce('en.t', ('[
    {"check": "lacks", "column": "doc", "path": "/k~0"}, {"check": "lacks", "column": "doc", "path": "/k/0"},
    {"check": "expression", "expression": "id > 0", "name": "' || repeat('é', 40) || '"},
    {"check": "expression", "expression": "id > -1", "name": "' || repeat('é', 41) || '"} ]')::jsonb);

-- What a CHECK constraint cannot say.
SELECT * FROM migsafe.enforce('en.t', '[{"check": "unique", "column": "id"}]');
\echo :SQLSTATE
SELECT * FROM migsafe.enforce('en.t', '[{"check": "foreign_key", "column": "id", "references": "en.t"}]');
\echo :SQLSTATE
SELECT * FROM migsafe.enforce('en.t', '[{"check": "coverage", "expression": "true", "at_least": 1}]');
\echo :SQLSTATE
SELECT * FROM migsafe.enforce('en.t', '[{"check": "not_null", "column": "note", "severity": "warning"}]');
\echo :SQLSTATE
SELECT * FROM migsafe.enforce('en.t', '[{"check": "expression", "expression": "id IN (SELECT 1)"}]');
\echo :SQLSTATE
SELECT * FROM migsafe.enforce('en.t', '[{"check": "not_null", "column": "id"},
    {"check": "expression", "expression": "now() > ''2020-01-01''"}]');
\echo :SQLSTATE
SELECT * FROM migsafe.enforce('en.t', '[{"check": "expression", "expression": "id > 0) NOT VALID, DROP COLUMN note --"}]');
\echo :SQLSTATE
SELECT * FROM migsafe.enforce('en.t', '[{"check": "not_null", "column": "nonesuch"}]');
\echo :SQLSTATE
SELECT * FROM migsafe.enforce('en.t', NULL);
\echo :SQLSTATE
-- either all of them are made, or none
SELECT count(*) FROM pg_constraint WHERE conrelid = 'en.t'::regclass AND contype = 'c';

-- Partitions and children get them too; a stored list will do.
CREATE TABLE en.parted (id integer, n integer) PARTITION BY RANGE (id);
CREATE TABLE en.parted_1 PARTITION OF en.parted FOR VALUES FROM (0) TO (10);
SELECT migsafe.store_checks('enforced', '[{"check": "expression", "expression": "parted.n > id", "name": "n > id"}]');
SELECT * FROM migsafe.enforce('en.parted', '"enforced"', validate => true);
INSERT INTO en.parted VALUES (1, 1);
\echo :SQLSTATE
SELECT migsafe.drop_checks('enforced');

-- The owner's rights are needed. Quoted names.
CREATE TABLE en."Odd ""Table""" ("the key" integer);
SELECT * FROM migsafe.enforce('en."Odd ""Table"""', '[{"check": "not_null", "column": "the key", "name": "a \"name\""}]');
CREATE ROLE regress_migsafe_reader;
GRANT USAGE ON SCHEMA en TO regress_migsafe_reader;
GRANT SELECT ON en.t TO regress_migsafe_reader;
SET ROLE regress_migsafe_reader;
SELECT * FROM migsafe.enforce('en.t', '[{"check": "not_null", "column": "id"}]');
\echo :SQLSTATE
RESET ROLE;
BEGIN READ ONLY;
SELECT * FROM migsafe.enforce('en.t', '[]');
\echo :SQLSTATE
ROLLBACK;

-- A validation of what is there already takes no lock that blocks writers.
BEGIN;
SELECT constraint_name FROM migsafe.enforce('en.t', '[{"check": "type", "columns": ["doc", "old"], "type": ["object", "array"]}]',
    validate => true);
SELECT DISTINCT mode FROM pg_locks WHERE relation = 'en.t'::regclass AND pid = pg_backend_pid() ORDER BY 1;
ROLLBACK;

DROP SCHEMA en CASCADE;
DROP ROLE regress_migsafe_reader;
