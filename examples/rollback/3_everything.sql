-- Scenario 3: an emergency. Three runs have gone over the table, and all of it is taken back at once, the newest run
-- first. What users have renamed, deleted and added since stays; and a file that was uploaded again, whose only copy is
-- in the store, is left there. The result is compared with a table that none of the runs has seen.

\ir files.sql
CREATE TABLE never_migrated AS TABLE file;
\ir files_migrate.sql
SELECT run_id AS rename_run FROM migsafe.run_safe('file', '{"name": "replace(name, '' '', ''_'')"}')
\gset
SELECT run_id AS move_run FROM migsafe.run_safe('file', '{"store_key": "''eu/'' || store_key"}')
\gset
\set file file
\ir 3_users_work.sql
\set file never_migrated
\ir 3_users_work.sql

SELECT clock_timestamp() AS began
\gset
\echo
\echo What nobody will need in the store any more
CREATE TABLE garbage AS
SELECT now->>'store_key' AS store_key
FROM migsafe.rollback_plan(:move_run, on_conflict => 'skip') WHERE outcome = 'restored';
SELECT count(*) AS objects FROM garbage;
\echo The recovery
SELECT CASE run_id WHEN :run THEN 'store' WHEN :rename_run THEN 'rename' ELSE 'move' END AS run,
       total_rows, restored_rows, skipped_rows, missing_rows
FROM migsafe.rollback_runs(ARRAY[:run, :rename_run, :move_run], on_conflict => 'skip');
\ir stop_clock.sql

\echo
SELECT * FROM (VALUES
    (proof('the table is as if no run had ever been, with all that users did',
           migsafe.fingerprint('file') = migsafe.fingerprint('never_migrated'))),
    (proof('no file needs what is to be removed from the store',
           NOT EXISTS (SELECT store_key FROM file INTERSECT SELECT store_key FROM garbage))))
    AS proof (proven);
\ir end.sql
