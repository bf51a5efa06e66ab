-- Step 3: the run's checks once more, at any later time, on the table as it is now.

\ir transform.sql

SELECT check_no AS no, name, severity, passed, total_rows, failed_rows, sample_keys, message
FROM migsafe.validate_jsonb('daily_usage_cache', :'checks') ORDER BY check_no;
