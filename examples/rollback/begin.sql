-- What each scenario begins with: settings, the extension, and an empty schema. `rows` says how large its tables are.

\set ON_ERROR_STOP on
\set QUIET on
\set SHOW_CONTEXT never
\pset pager off
\pset footer off
\if :{?rows}
\else
    \set rows 50000
\endif
\set measured 'recovery time:'

SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS migsafe;
DROP SCHEMA IF EXISTS rollback_demo CASCADE;
CREATE SCHEMA rollback_demo;
SET search_path = rollback_demo;

-- for the demo only: a claim, and the end of the script if it is not true
CREATE FUNCTION proof(claim text, holds boolean) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF holds IS NOT TRUE THEN
        RAISE EXCEPTION 'not true: %', claim;
    END IF;
    RETURN claim;
END
$$;
