-- run_online: transform the rows of a table in batches that commit. (What takes other sessions is in test/isolation and
-- test/script.)
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE ROLE online_nobody;
CREATE ROLE online_runner NOLOGIN;
CREATE SCHEMA ro;
GRANT USAGE ON SCHEMA ro TO online_nobody, online_runner;
SET search_path = ro, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 36001;
CREATE FUNCTION ro.last_run() RETURNS bigint LANGUAGE sql RETURN (SELECT last_value FROM migsafe.run_id_seq);
RESET client_min_messages;

CREATE TABLE ro.item (id integer PRIMARY KEY, n integer NOT NULL CHECK (n < 5000), u integer UNIQUE, doc jsonb, note text);
CREATE FUNCTION ro.fill() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    TRUNCATE ro.item;
    INSERT INTO ro.item SELECT g, g, g, jsonb_build_object('n', g), 'as it was' FROM generate_series(1, 10) g;
END $$;
SELECT ro.fill();
ANALYZE ro.item;
SELECT migsafe.fingerprint('ro.item') AS before
\gset

-- One CALL: every row is accounted for.
CALL migsafe.run_online('ro.item', '{"n": "n * 100", "note": "upper(note)"}', batch_size => 4)
\gset r_
\echo :r_run_id: :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, :r_skipped
\echo not visited :r_not_visited, errors :r_errors, samples :r_samples, checks :r_checks_result, note :r_note
SELECT :r_batches >= 3 AS in_batches, :'r_elapsed'::interval > '0' AS elapsed;
SELECT id, n, note FROM ro.item ORDER BY id LIMIT 3;
SELECT run_id, kind, target, status, total_rows, successful_rows, failed_rows, skipped_rows, sqlstate, message
FROM migsafe.status WHERE run_id = :r_run_id;
SELECT status, key, row_before FROM migsafe.row_log(:r_run_id) LIMIT 2;
SELECT status, count, percentage FROM migsafe.run_summary(:r_run_id);
-- and it is rolled back as any other
SELECT total_rows, restored_rows, conflicts FROM migsafe.rollback(:r_run_id);
SELECT migsafe.fingerprint('ro.item') = :'before' AS as_before, status FROM migsafe.status WHERE run_id = :r_run_id;

-- The forms of a transform are those of run_safe; only_if and what stays as it is are counted the same way.
CALL migsafe.run_online('ro.item', '{"doc": [{"op": "move", "from": "/n", "path": "/m"}], "note": {"value": "new"},
    "n": "CASE WHEN id = 1 THEN n ELSE n + 1 END"}', only_if => 'id <= 3')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, :r_skipped
CALL migsafe.run_online('ro.item', '{"doc": {"merge": {"n": null}}, "note": {"value": "new"}}')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, :r_skipped
CALL migsafe.run_online('ro.item', '{"note": {"value": "new"}}')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, :r_skipped, batches :r_batches
SELECT id, n, doc, note FROM ro.item WHERE id IN (1, 2, 9) ORDER BY id;

-- Progress, for those who look on.
CALL migsafe.run_online('ro.item', '{"note": "id::text"}', batch_size => 5, notice_every => 5,
    pace => '{"max_batch_wal": "1GB", "target_batch_time": "60 s"}')
\gset r_

-- Bad rows cost those rows only, wherever they fail: evaluating, a constraint, a unique key when they are written.
SELECT ro.fill();
UPDATE ro.item SET doc = '{"n": "three"}' WHERE id = 3;
UPDATE ro.item SET doc = '{"n": 6000}' WHERE id = 6;
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1", "u": "CASE id WHEN 8 THEN 9 ELSE u END"}')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
SELECT jsonb_pretty(:'r_errors') AS errors;
SELECT error_no, key, sqlstate, message, detail FROM migsafe.row_error WHERE run_id = :r_run_id ORDER BY error_no;
SELECT string_agg(n::text, ' ' ORDER BY id) AS n FROM ro.item;

