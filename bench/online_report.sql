-- Medians, and the ratios round by round with the goals that they have.
\pset footer off
SELECT task, name AS contestant, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::numeric, 2) AS seconds,
       pg_size_pretty((percentile_cont(0.5) WITHIN GROUP (ORDER BY wal_bytes))::bigint) AS wal,
       max(xids) AS transaction_ids, pg_size_pretty(max(undo_bytes)) AS undo_log
FROM bench.result GROUP BY task, name ORDER BY task, name;

SELECT task, one || ' / ' || other AS ratio, median AS seconds, least, most, wal, goal
FROM bench.ratio JOIN (VALUES
    ('number', 'online', 'run_safe', NULL),
    ('number', 'online_without_rest', 'run_safe', NULL),
    ('number', 'online', 'update', NULL),
    ('document', 'online', 'run_safe', NULL),
    ('document', 'online_without_rest', 'run_safe', NULL),
    ('document', 'online', 'online_2_workers', '>= 1.5'),
    ('document_by_sql', 'online', 'run_safe', NULL),
    ('document_by_sql', 'online', 'online_2_workers', '>= 1.5')) AS goal (task, one, other, goal) USING (task, one, other)
ORDER BY task, 2;
