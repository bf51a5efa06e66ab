-- Revert runners:backfill from pg
BEGIN;
SELECT * FROM migsafe.rollback('backfill');
COMMIT;
