-- Rollbacks of rollbacks, in whatever order: what the status of a run says is what its rows are.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
RESET client_min_messages;
ALTER SEQUENCE migsafe.run_id_seq RESTART 99001;
CREATE SCHEMA rc;
CREATE TABLE rc.item (id integer PRIMARY KEY, n integer);
INSERT INTO rc.item SELECT i, i FROM generate_series(1, 5) i;
CREATE VIEW rc.state AS SELECT array_agg(n ORDER BY id) AS n FROM rc.item;

-- A redo that another rollback has undone cannot be taken back once more: it would write nothing, and count all the same.
SELECT run_id FROM migsafe.run_safe('rc.item', '{"n": "n + 100"}', name => 'r');
SELECT rollback_run_id, restored_rows FROM migsafe.rollback('r');
SELECT rollback_run_id, restored_rows FROM migsafe.rollback(99002);
SELECT rollback_run_id, restored_rows FROM migsafe.rollback('r');
SELECT restored_rows FROM migsafe.rollback(99003);
\echo :SQLSTATE
SELECT restored_rows FROM migsafe.rollback(99001);
SELECT run_id, status, rollback_of FROM migsafe.status WHERE run_id BETWEEN 99001 AND 99100 ORDER BY run_id;
TABLE rc.state;
-- by its name as by its number
SELECT restored_rows FROM migsafe.rollback('r');
-- what the first rollback did is so again: it can be redone by that one as well
SELECT rollback_run_id, restored_rows FROM migsafe.rollback(99002);
TABLE rc.state;
SELECT migsafe.require_finished('r');
SELECT restored_rows FROM migsafe.rollback(99004);
\echo :SQLSTATE

-- A part of it redone: the same call once more would change those rows twice.
SELECT rollback_run_id, restored_rows FROM migsafe.rollback('r');
SELECT rollback_run_id, restored_rows FROM migsafe.rollback(99006, rows => 'id < 3');
TABLE rc.state;
SELECT successful_rows FROM migsafe.run_safe('rc.item', '{"n": "n + 100"}', name => 'r');
\echo :SQLSTATE
SELECT migsafe.start('rc.item', '{"n": "n + 100"}', name => 'r');
\echo :SQLSTATE
CALL migsafe.run_online('rc.item', '{"n": "n + 100"}', name => 'r');
\echo :SQLSTATE
SELECT migsafe.require_finished('r');
SELECT rollback_run_id, restored_rows FROM migsafe.rollback(99007);
TABLE rc.state;
-- or all but a row that somebody has changed
UPDATE rc.item SET n = 0 WHERE id = 4;
SELECT rollback_run_id, restored_rows, conflicts FROM migsafe.rollback(99006, on_conflict => 'skip');
SELECT successful_rows FROM migsafe.run_safe('rc.item', '{"n": "n + 100"}', name => 'r');
\echo :SQLSTATE
SELECT rollback_run_id, restored_rows FROM migsafe.rollback(99009, on_conflict => 'skip');
SELECT successful_rows FROM migsafe.run_safe('rc.item', '{"n": "n + 100"}', name => 'r');
SELECT restored_rows FROM migsafe.rollback('r');
UPDATE rc.item SET n = id;

-- Whoever may be taken back next, in forty chains of ten: the status of the run says what its rows are, and each that was
-- allowed has written all of them.
CREATE PROCEDURE rc.walk(name text, INOUT wrong integer, INOUT idle integer, INOUT steps integer) LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
    restored bigint;
    message text;
    next_run bigint;
