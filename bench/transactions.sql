-- The table and the contestants of bench/transactions: runs in which a transform fails at each n-th row.
-- Variables: rows.
\ir data.sql
CREATE EXTENSION pg_walinspect;

CREATE FUNCTION bench.fresh(size bigint, bad_every bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS bench.item;
    CREATE TABLE bench.item (id bigint PRIMARY KEY, n text NOT NULL);
    INSERT INTO bench.item
    SELECT i, CASE WHEN i % bad_every = 0 THEN 'bad ' || i ELSE i::text END FROM generate_series(1, size) i;
END
$$;

-- The most subtransactions that one commit since bench.start() says to be its own: those that wrote and survived.
CREATE FUNCTION bench.surviving() RETURNS bigint LANGUAGE sql AS $$
    SELECT coalesce(max(regexp_count(substring(description FROM 'subxacts:([0-9 ]+)'), '[0-9]+')), 0)
    FROM pg_get_wal_records_info(current_setting('bench.lsn')::pg_lsn, pg_current_wal_flush_lsn())
    WHERE resource_manager = 'Transaction' AND record_type LIKE 'COMMIT%'
$$;

CREATE FUNCTION bench.observe(contestant text, batch_size integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO bench.observation (task, name, measure, value, goal)
    VALUES ('runs', 'surviving writing subtransactions', 'count', bench.surviving(), '<= 60');
    INSERT INTO bench.observation (task, name, measure, value, goal)
    SELECT 'runs', 'transaction ids, batches of ' || batch_size || ' rows', 'count', xids,
           CASE batch_size WHEN 2000 THEN '<= 110' ELSE '' END
    FROM bench.result WHERE name = contestant
$$;

INSERT INTO bench.contestant (task, name, documents, prepare, work, afterwards)
SELECT 'runs', name, size, format('SELECT bench.fresh(%s, %s)', size, coalesce(100 / nullif(bad, 0), size + 1)),
       format($$SELECT migsafe.run_safe('bench.item', '{"n": "n::int + 1"}', batch_size => %s, max_errors => %s)$$,
              batch_size, size),
       format('SELECT bench.observe(%L, %s)', name, batch_size)
FROM unnest(ARRAY[:rows, :rows / 10]) size, unnest(ARRAY[2000, 10]) batch_size, unnest(ARRAY[0, 1, 10]) bad,
     format('run_safe, batches of %s, %s %% bad, %s rows', batch_size, bad, size) name;
