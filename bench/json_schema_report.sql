-- Medians, and the ratios round by round with the goals that they have.
\pset footer off
SELECT task, name AS contestant, documents, round(median, 2) AS microseconds, round(1e6 / median) AS documents_a_second
FROM (SELECT task, name, documents,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds / documents * 1e6)::numeric AS median
      FROM bench.result GROUP BY task, name, documents) medians
ORDER BY task, median;

SELECT task, one || ' / ' || other AS ratio, median, least, most, goal
FROM bench.ratio JOIN (VALUES
    ('entities_6', 'matches_schema', 'jsonb_typeof', '<= 7'),
    ('entities_6', 'plpgsql', 'matches_schema', '>= 300'),
    ('entities_60', 'plpgsql', 'matches_schema', NULL),
    ('entities_6', 'plpgsql of six keywords', 'matches_schema', NULL),
    ('entities_6', 'jsonpath', 'matches_schema', NULL),
    ('entities_60', 'jsonpath', 'matches_schema', NULL),
    ('entities_60', 'matches_schema', 'jsonb_typeof', NULL),
    ('entities_6', 'length of text', 'matches_schema', NULL),
    ('entities_60', 'length of text', 'matches_schema', NULL)) AS goal (task, one, other, goal)
    USING (task, one, other)
ORDER BY task, goal, ratio;
