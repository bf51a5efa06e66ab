-- Medians, and the ratios round by round with the goal: ten checks against one, the schema, which costs more than the
-- other nine.  Against the cheapest check they say what a check costs beside the scan.
\pset footer off
SELECT name AS contestant, round(median, 3) AS seconds, round(median / documents * 1e6, 2) AS microseconds_a_row
FROM (SELECT name, documents, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::numeric AS median
      FROM bench.result GROUP BY name, documents) medians
ORDER BY median;

SELECT one || ' / ' || other AS ratio, median, least, most, goal
FROM bench.ratio JOIN (VALUES
    ('ten', 'schema', '<= 2'),
    ('ten', 'type', NULL),
    ('schema', 'type', NULL),
    ('ten calls', 'ten', NULL)) AS goal (one, other, goal) USING (one, other)
ORDER BY goal, ratio;
