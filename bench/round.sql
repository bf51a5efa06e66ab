-- One round of a benchmark: each contestant once, in an order that turns with the round, in one session.
-- Variables: round. Writes into bench.result.
SELECT unnest(ARRAY[prepare, 'VACUUM ANALYZE ' || vacuum, 'SELECT bench.start()', work,
                    format('SELECT bench.finish(%L, %s)', contestant, :round), afterwards])
FROM bench.contestant WHERE NOT alone
ORDER BY (id + :round) % count(*) OVER () \gexec
