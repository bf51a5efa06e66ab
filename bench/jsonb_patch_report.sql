-- Medians, and what is above fetching and decompressing the document.
\ir medians.sql
SELECT task, name AS contestant, round(median - max(median) FILTER (WHERE name = 'detoast') OVER (PARTITION BY task), 2)
           AS microseconds_above_detoast
FROM (SELECT task, name, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds / documents * 1e6)::numeric AS median
      FROM bench.result GROUP BY task, name) medians
ORDER BY task, median;
