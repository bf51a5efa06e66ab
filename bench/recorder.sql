-- The table and the contestants of bench/recorder; each works on a fresh copy of the table. A developer's setting
-- switches the recorder off.
-- Variables: rows.
\ir data.sql

CREATE TABLE bench.source AS
SELECT i AS id, i AS n, bench.entities('user', i, 6) AS doc FROM generate_series(1, :rows) i;
VACUUM ANALYZE bench.source;

CREATE FUNCTION bench.fresh(recorder text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('migsafe.debug_fault', 'recorder:' || recorder, false);
    DROP TABLE IF EXISTS bench.item;
    CREATE TABLE bench.item (LIKE bench.source, PRIMARY KEY (id));
    INSERT INTO bench.item SELECT * FROM bench.source;
    ANALYZE bench.item;
END
$$;

INSERT INTO bench.contestant (task, name, documents, prepare, work)
SELECT task, name, :rows, format('SELECT bench.fresh(%L)', recorder),
       format('SELECT migsafe.run_safe(%L, %L, max_errors => 100000)', 'bench.item', transform)
FROM (VALUES
    ('expression', jsonb_build_object('n', 'n + 1')),
    ('patch', jsonb_build_object('doc', :'patch'::jsonb)),
    ('1 % bad rows', jsonb_build_object('n', 'n + 1 + 0 / (n % 100)'))) AS run (task, transform),
    (VALUES ('with', 'on'), ('without', 'off')) AS contestant (name, recorder);

INSERT INTO bench.comparison (task, one, other, goal)
SELECT DISTINCT task, 'with', 'without', '<= 1.03' FROM bench.contestant;
