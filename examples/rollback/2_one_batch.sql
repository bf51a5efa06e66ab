-- Scenario 2: the store was out of reach while one batch of the run was written, that of file 12345. The undo log knows
-- which rows are in it.

\ir files.sql
\ir files_migrate.sql
SELECT batch AS bad_batch FROM migsafe_undo.run_:run WHERE key_1 = 12345
\gset
CREATE TABLE in_bad_batch AS SELECT key_1 AS id FROM migsafe_undo.run_:run WHERE batch = :bad_batch;

\echo
\echo The plan, as counts
SELECT total_rows, restored_rows, conflicts FROM migsafe.rollback(:run, batches => ARRAY[:bad_batch], dry_run => true);

SELECT clock_timestamp() AS began
\gset
\echo The recovery
SELECT total_rows, restored_rows, conflicts FROM migsafe.rollback(:run, batches => ARRAY[:bad_batch]);
\ir stop_clock.sql

\echo
SELECT proof('the files of that batch are out of the store again, and no others',
             bool_and((store_key IS NULL AND checksum IS NULL) = (id IN (SELECT id FROM in_bad_batch)))) AS proven
FROM file;
\ir end.sql
