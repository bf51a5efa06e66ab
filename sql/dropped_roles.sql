-- Roles that go: the owner of a table, of its undo logs and backups, and who ran its runs. The records stay, and what can
-- no longer be done says why.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 17001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 17001;
CREATE SCHEMA dr;
GRANT ALL ON SCHEMA dr TO PUBLIC;
CREATE ROLE regress_migsafe_dr_owner;
CREATE ROLE regress_migsafe_dr_heir;
CREATE ROLE regress_migsafe_dr_runner LOGIN;
SET ROLE regress_migsafe_dr_owner;
CREATE TABLE dr.t (id integer PRIMARY KEY, a integer, doc jsonb);
INSERT INTO dr.t SELECT g, g, '{"a": 1}' FROM generate_series(1, 5) g;
GRANT SELECT, UPDATE ON dr.t TO regress_migsafe_dr_runner;
SELECT row_count FROM migsafe.backup_table('dr.t', label => 'before all');
CREATE TABLE dr.gone (id integer PRIMARY KEY, a integer);
INSERT INTO dr.gone SELECT g, g FROM generate_series(1, 2) g;
SELECT run_id FROM migsafe.run_safe('dr.gone', '{"a": "a + 1"}', name => 'dr gone');
SET ROLE regress_migsafe_dr_runner;
SELECT run_id FROM migsafe.run_safe('dr.t', '{"doc": "doc || ''{\"b\": 2}''"}', name => 'dr first');
CALL migsafe.run_online('dr.t', '{"a": "10 / (a - 4)"}', name => 'dr stopped', max_errors => 0, batch_size => 2);
SELECT run_id, status, successful_rows FROM migsafe.status WHERE run_id BETWEEN 17001 AND 17999 ORDER BY 1;
SELECT migsafe.store_checks('of the runner', '[{"check": "not_null", "column": "a"}]');
RESET ROLE;

-- Nothing of migsafe keeps the role that ran from being dropped, once its privileges are revoked.
DROP ROLE regress_migsafe_dr_runner;
DROP OWNED BY regress_migsafe_dr_runner;
DROP ROLE regress_migsafe_dr_runner;
SELECT run_id, name, status, total_rows, successful_rows, message FROM migsafe.status WHERE run_id BETWEEN 17001 AND 17999 ORDER BY 1;
SELECT run_id, run_by FROM migsafe.run WHERE run_id BETWEEN 17001 AND 17999 ORDER BY 1;
SET ROLE regress_migsafe_dr_owner;
SELECT count(*) AS log FROM migsafe.row_log(17002);
-- nobody can go on with what it began
CALL migsafe.resume_online(17003);
SELECT migsafe.resume(17003);
\set VERBOSITY terse
SELECT migsafe.require_finished('dr stopped');
\set VERBOSITY default
-- its expressions run for nobody any more, so what it wrote is not computed again
UPDATE dr.t SET doc = doc || '{"c": 3}' WHERE id = 1;
SELECT key, outcome, reason FROM migsafe.rollback_plan('dr first', on_conflict => 'merge') WHERE outcome <> 'restored';
-- but all of it can be taken back
CALL migsafe.rollback_online(17003)
\gset r_
\echo :r_restored_rows
SELECT restored_rows, skipped_rows FROM migsafe.rollback('dr first', on_conflict => 'skip');
RESET ROLE;
-- a role of that name is another one
CREATE ROLE regress_migsafe_dr_runner LOGIN;
GRANT SELECT ON dr.t TO regress_migsafe_dr_runner;
SET ROLE regress_migsafe_dr_runner;
SELECT migsafe.drop_checks('of the runner');
CALL migsafe.resume_online(17003);
RESET ROLE;
SELECT migsafe.drop_checks('of the runner');

-- The owner: what he owned goes to the heir, undo logs and backups with the table.
\set VERBOSITY terse
DROP ROLE regress_migsafe_dr_owner;
\set VERBOSITY default
BEGIN;
REASSIGN OWNED BY regress_migsafe_dr_owner TO regress_migsafe_dr_heir;
DROP OWNED BY regress_migsafe_dr_owner;
DROP ROLE regress_migsafe_dr_owner;
SET ROLE regress_migsafe_dr_heir;
SELECT DISTINCT name, status FROM migsafe.status WHERE run_id BETWEEN 17001 AND 17999 AND kind = 'run' ORDER BY 1;
SELECT restored_rows, unchanged_rows FROM migsafe.rollback('dr first', on_conflict => 'overwrite');
SELECT rows_changed FROM migsafe.restore('dr.t');
SELECT restored_rows FROM migsafe.rollback('dr gone');
RESET ROLE;
ROLLBACK;
-- Or it is dropped with him. A superuser sees what there was.
DROP OWNED BY regress_migsafe_dr_owner;
DROP ROLE regress_migsafe_dr_owner;
SELECT count(*) AS left_behind FROM pg_class WHERE relnamespace = 'migsafe_undo'::regnamespace AND relname ~ '^run_17';
SELECT run_id, name, target, status FROM migsafe.status WHERE run_id BETWEEN 17001 AND 17005 ORDER BY 1;
SELECT backup_id, label FROM migsafe.backup WHERE backup_id = 17001;
SELECT FROM migsafe.rollback('dr gone');
SELECT FROM migsafe.rollback_plan(17001);
SELECT FROM migsafe.row_log(17001);
CREATE TABLE dr.t (id integer PRIMARY KEY, a integer, doc jsonb);
-- the name of the backup's table has the time in it
\set VERBOSITY sqlstate
SELECT FROM migsafe.verify_backup(17001);
SELECT FROM migsafe.restore('dr.t', 17001);
SELECT FROM migsafe.restore('dr.t');
\set VERBOSITY default
-- a table of that name, of somebody else, is another one: its readers see nothing of the old one
GRANT SELECT ON dr.t TO regress_migsafe_dr_heir;
SET ROLE regress_migsafe_dr_heir;
SELECT count(*) FROM migsafe.status WHERE run_id BETWEEN 17001 AND 17999;
SELECT count(*) FROM migsafe.row_error WHERE run_id BETWEEN 17001 AND 17999;
RESET ROLE;

DROP SCHEMA dr CASCADE;
DROP OWNED BY regress_migsafe_dr_heir, regress_migsafe_dr_runner;
DROP ROLE regress_migsafe_dr_heir, regress_migsafe_dr_runner;
