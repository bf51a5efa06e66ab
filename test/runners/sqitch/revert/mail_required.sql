-- Revert runners:mail_required from pg
BEGIN;
ALTER TABLE account ALTER COLUMN mail DROP NOT NULL;
COMMIT;
