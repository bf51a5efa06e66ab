-- Later runs on the same rows and columns; several runs taken back together.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA runs;
SET search_path = runs, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 74001;

CREATE TABLE runs.account (id integer PRIMARY KEY, a integer, b integer);
INSERT INTO runs.account SELECT g, g, g FROM generate_series(1, 6) g;
SELECT migsafe.fingerprint('runs.account') AS before
\gset
SELECT run_id AS first FROM migsafe.run_safe('runs.account', '{"a": "a + 10"}', name => 'runs: first')
\gset
SELECT run_id AS second FROM migsafe.run_safe('runs.account', '{"a": "a + 100"}', only_if => 'id < 3', name => 'runs: second')
\gset
SELECT run_id AS third FROM migsafe.run_safe('runs.account', '{"b": "b + 1000", "a": "a"}')
\gset
SELECT run_id AS fourth FROM migsafe.run_safe('runs.account', '{"a": "a + 10000"}', only_if => 'id IN (2, 6)')
\gset

-- The first is the ground of others: refused with the list, under every policy, in a dry run and in a plan as well.
SELECT migsafe.rollback(:first);
\echo :SQLSTATE
SELECT migsafe.rollback(:first, on_conflict => 'overwrite', dry_run => true);
SELECT migsafe.rollback_plan('runs: first', on_conflict => 'merge');
CALL migsafe.rollback_online(:first, on_conflict => 'skip');
-- several together, and not all: the hint names these and those that are lacking
SELECT run_id FROM migsafe.rollback_runs(ARRAY[:first, :third]);
SELECT run_id, kind, status FROM migsafe.status WHERE run_id BETWEEN :first AND 74999 AND kind = 'run' ORDER BY run_id;
-- of other columns, or of other rows, it is not
SELECT total_rows, restored_rows FROM migsafe.rollback(:third, dry_run => true);
SELECT total_rows, restored_rows FROM migsafe.rollback(:first, rows => 'id IN (3, 4)', dry_run => true);
SELECT total_rows, restored_rows FROM migsafe.rollback(:first, keys => '[{"id": 5}]', dry_run => true);
SELECT migsafe.rollback(:first, keys => '[{"id": 5}, {"id": 6}]', dry_run => true);
SELECT migsafe.rollback(:first, rows => 'id < 4', dry_run => true);
SELECT total_rows, restored_rows FROM migsafe.rollback(:first, columns => '{b}', dry_run => true);
-- nor once the later ones are taken back; a part of them is not enough
SELECT total_rows, restored_rows FROM migsafe.rollback(:fourth, keys => '[{"id": 6}]');
SELECT migsafe.rollback(:first, keys => '[{"id": 6}]');
SELECT total_rows, restored_rows, unchanged_rows FROM migsafe.rollback(:fourth);
SELECT total_rows, restored_rows FROM migsafe.rollback(:first, keys => '[{"id": 6}]', dry_run => true);
SELECT migsafe.rollback(:first);

-- Together, the newest first, in whatever order they are named.
SELECT run_id, total_rows, restored_rows, merged_rows, overwritten_rows, unchanged_rows, skipped_rows, missing_rows,
       conflicts, conflict_rows, elapsed >= '0' AS elapsed, rollback_run_id > run_id AS recorded
FROM migsafe.rollback_runs(ARRAY[:first, :third, :second]) \gx
SELECT migsafe.fingerprint('runs.account') = :'before' AS as_before;
SELECT r.run_id, r.kind, s.status, r.rollback_of FROM migsafe.run r JOIN migsafe.status s USING (run_id)
WHERE r.run_id BETWEEN :first AND 74999 ORDER BY r.run_id;
-- each is a run of its own: redone in the other direction, the oldest first
SELECT last_value AS of_first, last_value - 1 AS of_second FROM migsafe.run_id_seq
\gset
SELECT total_rows, restored_rows FROM migsafe.rollback(:of_second);
SELECT total_rows, restored_rows FROM migsafe.rollback(:of_first);
SELECT total_rows, restored_rows FROM migsafe.rollback(:of_second);
TABLE runs.account ORDER BY id;

