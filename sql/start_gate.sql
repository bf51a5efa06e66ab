-- Background runs that cannot begin, or go on: none of them stands in the way of others, and require_finished() says
-- what to do. And which of several runs of a name it asks for.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
SET client_min_messages = notice;
ALTER SEQUENCE migsafe.run_id_seq RESTART 41001;
CREATE SCHEMA gate;
CREATE ROLE regress_migsafe_gate LOGIN;
CREATE ROLE regress_migsafe_locked LOGIN;
CREATE ROLE regress_migsafe_dropped LOGIN;
GRANT USAGE, CREATE ON SCHEMA gate TO regress_migsafe_gate;
GRANT USAGE ON SCHEMA gate TO PUBLIC;
CREATE FUNCTION gate.wait_until_stopped(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    FOR i IN 1..600 LOOP
        SELECT format('%s, %s: %s', s.status, s.sqlstate, s.message) INTO found
        FROM migsafe.status s WHERE s.name = wait_until_stopped.name ORDER BY s.run_id DESC LIMIT 1;
        EXIT WHEN found LIKE 'failed%';
        PERFORM pg_sleep(0.05);
    END LOOP;
    RETURN found;
END
$$;
SET ROLE regress_migsafe_gate;
CREATE TABLE gate.t (id integer PRIMARY KEY, n integer);
INSERT INTO gate.t SELECT g, 0 FROM generate_series(1, 5) g;
GRANT SELECT, UPDATE ON gate.t TO regress_migsafe_locked, regress_migsafe_dropped;
RESET ROLE;

-- A role whose transactions are read-only unless it says otherwise.
ALTER ROLE regress_migsafe_gate SET default_transaction_read_only = on;
SET ROLE regress_migsafe_gate;
SELECT migsafe.start('gate.t', '{"n": "n + 1"}', name => 'read-only', workers => 2);
SELECT migsafe.require_finished('read-only', '1 min');
RESET ROLE;
ALTER ROLE regress_migsafe_gate RESET default_transaction_read_only;

-- A role that may no longer log in: its run waits, and those of others on the table do not.
BEGIN;
SET LOCAL ROLE regress_migsafe_locked;
SELECT migsafe.start('gate.t', '{"n": "n + 10"}', name => 'locked');
RESET ROLE;
ALTER ROLE regress_migsafe_locked NOLOGIN;
COMMIT;
SELECT migsafe.require_finished('locked', '1 min');
SELECT migsafe.start('gate.t', '{"n": "n + 1"}', name => 'behind it');
SELECT migsafe.require_finished('behind it', '1 min');
SELECT migsafe.start('gate.t', '{"n": "n + 10"}', name => 'locked');
ALTER ROLE regress_migsafe_locked LOGIN;
-- a session tries a run once in five seconds
\c -
SELECT migsafe.require_finished('locked', '1 min');
SELECT DISTINCT n FROM gate.t;

-- One that may no longer connect to the database.
SELECT current_database() AS db
\gset
BEGIN;
SET LOCAL ROLE regress_migsafe_locked;
SELECT migsafe.start('gate.t', '{"n": "n + 100"}', name => 'shut out');
RESET ROLE;
REVOKE CONNECT ON DATABASE :"db" FROM PUBLIC;
COMMIT;
SELECT migsafe.require_finished('shut out', '1 min');
SET ROLE regress_migsafe_locked;
SELECT migsafe.start('gate.t', '{"n": "n + 1"}');
RESET ROLE;
GRANT CONNECT ON DATABASE :"db" TO PUBLIC;
\c -
SELECT migsafe.require_finished('shut out', '1 min');
SELECT DISTINCT n FROM gate.t;

-- One that is gone: its run is taken back, and its name is free.
BEGIN;
SET LOCAL ROLE regress_migsafe_dropped;
SELECT migsafe.start('gate.t', '{"n": "n + 1000"}', name => 'left') AS left
\gset
RESET ROLE;
DROP OWNED BY regress_migsafe_dropped;
DROP ROLE regress_migsafe_dropped;
COMMIT;
SELECT migsafe.require_finished('left', '1 min');
SELECT migsafe.start('gate.t', '{"n": "n + 1000"}', name => 'left');
SELECT restored_rows FROM migsafe.rollback(:left);
SELECT migsafe.start('gate.t', '{"n": "n + 1000"}', name => 'left') > :left AS started;
SELECT migsafe.require_finished('left', '1 min') > :left AS finished;
SELECT DISTINCT n FROM gate.t;

-- A table that was dropped before its run could begin. That is tried once, and is no secret.
SET ROLE regress_migsafe_gate;
CREATE TABLE gate.gone (id integer PRIMARY KEY, n integer);
BEGIN;
SELECT migsafe.start('gate.gone', '{"n": "n + 1"}', name => 'gone');
DROP TABLE gate.gone;
COMMIT;
SELECT migsafe.require_finished('gone', '1 min');
SET ROLE regress_migsafe_locked;
SELECT migsafe.require_finished('gone', '1 min');
RESET ROLE;
SELECT gate.wait_until_stopped('gone');

-- Its name is free for the next table.
SET ROLE regress_migsafe_gate;
CREATE TABLE gate.gone (id integer PRIMARY KEY, n integer);
INSERT INTO gate.gone VALUES (1, 1), (2, 2);
SELECT migsafe.start('gate.gone', '{"n": "n + 1"}', name => 'gone') AS first
\gset
SELECT migsafe.require_finished('gone', '1 min') = :first AS finished;

-- The table was dropped again, and made again: what was done to the other one does not count, but for who asks by number.
DROP TABLE gate.gone;
SELECT migsafe.require_finished('gone') = :first AS finished;
CREATE TABLE gate.gone (id integer PRIMARY KEY, n integer);
INSERT INTO gate.gone VALUES (1, 1), (2, 2);
ANALYZE gate.gone;
SELECT migsafe.require_finished('gone');
SELECT migsafe.require_finished(:first) = :first AS finished;

-- Nor does it hide what became of the newer run.
SELECT migsafe.start('gate.gone', '{"n": "1 / (n - 2)"}', name => 'gone', max_errors => 0);
SELECT migsafe.require_finished('gone', '1 min');
SELECT migsafe.start('gate.gone', '{"n": "1 / (n - 2)"}', name => 'gone', max_errors => 1);
SELECT migsafe.require_finished('gone', '1 min') > :first AS finished;
SELECT restored_rows FROM migsafe.rollback('gone');
SELECT migsafe.require_finished('gone');
DROP TABLE gate.gone;
SELECT migsafe.require_finished('gone');

-- One that is being taken back in batches, here up to the checks, is neither finished nor to be started again.
SELECT migsafe.start('gate.t', '{"n": "id"}', name => 'half') AS half
\gset
SELECT migsafe.require_finished('half', '1 min') = :half AS finished;
\set VERBOSITY terse
CALL migsafe.rollback_online('half', checks => '[{"check": "expression", "expression": "n < 10"}]');
\set VERBOSITY default
SELECT DISTINCT n FROM gate.t;
SELECT migsafe.require_finished('half', '1 min');
SELECT migsafe.start('gate.t', '{"n": "id"}', name => 'half');
CALL migsafe.run_online('gate.t', '{"n": "id"}', name => 'half');
SELECT run_id AS back FROM migsafe.status WHERE kind = 'rollback' ORDER BY run_id DESC LIMIT 1
\gset
SELECT restored_rows FROM migsafe.rollback(:back);
SELECT migsafe.require_finished('half') = :half AS finished;
SELECT id, n FROM gate.t ORDER BY id;
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA gate CASCADE;
DROP OWNED BY regress_migsafe_gate, regress_migsafe_locked;
DROP ROLE regress_migsafe_gate, regress_migsafe_locked;