-- More of them than max_errors stop the run where it is; what was committed stays.
SELECT ro.fill();
UPDATE ro.item SET doc = '{"n": "bad"}' WHERE id IN (2, 5, 7, 9);
SELECT migsafe.fingerprint('ro.item') AS before
\gset
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', max_errors => 2, batch_size => 1,
    name => 'to n');
\echo :SQLSTATE
SELECT name, status, total_rows, successful_rows, failed_rows, sqlstate, message
FROM migsafe.status WHERE run_id = last_run();
SELECT string_agg(n::text, ' ' ORDER BY id) AS n FROM ro.item;
SELECT key, sqlstate FROM migsafe.row_error WHERE run_id = last_run() ORDER BY error_no;
SELECT status, count, percentage FROM migsafe.run_summary(last_run());
-- as long as the limit is the same, it goes no further
CALL migsafe.resume_online(last_run());
\echo :SQLSTATE
CALL migsafe.resume_online(last_run(), max_errors => -1);
-- then it goes on: no row is done twice
CALL migsafe.resume_online(last_run(), max_errors => 4)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
SELECT string_agg(n::text, ' ' ORDER BY id) AS n FROM ro.item;
SELECT error_no, key, sqlstate FROM migsafe.row_error WHERE run_id = last_run() ORDER BY error_no;
SELECT name, status, total_rows, successful_rows, failed_rows, sqlstate, message
FROM migsafe.status WHERE run_id = last_run();
SELECT status, count, percentage FROM migsafe.run_summary(last_run());
SELECT restored_rows FROM migsafe.rollback('to n');
SELECT migsafe.fingerprint('ro.item') = :'before' AS as_before;
-- one that was stopped can be taken back, too; then it does not go on
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', max_errors => 2, batch_size => 1,
    name => 'to n');
SELECT restored_rows FROM migsafe.rollback('to n');
SELECT migsafe.fingerprint('ro.item') = :'before' AS as_before, status FROM migsafe.status
WHERE name = 'to n' ORDER BY run_id DESC LIMIT 1;
SELECT max(run_id) AS stopped FROM migsafe.run WHERE name = 'to n' AND kind = 'run'
\gset
CALL migsafe.resume_online(:stopped);
CALL migsafe.run_online('ro.item', '{"n": "n"}', max_errors => -1);

-- What the table has become while a run stands still.
CREATE FUNCTION ro.stop_in_the_middle() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    PERFORM ro.fill();
    UPDATE ro.item SET doc = '{"n": "bad"}' WHERE id = 5;
END $$;
SELECT ro.stop_in_the_middle();
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', max_errors => 0, batch_size => 1);
SELECT last_run() AS stopped
\gset
ALTER TABLE ro.item RENAME n TO m;
CALL migsafe.resume_online(:stopped, 1);
SELECT status, sqlstate, message FROM migsafe.status WHERE run_id = :stopped;
ALTER TABLE ro.item RENAME m TO n;
ALTER TABLE ro.item ALTER n TYPE bigint;
CALL migsafe.resume_online(:stopped, 1);
ALTER TABLE ro.item ALTER n TYPE integer;
ALTER TABLE ro.item DROP CONSTRAINT item_pkey;
CALL migsafe.resume_online(:stopped, 1);
ALTER TABLE ro.item ADD PRIMARY KEY (u);
CALL migsafe.resume_online(:stopped, 1);
ALTER TABLE ro.item DROP CONSTRAINT item_pkey, ADD PRIMARY KEY (id);
ALTER TABLE ro.item RENAME doc TO document;
CALL migsafe.resume_online(:stopped, 1);
ALTER TABLE ro.item RENAME document TO doc;
-- its name, and new columns, do not matter
ALTER TABLE ro.item RENAME TO article;
ALTER TABLE ro.article ADD more text DEFAULT 'more';
CALL migsafe.resume_online(:stopped, 1)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
ALTER TABLE ro.article DROP more;
ALTER TABLE ro.article RENAME TO item;
SELECT string_agg(n::text, ' ' ORDER BY id) AS n FROM ro.item;

