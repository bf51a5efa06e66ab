-- Medians, and the ratios round by round with the goals that they have.
\pset footer off
SELECT name AS contestant, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::numeric, 2) AS seconds,
       pg_size_pretty((percentile_cont(0.5) WITHIN GROUP (ORDER BY wal_bytes))::bigint) AS wal,
       max(xids) AS transaction_ids, pg_size_pretty(max(undo_bytes)) AS undo_log
FROM bench.result GROUP BY name ORDER BY name;

SELECT one || ' / ' || other AS ratio, median AS seconds, least, most, wal, '<= ' || goal AS goal
FROM bench.ratio JOIN (VALUES
    ('run_safe', 'loop', 0.6),
    ('run_safe', 'update_and_copy', 1.15),
    ('run_safe_patch', 'loop', 0.25),
    ('run_safe_patch', 'update_sql', 0.5),
    ('run_safe_patch', 'update_patch_and_copy', 1.15)) AS goal (one, other, goal) USING (one, other)
ORDER BY 1;
