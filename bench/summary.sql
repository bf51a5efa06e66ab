-- The figures to hold, and whether they are.  Fails where one was not measured.
\pset footer off
\set ON_ERROR_STOP on
\echo 'figures to hold (ratios of times, where nothing else is said):'
SELECT translate(what, '`', '') AS figure, goal, value, least, most, met AS "is"
FROM bench.kept WHERE part = 'design' ORDER BY id;
\echo 'further goals:'
SELECT translate(what, '`', '') AS figure, goal, value, least, most, met AS "is"
FROM bench.kept WHERE part = 'further' ORDER BY id;
SELECT EXISTS (SELECT FROM bench.kept WHERE met = 'not measured') AS missing \gset
\if :missing
DO $$ BEGIN RAISE 'some figures were not measured'; END $$;
\endif
