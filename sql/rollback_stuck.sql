-- A rollback in batches that cannot be finished: a column was retyped or made anew while it stood still, or somebody has
-- dropped its undo log.  It says so, and another one may begin, which finds unchanged what the first has taken back.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA stuck;
SET search_path = stuck, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 82001;

CREATE TABLE stuck.item (id integer PRIMARY KEY, n integer, m integer DEFAULT 7, note text);
-- A run, and somebody who changes a row: a rollback of the run has done with some when it meets that.
CREATE PROCEDURE stuck.begin(INOUT run bigint DEFAULT NULL) LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE stuck.item;
    INSERT INTO stuck.item (id, n, m, note) SELECT g, g, g, 'note' FROM generate_series(1, 2000) g;
    SELECT run_id INTO run FROM migsafe.run_safe('stuck.item', '{"n": "n + 10000", "m": "m + 1"}');
    UPDATE stuck.item SET n = 0 WHERE id = 1;
END
$$;
-- How many rows are as before the run, and as it left them.
CREATE FUNCTION stuck.state(OUT as_before bigint, OUT as_after bigint, OUT rows bigint) LANGUAGE plpgsql AS $$
BEGIN
    SELECT count(*) FILTER (WHERE n = id), count(*) FILTER (WHERE n = id + 10000), count(*)
    INTO as_before, as_after, rows FROM stuck.item;
END
$$;

-- Retyped.
CALL stuck.begin()
\gset
\set VERBOSITY terse
CALL migsafe.rollback_online(:run, pace => '{"batch_size": 100}');
\set VERBOSITY default
SELECT max(run_id) AS back FROM migsafe.run WHERE rollback_of = :run
\gset
ALTER TABLE stuck.item ALTER m TYPE bigint;
CALL migsafe.resume_online(:back);
\echo :SQLSTATE
-- nor can the new one take that column back; but all others
CALL migsafe.rollback_online(:run, on_conflict => 'skip');
\echo :SQLSTATE
SET client_min_messages = notice;
CALL migsafe.rollback_online(:run, columns => '{n}', on_conflict => 'skip')
\gset
SET client_min_messages = warning;
SELECT :restored_rows + :unchanged_rows AS are_back, :unchanged_rows > 100 AS some_were, :skipped_rows AS skipped;
SELECT * FROM stuck.state();
-- once the column has its type again, the first can be finished
ALTER TABLE stuck.item ALTER m TYPE integer;
CALL migsafe.rollback_online(:run, on_conflict => 'overwrite')
\gset
SELECT :rollback_run_id = :back AS the_first, :total_rows AS total;
SELECT * FROM stuck.state();
SELECT count(*) FROM stuck.item WHERE m <> id;
SELECT run_id - :run AS run, status FROM migsafe.status WHERE run_id BETWEEN :run AND :run + 9 ORDER BY run_id;

-- A column that the run did not change is in the way as well, and the new one need not leave any out.
CALL stuck.begin()
\gset
\set VERBOSITY terse
CALL migsafe.rollback_online(:run, pace => '{"batch_size": 100}');
\set VERBOSITY default
SELECT max(run_id) AS back FROM migsafe.run WHERE rollback_of = :run
\gset
ALTER TABLE stuck.item ALTER note TYPE bytea USING NULL;
CALL migsafe.resume_online(:back);
\echo :SQLSTATE
CALL migsafe.rollback_online(:run, on_conflict => 'overwrite')
\gset
SELECT :total_rows AS total, :rollback_run_id <> :back AS another;
SELECT * FROM stuck.state();
-- of the first nothing is left to be done, so nothing is kept for it
CALL migsafe.resume_online(:back);
\echo :SQLSTATE
SELECT id - :run AS run, replace(reason, :rollback_run_id::text, 'another') AS reason
FROM migsafe.prune(older_than => '0', keep_last => 0) WHERE kind = 'undo log' AND id BETWEEN :run AND :run + 9;
ALTER TABLE stuck.item ALTER note TYPE text USING NULL;

