-- Scenario 4: a trial. The files of one user from one month are taken back and looked at; then the trial itself is taken
-- back, and everything is in the store again.

\ir files.sql
\ir files_migrate.sql
\set part 'owner = 7 AND uploaded BETWEEN $$2026-01-01$$ AND $$2026-01-31$$'

\echo
\echo The plan, of three of them
SELECT key, outcome, now->'store_key' AS store_key, patch->1 AS of_the_patch
FROM migsafe.rollback_plan(:run, rows => :'part') ORDER BY key LIMIT 3;

SELECT clock_timestamp() AS began
\gset
\echo The trial
SELECT rollback_run_id AS trial, total_rows, restored_rows, conflicts FROM migsafe.rollback(:run, rows => :'part')
\gset of_
\echo :of_restored_rows of :of_total_rows rows taken back
\ir stop_clock.sql

\echo
SELECT status, key, row_before FROM migsafe.row_log(:of_trial) ORDER BY key LIMIT 3;
SELECT proof('the files of that user and month are out of the store, and no others',
             bool_and((store_key IS NULL AND checksum IS NULL) = (:part))) AS proven
FROM file;

\set measured 'time of the way back:'
SELECT clock_timestamp() AS began
\gset
\echo The trial taken back
SELECT total_rows, restored_rows, conflicts FROM migsafe.rollback(:of_trial);
\ir stop_clock.sql

\echo
SELECT proof('all files are in the store', migsafe.fingerprint('file') = :'fingerprint') AS proven;
\ir end.sql
