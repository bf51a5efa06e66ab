-- Deploy runners:mail_required to pg
BEGIN;
SELECT migsafe.require_finished('backfill', timeout => '60 s');
ALTER TABLE account ALTER COLUMN mail SET NOT NULL;
COMMIT;
