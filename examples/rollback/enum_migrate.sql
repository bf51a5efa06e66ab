-- A backup of both tables as they are at one moment, and the migration.

SELECT backup_set FROM migsafe.backup_tables('{access, invitation}', label => 'before upper case') LIMIT 1
\gset
SELECT migsafe.fingerprint('access') AS access_before, migsafe.fingerprint('invitation') AS invitation_before
\gset
SELECT run_id AS access_run, successful_rows AS access_rows FROM migsafe.run_safe('access', :'access_transform')
\gset
SELECT run_id AS invitation_run, successful_rows AS invitation_rows
FROM migsafe.run_safe('invitation', :'invitation_transform')
\gset
\echo migrated: :access_rows and :invitation_rows rows
