-- Scenario 1: of some files the content never arrived, as a comparison with the store shows. Only these are taken back,
-- and then migrated again.

\ir files.sql
\ir files_migrate.sql
\set all_stored :fingerprint
CREATE TABLE not_in_store AS SELECT id FROM file WHERE id % 400 = 17;

\echo
\echo The plan, for the failed files only
SELECT outcome, count(*)
FROM migsafe.rollback_plan(:run, rows => 'id IN (SELECT id FROM not_in_store)') GROUP BY outcome;

SELECT clock_timestamp() AS began
\gset
\echo The recovery
SELECT total_rows, restored_rows, conflicts
FROM migsafe.rollback(:run, rows => 'id IN (SELECT id FROM not_in_store)');
\ir stop_clock.sql

\echo
SELECT proof('the failed files are out of the store again, and no others',
             bool_and((store_key IS NULL AND checksum IS NULL) = (id IN (SELECT id FROM not_in_store)))) AS proven
FROM file;

\echo The failed files once more
\ir files_migrate.sql
\echo
SELECT proof('all files are in the store', :'fingerprint' = :'all_stored') AS proven;
\ir end.sql
