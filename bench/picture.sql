-- What picture.awk draws, a line a bar or a point: panel, its kind, its title, series, x, y, whether it is ours.
SELECT * FROM (
    SELECT CASE benchmark WHEN 'run_safe' THEN 1 ELSE 2 END AS panel, 'bars',
           CASE benchmark WHEN 'run_safe' THEN 'Migrate three JSONB columns of ' ELSE 'Take three columns back, of ' END
               || to_char(CASE benchmark WHEN 'run_safe' THEN rows / 3 ELSE rows END, 'FM9,999,999') || ' rows (seconds)',
           words, NULL::bigint, round(seconds::numeric, 3), ours::integer, id
    FROM bench.told WHERE task IN ('migrate', 'even, whole', 'even, both') AND name <> 'triggers_off'
    UNION ALL
    SELECT CASE benchmark WHEN 'jsonb_patch' THEN 3 ELSE 4 END, 'bars',
           CASE benchmark WHEN 'jsonb_patch' THEN 'Transform a document of 1.2 KB (µs)'
                          ELSE 'Test a document of 1.2 KB against a schema (µs)' END,
           words, NULL, round(microseconds::numeric, 2), ours::integer, id
    FROM bench.told WHERE task = 'entities_6'
    UNION ALL
    SELECT 5, 'lines', 'Time by rows (seconds)', name || ', rows^' || round(value, 2), rows, round(seconds::numeric, 4),
           (name <> 'update')::integer, array_position('{update,run_safe,run_online,rollback,backup}', name)
    FROM bench.median JOIN (SELECT name, value FROM bench.line WHERE measure = 'exponent') exponent USING (name)
    WHERE benchmark = 'growth'
    UNION ALL
    SELECT 6, 'levels', 'Memory by rows (MB)', name, rows, round(memory / 1048576.0, 2), (name <> 'update')::integer,
           array_position('{update,run_safe,run_online,rollback,backup}', name)
    FROM bench.median WHERE benchmark = 'growth' AND memory IS NOT NULL) points
ORDER BY panel, id, 4, 5;
