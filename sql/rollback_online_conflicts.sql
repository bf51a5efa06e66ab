-- Conflicts of a rollback in batches: what was taken back before stays so, and another call goes on, with a word about
-- what is to become of them.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
SET client_min_messages = notice;
ALTER SEQUENCE migsafe.run_id_seq RESTART 75001;
CREATE SCHEMA roc;
CREATE TABLE roc.item (id integer PRIMARY KEY, doc jsonb NOT NULL, n integer NOT NULL);
INSERT INTO roc.item SELECT i, jsonb_build_object('a', i), i FROM generate_series(1, 2000) i;
SELECT migsafe.fingerprint('roc.item') AS before
\gset
SELECT run_id FROM migsafe.run_safe('roc.item', '{"doc": [{"op": "move", "from": "/a", "path": "/b"}], "n": "n + 1"}', name => 'roc')
\gset
UPDATE roc.item SET doc = doc || '{"later": true}' WHERE id IN (5, 1000);
UPDATE roc.item SET n = 0 WHERE id = 7;
DELETE FROM roc.item WHERE id IN (8, 1990); -- of two batches: told once, at the end
CREATE VIEW roc.state AS
SELECT count(*) FILTER (WHERE doc ? 'a') AS back, count(*) FILTER (WHERE doc ? 'b') AS migrated FROM roc.item;

CALL migsafe.rollback_online('roc', pace => '{"batch_size": 100}');
SELECT back > 0 AS some_are_back, back + migrated AS rows FROM roc.state;

-- of another part of the run: not while this one is unfinished
CALL migsafe.rollback_online('roc', rows => 'id < 100');

-- the same one goes on; what has no room beside the later change is left, and recorded
DO $$
DECLARE
    o1 bigint; o2 bigint; o3 bigint; o4 bigint; o5 bigint; o6 bigint; o7 integer; o8 interval; o9 jsonb;
BEGIN
    CALL migsafe.rollback_online('roc', NULL, NULL, 'merge', NULL, NULL, 'leave', NULL, NULL,
                                 o1, o2, o3, o4, o5, o6, o7, o8, o9);
    RAISE NOTICE 'rollback %: % rows, % restored, % unchanged, % skipped, % missing', o1, o2, o3, o4, o5, o6;
END $$;
SELECT * FROM roc.state;
SELECT id, doc, n FROM roc.item WHERE id IN (5, 6, 7, 1000) ORDER BY id;
SELECT run_id, error_no, key, sqlstate, message FROM migsafe.row_error WHERE run_id BETWEEN 75001 AND 75900 ORDER BY run_id, error_no;
SELECT run_id, kind, status, successful_rows, failed_rows, skipped_rows FROM migsafe.status WHERE run_id BETWEEN 75001 AND 75900;

-- it left a row: so the run is not taken back as a whole, and what is left can be
SELECT total_rows, restored_rows, overwritten_rows, unchanged_rows, skipped_rows, missing_rows
FROM migsafe.rollback('roc', keys => '[{"id": 7}]', on_conflict => 'overwrite');
SELECT id, doc, n FROM roc.item WHERE id = 7;
SELECT count(*) FROM roc.item WHERE n = id AND doc->>'a' = id::text;

-- A run that came while the rollback was stopped is not run over when that goes on, whatever becomes of conflicts.
CREATE TABLE roc.late (id integer PRIMARY KEY, n integer NOT NULL, pad text);
INSERT INTO roc.late SELECT i, i, repeat('x', 200) FROM generate_series(1, 2000) i;
SELECT run_id FROM migsafe.run_safe('roc.late', '{"n": "n + 1"}', name => 'early')
\gset
UPDATE roc.late SET n = 0 WHERE id = 1;
CALL migsafe.rollback_online('early', pace => '{"batch_size": 100}');
SELECT run_id AS late_id FROM migsafe.run_safe('roc.late', '{"n": "n + 100000"}', name => 'late')
\gset
\set VERBOSITY terse
CALL migsafe.rollback_online('early', on_conflict => 'overwrite');
\set VERBOSITY default
SELECT count(*) FILTER (WHERE n > 100000) FROM roc.late;
SELECT restored_rows FROM migsafe.rollback('late');
CALL migsafe.rollback_online('early', on_conflict => 'overwrite')
\gset
\echo :restored_rows :unchanged_rows :skipped_rows
SELECT count(*) FILTER (WHERE n = id) FROM roc.late;

