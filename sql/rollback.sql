-- rollback: a run taken back from its undo log, exactly; what somebody changed since is never lost.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA rb;
SET search_path = rb, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 6001;

CREATE TABLE rb.account (id integer PRIMARY KEY, name text, doc jsonb, points integer) WITH (autovacuum_enabled = off);
CREATE FUNCTION rb.fill() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    TRUNCATE rb.account CASCADE;
    INSERT INTO rb.account SELECT g, 'name ' || g, jsonb_build_object('v', 1.50), g FROM generate_series(1, 6) g;
END $$;
CREATE FUNCTION rb.run() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN
    RETURN (SELECT run_id
    FROM migsafe.run_safe('rb.account', '{"doc": "doc || ''{\"v\": 1.5}''", "points": "points * 10"}',
        only_if => 'id < 6'));
END $$;

-- The whole run: as before, byte for byte.
SELECT rb.fill();
SELECT migsafe.fingerprint('rb.account') AS before
\gset
SELECT rb.run() AS run_id
\gset
SELECT run_id, kind, status, total_rows, successful_rows, skipped_rows FROM migsafe.status WHERE run_id = :run_id;
-- dry_run gives the plan, and changes nothing
SELECT rollback_run_id, total_rows, restored_rows, unchanged_rows, conflicts, conflict_rows, elapsed
FROM migsafe.rollback(:run_id, dry_run => true);
SELECT id, doc, points FROM rb.account ORDER BY id LIMIT 2;
SELECT rollback_run_id, total_rows, restored_rows, unchanged_rows, conflicts, conflict_rows, elapsed > '0' AS elapsed
FROM migsafe.rollback(:run_id);
SELECT id, doc, points FROM rb.account ORDER BY id LIMIT 2;
SELECT migsafe.fingerprint('rb.account') = :'before' AS as_before;
SELECT run_id, kind, status, total_rows, successful_rows, failed_rows, skipped_rows
FROM migsafe.status WHERE run_id >= :run_id AND target = 'rb.account';
SELECT run_id, kind, rollback_of FROM migsafe.run WHERE rollback_of = :run_id;

-- Twice is an ERROR that says how to redo.
SELECT total_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback(:run_id, dry_run => true);
\echo :SQLSTATE
-- A rollback is a run of its own kind, and can be rolled back: the run is done again, and so on.
SELECT last_value AS back FROM migsafe.run_id_seq
\gset
SELECT restored_rows FROM migsafe.rollback(:back);
SELECT id, doc, points FROM rb.account ORDER BY id LIMIT 2;
SELECT run_id, kind, status FROM migsafe.status WHERE run_id >= :run_id AND target = 'rb.account';
SELECT restored_rows FROM migsafe.rollback(:run_id);
SELECT run_id, kind, status FROM migsafe.status WHERE run_id >= :run_id AND target = 'rb.account';
SELECT migsafe.fingerprint('rb.account') = :'before' AS as_before;

-- By name: of those that stand.
SELECT total_rows FROM migsafe.run_safe('rb.account', '{"name": "upper(name)"}', name => 'upper');
SELECT restored_rows FROM migsafe.rollback('upper', dry_run => true);
SELECT restored_rows FROM migsafe.rollback('upper');
SELECT restored_rows FROM migsafe.rollback('upper');
\echo :SQLSTATE
SELECT migsafe.fingerprint('rb.account') = :'before' AS as_before;

-- What came after the run stays: changes to other columns, new rows.
SELECT rb.fill();
SELECT rb.run() AS run_id
\gset
UPDATE rb.account SET name = 'renamed' WHERE id = 1;
INSERT INTO rb.account VALUES (7, 'new', '{}', 70);
DELETE FROM rb.account WHERE id = 6; -- which the run had skipped
SELECT total_rows, restored_rows, unchanged_rows, conflicts FROM migsafe.rollback(:run_id);
SELECT id, name, doc, points FROM rb.account ORDER BY id;

-- Somebody has set a migrated column back already: nothing to do for it, no conflict.
SELECT rb.fill();
SELECT rb.run() AS run_id
\gset
UPDATE rb.account SET points = 1 WHERE id = 1;
UPDATE rb.account SET points = 2, doc = '{"v": 1.50}' WHERE id = 2;
SELECT total_rows, restored_rows, unchanged_rows, conflicts FROM migsafe.rollback(:run_id);
SELECT id, doc, points FROM rb.account WHERE id < 3 ORDER BY id;