-- Expressions are carried out under the settings under which they were written.
SELECT ro.stop_in_the_middle();
CREATE FUNCTION ro.one() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 1;
SET DateStyle = 'German';
CALL migsafe.run_online('item', '{"n": "(doc->>''n'')::integer + one()", "note": "date ''2025-12-31'' || note"}',
    max_errors => 0, batch_size => 1);
RESET DateStyle;
SET search_path = public;
CALL migsafe.resume_online(ro.last_run(), 1)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
SET search_path = ro, public;
SELECT DISTINCT note, n - id AS added FROM ro.item ORDER BY note;

-- A run that has a name is not repeated.
SELECT ro.fill();
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}', name => 'add one')
\gset first_
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}', name => 'add one', batch_size => 3, workers => 2)
\gset r_
SELECT :r_run_id = :first_run_id AS same_run, :r_successful_rows AS successful, sum(n) FROM ro.item;
CALL migsafe.run_online('ro.item', '{"n": "n + 2"}', name => 'add one');
\echo :SQLSTATE
CALL migsafe.resume_online(:first_run_id)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
-- one that was stopped goes on
SELECT ro.stop_in_the_middle();
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', name => 'again', max_errors => 0, batch_size => 1);
UPDATE ro.item SET doc = '{"n": 5}' WHERE id = 5;
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 2"}', name => 'again', max_errors => 1);
SELECT run_id FROM migsafe.run_safe('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', name => 'again');
\echo :SQLSTATE
-- and the call's max_errors counts
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', name => 'again', max_errors => 0,
    workers => 2, sweep => true, pace => '{"rest": 1}');
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', name => 'again', max_errors => 0,
    batch_size => 1);
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', name => 'again', max_errors => 1)
\gset r_
\echo :r_run_id: :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
-- a name belongs to runs of both kinds
SELECT run_id = :first_run_id AS same_run, successful_rows FROM migsafe.run_safe('ro.item', '{"n": "n + 1"}', name => 'add one');

-- dry_run: every row is evaluated, and nothing is written.
SELECT ro.stop_in_the_middle();
SELECT count(*) AS runs_before FROM migsafe.run
\gset
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', dry_run => true, max_errors => 0)
\gset d_
\echo run :d_run_id, :d_total_rows = :d_successful_rows + :d_failed_rows + :d_skipped_rows, :d_note
SELECT jsonb_array_length(:'d_samples') AS samples, :'d_errors'::jsonb -> 0 -> 'key' AS bad;
SELECT sum(n), (SELECT count(*) FROM migsafe.run) = :runs_before AS no_run FROM ro.item;

-- Checks of the result: the run is not finished as long as one of severity error fails.
SELECT ro.fill();
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}', checks =>
    '[{"check": "expression", "expression": "n < 11", "name": "small"},
      {"check": "expression", "expression": "n < 9", "name": "smaller", "severity": "warning"}]');
\echo :SQLSTATE
SELECT status, successful_rows, sqlstate, message FROM migsafe.status WHERE run_id = last_run();
SELECT sum(n) FROM ro.item;
UPDATE ro.item SET n = 0 WHERE n = 11;
CALL migsafe.resume_online(last_run())
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
SELECT c->>'name' AS name, c->'passed' AS passed, c->'failed_rows' AS failed
FROM jsonb_array_elements(:'r_checks_result') c;
SELECT status, sum(n) FROM migsafe.status, ro.item WHERE run_id = last_run() GROUP BY status;

-- A precondition is looked at before anything is recorded.
SELECT last_run() AS before
\gset
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}', precondition => '[{"check": "not_null", "column": "u"},
    {"check": "expression", "expression": "n > 5", "name": "large"}]');
\echo :SQLSTATE
SELECT count(*) AS runs FROM migsafe.run WHERE run_id BETWEEN :before + 1 AND :before + 900;

