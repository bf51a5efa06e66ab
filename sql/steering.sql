-- pause, resume, cancel and set_pace: who may steer which run, and what becomes of one that is not under way. (One that
-- is needs a second session: see test/isolation.)
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE ROLE steering_owner;
CREATE ROLE steering_runner;
CREATE ROLE steering_reader;
CREATE ROLE steering_stranger;
RESET client_min_messages;
CREATE SCHEMA sg;
GRANT USAGE ON SCHEMA sg TO PUBLIC;
CREATE TABLE sg.t (id integer PRIMARY KEY, n integer);
INSERT INTO sg.t VALUES (1, 1);
ALTER TABLE sg.t OWNER TO steering_owner;
GRANT SELECT, UPDATE ON sg.t TO steering_runner;
GRANT SELECT ON sg.t TO steering_reader;

-- Two runs: an atomic one, and an online one that a crash has interrupted. The second is recorded by hand, since what
-- is tested here is what can be done without a backend that carries it out.
ALTER SEQUENCE migsafe.run_id_seq RESTART 31001;
SELECT run_id, successful_rows FROM migsafe.run_safe('sg.t', '{"n": "n + 1"}', name => 'atomic');
INSERT INTO migsafe.run
SELECT (r).* FROM (
    SELECT jsonb_populate_record(r, jsonb_build_object('run_id', 31002, 'name', 'interrupted', 'online', true,
        'run_by_oid', 'steering_runner'::regrole::oid::bigint)) AS r
    FROM migsafe.run r WHERE run_id = 31001) s;
INSERT INTO migsafe.online_run (run_id, background, workers, pace, sweep, phase)
VALUES (31002, false, 1, '{"rest": 2}', false, 'rows');

-- Of a run that is not under way the pace is stored; what is not said stays, null gives the default.
SELECT migsafe.set_pace(31002, '{"target_batch_time": "2 s", "max_batch_wal": "1MB", "max_replay_lag": false,
                                 "yield_to_waiters": false, "hold_while": "SELECT false; "}') AS pace \gset
SELECT v.key, v.value FROM jsonb_each(:'pace') v;
SELECT pace = :'pace' AS stored FROM migsafe.online_run WHERE run_id = 31002;
SELECT migsafe.set_pace(31002, '{"rest": null, "max_replay_lag": true, "hold_while": null}') AS pace \gset
SELECT v.key, v.value FROM jsonb_each(:'pace') v
WHERE v.key IN ('rest', 'max_replay_lag', 'hold_while', 'target_batch_time');

-- Other forms of the same.
SELECT v.key, v.value FROM jsonb_each(migsafe.set_pace(31002,
    '{"target_batch_time": 250, "lock_timeout": "00:00:00.05", "max_hold": "90 minutes", "yield_to_autovacuum": 0,
      "max_replay_lag_bytes": 1e6, "max_archive_backlog": 7, "batch_size": 1}')) v
WHERE v.key NOT IN ('rest', 'hold_while', 'max_batch_wal', 'yield_to_waiters');

-- What is wrong with a pace.
SELECT migsafe.set_pace(31002, '{"rests": 1}');
SELECT migsafe.set_pace(31002, '[]');
SELECT migsafe.set_pace(31002, '7');
SELECT migsafe.set_pace(31002, '{"target_batch_time": 1}');
SELECT migsafe.set_pace(31002, '{"target_batch_time": "5 MB"}');
SELECT migsafe.set_pace(31002, '{"target_batch_time": "NaN"}');
SELECT migsafe.set_pace(31002, '{"max_batch_wal": "1 s"}');
SELECT migsafe.set_pace(31002, '{"max_batch_wal": false}');
SELECT migsafe.set_pace(31002, '{"batch_size": 1.5}');
SELECT migsafe.set_pace(31002, '{"batch_size": "many"}');
SELECT migsafe.set_pace(31002, '{"rest": 1e300}');
SELECT migsafe.set_pace(31002, '{"yield_to_waiters": 1}');
SELECT migsafe.set_pace(31002, '{"hold_while": ["SELECT 1"]}');
SELECT migsafe.set_pace(31002, jsonb_build_object('hold_while', repeat('x', 4001)));
SELECT migsafe.set_pace(31002, '{"hold_while": "SELECT 1/0"}');
SELECT migsafe.set_pace(31002, '{"hold_while": "SELECT nextval(''migsafe.run_id_seq'')"}');
SELECT migsafe.set_pace(31002, NULL);
SELECT migsafe.pause(NULL);

-- Runs that are not there, are atomic, or are not under way.
SELECT migsafe.pause(31099);
SELECT migsafe.cancel(31001);
SELECT migsafe.set_pace(31001, '{}');
SELECT migsafe.pause(31002);
SELECT migsafe.resume(31002);

-- Who may: the role of the run and the owner of the target. A query is asked as the role of the run, so the owner may
-- take one away, and not give one. Who may read the target may see the run; others learn nothing.
SET ROLE steering_runner;
SELECT migsafe.set_pace(31002, '{"hold_while": "SELECT count(*) > 7 FROM sg.t"}') ->> 'hold_while';
SET ROLE steering_owner;
SELECT migsafe.set_pace(31002, '{"hold_while": "SELECT 1"}');
SELECT migsafe.set_pace(31002, '{"rest": 0}') ->> 'hold_while';
SELECT migsafe.set_pace(31002, '{"hold_while": null}') ->> 'hold_while';
SELECT migsafe.cancel(31002);
SET ROLE steering_reader;
SELECT migsafe.cancel(31002);
SELECT migsafe.cancel(31001);
SET ROLE steering_stranger;
SELECT migsafe.cancel(31002);
SELECT migsafe.cancel(31001);
RESET ROLE;

-- Cancelling is part of the transaction if nobody carries the run out.
SELECT stopped FROM migsafe.online_run WHERE run_id = 31002;
UPDATE migsafe.online_run SET stopped = 'paused' WHERE run_id = 31002;
SELECT status FROM migsafe.status WHERE run_id = 31002;
SELECT migsafe.require_finished(31002);
BEGIN;
SELECT migsafe.cancel(31002);
ROLLBACK;
SELECT stopped FROM migsafe.online_run WHERE run_id = 31002;

-- A finished run cannot be steered.
UPDATE migsafe.online_run SET phase = 'done', stopped = NULL WHERE run_id = 31002;
SELECT migsafe.cancel(31002);
SELECT migsafe.pause(31002);
SELECT migsafe.set_pace(31002, '{}');

SET client_min_messages = warning;
DELETE FROM migsafe.online_run WHERE run_id = 31002;
DELETE FROM migsafe.run WHERE run_id = 31002;
DROP OWNED BY steering_owner;
DROP SCHEMA sg CASCADE;
DROP ROLE steering_owner;
DROP ROLE steering_runner;
DROP ROLE steering_reader;
DROP ROLE steering_stranger;
