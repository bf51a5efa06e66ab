-- Scenario A: the migration is written, and nobody has executed it yet. A dry run says what it would do; it finds what
-- is in its way, so it is put off. There is nothing to take back.

\ir enum.sql
UPDATE invitation SET doc = doc - 'app' WHERE id IN (17, 4711);
SELECT migsafe.fingerprint('invitation') AS before
\gset
SELECT clock_timestamp() AS began
\gset

\echo What it would do
SELECT run_id, total_rows, successful_rows, failed_rows
FROM migsafe.run_safe('invitation', :'invitation_transform', dry_run => true);
SELECT error->'key' AS key, error->>'message' AS message
FROM migsafe.run_safe('invitation', :'invitation_transform', dry_run => true), jsonb_array_elements(errors) error;
\set measured 'time of the dry runs:'
\ir stop_clock.sql

\echo
\echo Nothing has changed
SELECT * FROM (VALUES
    (proof('the table is as it was', migsafe.fingerprint('invitation') = :'before')),
    (proof('no run is recorded', NOT EXISTS (SELECT FROM migsafe.run WHERE target_oid = 'invitation'::regclass))))
    AS proof (proven);
\ir end.sql
