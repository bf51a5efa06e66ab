-- The medians of a benchmark's contestants.
\pset footer off
SELECT task, name AS contestant, documents, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::numeric, 3) AS seconds,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) / documents * 1e6)::numeric, 2) AS microseconds_each,
       pg_size_pretty((percentile_cont(0.5) WITHIN GROUP (ORDER BY wal_bytes))::bigint) AS wal, max(xids) AS transaction_ids,
       pg_size_pretty(max(undo_bytes)) AS undo_log, pg_size_pretty(max(memory_kb) * 1024) AS memory
FROM bench.result GROUP BY task, name, documents
ORDER BY max(documents) OVER (PARTITION BY task), task, documents, name;
