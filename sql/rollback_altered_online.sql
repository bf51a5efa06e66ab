-- A rollback in batches, a plan, and several runs together, of what is not what it was: the table before they begin, and
-- while a rollback stands still; runs that nobody knows, and undo logs that are gone.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA aon;
SET search_path = aon, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 70501;

CREATE TABLE aon.item (id integer PRIMARY KEY, n integer, m integer, note text);
CREATE FUNCTION aon.fill() RETURNS void LANGUAGE sql AS $$
    TRUNCATE aon.item;
    INSERT INTO aon.item SELECT g, g, g, 'note' FROM generate_series(1, 2000) g;
$$;
-- How many rows are as before the run, and as it left them, of how many.
CREATE FUNCTION aon.state(OUT as_before bigint, OUT as_after bigint, OUT rows bigint) LANGUAGE plpgsql AS $$
BEGIN
    SELECT count(*) FILTER (WHERE n = id AND m = id), count(*) FILTER (WHERE n = id + 10000 AND m = id + 1), count(*)
    INTO as_before, as_after, rows FROM aon.item;
END
$$;

-- Of another type, or dropped: a plan and a rollback of several runs say so as a rollback does.
SELECT aon.fill();
SELECT run_id FROM migsafe.run_safe('aon.item', '{"n": "n + 10000", "m": "m + 1"}', name => 'altered')
\gset
ALTER TABLE aon.item ALTER m TYPE bigint;
SELECT key FROM migsafe.rollback_plan('altered');
\echo :SQLSTATE
SELECT run_id FROM migsafe.rollback_runs(ARRAY[:run_id]);
\echo :SQLSTATE
SELECT outcome, count(*) FROM migsafe.rollback_plan('altered', columns => '{n}') GROUP BY 1;
ALTER TABLE aon.item ALTER m TYPE integer;
BEGIN;
ALTER TABLE aon.item DROP m;
SAVEPOINT dropped;
SELECT key FROM migsafe.rollback_plan('altered');
\echo :SQLSTATE
ROLLBACK TO dropped;
SELECT run_id FROM migsafe.rollback_runs(ARRAY[:run_id]);
\echo :SQLSTATE
ROLLBACK;
SELECT count(*) FROM migsafe.run WHERE rollback_of = :run_id;
SELECT * FROM aon.state();

-- It stops at a row that somebody has changed.  Other names, columns that came, and those that went but are none of the
-- run's do not matter when it goes on.
UPDATE aon.item SET n = 0 WHERE id = 1;
\set VERBOSITY terse
CALL migsafe.rollback_online('altered', pace => '{"batch_size": 100}');
\set VERBOSITY default
SELECT run_id AS back FROM migsafe.run WHERE rollback_of = :run_id
\gset
SELECT count(*) FILTER (WHERE n <= 2000) > 100 AS some_are_back, count(*) FILTER (WHERE n > 10000) > 100 AS some_are_not FROM aon.item;
ALTER TABLE aon.item RENAME n TO number;
ALTER TABLE aon.item RENAME id TO no;
ALTER TABLE aon.item DROP note;
ALTER TABLE aon.item ADD late integer DEFAULT 3;
ALTER TABLE aon.item RENAME TO article;
CALL migsafe.rollback_online('altered', on_conflict => 'skip')
\gset
\echo :rollback_run_id = :back, :total_rows :restored_rows :skipped_rows
SELECT count(*) FILTER (WHERE number = no AND m = no), count(*) FILTER (WHERE late = 3) AS late FROM aon.article;
ALTER TABLE aon.article RENAME TO item;
ALTER TABLE aon.item RENAME no TO id;
ALTER TABLE aon.item RENAME number TO n;
-- taken back itself; and then a column that is to come back is dropped while another rollback stands still: that goes no
-- further, and nothing is changed
SELECT restored_rows FROM migsafe.rollback(:back);
UPDATE aon.item SET n = 10001 WHERE id = 1;
SELECT * FROM aon.state();
UPDATE aon.item SET n = 0 WHERE id = 1;
\set VERBOSITY terse
CALL migsafe.rollback_online('altered', pace => '{"batch_size": 100}');
\set VERBOSITY default
SELECT max(run_id) AS back FROM migsafe.run WHERE rollback_of = :run_id
\gset
CREATE TABLE aon.kept AS TABLE aon.item;
ALTER TABLE aon.item DROP m;
CALL migsafe.rollback_online('altered', on_conflict => 'overwrite');
\echo :SQLSTATE
CALL migsafe.resume_online(:back);
\echo :SQLSTATE
SELECT migsafe.rollback(:back);
\echo :SQLSTATE
SELECT count(*) AS as_they_were FROM aon.item i JOIN aon.kept k USING (id) WHERE i.n = k.n;
SELECT status, sqlstate FROM migsafe.status WHERE run_id = :back;

