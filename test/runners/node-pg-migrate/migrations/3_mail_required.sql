-- Up Migration
SELECT migsafe.require_finished('backfill', timeout => '60 s');
ALTER TABLE account ALTER COLUMN mail SET NOT NULL;

-- Down Migration
ALTER TABLE account ALTER COLUMN mail DROP NOT NULL;
