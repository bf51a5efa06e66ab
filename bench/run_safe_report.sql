-- Medians, and the ratios round by round.
\pset footer off
SELECT contestant, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::numeric, 2) AS seconds,
       pg_size_pretty((percentile_cont(0.5) WITHIN GROUP (ORDER BY wal_bytes))::bigint) AS wal, max(xids) AS transaction_ids,
       pg_size_pretty(max(undo_bytes)) AS undo_log
FROM bench.result GROUP BY contestant ORDER BY contestant;

SELECT 'run_safe / ' || o.contestant AS ratio,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.seconds / o.seconds)::numeric, 3) AS seconds,
       min(round(r.seconds / o.seconds, 3)) AS least, max(round(r.seconds / o.seconds, 3)) AS most,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.wal_bytes::numeric / o.wal_bytes)::numeric, 3) AS wal,
       CASE o.contestant WHEN 'loop' THEN 0.6 ELSE 1.15 END AS goal
FROM bench.result r JOIN bench.result o USING (round)
WHERE r.contestant = 'run_safe' AND o.contestant <> 'run_safe'
GROUP BY o.contestant ORDER BY 1;
