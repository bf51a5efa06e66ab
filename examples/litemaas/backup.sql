-- Step 1: a verified copy, beside the table. Run it before migrate.sql.

SELECT * FROM migsafe.backup_table('daily_usage_cache', label => 'before the token breakdown fix')
\gx
