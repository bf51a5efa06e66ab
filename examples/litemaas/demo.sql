-- A guided tour of migsafe, about a minute to read. It works in the schemas litemaas_demo and
-- litemaas_staging, and drops both at the end.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset pager off
\pset footer off

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
DROP SCHEMA IF EXISTS litemaas_demo CASCADE;
RESET client_min_messages;
CREATE SCHEMA litemaas_demo;
SET search_path = litemaas_demo;

-- A name of its own for each tour; by itself, migrate.sql uses fix-daily-usage-token-breakdowns.
SELECT 'demo ' || to_char(clock_timestamp(), 'YYYYMMDD_HH24MISS') AS run_name
\gset

\echo
\echo ======================================================================
\echo 1. The data: 365 days of usage, and four days that are beyond repair
\echo ======================================================================
\ir schema.sql
\ir data.sql
\ir odd_rows.sql
SELECT count(*) AS days, min(date), max(date), pg_size_pretty(pg_total_relation_size('daily_usage_cache')) AS size
FROM daily_usage_cache;
\echo One user of one day. Its tokenBreakdown is to be flattened, here and in three more columns:
SELECT jsonb_pretty(aggregated_by_user -> 'u-01') AS before FROM daily_usage_cache WHERE date = '2024-10-12';

\echo
\echo ======================================================================
\echo 2. A backup, verified by row count and fingerprint
\echo ======================================================================
\ir backup.sql
SELECT migsafe.fingerprint('daily_usage_cache') AS fingerprint_before
\gset

\echo
\echo ======================================================================
\echo 3. The migration: one call. A bad row costs itself only
\echo ======================================================================
\ir transform.sql
\echo What is to become of each of the four columns, as a JSON Patch:
\echo :flatten
\echo
\ir migrate.sql
SELECT jsonb_pretty(aggregated_by_user -> 'u-01') AS after FROM daily_usage_cache WHERE date = '2024-10-12';

\echo
\echo ======================================================================
\echo 4. The checks: had one of severity error failed, the run would be undone
\echo ======================================================================
\ir validate.sql

\echo
\echo ======================================================================
\echo 5. What ran, and what became of it
\echo ======================================================================
SELECT run_id, name, target, status, total_rows AS total, successful_rows AS successful,
       failed_rows AS failed, skipped_rows AS skipped
FROM migsafe.status WHERE run_id = :fix_run_id;

\echo
\echo ======================================================================
\echo 6. Rollback: every byte as before, proven by fingerprint
\echo ======================================================================
SELECT migsafe.fingerprint('daily_usage_cache') AS fingerprint_migrated
\gset
\ir rollback.sql
SELECT migsafe.fingerprint('daily_usage_cache') AS fingerprint_now
\gset
\echo 'before the migration: ' :fingerprint_before
\echo 'after the migration:  ' :fingerprint_migrated
\echo 'after the rollback:   ' :fingerprint_now
SELECT :'fingerprint_before' = :'fingerprint_now' AS equal
\gset
\if :equal
    \echo EQUAL: the rollback gave back exactly what was there.
\else
    DO $$ BEGIN RAISE EXCEPTION 'the rollback did not give back what was there'; END $$;
\endif

\echo
\echo ======================================================================
\echo 7. Restore: somebody deletes a month, the backup brings it back
\echo ======================================================================
DELETE FROM daily_usage_cache WHERE date BETWEEN '2025-01-01' AND '2025-01-31';
\ir restore.sql
SELECT migsafe.fingerprint('daily_usage_cache') = :'fingerprint_before' AS equal
\gset
\if :equal
    \echo EQUAL: the table is as it was.
\else
    DO $$ BEGIN RAISE EXCEPTION 'the restore did not give back what was there'; END $$;
\endif

SET client_min_messages = warning;
DROP SCHEMA litemaas_demo CASCADE;
RESET client_min_messages;

\echo
\echo ======================================================================
\echo 8. The staging test: all of it again, on clean data, as one script
\echo ======================================================================
\ir staging_test.sql
