-- validate_jsonb: what must hold of every row of a table, tested in one scan; a row of the result for each check.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA va;
SET search_path = va, public;

CREATE TABLE va.usage (id integer PRIMARY KEY, doc jsonb, by_user json, note text) WITH (autovacuum_enabled = off);
INSERT INTO va.usage VALUES
    (1, '{"total": 1, "users": {"u1": {"tokens": 1}, "u2": {"tokens": 2}}, "list": [{"a": 1}, {"a": 2}]}', '{"a": 1}',
        'x'),
    (2, '{"total": 2, "users": {"u1": {"tokens": 1}, "u2": {}}, "list": [{"a": 1}, {}]}', '[]', 'x'),
    (3, '{"total": "3", "users": {}, "list": []}', '"text"', NULL),
    (4, '[1, 2, 3]', '1', 'x'),
    (5, 'null', 'null', 'x'),
    (6, NULL, NULL, NULL);

-- Every kind of check. NULL passes, as in a CHECK constraint, except where it is what is asked for.
SELECT check_no, name, kind, severity, passed, total_rows, failed_rows, sample_keys, message
FROM migsafe.validate_jsonb('va.usage', '[
    {"check": "not_null", "columns": ["id"]},
    {"check": "not_null", "columns": ["doc", "note"], "name": "complete"},
    {"check": "not_null", "column": "note", "severity": "warning"},
    {"check": "type", "column": "doc", "type": "object"},
    {"check": "type", "columns": ["doc", "by_user"], "type": "object"},
    {"check": "has", "column": "doc", "path": "/users/u1/tokens"},
    {"check": "lacks", "column": "doc", "path": "/users/u1/tokens"},
    {"check": "expression", "expression": "id < 5", "severity": "error"},
    {"check": "expression", "expression": "length(note) = 1"},
    {"check": "expression", "expression": "doc->''list'' IS NOT NULL OR usage.id > 3", "name": "lists"} ]');

-- All JSON types.
SELECT name, passed, failed_rows, sample_keys FROM migsafe.validate_jsonb('va.usage', (
    SELECT jsonb_agg(jsonb_build_object('check', 'type', 'column', 'by_user', 'type', t))
    FROM unnest('{object,array,string,number,boolean,"null"}'::text[]) t));

-- Pointers: * stands for every member or element; there is a value if there is one at any of the places.
SELECT name, failed_rows, sample_keys FROM migsafe.validate_jsonb('va.usage', '[
    {"check": "has", "column": "doc", "path": ""},
    {"check": "has", "column": "doc", "path": "/*"},
    {"check": "has", "column": "doc", "path": "/users/*/tokens"},
    {"check": "lacks", "column": "doc", "path": "/users/*/tokens"},
    {"check": "lacks", "column": "doc", "path": "/list/*/a"},
    {"check": "has", "column": "doc", "path": "/list/1"},
    {"check": "has", "column": "doc", "path": "/list/1/a"},
    {"check": "has", "column": "doc", "path": "/2"},
    {"check": "has", "column": "doc", "path": "/list/01"},
    {"check": "has", "column": "doc", "path": "/list/-"} ]');
-- ~0, ~1 and ~2 stand for ~, / and *; any other character, the empty name included, stands for itself
CREATE TABLE va.odd (id integer PRIMARY KEY, doc jsonb) WITH (autovacuum_enabled = off);
INSERT INTO va.odd VALUES (1, '{"a/b": 1}'), (2, '{"m~n": 1}'), (3, '{"*": 1}'), (4, '{"": 1}'), (5, '{" ": 1}'),
    (6, '{"~1": 1}'),
    (7, '{"\u00e9\n\"": {"0": null}}'), (8, '[[0]]');
SELECT name, failed_rows, sample_keys FROM migsafe.validate_jsonb('va.odd', '[
    {"check": "lacks", "column": "doc", "path": "/a~1b"},
    {"check": "lacks", "column": "doc", "path": "/m~0n"},
    {"check": "lacks", "column": "doc", "path": "/~2"},
    {"check": "lacks", "column": "doc", "path": "/"},
    {"check": "lacks", "column": "doc", "path": "/ "},
    {"check": "lacks", "column": "doc", "path": "/~01"},
    {"check": "lacks", "column": "doc", "path": "/*/0"},
    {"check": "lacks", "column": "doc", "path": "/*/*"} ]');
SELECT migsafe.jsonb_has_path('{"a": [{"b": null}]}', '/a/0/b') AS json_null_is_a_value,
       migsafe.jsonb_has_path('{"a": 1}', '/a/b') AS below_a_scalar,
       migsafe.jsonb_has_path('1', '') AS whole, migsafe.jsonb_has_path('1', '/*') AS in_a_scalar,
       migsafe.jsonb_has_path(NULL, '/a') AS of_null, migsafe.jsonb_has_path('[]', NULL) AS of_no_path;
SELECT migsafe.jsonb_has_path('{}', 'a');
\echo :SQLSTATE