-- Dropped, and made anew.
CALL stuck.begin()
\gset
\set VERBOSITY terse
CALL migsafe.rollback_online(:run, pace => '{"batch_size": 100}');
\set VERBOSITY default
SELECT max(run_id) AS back FROM migsafe.run WHERE rollback_of = :run
\gset
ALTER TABLE stuck.item DROP m;
BEGIN;
SELECT total_rows, skipped_rows FROM migsafe.rollback(:run, columns => '{n}', on_conflict => 'skip');
ROLLBACK;
ALTER TABLE stuck.item ADD m integer DEFAULT 8;
UPDATE stuck.item SET m = id + 1 WHERE n > 10000;
CALL migsafe.resume_online(:back);
\echo :SQLSTATE
CALL migsafe.rollback_online(:run, on_conflict => 'overwrite')
\gset
SELECT :rollback_run_id <> :back AS another, :total_rows AS total;
SELECT * FROM stuck.state();
SELECT count(*) FROM stuck.item WHERE m <> id;

-- Its undo log was dropped.  That of the run is kept.
CALL stuck.begin()
\gset
\set VERBOSITY terse
CALL migsafe.rollback_online(:run, pace => '{"batch_size": 100}');
\set VERBOSITY default
SELECT max(run_id) AS back FROM migsafe.run WHERE rollback_of = :run
\gset
DROP TABLE migsafe_undo.run_:back;
SELECT id - :run AS run, dropped, replace(reason, :'back', 'back') AS reason
FROM migsafe.prune(older_than => '0', keep_last => 0) WHERE kind = 'undo log' AND id BETWEEN :run AND :run + 9;
CALL migsafe.resume_online(:back);
\echo :SQLSTATE
SELECT FROM migsafe.rollback(:back);
\echo :SQLSTATE
CALL migsafe.rollback_online(:back);
\echo :SQLSTATE
BEGIN;
SELECT restored_rows + unchanged_rows AS are_back, unchanged_rows > 100 AS some_were, skipped_rows FROM migsafe.rollback(:run, on_conflict => 'skip');
ROLLBACK;
CALL migsafe.rollback_online(:run, on_conflict => 'overwrite')
\gset
SELECT :rollback_run_id <> :back AS another, :restored_rows + :unchanged_rows AS are_back, :unchanged_rows > 100 AS some_were;
SELECT * FROM stuck.state();
SELECT run_id - :run AS run, status FROM migsafe.status WHERE run_id BETWEEN :run AND :run + 9 AND status <> 'aborted' ORDER BY run_id;
-- the new one can be taken back: what the first had taken back stays so
SELECT restored_rows = :restored_rows AS of_the_second FROM migsafe.rollback(:rollback_run_id);
SELECT as_before = :unchanged_rows AS of_the_first, as_before + as_after AS rows FROM stuck.state();
CALL migsafe.rollback_online(:run, on_conflict => 'overwrite')
\gset
SELECT * FROM stuck.state();
-- and nothing needs their undo logs any more
SELECT id - :run AS run, reason FROM migsafe.prune(older_than => '0', keep_last => 0) WHERE kind = 'undo log' AND id BETWEEN :run AND :run + 9;

-- An online run that is not finished itself does not go on beside it, but is taken back.
TRUNCATE stuck.item;
INSERT INTO stuck.item (id, n, m, note) SELECT g, g, g, 'note' FROM generate_series(1, 2000) g;
CALL migsafe.run_online('stuck.item', '{"n": "n + CASE WHEN id = 1500 THEN 1 / (id - 1500) ELSE 10000 END"}', name => 'half',
    max_errors => 0, pace => '{"batch_size": 100}');
\echo :SQLSTATE
SELECT run_id AS run FROM migsafe.run WHERE name = 'half'
\gset
UPDATE stuck.item SET n = 0 WHERE id = 1;
\set VERBOSITY terse
CALL migsafe.rollback_online(:run, pace => '{"batch_size": 100}');
\set VERBOSITY default
SELECT max(run_id) AS back FROM migsafe.run WHERE rollback_of = :run
\gset
DROP TABLE migsafe_undo.run_:back;
CALL migsafe.resume_online(:run);
\echo :SQLSTATE
CALL migsafe.rollback_online('half', on_conflict => 'overwrite')
\gset
SELECT * FROM stuck.state();
SELECT run_id - :run AS run, status FROM migsafe.status WHERE run_id BETWEEN :run AND :run + 9 ORDER BY run_id;

DROP SCHEMA stuck CASCADE;