-- Conflicts stop the rollback: it reports them all, and changes nothing.
SELECT rb.fill();
SELECT rb.run() AS run_id
\gset
UPDATE rb.account SET points = 11 WHERE id = 1;
UPDATE rb.account SET points = NULL, doc = '{"v": 1.500}' WHERE id = 2;
DELETE FROM rb.account WHERE id = 3;
UPDATE rb.account SET id = 40 WHERE id = 4;
SELECT migsafe.fingerprint('rb.account') AS now
\gset
SELECT total_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
SELECT total_rows, restored_rows, unchanged_rows, conflicts, jsonb_array_length(conflict_rows) AS listed
FROM migsafe.rollback(:run_id, dry_run => true);
SELECT c->'key' AS key, c->>'column' AS column, c->>'reason' AS reason
FROM migsafe.rollback(:run_id, dry_run => true) r, jsonb_array_elements(r.conflict_rows) c ORDER BY c->'key', 2;
SELECT migsafe.fingerprint('rb.account') = :'now' AS unchanged;
SELECT status FROM migsafe.status WHERE run_id = :run_id;
-- another row with the key of a deleted one is another row
SELECT rb.fill();
SELECT rb.run() AS run_id
\gset
DELETE FROM rb.account WHERE id = 3;
INSERT INTO rb.account VALUES (3, 'another', '{"v": 3}', 3);
SELECT c->'key' AS key, c->>'column' AS column
FROM migsafe.rollback(:run_id, dry_run => true) r, jsonb_array_elements(r.conflict_rows) c ORDER BY 2;
-- a later run over the same columns conflicts until it is rolled back itself: last in, first out
SELECT rb.fill();
SELECT migsafe.fingerprint('rb.account') AS before
\gset
SELECT rb.run() AS first
\gset
SELECT rb.run() AS second
\gset
SELECT conflicts FROM migsafe.rollback(:first, dry_run => true);
SELECT restored_rows FROM migsafe.rollback(:second);
SELECT restored_rows FROM migsafe.rollback(:first);
SELECT migsafe.fingerprint('rb.account') = :'before' AS as_before;
-- of many conflicts the ERROR shows the first twenty, a dry run all
CREATE TABLE rb.many (id integer PRIMARY KEY, a integer) WITH (autovacuum_enabled = off);
INSERT INTO rb.many SELECT g, 0 FROM generate_series(1, 30) g;
SELECT run_id FROM migsafe.run_safe('rb.many', '{"a": "1"}')
\gset
UPDATE rb.many SET a = 2 WHERE id <= 25;
SELECT total_rows FROM migsafe.rollback(:run_id);
SELECT conflicts, jsonb_array_length(conflict_rows) AS listed FROM migsafe.rollback(:run_id, dry_run => true);

-- A table without a key: rows are told apart by what the run left of them.
CREATE TABLE rb.bag (a integer, b text);
INSERT INTO rb.bag VALUES (1, 'x'), (1, 'x'), (2, 'y');
SELECT migsafe.fingerprint('rb.bag') AS before
\gset
SELECT run_id FROM migsafe.run_safe('rb.bag', '{"a": "5"}')
\gset
UPDATE rb.bag SET b = 'z' WHERE b = 'y';
\set VERBOSITY sqlstate
SELECT total_rows FROM migsafe.rollback(:run_id);
\set VERBOSITY default
SELECT conflicts, jsonb_typeof(conflict_rows->0->'key') AS named_by FROM migsafe.rollback(:run_id, dry_run => true);
UPDATE rb.bag SET b = 'y' WHERE b = 'z';
SELECT restored_rows FROM migsafe.rollback(:run_id);
SELECT migsafe.fingerprint('rb.bag') = :'before' AS as_before;

-- Unique values that have moved along: each row is put back when its place is free.
CREATE TABLE rb.uniq (id integer PRIMARY KEY, u integer UNIQUE) WITH (autovacuum_enabled = off);
INSERT INTO rb.uniq VALUES (3, 3), (2, 2), (1, 1);
SELECT run_id FROM migsafe.run_safe('rb.uniq', '{"u": "u + 1"}')
\gset
SELECT rollback_run_id, restored_rows FROM migsafe.rollback(:run_id)
\gset
SELECT id, u FROM rb.uniq ORDER BY id;
SELECT restored_rows FROM migsafe.rollback(:rollback_run_id);
SELECT id, u FROM rb.uniq ORDER BY id;

