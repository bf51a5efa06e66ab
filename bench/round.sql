-- One round of a benchmark: each contestant once, in an order that turns with the round.
-- Variables: round. Prints nothing; writes into bench.result.
SELECT unnest(CASE WHEN vacuum IS NULL THEN ARRAY[format('CALL bench.measure(%L, %s)', contestant, :round)]
                   ELSE ARRAY[prepare, 'VACUUM ANALYZE ' || vacuum, 'CALL bench.start()', work,
                              format('CALL bench.finish(%L, %s)', contestant, :round)] END)
FROM bench.contestant
ORDER BY (id + :round) % count(*) OVER () \gexec
