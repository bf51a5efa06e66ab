-- The extension brings two schemas of its own; only a superuser can create it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
RESET client_min_messages;

-- its script, with the path pg_catalog
SELECT v.superuser, v.trusted, v.relocatable, v.schema
FROM pg_extension e
JOIN pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion
WHERE e.extname = 'migsafe';

SELECT DISTINCT n.nspname
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'migsafe'
JOIN pg_namespace n ON d.classid = 'pg_namespace'::regclass AND d.objid = n.oid
ORDER BY n.nspname;

-- The module loads.
LOAD 'migsafe';
