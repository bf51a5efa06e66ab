-- The recorder: what outlives a run that did not commit, and what can be seen while one is under way.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
RESET client_min_messages;
CREATE SCHEMA rec;
ALTER SEQUENCE migsafe.run_id_seq RESTART 1001;
CREATE TABLE rec.t (id integer PRIMARY KEY, a text);
INSERT INTO rec.t SELECT i, i FROM generate_series(1, 20) i;

-- The recorder works beside the run, so wait for it.
CREATE FUNCTION rec.status(run_name text) RETURNS text LANGUAGE plpgsql VOLATILE AS
$$ BEGIN RETURN (SELECT status FROM migsafe.status WHERE name = run_name ORDER BY run_id DESC LIMIT 1); END $$;
CREATE FUNCTION rec.becomes(run_name text, wanted text) RETURNS text LANGUAGE plpgsql VOLATILE AS
$$ BEGIN
    FOR i IN 1..1000 LOOP
        EXIT WHEN rec.status(run_name) = wanted;
        PERFORM pg_sleep(0.01);
    END LOOP;
    RETURN rec.status(run_name);
END $$;
CREATE FUNCTION rec.waiting(runs bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS
$$ BEGIN
    FOR i IN 1..1000 LOOP
        EXIT WHEN (SELECT count(*) FROM migsafe.progress WHERE phase = 'waiting for the commit') = runs;
        PERFORM pg_sleep(0.01);
    END LOOP;
    RETURN (SELECT count(*) FROM migsafe.progress WHERE phase = 'waiting for the commit') = runs;
END $$;
CREATE FUNCTION rec.forgotten(id bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS
$$ BEGIN
    FOR i IN 1..1000 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM migsafe.recorded_run WHERE run_id = id);
        PERFORM pg_sleep(0.01);
    END LOOP;
    RETURN NOT EXISTS (SELECT FROM migsafe.recorded_run WHERE run_id = id)
       AND NOT EXISTS (SELECT FROM migsafe.recorded_error WHERE run_id = id);
END $$;

-- A run that fails leaves its counts, its row errors, and the reason.
SELECT * FROM migsafe.run_safe('rec.t', '{"a": "(10 / (id % 5))::text"}', only_if => 'id <> 1', name => 'fails',
                               max_errors => 1);
SELECT rec.becomes('fails', 'failed');
SELECT run_id, name, kind, target, status, total_rows, successful_rows, failed_rows, skipped_rows,
       elapsed >= '0' AS elapsed, sqlstate, message
FROM migsafe.status WHERE name = 'fails';
SELECT * FROM migsafe.row_error WHERE run_id = 1001 ORDER BY error_no;
SELECT kind, run_by = current_user AS run_by, backend_pid = pg_backend_pid() AS backend, phase, outcome, detail, hint
FROM migsafe.recorded_run WHERE run_id = 1001;
SELECT * FROM migsafe.run_summary(1001);
SELECT migsafe.rollback(1001);
SELECT migsafe.row_log(1001);
\echo :SQLSTATE
SELECT migsafe.rollback('fails');
-- Its name is still free.
SELECT successful_rows, failed_rows FROM migsafe.run_safe('rec.t', '{"a": "(10 / (id % 5))::text"}', name => 'fails');
SELECT rec.status('fails');
-- Of what has committed its own records count, and each row error is there once.
SELECT rec.forgotten(1002);
SELECT error_no, key FROM migsafe.row_error WHERE run_id = 1002 ORDER BY error_no;
SELECT count(*) FROM migsafe.status WHERE run_id = 1002;

-- A transaction that is rolled back after its runs: both are there, with the errors that they had.
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rec.t', '{"a": "a || ''x''"}', name => 'one of two');
SELECT failed_rows FROM migsafe.run_safe('rec.t', '{"a": "(1 / (id - 7))::text"}', name => 'two of two');
SELECT count(*) AS recorders FROM pg_stat_activity
WHERE backend_type = 'migsafe recorder' AND datname = current_database();
-- Meanwhile it is live, and its own session sees each error once as well.
SELECT rec.status('one of two'), rec.waiting(2);
SELECT error_no, key FROM migsafe.row_error WHERE run_id = 1004;
SELECT run_id, name, target, phase, rows_done, rows_total, percent, bar, eta, errors, waiting_for,
       pid = pg_backend_pid() AS pid
FROM migsafe.progress ORDER BY run_id;
ROLLBACK;
SELECT rec.becomes('one of two', 'aborted'), rec.becomes('two of two', 'aborted');
SELECT name, total_rows, successful_rows, failed_rows, sqlstate, message FROM migsafe.status
WHERE name LIKE '% of two' ORDER BY run_id;
SELECT error_no, key, row_before FROM migsafe.row_error WHERE run_id = 1004;
SELECT count(*) FROM migsafe.progress;

-- A savepoint that is rolled back, and a run after it that commits.
BEGIN;
SAVEPOINT s;
SELECT failed_rows FROM migsafe.run_safe('rec.t', '{"a": "(1 / (id - 8))::text"}', name => 'given up');
ROLLBACK TO s;
SELECT rec.becomes('given up', 'aborted');
SELECT key FROM migsafe.row_error WHERE run_id = 1005;
SELECT failed_rows FROM migsafe.run_safe('rec.t', '{"a": "(1 / (id - 9))::text"}', name => 'kept');
COMMIT;
SELECT rec.status('given up'), rec.status('kept'), rec.forgotten(1006);
SELECT run_id, key FROM migsafe.row_error WHERE run_id IN (1005, 1006) ORDER BY run_id;

-- A run that fails in a block that handles it, while the transaction goes on.
DO $$
BEGIN
    PERFORM migsafe.run_safe('rec.t', '{"a": "(1 / (id - 8))::text"}', name => 'handled', max_errors => 0);
EXCEPTION WHEN data_exception THEN
    RAISE NOTICE '%, and %', SQLERRM, rec.becomes('handled', 'failed');
END
$$;
SELECT rec.status('handled');

-- Errors that concern the whole run: of a check, of what is not one of a row, of a cancel.
SELECT migsafe.run_safe('rec.t', '{"a": "a || 1"}', name => 'check',
                        checks => '[{"check": "expression", "expression": "id < 20"}]');
SELECT migsafe.run_safe('rec.t', '{"a": "no_such_column"}', name => 'mistake');
CREATE TABLE rec.new AS SELECT id, 'a' AS a FROM generate_series(1, 20) id;
SET statement_timeout = 300;
SELECT migsafe.run_safe('rec.new', '{"a": "a || CASE WHEN id = 10 THEN pg_sleep(60)::text END"}', name => 'cancelled');
RESET statement_timeout;
SELECT rec.becomes('check', 'failed'), rec.becomes('mistake', 'failed'), rec.becomes('cancelled', 'failed');
SELECT name, status, total_rows, successful_rows, sqlstate, message FROM migsafe.status
WHERE name IN ('check', 'mistake', 'cancelled') ORDER BY run_id;
-- What is wrong before there is a run is only an ERROR.
SELECT migsafe.run_safe('rec.t', '{"b": "1"}', name => 'no such column');
SELECT migsafe.run_safe('rec.t', '{"a": "a || 1"}', name => 'precondition',
                        precondition => '[{"check": "expression", "expression": "id < 20"}]');
SELECT count(*) FROM migsafe.status WHERE name IN ('no such column', 'precondition');

-- A rollback and a restore that fail.
SELECT successful_rows FROM migsafe.run_safe('rec.t', '{"a": "a || 2"}', name => 'changed since');
UPDATE rec.t SET a = 'mine' WHERE id = 3;
SELECT migsafe.rollback('changed since');
SELECT kind, status, sqlstate, message FROM migsafe.status WHERE kind = 'rollback' AND target = 'rec.t';
SET client_min_messages = warning;
SELECT row_count FROM migsafe.backup_table('rec.t');
CREATE TABLE rec.refers (id integer REFERENCES rec.t);
INSERT INTO rec.t VALUES (21, 'new');
INSERT INTO rec.refers VALUES (21);
SELECT migsafe.restore('rec.t');
SELECT kind, status, sqlstate, message FROM migsafe.status WHERE kind = 'restore' AND target = 'rec.t';
DROP TABLE rec.refers;
SELECT rows_deleted FROM migsafe.restore('rec.t');
RESET client_min_messages;
SELECT kind, status, total_rows FROM migsafe.status WHERE kind = 'restore' AND target = 'rec.t' ORDER BY run_id;

-- Others see what they may: the readers of the target.
CREATE ROLE regress_migsafe_reader;
CREATE ROLE regress_migsafe_other;
GRANT USAGE ON SCHEMA rec TO regress_migsafe_reader, regress_migsafe_other;
GRANT SELECT ON rec.t TO regress_migsafe_reader;
SET ROLE regress_migsafe_other;
SELECT count(*) AS status FROM migsafe.status WHERE target = 'rec.t';
SELECT count(*) AS row_errors FROM migsafe.row_error WHERE run_id BETWEEN 1001 AND 1099;
SELECT count(*) AS recorded FROM migsafe.recorded_run WHERE target_schema = 'rec';
SELECT count(*) AS recorded FROM migsafe.recorded_error WHERE run_id BETWEEN 1001 AND 1099;
SELECT migsafe.row_log(1001);
SELECT migsafe.run_summary(1001);
SET ROLE regress_migsafe_reader;
SELECT count(*) > 0 AS status FROM migsafe.status WHERE target = 'rec.t';
SELECT error_no, key FROM migsafe.row_error WHERE run_id = 1001 ORDER BY error_no;
RESET ROLE;
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rec.t', '{"a": "a || 3"}', name => 'watched');
SET LOCAL ROLE regress_migsafe_other;
SELECT count(*) FROM migsafe.progress;
SET LOCAL ROLE regress_migsafe_reader;
SELECT status FROM migsafe.status WHERE name = 'watched';
ROLLBACK;
DROP OWNED BY regress_migsafe_reader, regress_migsafe_other;
DROP ROLE regress_migsafe_reader, regress_migsafe_other;

-- The recorder writes as the owner of the catalogs, and is in nobody's way: a message that it cannot write soon, it
-- gives up. Here this transaction holds the lock that it would need.
BEGIN;
LOCK TABLE migsafe.recorded_run IN SHARE MODE;
SELECT successful_rows FROM migsafe.run_safe('rec.t', '{"a": "a || 4"}', name => 'in the way');
SELECT pg_sleep(0.8);
COMMIT;
SELECT rec.status('in the way');

-- More row errors at once than the queue has room for: neither they nor the outcome are lost. (With what was recorded of
-- the row, these have about 2 MB; the queue has 64 kB.)
CREATE FUNCTION rec.errors_become(run_name text, wanted bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS
$$
DECLARE
    id bigint := (SELECT run_id FROM migsafe.status WHERE name = run_name);
BEGIN
    FOR i IN 1..1000 LOOP
        EXIT WHEN (SELECT count(*) FROM migsafe.row_error WHERE run_id = id) = wanted;
        PERFORM pg_sleep(0.01);
    END LOOP;
    RETURN (SELECT count(*) FROM migsafe.row_error WHERE run_id = id);
END $$;
CREATE TABLE rec.wide AS SELECT id, repeat('x', 2000) AS a FROM generate_series(1, 1000) id;
SET client_min_messages = error;
BEGIN;
SELECT successful_rows, failed_rows
FROM migsafe.run_safe('rec.wide', '{"a": "(1 / (id / 1000))::text"}', name => 'flood', max_errors => 999);
ROLLBACK;
RESET client_min_messages;
SELECT rec.becomes('flood', 'aborted'), rec.errors_become('flood', 999);
SELECT count(DISTINCT error_no), min(length(row_before ->> 'a')) FROM migsafe.row_error e
JOIN migsafe.status s ON s.run_id = e.run_id AND s.name = 'flood';

-- An extension that was created in the same transaction cannot be seen by the recorder: then runs are not recorded, and
-- the run says nothing of it.
CREATE DATABASE regress_migsafe_recorder;
\set here :DBNAME
\c regress_migsafe_recorder
BEGIN;
CREATE EXTENSION migsafe;
CREATE TABLE t (id integer PRIMARY KEY, a text);
INSERT INTO t SELECT i, i FROM generate_series(1, 3) i;
SELECT successful_rows FROM migsafe.run_safe('t', '{"a": "a || 1"}', name => 'with the extension');
SAVEPOINT s;
SELECT migsafe.run_safe('t', '{"a": "(1 / (id - 2))::text"}', max_errors => 0);
ROLLBACK TO s;
SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'migsafe recorder' AND datname = current_database();
COMMIT;
SELECT name, status FROM migsafe.status;
-- As it is seen by all now, they are.
SELECT migsafe.run_safe('t', '{"a": "(1 / (id - 2))::text"}', max_errors => 0);
SELECT name, status FROM migsafe.status ORDER BY run_id;

-- A tool or a superuser may drop the extension while a recorder waits for more to do.
SET client_min_messages = warning;
DROP EXTENSION migsafe CASCADE;
CREATE EXTENSION migsafe;
SELECT successful_rows FROM migsafe.run_safe('t', '{"a": "a || 1"}', name => 'again');
\c :here
DROP DATABASE regress_migsafe_recorder;

SET client_min_messages = warning;
DROP SCHEMA rec CASCADE;
