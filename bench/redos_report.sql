-- The longest time of all rounds, and how it ended.
\pset footer off
SELECT task AS pattern,
       max(shown) FILTER (WHERE characters = 30) AS "30",
       max(shown) FILTER (WHERE characters = 1000) AS "1,000",
       max(shown) FILTER (WHERE characters = 100000) AS "100,000"
FROM (SELECT task, name::integer AS characters,
             format('%s %s', round(max(seconds) * 1000, 1), outcome) AS shown
      FROM bench.result JOIN bench.ended ON (pattern, characters::text) = (task, name)
      GROUP BY task, name, outcome) cells
GROUP BY task ORDER BY task;

SELECT round(max(seconds) * 1000, 1) AS longest FROM bench.result;