-- An undo log that was altered meanwhile is found out before it goes on.
SELECT run_id FROM migsafe.run_safe('roc.late', '{"n": "n + 1"}', name => 'altered')
\gset
UPDATE roc.late SET n = 0 WHERE id = 1;
\set VERBOSITY terse
CALL migsafe.rollback_online('altered', pace => '{"batch_size": 100}');
DELETE FROM migsafe_undo.run_:run_id WHERE key_1 = 3;
CALL migsafe.rollback_online('altered', on_conflict => 'overwrite');
\set VERBOSITY default
\echo :SQLSTATE

-- Entries that somebody writes anew may get behind its back, and those of a file that is written anew lie elsewhere: it begins
-- again, and passes over what it has taken back. So each entry counts once, and a row that was changed since it was taken
-- back stays so.
CREATE TABLE roc.moved (id integer PRIMARY KEY, n integer);
INSERT INTO roc.moved SELECT g, g FROM generate_series(1, 2000) g;
SELECT run_id FROM migsafe.run_safe('roc.moved', '{"n": "n + 1"}', name => 'moved')
\gset
UPDATE roc.moved SET n = 0 WHERE id = 1;
\set VERBOSITY terse
CALL migsafe.rollback_online('moved', pace => '{"batch_size": 100}');
UPDATE migsafe_undo.run_:run_id SET seq = seq WHERE key_1 IN (2, 1500);
UPDATE roc.moved SET n = -1 WHERE id = 1999;
CALL migsafe.rollback_online('moved', on_conflict => 'overwrite')
\gset
\echo :total_rows :restored_rows :unchanged_rows :skipped_rows :missing_rows
SELECT id, n FROM roc.moved WHERE n <> id;
-- One that version 1.0.0 has begun goes on as well: it knew of no second time.
TRUNCATE roc.moved;
INSERT INTO roc.moved SELECT g, g FROM generate_series(1, 2000) g;
SELECT run_id FROM migsafe.run_safe('roc.moved', '{"n": "n + 1"}', name => 'of 1.0.0')
\gset
UPDATE roc.moved SET n = 0 WHERE id = 1;
CALL migsafe.rollback_online('of 1.0.0', pace => '{"batch_size": 100}');
UPDATE migsafe.run_part SET last_key = last_key[:2], last_done = last_done[:2]
WHERE run_id = (SELECT max(run_id) FROM migsafe.run WHERE rollback_of = :run_id) RETURNING cardinality(last_done);
CALL migsafe.rollback_online('of 1.0.0', on_conflict => 'overwrite')
\gset
\echo :total_rows :restored_rows
-- and what is written into another file lies elsewhere
TRUNCATE roc.moved;
INSERT INTO roc.moved SELECT g, g FROM generate_series(1, 2000) g;
SELECT run_id FROM migsafe.run_safe('roc.moved', '{"n": "n + 1"}', name => 'rewritten')
\gset
UPDATE roc.moved SET n = CASE id WHEN 1 THEN 0 ELSE -5 END WHERE id IN (1, 1900);
CALL migsafe.rollback_online('rewritten', on_conflict => 'skip', rows => '10 / n < 100', pace => '{"batch_size": 100}');
UPDATE roc.moved SET n = 2 WHERE id = 1;
-- the row that it has left does not stop it: migsafe.resume() does not warn of it, as it would of a run's
BEGIN;
SELECT max(run_id) AS redo_id, migsafe.resume(max(run_id)) FROM migsafe.run WHERE rollback_of = :run_id;
ROLLBACK;
VACUUM FULL migsafe_undo.run_:run_id;
CALL migsafe.rollback_online('rewritten', on_conflict => 'skip', rows => '10 / n < 100')
\gset
\echo :total_rows :restored_rows :unchanged_rows :skipped_rows :missing_rows
SELECT key, message FROM migsafe.row_error WHERE run_id = :rollback_run_id;
SELECT id, n FROM roc.moved WHERE n <> id;
-- also where a trigger of the run has given rows another key, which the rollback gives back
CREATE TABLE roc.keyed (id integer PRIMARY KEY, n integer);
INSERT INTO roc.keyed SELECT g, g FROM generate_series(1, 2000) g;
CREATE FUNCTION roc.move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.id := old.id + 100000; RETURN new; END $$;
CREATE TRIGGER move BEFORE UPDATE ON roc.keyed FOR EACH ROW EXECUTE FUNCTION roc.move();
SELECT run_id FROM migsafe.run_safe('roc.keyed', '{"n": "n + 1"}', name => 'keyed')
\gset
DROP TRIGGER move ON roc.keyed;
UPDATE roc.keyed SET n = 0 WHERE id = 100001;
CALL migsafe.rollback_online('keyed', pace => '{"batch_size": 100}');
VACUUM FULL migsafe_undo.run_:run_id;
CALL migsafe.rollback_online('keyed', on_conflict => 'overwrite', on_missing => 'stop')
\gset
\echo :total_rows :restored_rows :unchanged_rows :skipped_rows :missing_rows
SELECT count(*) FROM roc.keyed WHERE n = id;

