-- Medians, what is above fetching and decompressing the document, and the ratios round by round with the goals that
-- they have.
\pset footer off
SELECT task, name AS contestant, documents, round(median, 2) AS microseconds,
       round(median - max(median) FILTER (WHERE name = 'detoast') OVER (PARTITION BY task), 2) AS above_detoast
FROM (SELECT task, name, documents,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds / documents * 1e6)::numeric AS median
      FROM bench.result GROUP BY task, name, documents) medians
ORDER BY task, median;

SELECT task, one || ' / ' || other AS ratio, median, least, most, '>= ' || goal AS goal
FROM bench.ratio JOIN (VALUES
    ('pure_sql', 'jsonb_patch', 15),
    ('jsonb_set', 'jsonb_patch', NULL),
    ('concatenation', 'merge_patch', NULL)) AS goal (one, other, goal) USING (one, other)
ORDER BY task, goal, ratio;