-- All kinds of keys.
CREATE TABLE ro.composite (a text, b numeric, c timestamptz, n integer, PRIMARY KEY (a, b, c));
INSERT INTO ro.composite SELECT left('abc', g % 4), g / 2.0, '2025-01-01'::timestamptz + g * '1 hour'::interval, g
FROM generate_series(1, 50) g;
CALL migsafe.run_online('ro.composite', '{"n": "n + 1000"}', batch_size => 7)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, not visited :r_not_visited
CREATE TABLE ro.by_text (id text COLLATE "C" PRIMARY KEY, n integer);
INSERT INTO ro.by_text VALUES ('', 1), ('a', 2), ('A', 3), ('ä', 4), ('{"x,y"}', 5), ('NULL', 6), ('\', 7), (repeat('z', 2000), 8);
CALL migsafe.run_online('ro.by_text', '{"n": "n + 1000"}', batch_size => 1)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, not visited :r_not_visited
CREATE TABLE ro.by_uuid (id uuid PRIMARY KEY, n integer);
INSERT INTO ro.by_uuid SELECT md5(g::text)::uuid, g FROM generate_series(1, 50) g;
CALL migsafe.run_online('ro.by_uuid', '{"n": "n + 1000"}', batch_size => 7)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, not visited :r_not_visited
CREATE TABLE ro.by_index (a integer, b integer NOT NULL UNIQUE, n integer);
INSERT INTO ro.by_index SELECT g, -g, g FROM generate_series(1, 50) g;
CALL migsafe.run_online('ro.by_index', '{"n": "n + 1000"}', batch_size => 7)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, not visited :r_not_visited
CREATE TABLE ro.by_float (id double precision PRIMARY KEY, n integer);
INSERT INTO ro.by_float VALUES ('-Infinity', 1), (-0.0, 2), (1e-300, 3), (0.1, 4), ('Infinity', 5), ('NaN', 6);
SET extra_float_digits = 0; -- which is not enough to tell all numbers apart
INSERT INTO ro.by_float SELECT 0.3 + g * 5.551115123125783e-17, 10 + g FROM generate_series(0, 4) g ON CONFLICT DO NOTHING;
CALL migsafe.run_online('ro.by_float', '{"n": "n + 1000"}', batch_size => 1)
\gset r_
RESET extra_float_digits;
SELECT :r_successful_rows = count(*) AS all_of_them, min(n) > 1000 AS once, max(n) < 2000 AS and_only_once FROM ro.by_float;
SELECT (SELECT array_agg(DISTINCT n > 1000 AND n < 2000) FROM ro.composite) AS composite,
    (SELECT array_agg(DISTINCT n > 1000 AND n < 2000) FROM ro.by_text) AS by_text,
    (SELECT array_agg(DISTINCT n > 1000 AND n < 2000) FROM ro.by_uuid) AS by_uuid,
    (SELECT array_agg(DISTINCT n > 1000 AND n < 2000) FROM ro.by_index) AS by_index;

-- Names that need quotes, or are as long as a name can be; an empty table; a partitioned one.
CREATE TABLE ro."Mixed ""Case" ("Id" integer PRIMARY KEY, "select" integer,
    a23456789012345678901234567890123456789012345678901234567890123 integer);
INSERT INTO ro."Mixed ""Case" VALUES (1, 1, 1), (2, 2, 2);
CALL migsafe.run_online('ro."Mixed ""Case"', '{"select": "\"Id\" + \"select\" + 1",
    "a23456789012345678901234567890123456789012345678901234567890123": "\"select\" + 10"}', only_if => '"Id" > 1',
    name => 'Run "x"')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, :r_skipped
