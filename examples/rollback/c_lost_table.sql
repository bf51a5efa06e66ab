-- Scenario C, at its worst: a table is gone, and so is its backup in the database. There is an export of it, in the folder
-- -v directory=..., which must not exist yet and is on the server's machine.

\if :{?directory}
\else
    \set ON_ERROR_STOP on
    \set VERBOSITY terse
    DO $$ BEGIN RAISE EXCEPTION 'c_lost_table.sql needs -v directory=/path/to/new_folder; nothing was done'; END $$;
\endif

\ir enum.sql
\ir enum_migrate.sql
SELECT backup_id, format('%I.%I', backup_schema, backup_name) AS backup_table
FROM migsafe.backup WHERE target_oid = 'invitation'::regclass
\gset
SELECT row_count FROM migsafe.export_backup(:backup_id, :'directory')
\gset
\echo exported: :row_count rows
DROP TABLE invitation, :backup_table;

SELECT clock_timestamp() AS began
\gset
\echo
\echo The recovery: the table as its own migration makes it (or table.sql of the export), its rows from the export
\ir enum_invitation.sql
SELECT row_count FROM migsafe.import_backup(:'directory');
SELECT rows_inserted FROM migsafe.restore('invitation');
\echo and the other table, which is whole, from its undo log
SELECT restored_rows FROM migsafe.rollback(:access_run);
\ir stop_clock.sql

\echo
SELECT * FROM (VALUES
    (proof('access is byte for byte as before', migsafe.fingerprint('access') = :'access_before')),
    (proof('so is invitation', migsafe.fingerprint('invitation') = :'invitation_before')))
    AS proof (proven);
\ir end.sql
