-- Scenario B: minutes after the migration something does not work. Both tables are taken back in one call, all or nothing.

\ir enum.sql
\ir enum_migrate.sql
SELECT app, count(*) FROM access GROUP BY app ORDER BY app;

SELECT clock_timestamp() AS began
\gset
\echo The recovery
SELECT total_rows, restored_rows, conflicts
FROM migsafe.rollback_runs(ARRAY[:access_run, :invitation_run]) ORDER BY total_rows;
\ir stop_clock.sql

\echo
SELECT app, count(*) FROM access GROUP BY app ORDER BY app;
SELECT * FROM (VALUES
    (proof('access is byte for byte as before', migsafe.fingerprint('access') = :'access_before')),
    (proof('so is invitation', migsafe.fingerprint('invitation') = :'invitation_before')))
    AS proof (proven);
\ir end.sql