TABLE ro."Mixed ""Case" ORDER BY 1;
SELECT restored_rows FROM migsafe.rollback('Run "x"');
CREATE TABLE ro.a23456789012345678901234567890123456789012345678901234567890123 (id integer PRIMARY KEY, n integer);
CALL migsafe.run_online('ro.a23456789012345678901234567890123456789012345678901234567890123', '{"n": "n + 1"}')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, batches :r_batches
SELECT status, total_rows FROM migsafe.status WHERE run_id = :r_run_id;
SELECT total_rows, restored_rows FROM migsafe.rollback(:r_run_id);
CREATE TABLE ro.whole (id integer, n integer, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE ro.part1 PARTITION OF ro.whole FOR VALUES FROM (0) TO (10);
CREATE TABLE ro.part2 (n integer, gone text, id integer NOT NULL);
ALTER TABLE ro.part2 DROP gone;
ALTER TABLE ro.whole ATTACH PARTITION ro.part2 FOR VALUES FROM (10) TO (30);
INSERT INTO ro.whole SELECT g, g FROM generate_series(1, 25) g;
CALL migsafe.run_online('ro.whole', '{"n": "n + 1000"}', batch_size => 4, name => 'whole')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, not visited :r_not_visited
SELECT tableoid::regclass, count(*), count(*) FILTER (WHERE n = id + 1000) AS once FROM ro.whole GROUP BY 1 ORDER BY 1;
CALL migsafe.run_online('ro.part2', '{"n": "n + 1000"}', batch_size => 4)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
SELECT restored_rows FROM migsafe.rollback(:r_run_id);
SELECT restored_rows FROM migsafe.rollback('whole');

-- Targets that no online run can walk.
CREATE TABLE ro.no_key (a integer, b integer UNIQUE);
CALL migsafe.run_online('ro.no_key', '{"a": "a + 1"}');
\echo :SQLSTATE
CALL migsafe.run_online('ro.item', '{"id": "id + 1"}');
CREATE TEMPORARY TABLE temp_item (id integer PRIMARY KEY, n integer);
CALL migsafe.run_online('temp_item', '{"n": "n + 1"}');
CREATE VIEW ro.item_view AS TABLE ro.item;
CALL migsafe.run_online('ro.item_view', '{"n": "n + 1"}');
CALL migsafe.run_online('ro.nothing', '{"n": "n + 1"}');
CREATE TABLE ro.by_range (id int4range PRIMARY KEY, n integer);
INSERT INTO ro.by_range VALUES ('[1,3)', 1), ('[2,9)', 2), ('empty', 3);
CALL migsafe.run_online('ro.by_range', '{"n": "n + 1"}')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, not visited :r_not_visited

-- Arguments.
CALL migsafe.run_online(NULL, '{"n": "n"}');
CALL migsafe.run_online('ro.item', NULL);
CALL migsafe.run_online('ro.item', '{"n": "n"}', max_errors => NULL);
CALL migsafe.run_online('ro.item', '{"n": "n"}', dry_run => NULL);
CALL migsafe.run_online('ro.item', '{"n": "n"}', workers => NULL);
CALL migsafe.run_online('ro.item', '{"n": "n"}', workers => 0);
CALL migsafe.run_online('ro.item', '{"n": "n"}', workers => 65);
CALL migsafe.run_online('ro.item', '{"n": "n"}', batch_size => 0);
CALL migsafe.run_online('ro.item', '{"n": "n"}', name => '12');
CALL migsafe.run_online('ro.item', '{"m": "n"}');
CALL migsafe.run_online('ro.item', '{"n": "m"}');
CALL migsafe.run_online('ro.item', '{"n": "n"}', only_if => 'm');
CALL migsafe.run_online('ro.item', '{"n": "n"}', only_if => 'n');
CALL migsafe.run_online('ro.item', '{"n": "n"}', checks => '[{"check": "good"}]');
CALL migsafe.run_online('ro.item', '{"n": "n"}', pace => '{"speed": 1}');
CALL migsafe.run_online('ro.item', '{"n": "n"}', pace => '{"target_batch_time": "1 day"}');
CALL migsafe.run_online('ro.item', '{"n": "n"}', pace => '7');
CALL migsafe.run_online('ro.item', '{"n": "n"}', pace => '{"hold_while": "SELECT 1/0"}');
CALL migsafe.run_online('ro.item', '{"n": "nextval(''migsafe.run_id_seq'')"}');
CALL migsafe.resume_online(NULL);
CALL migsafe.resume_online(1000000);
SELECT run_id AS atomic FROM migsafe.run_safe('ro.item', '{"n": "n + 1"}')
\gset
CALL migsafe.resume_online(:atomic);
CALL migsafe.work_on_run(:first_run_id, NULL, 1);
CALL migsafe.work_on_run(:first_run_id, 1, 1);

-- It commits, so it cannot be part of anything that might be undone.
BEGIN;
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}');
\echo :SQLSTATE
ROLLBACK;
BEGIN;
CALL migsafe.resume_online(1);
ROLLBACK;
CREATE PROCEDURE ro.add_one(OUT rows bigint) LANGUAGE plpgsql AS $$
DECLARE -- PL/pgSQL wants a variable for each of them
    i bigint;
    b integer;
    j jsonb;
    e interval;
    t text;
