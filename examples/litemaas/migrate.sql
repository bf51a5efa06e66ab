-- Step 2: the migration. One transaction: it happens as a whole or, when more than max_errors rows
-- fail or a check fails, not at all. Running it twice is safe: the second call does nothing.

\ir transform.sql

SELECT run_id, total_rows, successful_rows, failed_rows, skipped_rows, skipped, batches, elapsed, note
FROM migsafe.run_safe('daily_usage_cache', :'transform',
                      only_if      => :'only_if',
                      name         => :'run_name',
                      max_errors   => 10,
                      checks       => :'checks',
                      notice_every => 50)
\gx

-- What happened, by status, and the rows that failed, if any (first 20).
SELECT run_id AS fix_run_id FROM migsafe.status
WHERE name = :'run_name' AND kind = 'run' ORDER BY run_id DESC LIMIT 1
\gset
SELECT * FROM migsafe.run_summary(:fix_run_id);
SELECT key ->> 'date' AS date, sqlstate, message,
       left((row_before - '{date,cached_at,updated_at}'::text[])::text, 100) || ' ...' AS row_before
FROM migsafe.row_log(:fix_run_id) WHERE status = 'ERROR' ORDER BY 1 LIMIT 20
\gx
