-- Four days that no transform can make sense of: each becomes one row error, and costs only itself.

INSERT INTO daily_usage_cache
SELECT date, '{}', by_user, '{"gpt-4o": {"tokenBreakdown": {"prompt": 8, "completion": 2, "total": 10}}}', '{}',
       (date + 1 + time '02:15') AT TIME ZONE 'UTC', (date + 1 + time '02:15') AT TIME ZONE 'UTC'
FROM (VALUES
    -- a scalar where an object is expected
    (date '2025-10-12', '{"u-01": 4711}'::jsonb),
    -- a string that is no number
    (date '2025-10-13', '{"u-02": {"tokenBreakdown": {"prompt": "n/a", "completion": 2, "total": 10}}}'),
    -- an array where an object is expected
    (date '2025-10-14', '{"u-03": {"tokenBreakdown": [8, 2, 10]}}'),
    -- a member of which nobody knows what it counts
    (date '2025-10-15', '{"u-04": {"tokenBreakdown": {"prompt": 8, "completion": 2, "total": 10, "audio": 5}}}')
) AS odd (date, by_user);
