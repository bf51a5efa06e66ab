-- What a user sees of the extension: everything is explained and named.
\set QUIET on
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS migsafe;

BEGIN;
SELECT plan(4);

SELECT has_extension('migsafe');

CREATE TEMPORARY VIEW surface AS
    SELECT p.*
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_catalog.pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
    WHERE e.extname = 'migsafe';

SELECT is_empty(
    $$ SELECT oid::regprocedure FROM surface WHERE obj_description(oid, 'pg_proc') IS NULL $$,
    'every function has a comment');

SELECT is_empty(
    $$ SELECT oid::regprocedure FROM surface
       WHERE coalesce(array_length(proargnames, 1), 0) < coalesce(array_length(proallargtypes, 1), pronargs)
          OR '' = ANY (proargnames) $$,
    'every argument has a name');

SELECT is_empty(
    $$ SELECT oid::regprocedure FROM surface WHERE pronamespace <> 'migsafe'::regnamespace $$,
    'every function is in schema migsafe');

SELECT * FROM finish();
ROLLBACK;
