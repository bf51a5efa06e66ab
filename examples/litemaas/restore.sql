-- The other way back: the whole table as in its newest backup. Unlike rollback.sql it also undoes
-- whatever else was done since. First the plan, then the deed; what was there before it is kept as backup_taken.
-- The run that the backup preceded then counts as taken back: migrate.sql can be run again under its name.

SELECT backup_used, rows_changed, rows_inserted, rows_deleted
FROM migsafe.restore('daily_usage_cache', dry_run => true);

SELECT restore_run_id, backup_used, backup_taken, rows_changed, rows_inserted, rows_deleted, fingerprint, elapsed
FROM migsafe.restore('daily_usage_cache');
