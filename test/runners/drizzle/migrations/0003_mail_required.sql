SELECT migsafe.require_finished('backfill', timeout => '60 s');
--> statement-breakpoint
ALTER TABLE account ALTER COLUMN mail SET NOT NULL;
