-- Medians, and the ratios round by round with the goals that they have; how long readers waited; sizes.
\pset footer off
SELECT task, name AS contestant, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::numeric, 2) AS seconds,
       pg_size_pretty((percentile_cont(0.5) WITHIN GROUP (ORDER BY wal_bytes))::bigint) AS wal, max(xids) AS transaction_ids
FROM bench.result GROUP BY task, name ORDER BY task, name;

SELECT task, one || ' / ' || other AS ratio, median AS seconds, least, most, wal, goal
FROM bench.ratio JOIN (VALUES
    ('even, whole', 'rollback', 'truncate_insert', '<= 1.8'),
    ('even, whole', 'rollback', 'blind_update', NULL),
    ('even, whole', 'blind_update', 'truncate_insert', NULL),
    ('even, whole', 'keys', 'rollback', '<= 0.05'),
    ('even, whole', 'rows', 'rollback', '<= 0.05'),
    ('even, both', 'triggers', 'migsafe', '>= 3'),
    ('even, both', 'triggers_off', 'migsafe', NULL),
    ('document, whole', 'rollback', 'truncate_insert', NULL),
    ('document, whole', 'rollback', 'blind_update', NULL),
    ('document, whole', 'blind_update', 'truncate_insert', NULL)) AS goal (task, one, other, goal)
    USING (task, one, other)
ORDER BY task DESC, 2;

SELECT way AS beside, round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM longest)) * 1000)::numeric, 1)
           AS longest_wait_ms,
       round(max(extract(epoch FROM longest)) * 1000, 1) AS most_ms,
       round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM work)) * 1000)::numeric) AS work_ms,
       CASE way WHEN 'rollback' THEN 'no wait for a lock' END AS goal
FROM bench.wait GROUP BY way ORDER BY way;

SELECT name AS changed,
       pg_size_pretty(undo_bytes) AS undo_log, pg_size_pretty(backup_bytes) AS backup,
       round(undo_bytes::numeric / backup_bytes, 3) AS ratio, CASE name WHEN 'even' THEN '<= 0.6' END AS goal
FROM bench.size ORDER BY name DESC;
