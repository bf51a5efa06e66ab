-- One way to bring a table back, and a reader beside it, in a session of its own.
-- Variables: round, way, work.
SELECT bench.migrated('even');
VACUUM ANALYZE;
SELECT pg_advisory_lock(1);
INSERT INTO bench.wait (way, round) VALUES (:'way', :round);
\! psql -X -q -c 'CALL bench.read_meanwhile()' &
SELECT pg_sleep(0.5), set_config('bench.started', clock_timestamp()::text, false);
SELECT :'work' \gexec
UPDATE bench.wait SET work = clock_timestamp() - current_setting('bench.started')::timestamptz WHERE work IS NULL;
SELECT pg_advisory_unlock(1);
DO $$
BEGIN
    WHILE EXISTS (SELECT FROM bench.wait WHERE longest IS NULL) LOOP
        COMMIT;
        PERFORM pg_sleep(0.1);
    END LOOP;
END
$$;
