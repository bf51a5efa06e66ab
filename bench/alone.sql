-- One contestant in a session of its own, whose memory is sampled meanwhile: the most that is not shared.
-- Variables: round, id. Writes into bench.result.
SELECT unnest(ARRAY[prepare, 'VACUUM ANALYZE ' || vacuum]) FROM bench.contestant WHERE id = :id \gexec
\connect -
SELECT pg_backend_pid() AS backend \gset
\setenv BACKEND :backend
\! "$MIGSAFE_BENCH/sample_memory" "$BACKEND" "$TMPDIR/memory.$BACKEND"
SELECT unnest(ARRAY['SELECT bench.start()', work, format('SELECT bench.finish(%L, %s)', c, :round)])
FROM bench.contestant c WHERE id = :id \gexec
\set memory `tail -n 1 "$TMPDIR/memory.$BACKEND"`
UPDATE bench.result r SET memory_kb = nullif(:'memory', '')::bigint
FROM bench.contestant c WHERE c.id = :id AND (r.task, r.name, r.round) = (c.task, c.name, :round);