BEGIN
    CALL migsafe.run_online('ro.item', '{"n": "n + 1"}', run_id => i, total_rows => i, successful_rows => rows,
        failed_rows => i, skipped_rows => i, skipped => j, not_visited => i, batches => b, elapsed => e, errors => j,
        samples => j, checks_result => j, note => t);
END $$;
CREATE FUNCTION ro.in_function() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    rows bigint;
BEGIN
    CALL ro.add_one(rows);
    RETURN rows;
END $$;
SELECT ro.in_function();
DO $$
DECLARE
    rows bigint;
BEGIN
    CALL ro.add_one(rows);
EXCEPTION WHEN division_by_zero THEN NULL;
END $$;
DO $$ BEGIN EXECUTE 'CALL migsafe.run_online(''ro.item'', ''{"n": "n + 1"}'')'; END $$;
-- A DO block, or a procedure, that is called outside of a transaction may commit.
SELECT ro.fill();
DO $$
DECLARE
    rows bigint;
BEGIN
    CALL ro.add_one(rows);
    RAISE NOTICE '% rows', rows;
    ROLLBACK;
END $$;
SELECT sum(n) FROM ro.item;

-- Nor can it run where nothing can be written; but be tried.
SET default_transaction_read_only = on;
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}');
\echo :SQLSTATE
CALL migsafe.resume_online(:first_run_id);
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}', dry_run => true)
\gset d_
\echo :d_total_rows = :d_successful_rows + :d_failed_rows + :d_skipped_rows
RESET default_transaction_read_only;

-- The caller's rights are the limit.
GRANT SELECT ON ro.item TO online_runner;
SET ROLE online_nobody;
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}');
CALL migsafe.resume_online(:first_run_id);
SET ROLE online_runner;
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}');
\echo :SQLSTATE
CALL migsafe.resume_online(:first_run_id);
RESET ROLE;
GRANT UPDATE (n) ON ro.item TO online_runner;
SET ROLE online_runner;
CALL migsafe.run_online('ro.item', '{"n": "n + 1", "note": "''x''"}');
-- a role that may not log in has no background workers
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}', workers => 2)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
-- what is taken away while a run stands still
RESET ROLE;
SELECT ro.stop_in_the_middle();
SET ROLE online_runner;
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', max_errors => 0, batch_size => 1);
RESET ROLE;
SELECT last_run() AS stopped
\gset
REVOKE UPDATE (n) ON ro.item FROM online_runner;
SET ROLE online_runner;
CALL migsafe.resume_online(:stopped, 1);
SET ROLE online_nobody;
CALL migsafe.resume_online(:stopped, 1);
RESET ROLE;
SELECT status, sqlstate, message, successful_rows FROM migsafe.status WHERE run_id = :stopped;
-- not even a superuser goes on with it, but by a worker as that role, if it may log in
CALL migsafe.resume_online(:stopped, 1);
SELECT migsafe.resume(:stopped);
GRANT UPDATE (n) ON ro.item TO online_runner;
SET ROLE online_runner;
CALL migsafe.resume_online(:stopped, 1)
\gset r_
RESET ROLE;
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
SELECT ro.fill();
-- a run that another role has begun is nothing that a name finds: it has that role's settings
SET ROLE online_runner;
CALL migsafe.run_online('ro.item', '{"n": "n / (n - 3)"}', max_errors => 0, batch_size => 1, name => 'of the runner');
RESET ROLE;
CALL migsafe.run_online('ro.item', '{"n": "n / (n - 3)"}', name => 'of the runner');
SELECT restored_rows FROM migsafe.rollback('of the runner');
-- row-level security that applies to the caller
GRANT UPDATE ON ro.item TO online_runner;
ALTER TABLE ro.item ENABLE ROW LEVEL SECURITY;
CREATE POLICY some_rows ON ro.item USING (id < 5);
SET ROLE online_runner;
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}');
\echo :SQLSTATE
RESET ROLE;
CALL migsafe.run_online('ro.item', '{"n": "n + 1"}')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
ALTER TABLE ro.item DISABLE ROW LEVEL SECURITY;