-- Triggers of users do not fire; foreign keys and CHECK constraints are kept.
SELECT rb.fill();
CREATE TABLE rb.level (id integer PRIMARY KEY);
INSERT INTO rb.level VALUES (1), (2);
CREATE TABLE rb.member (id integer PRIMARY KEY, level integer REFERENCES rb.level, age integer);
INSERT INTO rb.member VALUES (1, 1, 10), (2, 1, 20);
CREATE FUNCTION rb.fired() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING '% % fires', tg_when, tg_op; RETURN new; END $$;
SELECT run_id FROM migsafe.run_safe('rb.member', '{"level": "2"}')
\gset
CREATE TRIGGER before BEFORE UPDATE ON rb.member FOR EACH ROW EXECUTE FUNCTION rb.fired();
CREATE TRIGGER after AFTER UPDATE ON rb.member FOR EACH ROW EXECUTE FUNCTION rb.fired();
CREATE TRIGGER statement AFTER UPDATE ON rb.member FOR EACH STATEMENT EXECUTE FUNCTION rb.fired();
DELETE FROM rb.level WHERE id = 1;
SELECT total_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
INSERT INTO rb.level VALUES (1);
SELECT restored_rows FROM migsafe.rollback(:run_id);
SELECT id, level FROM rb.member ORDER BY id;
DROP TABLE rb.member;
CREATE TABLE rb.member (id integer PRIMARY KEY, age integer);
INSERT INTO rb.member VALUES (1, 10), (2, 20);
SELECT run_id FROM migsafe.run_safe('rb.member', '{"age": "age + 10"}')
\gset
ALTER TABLE rb.member ADD CONSTRAINT of_age CHECK (age > 18);
SELECT total_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
SELECT id, age FROM rb.member ORDER BY id;

-- Columns and tables that are not what they were.
SELECT rb.fill();
SELECT rb.run() AS run_id
\gset
ALTER TABLE rb.account ADD late integer DEFAULT 3;
BEGIN;
SELECT restored_rows FROM migsafe.rollback(:run_id);
ROLLBACK;
BEGIN;
ALTER TABLE rb.account DROP points;
\set VERBOSITY terse
SELECT total_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;
BEGIN;
ALTER TABLE rb.account ALTER points TYPE bigint;
SELECT total_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;
\set VERBOSITY default
-- a column that the run did not change does not matter
BEGIN;
ALTER TABLE rb.account DROP name;
SELECT restored_rows FROM migsafe.rollback(:run_id);
ROLLBACK;
BEGIN;
ALTER TABLE rb.account RENAME name TO title;
ALTER TABLE rb.account ALTER title TYPE varchar(100);
SELECT restored_rows FROM migsafe.rollback(:run_id);
SELECT id, title, points FROM rb.account ORDER BY id LIMIT 1;
ROLLBACK;
-- nor does another name of the table, or other places of its columns
BEGIN;
ALTER TABLE rb.account RENAME TO customer;
SELECT restored_rows FROM migsafe.rollback(:run_id);
ROLLBACK;
BEGIN;
DROP TABLE rb.account;
\set VERBOSITY sqlstate
SELECT total_rows FROM migsafe.rollback(:run_id);
ROLLBACK;
\set VERBOSITY default

-- Types are the same whatever the search_path is.
CREATE TYPE rb.mood AS ENUM ('sad', 'ok');
CREATE TABLE rb.felt (id integer PRIMARY KEY, m rb.mood, ms rb.mood[]);
INSERT INTO rb.felt VALUES (1, 'sad', '{ok}');
SELECT run_id AS felt FROM migsafe.run_safe('felt', '{"m": "''ok''"}')
\gset
SET search_path = pg_catalog;
SELECT restored_rows FROM migsafe.rollback(:felt);
SET search_path = rb, public;

-- An undo log that was altered or dropped.
SELECT 'migsafe_undo.run_' || :run_id AS undo
\gset
\set VERBOSITY sqlstate
BEGIN;
DELETE FROM :undo WHERE seq = 2;
SELECT total_rows FROM migsafe.rollback(:run_id);
ROLLBACK;
BEGIN;
ALTER TABLE :undo DROP old_4;
SELECT total_rows FROM migsafe.rollback(:run_id);
ROLLBACK;
BEGIN;
DROP TABLE :undo;
SELECT total_rows FROM migsafe.rollback(:run_id);
ROLLBACK;
\set VERBOSITY default
SELECT restored_rows FROM migsafe.rollback(:run_id);

-- A dry run has no run_id; a run that was undone with its transaction never was, or has not committed, depending on
-- whether the recorder has told of it already.
BEGIN;
SELECT rb.run() AS run_id
\gset
ROLLBACK;
SELECT format('DO $do$ BEGIN PERFORM migsafe.rollback(%s); '
              'EXCEPTION WHEN undefined_object OR object_not_in_prerequisite_state THEN RAISE WARNING ''refused''; '
              'END $do$', :run_id)
\gexec
-- run and rollback in one transaction
BEGIN;
SELECT rb.run() AS run_id
\gset
SELECT restored_rows FROM migsafe.rollback(:run_id);
COMMIT;
SELECT points FROM rb.account WHERE id = 1;
-- (f()).* is one rollback
SELECT rb.run() AS run_id
\gset
SELECT restored_rows, conflicts FROM (SELECT (migsafe.rollback(:run_id)).*) r;
SELECT count(*) AS rollbacks FROM migsafe.run WHERE rollback_of = :run_id;

DROP SCHEMA rb CASCADE;
