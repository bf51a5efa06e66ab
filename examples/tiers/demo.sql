-- The migration, its verification, and what the verification says of a migration that went wrong. Works in the schema
-- tiers_demo, and drops it at the end.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset pager off
\pset footer off

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
DROP SCHEMA IF EXISTS tiers_demo CASCADE;
CREATE SCHEMA tiers_demo;
SET search_path = tiers_demo;

\ir schema.sql
\ir migrate.sql
\echo The migration, verified in one call:
\ir verify.sql

-- A foreign key is gone and a tier with it; so is the view; and a quota is a string.
ALTER TABLE tier_model_access DROP CONSTRAINT tier_model_access_tier_id_fkey;
DELETE FROM tiers WHERE id = 'pro';
DROP VIEW tier_config_compat;
UPDATE tier_model_access SET quota = '{"rpm": "60"}' WHERE model_id = 'gpt-4o';

\echo The same call after four mishaps; only the checks that failed:
\ir checks.sql
SELECT check_no AS no, name, failed_rows AS failed, sample_keys, message
FROM migsafe.validate_jsonb('tier_model_access', :'checks') WHERE NOT passed ORDER BY check_no
\gx

DROP SCHEMA tiers_demo CASCADE;
RESET client_min_messages;