-- Several workers: each row is done once, by whomever.
CREATE TABLE ro.large (id integer PRIMARY KEY, n integer);
INSERT INTO ro.large SELECT g, g FROM generate_series(1, 5000) g;
ANALYZE ro.large;
SET client_min_messages = error; -- a WARNING for each row that fails reaches the client if no worker has met it
CALL migsafe.run_online('ro.large', '{"n": "CASE WHEN id % 1000 = 0 THEN 1 / (n - n) ELSE n + 1 END"}', workers => 2,
    batch_size => 100, name => 'large')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
SELECT count(*) FILTER (WHERE n = id + 1) AS done, count(*) FILTER (WHERE n = id) AS failed FROM ro.large;
SELECT string_agg(key->>'id', ' ' ORDER BY (key->>'id')::integer) AS failed, count(DISTINCT error_no) AS numbers
FROM migsafe.row_error WHERE run_id = :r_run_id;
SELECT restored_rows FROM migsafe.rollback('large');
SELECT count(*) FROM ro.large WHERE n = id;
-- max_errors is the limit of all together; they may exceed it by what they do at the same time
\set VERBOSITY sqlstate
CALL migsafe.run_online('ro.large', '{"n": "CASE WHEN id % 10 = 0 THEN 1 / (n - n) ELSE n + 1 END"}', workers => 2,
    batch_size => 10, max_errors => 100, name => 'many errors');
\set VERBOSITY default
SELECT status, failed_rows > 100 AS more, failed_rows < 200 AS soon FROM migsafe.status WHERE name = 'many errors';
CALL migsafe.run_online('ro.large', '{"n": "CASE WHEN id % 10 = 0 THEN 1 / (n - n) ELSE n + 1 END"}', workers => 2,
    batch_size => 10, max_errors => 500, name => 'many errors')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
SELECT count(*) FILTER (WHERE n = id + 1) AS done, count(*) FILTER (WHERE n = id) AS failed FROM ro.large;
RESET client_min_messages;