-- Where a dump was loaded columns and transactions have other numbers: what was not finished does not go on there.
CREATE TABLE roc.given (id integer PRIMARY KEY, n integer);
INSERT INTO roc.given SELECT g, g FROM generate_series(1, 3) g;
SELECT run_id FROM migsafe.run_safe('roc.given', '{"n": "n + 1"}', name => 'given')
\gset
UPDATE roc.given SET n = 0 WHERE id = 1;
CALL migsafe.rollback_online('given');
SELECT max(run_id) AS redo_id FROM migsafe.run WHERE rollback_of = :run_id
\gset
SELECT system_identifier AS here FROM migsafe.run WHERE run_id = :redo_id
\gset
UPDATE migsafe.run SET system_identifier = 0 WHERE run_id = :redo_id;
\set VERBOSITY default
CALL migsafe.rollback_online('given', on_conflict => 'skip');
\set VERBOSITY terse
UPDATE migsafe.run SET system_identifier = :here WHERE run_id = :redo_id;
-- What SQL names that runs as the target's owner is his: the undo log of the rollback, too.
CREATE ROLE roc_heir;
GRANT USAGE ON SCHEMA roc TO roc_heir;
ALTER TABLE roc.given OWNER TO roc_heir;
ALTER TABLE migsafe_undo.run_:run_id OWNER TO roc_heir;
CALL migsafe.rollback_online('given', on_conflict => 'skip');
ALTER TABLE migsafe_undo.run_:redo_id OWNER TO roc_heir;
CALL migsafe.rollback_online('given', on_conflict => 'skip')
\gset
\echo :total_rows :restored_rows :skipped_rows
\set VERBOSITY default

-- A column that is not there any more, or of another type, is told of before anything is recorded, if it has to come back.
CREATE TABLE roc.lost (id integer PRIMARY KEY, n integer, m integer, k integer);
INSERT INTO roc.lost SELECT g, g, g, g FROM generate_series(1, 3) g;
SELECT run_id FROM migsafe.run_safe('roc.lost', '{"n": "n + 1", "m": "m + id - 1", "k": "k"}', name => 'lost')
\gset
ALTER TABLE roc.lost DROP k, ALTER m TYPE bigint;
CALL migsafe.rollback_online('lost');
SELECT count(*) FROM migsafe.run WHERE rollback_of = :run_id;
CALL migsafe.rollback_online('lost', keys => '[{"id": 1}]')
\gset
\echo :total_rows :restored_rows
CALL migsafe.rollback_online('lost', columns => '{n}')
\gset
\echo :total_rows :restored_rows :unchanged_rows
TABLE roc.lost ORDER BY id;

DROP SCHEMA roc CASCADE;
DROP OWNED BY roc_heir;
DROP ROLE roc_heir;
