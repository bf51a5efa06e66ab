-- The entries of a part are looked up by hashes of keys: for keys of many types, those that cannot be hashed, and those
-- that are equal but not the same; for more keys than work_mem holds; of rows and of keys, which have their batches.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA part_keys;
SET search_path = part_keys, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 71501;

CREATE COLLATION part_keys.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE DOMAIN part_keys.code AS text COLLATE part_keys.any_case;
CREATE TYPE part_keys.pair AS (a integer, b text);

-- Two of nine rows, by a predicate, by keys, and the rest; which are back after each.
CREATE FUNCTION part_keys.try(type text, key text, keys jsonb) RETURNS TABLE (by_rows text, by_keys text, then_all text)
LANGUAGE plpgsql AS $$
DECLARE
    run bigint;
BEGIN
    EXECUTE format('CREATE TABLE part_keys.item (g integer, k %s, n integer NOT NULL, PRIMARY KEY (k))', type);
    EXECUTE format('INSERT INTO part_keys.item SELECT g, (%s)::%s, g FROM generate_series(1, 9) g', key, type);
    run := (SELECT run_id FROM migsafe.run_safe('part_keys.item', '{"n": "n + 100"}'));
    PERFORM migsafe.rollback(run, rows => 'g IN (3, 5)');
    by_rows := (SELECT string_agg(g::text, ',' ORDER BY g) FROM part_keys.item WHERE n < 100);
    PERFORM migsafe.rollback(run, keys => keys);
    by_keys := (SELECT string_agg(g::text, ',' ORDER BY g) FROM part_keys.item WHERE n < 100);
    PERFORM migsafe.rollback(run);
    then_all := (SELECT string_agg(g::text, ',' ORDER BY g) FROM part_keys.item WHERE n < 100);
    RETURN NEXT;
    DROP TABLE part_keys.item;
END $$;
SELECT type, t.* FROM (VALUES
    ('integer', 'g', '[{"k": 3}, {"k": 4}]'),
    ('numeric', 'g + 0.00', '[{"k": 3}, {"k": 4.0}]'),
    ('double precision', 'g - 1', '[{"k": "-0"}, {"k": 2}]'),
    ('char(4)', 'chr(96 + g)', '[{"k": "c"}, {"k": "d"}]'),
    ('part_keys.code', 'chr(96 + g)', '[{"k": "C"}, {"k": "D"}]'),
    ('bit(4)', 'g', '[{"k": "0011"}, {"k": "0100"}]'),
    ('money', 'g', '[{"k": "3"}, {"k": "4"}]'),
    ('integer[]', 'ARRAY[g]', '[{"k": [3]}, {"k": [4]}]'),
    ('part_keys.pair', 'ROW(g, chr(96 + g))', '[{"k": {"a": 3, "b": "c"}}, {"k": {"a": 4, "b": "d"}}]'),
    ('int4range', 'int4range(g, g + 1)', '[{"k": "[3,3]"}, {"k": "[4,5)"}]')) AS c (type, key, keys),
    LATERAL part_keys.try(type, key, keys::jsonb) t;

-- a key of several columns, in another order than the table's, beside a batch
CREATE TABLE part_keys.item (n integer NOT NULL, b text, a bigint, PRIMARY KEY (a, b));
INSERT INTO part_keys.item SELECT g, 'b' || g % 2, g / 2 FROM generate_series(0, 9) g;
SELECT run_id FROM migsafe.run_safe('part_keys.item', '{"n": "n + 100"}', batch_size => 2)
\gset
SELECT restored_rows FROM migsafe.rollback(:run_id, keys => '[{"b": "b0", "a": 1}, {"a": 2, "b": "b1"}, {"a": 2, "b": "b9"}]');
SELECT restored_rows FROM migsafe.rollback(:run_id, rows => 'a IN (0, 4)', batches => '{1}');
SELECT array_agg(n ORDER BY n) FROM part_keys.item WHERE n < 100;
DROP TABLE part_keys.item;

-- more keys than work_mem holds
CREATE TABLE part_keys.many (id bigint PRIMARY KEY, n integer NOT NULL);
INSERT INTO part_keys.many SELECT g, g FROM generate_series(1, 30000) g;
SELECT run_id FROM migsafe.run_safe('part_keys.many', '{"n": "n + 1"}')
\gset
SET work_mem = '64kB';
SELECT total_rows, restored_rows FROM migsafe.rollback(:run_id, rows => 'id > 10000');
SELECT total_rows, restored_rows, unchanged_rows
FROM migsafe.rollback(:run_id, keys => (SELECT jsonb_agg(jsonb_build_object('id', g)) FROM generate_series(9000, 20000) g));
RESET work_mem;
SELECT count(*) FILTER (WHERE n = id) AS back, count(*) FILTER (WHERE n = id + 1) AS as_written FROM part_keys.many;

DROP SCHEMA part_keys CASCADE;