-- Rows that come behind the run while it goes on (here a trigger inserts them) are reported, or visited at its end.
CREATE TABLE ro.growing (id integer PRIMARY KEY, n integer);
CREATE FUNCTION ro.grow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO ro.growing VALUES (OLD.id - 10, 0), (OLD.id + 10, 0) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
INSERT INTO ro.growing SELECT g * 2, 0 FROM generate_series(100, 110) g;
CREATE TRIGGER grow AFTER UPDATE ON ro.growing FOR EACH ROW WHEN (OLD.id IN (200, 220)) EXECUTE FUNCTION ro.grow();
CALL migsafe.run_online('ro.growing', '{"n": "n + 1"}')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, not visited :r_not_visited
SELECT id, n FROM ro.growing WHERE id NOT BETWEEN 202 AND 218 ORDER BY id;
DELETE FROM ro.growing WHERE id < 200 OR id > 220;
CALL migsafe.run_online('ro.growing', '{"n": "n + 1"}', sweep => true, name => 'growing')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, not visited :r_not_visited
SELECT id, n FROM ro.growing WHERE id NOT BETWEEN 202 AND 218 ORDER BY id;
DELETE FROM ro.growing WHERE id < 200 OR id > 220;
-- an only_if that tells rows apart makes it the default
CALL migsafe.run_online('ro.growing', '{"n": "100"}', only_if => 'n < 100')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, not visited :r_not_visited
SELECT DISTINCT n FROM ro.growing;
-- A row that failed, and was mended since, is one of them.
SELECT ro.stop_in_the_middle();
CALL migsafe.run_online('ro.item', '{"n": "(doc->>''n'')::integer + 1"}', max_errors => 0, batch_size => 1, sweep => true);
UPDATE ro.item SET doc = '{"n": 5}' WHERE id = 5;
BEGIN;
SELECT migsafe.resume(last_run());
ROLLBACK;
CALL migsafe.resume_online(last_run(), 1)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows, not visited :r_not_visited
SELECT string_agg(n::text, ' ' ORDER BY id) AS n FROM ro.item;

-- The speed that migsafe.progress shows is that of the run, rests included, and not that of its batches. Here each row
-- notes it. A row takes 2 ms, so a batch does at most 500 of them a second; with rests of five times as long, the run
-- does at most 83, of which the mean over ten batches is not far. (On a slow machine all of it is less.)
CREATE TABLE ro.paced (id integer PRIMARY KEY, speed numeric, nap text);
INSERT INTO ro.paced SELECT generate_series(1, 60);
CALL migsafe.run_online('ro.paced', pace => '{"batch_size": 4, "target_batch_time": "10 ms", "rest": 5}', transform =>
    '{"nap": "pg_sleep(0.002)", "speed": "(SELECT rows_per_second FROM migsafe.progress WHERE run_id = ro.last_run())"}')
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
SELECT speed BETWEEN 1 AND 100 AS rests_count FROM ro.paced WHERE id = 60;

-- A batch that spends its time before there is a row still takes one; else the run would go on for ever. What is
-- immutable is computed once a batch, ahead of its rows.
CREATE FUNCTION ro.slowly() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
    PERFORM pg_sleep(0.03);
    RETURN 1;
END $$;
CREATE TABLE ro.prepared (id integer PRIMARY KEY, n integer);
INSERT INTO ro.prepared SELECT g, 0 FROM generate_series(1, 3) g;
SET statement_timeout = '60s';
CALL migsafe.run_online('ro.prepared', '{"n": "n + ro.slowly()"}', pace => '{"target_batch_time": "10 ms", "rest": 0}')
\gset r_
RESET statement_timeout;
\echo :r_successful_rows

-- What ends the call, and not a row, is told with what became of the rows, and how to go on.
CREATE TABLE ro.ended (id integer PRIMARY KEY, n integer);
INSERT INTO ro.ended SELECT g, 0 FROM generate_series(1, 4) g;
CREATE FUNCTION ro.ends_at(id integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    IF id = 2 THEN RAISE insufficient_privilege USING MESSAGE = 'not for you'; END IF;
    IF id = 3 THEN PERFORM pg_sleep(60); END IF;
    RETURN id;
END $$;
\set SHOW_CONTEXT never
CALL migsafe.run_online('ro.ended', '{"n": "ro.ends_at(id)"}', batch_size => 1);
SET statement_timeout = '200 ms';
CALL migsafe.run_online('ro.ended', '{"n": "ro.ends_at(id)"}', only_if => 'id <> 2', batch_size => 1);
RESET statement_timeout;
\set SHOW_CONTEXT errors
SELECT status, successful_rows FROM migsafe.status WHERE target = 'ro.ended' ORDER BY run_id;

SET client_min_messages = warning;
DROP SCHEMA ro CASCADE;
DROP ROLE online_nobody, online_runner;
