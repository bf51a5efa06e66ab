-- A run in one session, watched and steered from another one. Call it from this folder. Works in the schema online_demo,
-- and drops it at the end.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset pager off
\pset footer off

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
DROP SCHEMA IF EXISTS online_demo CASCADE;
CREATE SCHEMA online_demo;
SET search_path = online_demo;
\ir schema.sql

-- for the demo only: until something is true, but a minute at most
CREATE PROCEDURE wait_until(predicate text) LANGUAGE plpgsql AS $$
DECLARE
    is_true boolean;
BEGIN
    FOR i IN 1..1200 LOOP
        EXECUTE 'SELECT ' || predicate INTO is_true;
        IF is_true THEN
            RETURN;
        END IF;
        PERFORM pg_sleep(0.05);
    END LOOP;
    RAISE EXCEPTION 'in vain: %', predicate;
END
$$;

-- the other sessions go to the same database
\setenv PGHOST :HOST
\setenv PGPORT :PORT
\setenv PGUSER :USER
\setenv PGDATABASE :DBNAME

SELECT migsafe.fingerprint('customer') AS fingerprint_before
\gset

\echo 1. Another session begins the run; this one watches it
\! psql -X -q -f migrate.sql >/dev/null 2>&1 &
CALL wait_until($$(SELECT rows_done > 5000 FROM migsafe.progress WHERE name = 'online-demo')$$);
SELECT run_id, phase, rows_done, rows_total, percent, bar FROM migsafe.progress;
SELECT run_id FROM migsafe.progress WHERE name = 'online-demo'
\gset

\echo 2. Paused: nothing moves, and the application goes on as ever
SELECT migsafe.pause(:run_id);
SELECT count(*) AS done FROM customer WHERE changes = 1
\gset
UPDATE customer SET visits = visits + 1 WHERE id = 1;
SELECT pg_sleep(1)
\gset
SELECT status, (SELECT count(*) FROM customer WHERE changes = 1) = :done AS stood_still
FROM migsafe.status WHERE run_id = :run_id;

\echo 3. It goes on, and is cancelled on its way: what is done stays
SELECT migsafe.resume(:run_id);
CALL wait_until(format($$(SELECT count(*) > %s + 5000 FROM customer WHERE changes = 1)$$, :done));
SELECT migsafe.cancel(:run_id);
CALL wait_until(format('NOT EXISTS (SELECT FROM migsafe.live_run WHERE run_id = %s)', :run_id));
SELECT status, total_rows BETWEEN 10000 AND 99999 AS is_on_its_way FROM migsafe.status WHERE run_id = :run_id;
SELECT count(*) AS done FROM customer WHERE changes = 1
\gset

\echo 4. The same file again: the run goes on, and its process is killed
\! psql -X -q -f migrate.sql >/dev/null 2>&1 &
CALL wait_until(format($$(SELECT count(*) > %s + 5000 FROM customer WHERE changes = 1)$$, :done));
SELECT pg_terminate_backend(pid) AS terminated FROM migsafe.progress WHERE run_id = :run_id;
CALL wait_until(format('NOT EXISTS (SELECT FROM migsafe.live_run WHERE run_id = %s)', :run_id));
SELECT status FROM migsafe.status WHERE run_id = :run_id;

\echo 5. At full speed to the end, in this session; each row was changed once
SELECT migsafe.set_pace(:run_id, '{"target_batch_time": null, "batch_size": null, "rest": 0}') IS NOT NULL AS is_set;
SET client_min_messages = error;
CALL migsafe.resume_online(:run_id)
\gset of_run_
SET client_min_messages = warning;
\echo :of_run_total_rows 'rows,' :of_run_successful_rows 'successful,' :of_run_failed_rows 'failed,' :of_run_not_visited 'not visited'
SELECT changes, count(*) AS rows FROM customer GROUP BY changes ORDER BY changes;
SELECT key, message FROM migsafe.row_error WHERE run_id = :run_id ORDER BY error_no LIMIT 1;

\echo 6. Taken back, in batches as well; the visit of step 2 stays
CALL migsafe.rollback_online('online-demo')
\gset of_rollback_
\echo :of_rollback_total_rows 'entries,' :of_rollback_restored_rows 'rows restored'
SELECT run_id = :run_id AS is_the_run, kind, status FROM migsafe.status WHERE run_id IN (:run_id, :of_rollback_rollback_run_id);
SELECT sum(visits) AS visits FROM customer;
UPDATE customer SET visits = 0 WHERE id = 1;
SELECT migsafe.fingerprint('customer') AS fingerprint_now
\gset
\echo 'before the run:     ' :fingerprint_before
\echo 'after the rollback: ' :fingerprint_now
SELECT :'fingerprint_before' = :'fingerprint_now' AS equal
\gset
\if :equal
    \echo EQUAL: the rollback gave back exactly what was there.
\else
    DO $$ BEGIN RAISE EXCEPTION 'the rollback did not give back what was there'; END $$;
\endif

DROP SCHEMA online_demo CASCADE;
RESET client_min_messages;
