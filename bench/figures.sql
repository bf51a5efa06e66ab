-- The figures of a benchmark, with the goals that they have.
\pset footer off
SELECT EXISTS (SELECT FROM bench.figure) AS any \gset
\if :any
SELECT task, name AS figure, measure, value, least, most, goal, CASE WHEN met THEN 'met' WHEN NOT met THEN 'not met' END AS "is"
FROM bench.figure ORDER BY task, goal = '', name, measure;
\endif
