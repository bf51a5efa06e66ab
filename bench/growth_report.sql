-- Medians; figures beside ratios: the exponent of a power of the number of rows that fits the times best, by least squares
-- of their logarithms, and how much more memory all rows take than a hundredth of them. A run may take what a tuplestore
-- keeps until it spills, a rollback what its joins and sorts do.
INSERT INTO bench.observation (task, name, measure, value)
SELECT 'growth', name, 'exponent', regr_slope(ln(seconds::float8), ln(documents::float8)) FROM bench.result GROUP BY name, round;
INSERT INTO bench.observation (task, name, measure, value, goal)
SELECT 'growth', name, 'MB more', (many.memory_kb - few.memory_kb) / 1024.0,
       CASE name WHEN 'update' THEN ''
                 ELSE '<= ' || 10 + CASE name WHEN 'rollback' THEN 4 ELSE 1 END * work_mem.kb / 1024 END
FROM (SELECT setting::integer FROM pg_settings WHERE name = 'work_mem') work_mem (kb),
     bench.result few JOIN bench.result many USING (name, round)
WHERE few.documents = (SELECT min(documents) FROM bench.contestant)
  AND many.documents = (SELECT max(documents) FROM bench.contestant) AND few.memory_kb + many.memory_kb IS NOT NULL;
\ir medians.sql
