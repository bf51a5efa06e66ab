-- Medians, and the ratios of neighbours, round by round, with the goal that they have.
\pset footer off
SELECT task, name AS recorder, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::numeric, 3) AS seconds,
       pg_size_pretty((percentile_cont(0.5) WITHIN GROUP (ORDER BY wal_bytes))::bigint) AS wal, max(xids) AS transaction_ids
FROM bench.result GROUP BY task, name ORDER BY task, name;

SELECT task, one || ' / ' || other AS ratio, median AS seconds, least, most, wal, '<= 1.03' AS goal
FROM bench.ratio WHERE one = 'with' AND other = 'without' ORDER BY task;