-- A predicate that raises an error fails for that row, and says why; other checks are not touched by it.
SELECT name, severity, passed, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('va.usage', '[
    {"check": "expression", "expression": "(doc->>''total'')::integer > 0", "name": "fine"},
    {"check": "expression", "expression": "10 / (id - 3) < 100", "name": "divides"},
    {"check": "expression", "expression": "note::integer > 0", "name": "casts", "severity": "warning"},
    {"check": "not_null", "column": "id"} ]');

-- The keys of up to ten rows that fail.
CREATE TABLE va.many (a integer, b text, v integer, PRIMARY KEY (a, b)) WITH (autovacuum_enabled = off);
INSERT INTO va.many SELECT g, 'b' || g, g FROM generate_series(1, 100) g;
SELECT failed_rows, jsonb_array_length(sample_keys) AS samples, sample_keys->0 AS first
FROM migsafe.validate_jsonb('va.many', '[{"check": "expression", "expression": "v > 50"}]');

-- Tables without a key, partitioned, empty; no checks at all.
CREATE TABLE va.bag (a integer);
INSERT INTO va.bag VALUES (1), (NULL);
SELECT passed, total_rows, failed_rows, sample_keys
FROM migsafe.validate_jsonb('va.bag', '[{"check": "not_null", "column": "a"}]');
CREATE TABLE va.parted (id integer PRIMARY KEY, doc jsonb) PARTITION BY RANGE (id);
CREATE TABLE va.parted_1 PARTITION OF va.parted FOR VALUES FROM (0) TO (10);
CREATE TABLE va.parted_2 (doc jsonb, id integer NOT NULL);
ALTER TABLE va.parted ATTACH PARTITION va.parted_2 FOR VALUES FROM (10) TO (20);
INSERT INTO va.parted VALUES (1, '{"a": 1}'), (2, '{}'), (11, '{"a": 1}'), (12, '{}');
SELECT passed, total_rows, failed_rows, sample_keys
FROM migsafe.validate_jsonb('va.parted', '[{"check": "has", "column": "doc", "path": "/a"}]');
TRUNCATE va.parted;
SELECT passed, total_rows, failed_rows, sample_keys
FROM migsafe.validate_jsonb('va.parted', '[{"check": "has", "column": "doc", "path": "/a"}]');
SELECT count(*) FROM migsafe.validate_jsonb('va.usage', '[]');

-- A composite value with a NULL in it is not NULL, as for a NOT NULL constraint.
CREATE TYPE va.point AS (x integer, y integer);
CREATE TABLE va.points (id integer PRIMARY KEY, p va.point);
INSERT INTO va.points VALUES (1, ROW(1, NULL)), (2, NULL);
SELECT failed_rows, sample_keys FROM migsafe.validate_jsonb('va.points', '[{"check": "not_null", "column": "p"}]');

-- It writes nothing, and works in a read-only transaction; a predicate that writes is an ERROR.
BEGIN READ ONLY;
SELECT passed FROM migsafe.validate_jsonb('va.usage', '[{"check": "not_null", "column": "id"}]');
COMMIT;
CREATE FUNCTION va.writes() RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO va.bag VALUES (2); RETURN true; END $$;
SELECT passed FROM migsafe.validate_jsonb('va.usage', '[{"check": "expression", "expression": "va.writes()"}]');
\echo :SQLSTATE
CREATE TEMPORARY TABLE scratch (id integer);
CREATE FUNCTION va.writes_temporary() RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO scratch VALUES (2); RETURN true; END $$;
\set VERBOSITY sqlstate
SELECT passed FROM migsafe.validate_jsonb('va.usage',
    '[{"check": "expression", "expression": "va.writes_temporary()"}]');
\set VERBOSITY default
SELECT count(*) FROM scratch;

-- Subqueries and functions of the caller's search_path.
CREATE FUNCTION va.is_small(integer) RETURNS boolean LANGUAGE sql AS 'SELECT $1 < 3';
SELECT failed_rows FROM migsafe.validate_jsonb('va.usage', '[
    {"check": "expression", "expression": "is_small(id)"},
    {"check": "expression", "expression": "id IN (SELECT b.a FROM bag b)"},
    {"check": "expression", "expression": "NOT EXISTS (SELECT FROM bag b WHERE b.a = usage.id)"} ]');

-- Quoted names.
CREATE TABLE va."Odd ""Table""" ("the key" integer PRIMARY KEY, "Doc" jsonb);
INSERT INTO va."Odd ""Table""" VALUES (1, '1');
SELECT name, failed_rows, sample_keys FROM migsafe.validate_jsonb('va."Odd ""Table"""', '[
    {"check": "type", "column": "Doc", "type": "object"}, {"check": "expression", "expression": "\"the key\" > 1"} ]');

-- In one scan, whatever the number of checks.
SELECT FROM pg_stat_force_next_flush();
SELECT pg_stat_get_numscans('va.many'::regclass) AS scans_before
\gset
SELECT count(*) AS checks FROM migsafe.validate_jsonb('va.many', (
    SELECT jsonb_agg('{"check": "not_null", "column": "v"}'::jsonb) FROM generate_series(1, 20)));
SELECT FROM pg_stat_force_next_flush();
SELECT pg_stat_get_numscans('va.many'::regclass) - :scans_before AS scans;

DROP SCHEMA va CASCADE;