BEGIN
    SELECT r.run_id INTO first FROM migsafe.run_safe('rc.item', '{"n": "n + 100"}', name => walk.name) r;
    FOR i IN 1..10 LOOP
        SELECT s.run_id INTO next_run FROM migsafe.status s
        WHERE s.run_id BETWEEN first AND (SELECT q.last_value FROM migsafe.run_id_seq q)
        ORDER BY random() LIMIT 1;
        BEGIN
            SELECT r.restored_rows INTO restored FROM migsafe.rollback(next_run) r;
            steps := steps + 1;
            idle := idle + (restored <> 5)::integer;
        EXCEPTION WHEN object_not_in_prerequisite_state THEN
            -- as it is advised
            GET STACKED DIAGNOSTICS message = PG_EXCEPTION_HINT;
            SELECT r.restored_rows INTO restored FROM migsafe.rollback(substring(message FROM 'rollback\((\d+)\)')::bigint) r;
            steps := steps + 1;
            idle := idle + (restored <> 5)::integer;
        END;
        wrong := wrong + (((SELECT s.status FROM migsafe.status s WHERE s.run_id = first) = 'committed')
                          <> ((SELECT min(n) FROM rc.item) > 100))::integer;
    END LOOP;
    UPDATE rc.item SET n = id;
END
$$;
SELECT setseed(0.5);
DO $$
DECLARE
    wrong integer := 0;
    idle integer := 0;
    steps integer := 0;
BEGIN
    FOR i IN 1..40 LOOP
        CALL rc.walk('walk ' || i, wrong, idle, steps);
    END LOOP;
    RAISE NOTICE '% steps, status wrong after %, nothing written by %', steps, wrong, idle;
END
$$;

-- In batches, here up to checks that fail: what one that is not finished does to the run is said by turns.
ALTER SEQUENCE migsafe.run_id_seq RESTART 99901;
SET client_min_messages = warning;
SELECT run_id FROM migsafe.run_safe('rc.item', '{"n": "n + 100"}', name => 'batches');
SELECT rollback_run_id FROM migsafe.rollback('batches');
\set VERBOSITY terse
CALL migsafe.rollback_online(99902, checks => '[{"check": "expression", "expression": "n < 10"}]');
\set VERBOSITY default
SELECT DISTINCT n > 100 AS redone FROM rc.item;
SELECT migsafe.require_finished('batches');
SELECT migsafe.require_finished(99902);
-- nor is it run again, which would change those rows twice
SELECT migsafe.start('rc.item', '{"n": "n + 100"}', name => 'batches');
SELECT run_id FROM migsafe.run_safe('rc.item', '{"n": "n + 100"}', name => 'batches');
CALL migsafe.run_online('rc.item', '{"n": "n + 100"}', name => 'batches');
SELECT total_rows FROM migsafe.rollback(99902);
\set VERBOSITY terse
CALL migsafe.rollback_online(99903, checks => '[{"check": "expression", "expression": "n > 10"}]');
\set VERBOSITY default
SELECT migsafe.require_finished('batches');
SELECT migsafe.require_finished(99902);
SELECT migsafe.require_finished(99903);
-- what can be steered is the rollback that is not finished, by its own number
SELECT migsafe.set_pace(99903, '{"rest": 1}');
SELECT migsafe.cancel(99902);
SELECT migsafe.set_pace(99904, '{"rest": 1}') -> 'rest' AS rest;

-- Who may not read the table is not told by what a run of that name was taken back. A redo cannot be merged.
ALTER SEQUENCE migsafe.run_id_seq RESTART 99951;
CREATE TABLE rc.told (id integer PRIMARY KEY, doc jsonb);
INSERT INTO rc.told VALUES (1, '{"a": 1}'), (2, '{"a": 2}');
SELECT run_id FROM migsafe.run_safe('rc.told', '{"doc": [{"op": "add", "path": "/b", "value": 1}]}', name => 'told');
SELECT rollback_run_id FROM migsafe.rollback('told');
CREATE ROLE regress_migsafe_stranger;
GRANT USAGE ON SCHEMA rc TO regress_migsafe_stranger;
SET ROLE regress_migsafe_stranger;
SELECT total_rows FROM migsafe.rollback('told');
SELECT outcome FROM migsafe.rollback_plan('told');
RESET ROLE;
UPDATE rc.told SET doc = doc || '{"c": 3}' WHERE id = 1;
SELECT restored_rows FROM migsafe.rollback(99952);
SELECT key, outcome FROM migsafe.rollback_plan(99952, on_conflict => 'merge') ORDER BY key ->> 'id';

DROP SCHEMA rc CASCADE;
DROP ROLE regress_migsafe_stranger;
RESET client_min_messages;
