-- The tables of doc/performance.md, each after a line "== NAME".
-- Variables: machine, minutes.
\echo == machine
\pset tuples_only on
\pset format unaligned
SELECT format(E'%s.\n%s.\nOn %s, in %s min.', :'machine', substring(version() FROM '^[^,]*'), current_date, :minutes);
\pset format aligned
\pset tuples_only off

\echo == plan
SELECT 'bench/' || benchmark AS benchmark, max(rows) AS "rows, or documents", max(rounds) AS rounds,
       count(DISTINCT (task, name)) AS contestants
FROM bench.median GROUP BY benchmark ORDER BY benchmark;
\echo == design
SELECT what AS figure, goal, value AS measured, least, most, met AS "is"
FROM bench.kept WHERE part = 'design' ORDER BY id;
\echo == further
SELECT what AS figure, goal, value AS measured, least, most, met AS "is"
FROM bench.kept WHERE part = 'further' ORDER BY id;
\echo == migrate
SELECT words AS contestant, round(seconds::numeric, 2) AS seconds,
       round((seconds / min(seconds) FILTER (WHERE name = 'update_sql') OVER ())::numeric, 2) AS "against UPDATE",
       pg_size_pretty(wal) AS "WAL", xids AS "transaction ids", pg_size_pretty(undo_log) AS "undo log"
FROM bench.told WHERE benchmark = 'run_safe' ORDER BY id;
\echo == online
SELECT words AS contestant, rows, round(seconds::numeric, 2) AS seconds, pg_size_pretty(wal) AS "WAL",
       xids AS "transaction ids"
FROM bench.told WHERE benchmark = 'online' ORDER BY id;
\echo == rollback
SELECT CASE task WHEN 'even, whole' THEN 'three of six columns' WHEN 'document, whole' THEN 'nearly the whole row'
                 ELSE 'run and rollback' END AS "taken back", words AS contestant, round(seconds::numeric, 2) AS seconds,
       pg_size_pretty(wal) AS "WAL", xids AS "transaction ids"
FROM bench.told WHERE benchmark = 'rollback' ORDER BY id;
\echo == document
SELECT CASE benchmark WHEN 'jsonb_patch' THEN 'transform' ELSE 'test against a schema' END AS work,
       substr(task, 10) AS entities, words AS contestant, round(microseconds::numeric, 2) AS "µs each"
FROM bench.told WHERE benchmark IN ('jsonb_patch', 'json_schema') ORDER BY id;
\echo == checks
SELECT words AS contestant, round(microseconds::numeric, 2) AS "µs a row"
FROM bench.told WHERE benchmark = 'checks' ORDER BY id;
\echo == growth
SELECT name AS work, rows, round(seconds::numeric, 3) AS seconds, pg_size_pretty(memory) AS memory,
       pg_size_pretty(wal) AS "WAL", xids AS "transaction ids"
FROM bench.median WHERE benchmark = 'growth' ORDER BY name, rows;
\echo == exponents
SELECT name AS work, round(value, 2) AS exponent, round(least, 2) AS least, round(most, 2) AS most
FROM bench.line WHERE benchmark = 'growth' AND measure = 'exponent' ORDER BY name;