-- Tables that refer to one another: what the newest run wrote is what the older one made room for.
CREATE TABLE runs.tenant (id integer PRIMARY KEY, code text UNIQUE);
CREATE TABLE runs.member (id integer PRIMARY KEY, code text REFERENCES runs.tenant (code), n integer);
INSERT INTO runs.tenant VALUES (1, 'one'), (2, NULL);
INSERT INTO runs.member SELECT g, 'one', g FROM generate_series(1, 3) g;
SELECT migsafe.fingerprint('runs.tenant') || migsafe.fingerprint('runs.member') AS before
\gset
SELECT run_id AS tenants FROM migsafe.run_safe('runs.tenant', '{"code": "''two''"}', only_if => 'id = 2')
\gset
SELECT run_id AS members FROM migsafe.run_safe('runs.member', '{"code": "''two''"}')
\gset
SELECT run_id AS numbers FROM migsafe.run_safe('runs.member', '{"n": "n * 2"}')
\gset
SELECT migsafe.rollback(:tenants);
\echo :SQLSTATE
-- all or nothing: the last of them fails, and those before it are undone
INSERT INTO runs.member VALUES (4, 'two', 4);
SELECT run_id, total_rows, restored_rows FROM migsafe.rollback_runs(ARRAY[:tenants, :members, :numbers]);
\echo :SQLSTATE
SELECT run_id, status FROM migsafe.status WHERE run_id BETWEEN :tenants AND 74999 AND kind = 'run' ORDER BY run_id;
SELECT count(*) AS rollbacks FROM migsafe.run WHERE rollback_of BETWEEN :tenants AND 74999;
TABLE runs.member ORDER BY id;
UPDATE runs.member SET code = 'one' WHERE id = 4;
SELECT run_id, total_rows, restored_rows FROM migsafe.rollback_runs(ARRAY[:tenants, :members, :numbers]);
DELETE FROM runs.member WHERE id = 4;
SELECT migsafe.fingerprint('runs.tenant') || migsafe.fingerprint('runs.member') = :'before' AS as_before;

-- A conflict in one of them stops all; the policies are those of rollback, for each.
SELECT run_id AS one FROM migsafe.run_safe('runs.member', '{"n": "n + 1"}')
\gset
SELECT run_id AS two FROM migsafe.run_safe('runs.member', '{"n": "n + 1"}', only_if => 'id > 1')
\gset
UPDATE runs.member SET n = 0 WHERE id = 2;
DELETE FROM runs.member WHERE id = 3;
SELECT run_id FROM migsafe.rollback_runs(ARRAY[:one, :two]);
\echo :SQLSTATE
-- what the hint says shows all conflicts, and changes nothing
BEGIN;
SET LOCAL client_min_messages = error;
SELECT run_id, total_rows, restored_rows, skipped_rows, missing_rows, conflict_rows
FROM migsafe.rollback_runs(ARRAY[:two, :one], on_conflict => 'skip');
ROLLBACK;
SELECT run_id FROM migsafe.rollback_runs(ARRAY[:one, :two], on_conflict => 'overwrite', on_missing => 'stop');
\echo :SQLSTATE
BEGIN;
SET LOCAL client_min_messages = error;
SELECT run_id, total_rows, restored_rows, skipped_rows, missing_rows, conflicts, conflict_rows
FROM migsafe.rollback_runs(ARRAY[:one, :two], on_conflict => 'overwrite');
TABLE runs.member ORDER BY id;
ROLLBACK;
-- a row that the later one leaves as it is, the earlier one leaves as well
SET client_min_messages = error;
SELECT run_id, total_rows, restored_rows, skipped_rows, missing_rows, conflicts, conflict_rows
FROM migsafe.rollback_runs(ARRAY[:one, :two], on_conflict => 'skip');
SET client_min_messages = warning;
TABLE runs.member ORDER BY id;
SELECT run_id, status FROM migsafe.status WHERE run_id IN (:one, :two) ORDER BY 1;
-- called one by one, the later one has to be gone
SELECT migsafe.rollback(:one);

