-- Medians; figures beside ratios: how long readers waited, and sizes.
INSERT INTO bench.observation (task, name, measure, value, goal)
SELECT 'even, whole', 'longest wait of a reader beside ' || way, 'ms', extract(epoch FROM longest) * 1000,
       CASE way WHEN 'rollback' THEN '<= 10' ELSE '' END
FROM bench.wait;
INSERT INTO bench.observation (task, name, measure, value, goal)
SELECT name || ', whole', 'undo log / backup', 'size', undo_bytes::numeric / backup_bytes,
       CASE name WHEN 'even' THEN '<= 0.6' ELSE '' END
FROM bench.size;
\ir medians.sql
SELECT way AS beside, round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM work)) * 1000)::numeric) AS work_ms
FROM bench.wait GROUP BY way ORDER BY way;