-- Constraints that are new by then: a conflict, with the constraint's name.
DROP TABLE aon.item, aon.kept;
CREATE TABLE aon.item (id integer PRIMARY KEY, n integer, m integer, note text);
SELECT aon.fill();
SELECT run_id FROM migsafe.run_safe('aon.item', '{"n": "n + 10000", "m": "m + 1"}', name => 'constrained')
\gset
UPDATE aon.item SET n = 0 WHERE id = 1;
\set VERBOSITY terse
CALL migsafe.rollback_online('constrained', pace => '{"batch_size": 100}');
\set VERBOSITY default
UPDATE aon.item SET n = 10001 WHERE id = 1;
ALTER TABLE aon.item ADD CONSTRAINT not_seven CHECK (n <> 7);
CALL migsafe.rollback_online('constrained');
\echo :SQLSTATE
CALL migsafe.rollback_online('constrained', on_conflict => 'overwrite')
\gset
\echo :restored_rows :skipped_rows
SELECT key, sqlstate, message FROM migsafe.row_error WHERE run_id = :rollback_run_id;
ALTER TABLE aon.item DROP CONSTRAINT not_seven;
SELECT restored_rows, unchanged_rows FROM migsafe.rollback('constrained');
SELECT * FROM aon.state();

-- Rows that are gone stop it if they are to: what was taken back before stays so.
SELECT aon.fill();
SELECT run_id FROM migsafe.run_safe('aon.item', '{"n": "n + 10000", "m": "m + 1"}', name => 'missing')
\gset
DELETE FROM aon.item WHERE id = 2;
UPDATE aon.item SET id = 3000 WHERE id = 3;
CALL migsafe.rollback_online('missing', on_missing => 'stop', pace => '{"batch_size": 100}');
\echo :SQLSTATE
SELECT count(*) FILTER (WHERE n = id) > 100 AS some_are_back, count(*) FILTER (WHERE n > 10000) > 100 AS some_are_not FROM aon.item;
UPDATE aon.item SET id = 3 WHERE id = 3000;
CALL migsafe.rollback_online('missing')
\gset
\echo :total_rows :restored_rows :missing_rows
SELECT * FROM aon.state();

-- The target is gone, before it begins and while it stands still; another table of its name is none of the run's.
SELECT aon.fill();
SELECT run_id FROM migsafe.run_safe('aon.item', '{"n": "n + 10000", "m": "m + 1"}', name => 'dropped')
\gset
UPDATE aon.item SET n = 0 WHERE id = 1;
\set VERBOSITY terse
CALL migsafe.rollback_online('dropped', pace => '{"batch_size": 100}');
\set VERBOSITY default
SELECT run_id AS back FROM migsafe.run WHERE rollback_of = :run_id
\gset
CREATE TABLE aon.copy (LIKE aon.item INCLUDING ALL);
INSERT INTO aon.copy TABLE aon.item;
DROP TABLE aon.item;
ALTER TABLE aon.copy RENAME TO item;
CALL migsafe.rollback_online(:run_id, on_conflict => 'overwrite');
\echo :SQLSTATE
CALL migsafe.resume_online(:back);
\echo :SQLSTATE
SELECT migsafe.resume(:back);
\echo :SQLSTATE
SELECT FROM migsafe.rollback(:back);
\echo :SQLSTATE
SELECT FROM migsafe.rollback_plan(:run_id);
\echo :SQLSTATE
SELECT FROM migsafe.rollback_runs(ARRAY[:run_id]);
\echo :SQLSTATE
CALL migsafe.rollback_online('dropped');
\echo :SQLSTATE
-- the old values can still be read
SELECT count(*) FROM migsafe.row_log(:run_id);

-- An undo log that is gone, of the run and of its rollback.
SELECT aon.fill();
SELECT run_id FROM migsafe.run_safe('aon.item', '{"n": "n + 10000", "m": "m + 1"}', name => 'lost')
\gset
UPDATE aon.item SET n = 0 WHERE id = 1;
\set VERBOSITY terse
CALL migsafe.rollback_online('lost', pace => '{"batch_size": 100}');
\set VERBOSITY default
SELECT run_id AS back FROM migsafe.run WHERE rollback_of = :run_id
\gset
ALTER TABLE migsafe_undo.run_:back RENAME TO moved;
CALL migsafe.resume_online(:back);
\echo :SQLSTATE
ALTER TABLE migsafe_undo.moved RENAME TO run_:back;
ALTER TABLE migsafe_undo.run_:run_id RENAME TO moved;
CALL migsafe.rollback_online('lost', on_conflict => 'overwrite');
\echo :SQLSTATE
SELECT migsafe.resume(:back);
\echo :SQLSTATE
SELECT FROM migsafe.rollback_plan('lost');
\echo :SQLSTATE
ALTER TABLE migsafe_undo.moved RENAME TO run_:run_id;
CALL migsafe.rollback_online('lost', on_conflict => 'overwrite')
\gset
\echo :restored_rows
SELECT * FROM aon.state();

-- The same, of a run that is not finished: no worker is started for it.
\set VERBOSITY terse
CALL migsafe.run_online('aon.item', '{"m": "1000 / (id - 7)"}', name => 'unfinished', max_errors => 0);
\set VERBOSITY default
SELECT run_id FROM migsafe.run WHERE name = 'unfinished'
\gset
ALTER TABLE migsafe_undo.run_:run_id RENAME TO moved;
SELECT migsafe.resume(:run_id);
\echo :SQLSTATE
ALTER TABLE migsafe_undo.moved RENAME TO run_:run_id;
SELECT restored_rows > 0 AS some FROM migsafe.rollback('unfinished');

-- Nobody knows them.
CALL migsafe.rollback_online(0);
\echo :SQLSTATE
CALL migsafe.rollback_online('unknown');
\echo :SQLSTATE
CALL migsafe.rollback_online(NULL::bigint);
\echo :SQLSTATE
CALL migsafe.resume_online(0);
\echo :SQLSTATE
DROP SCHEMA aon CASCADE;
