-- One round of a benchmark: each contestant once, in an order that turns with the round.
-- Variables: round. Prints nothing; writes into bench.result.
SELECT format('CALL bench.measure(%L, %s)', contestant, :round)
FROM bench.contestant
ORDER BY (id + :round) % count(*) OVER () \gexec
