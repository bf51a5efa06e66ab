-- The extension lives in a schema of its own, and only a superuser can create it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
RESET client_min_messages;

SELECT n.nspname, v.superuser, v.trusted, v.relocatable
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
JOIN pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion
WHERE e.extname = 'migsafe';

-- The module loads.
LOAD 'migsafe';
