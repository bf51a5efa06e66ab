-- Scenario D: hours after the migration it turns out to be wrong, and the application has gone on working. What the
-- migration did is taken back, and what came after it stays: merged where both have changed a document, and the new rows
-- get the old names. The result is compared with tables in which the migration never was and the day's work is.

\ir enum.sql
CREATE TABLE access_never_migrated AS TABLE access;
CREATE TABLE invitation_never_migrated AS TABLE invitation;
\ir enum_migrate.sql

\set spell upper
\set access access
\set invitation invitation
\ir d_days_work.sql
\set spell lower
\set access access_never_migrated
\set invitation invitation_never_migrated
\ir d_days_work.sql

\echo
\echo The plan: what would become of each row
SELECT outcome, count(*), min(reason) AS reason
FROM migsafe.rollback_plan(:invitation_run, on_conflict => 'merge') GROUP BY outcome ORDER BY outcome;
SELECT key, now->'doc' AS document_now, patch
FROM migsafe.rollback_plan(:invitation_run, on_conflict => 'merge', keys => '[{"id": 5}]');

SELECT clock_timestamp() AS began
\gset
\echo The recovery: what the migration wrote goes back
SELECT total_rows, restored_rows, merged_rows, unchanged_rows, skipped_rows, missing_rows
FROM migsafe.rollback_runs(ARRAY[:access_run, :invitation_run], on_conflict => 'merge') ORDER BY total_rows;
\echo and what was written since, in new rows and over the migration, gets the old names
SELECT successful_rows
FROM migsafe.run_safe('access', '{"app": "lower(app::text)::application"}', only_if => 'app::text <> lower(app::text)');
SELECT successful_rows
FROM migsafe.run_safe('invitation', '{"doc": "jsonb_set(doc, ''{app}'', to_jsonb(lower(doc->>''app'')))"}',
                      only_if => $$doc->>'app' <> lower(doc->>'app')$$);
\ir stop_clock.sql

\echo
SELECT * FROM (VALUES
    (proof('access is as if the migration had never been, with all of the day''s work',
           migsafe.fingerprint('access') = migsafe.fingerprint('access_never_migrated'))),
    (proof('so is invitation', migsafe.fingerprint('invitation') = migsafe.fingerprint('invitation_never_migrated'))))
    AS proof (proven);
\ir end.sql