-- Without a key: rows are matched by what the one run left and the other found.
CREATE TABLE runs.bag (a integer, b text);
INSERT INTO runs.bag VALUES (1, 'x'), (1, 'x'), (2, 'y');
SELECT migsafe.fingerprint('runs.bag') AS before
\gset
SELECT run_id AS one FROM migsafe.run_safe('runs.bag', '{"a": "a + 10"}')
\gset
SELECT run_id AS two FROM migsafe.run_safe('runs.bag', '{"a": "a + 100"}', only_if => 'b = ''x''')
\gset
SELECT migsafe.rollback(:one);
SELECT total_rows, restored_rows FROM migsafe.rollback(:one, rows => 'b = ''y''', dry_run => true);
SELECT run_id, total_rows, restored_rows FROM migsafe.rollback_runs(ARRAY[:one, :two]);
SELECT migsafe.fingerprint('runs.bag') = :'before' AS as_before;

-- A later run that cannot be asked, since its undo log is gone, might stand on any row: then what it changed is a conflict,
-- and no policy is accepted that would not leave it alone.
SELECT run_id AS one FROM migsafe.run_safe('runs.member', '{"n": "n + 10"}')
\gset
SELECT run_id AS two FROM migsafe.run_safe('runs.member', '{"n": "n * 2"}', only_if => 'id = 1', name => 'second')
\gset
BEGIN;
SELECT format('DROP TABLE migsafe_undo.run_%s', :two)
\gexec
SAVEPOINT dropped;
SELECT migsafe.rollback(:one, on_conflict => 'overwrite');
\echo :SQLSTATE
ROLLBACK TO dropped;
SELECT migsafe.rollback(:one, on_conflict => 'merge', dry_run => true);
ROLLBACK TO dropped;
SELECT migsafe.rollback(:one);
ROLLBACK TO dropped;
SELECT restored_rows, skipped_rows FROM migsafe.rollback(:one, on_conflict => 'skip');
TABLE runs.member ORDER BY id;
ROLLBACK;
SELECT run_id, total_rows, restored_rows FROM migsafe.rollback_runs(ARRAY[:one, :two]);

-- An online run that was stopped on its way stands as far as it had come.
SELECT run_id AS one FROM migsafe.run_safe('runs.account', '{"b": "0"}')
\gset
\set VERBOSITY terse
SET client_min_messages = error;
CALL migsafe.run_online('runs.account', '{"b": "1 / (id - 4)"}', max_errors => 0, pace => '{"batch_size": 1}');
SET client_min_messages = warning;
\set VERBOSITY default
SELECT status FROM migsafe.status WHERE run_id = :one + 1;
SELECT migsafe.rollback(:one);
SELECT run_id, total_rows, restored_rows, unchanged_rows FROM migsafe.rollback_runs(ARRAY[:one, :one + 1]);

-- Bad input.
SELECT run_id AS one FROM migsafe.run_safe('runs.account', '{"b": "b + 1"}')
\gset
SELECT run_id AS two FROM migsafe.run_safe('runs.account', '{"a": "a + 1"}')
\gset
SELECT * FROM migsafe.rollback_runs(NULL);
\echo :SQLSTATE
SELECT * FROM migsafe.rollback_runs('{}');
\echo :SQLSTATE
SELECT * FROM migsafe.rollback_runs(ARRAY[:one, NULL]);
\echo :SQLSTATE
SELECT * FROM migsafe.rollback_runs(ARRAY[:one, :two, :one]);
\echo :SQLSTATE
SELECT * FROM migsafe.rollback_runs(ARRAY[:one, 0, :two]);
\echo :SQLSTATE
SELECT * FROM migsafe.rollback_runs(ARRAY[:one, :two], on_conflict => 'never');
\echo :SQLSTATE
SELECT restored_rows FROM migsafe.rollback(:one);
SELECT * FROM migsafe.rollback_runs(ARRAY[:one, :two]);
\echo :SQLSTATE
SELECT run_id, status FROM migsafe.status WHERE run_id IN (:one, :two) ORDER BY 1;
BEGIN READ ONLY;
SELECT * FROM migsafe.rollback_runs(ARRAY[:two]);
\echo :SQLSTATE
ROLLBACK;
CREATE ROLE runs_stranger;
SET ROLE runs_stranger;
SELECT * FROM migsafe.rollback_runs(ARRAY[:two]);
\echo :SQLSTATE
RESET ROLE;
DROP ROLE runs_stranger;

DROP SCHEMA runs CASCADE;
