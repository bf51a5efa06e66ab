-- Values that are compressed or stored out of line: a run decompresses the former once, for the transform and for the hash
-- of the undo log, which is that of their content whichever way it was computed; and back, and redone.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 85001;
CREATE SCHEMA toasted;
SET search_path = toasted, public;

CREATE TABLE toasted.item (id integer PRIMARY KEY, doc jsonb, packed text, plain text, numbers integer[]);
ALTER TABLE toasted.item ALTER plain SET STORAGE EXTERNAL;
INSERT INTO toasted.item
SELECT i, jsonb_build_object('a', repeat(md5(i::text) || 'xxxxxxxxxxxx', i * 10)), repeat('abc', i * 400), repeat('abc', i * 400),
    array_fill(i, ARRAY[i * 200])
FROM generate_series(1, 20) i;
-- larger than what is decompressed ahead, and NULL
INSERT INTO toasted.item VALUES
    (100, jsonb_build_object('a', repeat('y', 200000)), repeat('z', 300000), repeat('z', 200000), NULL),
    (101, NULL, NULL, NULL, NULL);
SELECT count(*) FILTER (WHERE pg_column_compression(doc) IS NOT NULL) AS doc_compressed,
       count(*) FILTER (WHERE pg_column_compression(packed) IS NOT NULL) AS packed_compressed,
       pg_relation_size(reltoastrelid) > 0 AS out_of_line
FROM toasted.item, pg_class WHERE pg_class.oid = 'toasted.item'::regclass GROUP BY reltoastrelid;

CREATE FUNCTION toasted.hash_holds(run bigint) RETURNS boolean LANGUAGE sql
RETURN (SELECT undo_hash = migsafe.undo_hash(run) FROM migsafe.run_commit WHERE run_id = run);
SELECT migsafe.fingerprint('item') AS before
\gset
SELECT run_id, successful_rows FROM migsafe.run_safe('item', '{"doc": [{"op": "add", "path": "/n", "value": 1, "optional": true}],
    "packed": "reverse(packed)", "plain": "plain || ''r''", "numbers": "numbers || 7"}')
\gset
SELECT migsafe.fingerprint('item') AS after
\gset
SELECT :successful_rows AS successful_rows, toasted.hash_holds(:run_id);
SELECT rollback_run_id AS back, restored_rows FROM migsafe.rollback(:run_id)
\gset
SELECT :restored_rows AS restored_rows, toasted.hash_holds(:back), migsafe.fingerprint('item') = :'before' AS as_before;
SELECT rollback_run_id AS redo, restored_rows FROM migsafe.rollback(:back)
\gset
SELECT :restored_rows AS restored_rows, toasted.hash_holds(:redo), migsafe.fingerprint('item') = :'after' AS as_after;

-- what a batch could not write, and what is evaluated again, has the same hashes
CREATE FUNCTION toasted.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id % 7 = 0 THEN
        RAISE check_violation USING MESSAGE = 'not this one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON toasted.item FOR EACH ROW EXECUTE FUNCTION toasted.refuse();
SELECT run_id, successful_rows, failed_rows FROM migsafe.run_safe('item', '{"packed": "packed || ''s''"}')
\gset
SELECT :successful_rows AS successful_rows, :failed_rows AS failed_rows, toasted.hash_holds(:run_id);
SELECT restored_rows FROM migsafe.rollback(:run_id);
SELECT migsafe.fingerprint('item') = :'after' AS as_after;
CALL migsafe.run_online('item', '{"packed": "packed || ''s''"}', pace => '{"batch_size": 5}')
\gset online_
SELECT :online_successful_rows AS successful_rows, :online_failed_rows AS failed_rows, toasted.hash_holds(:online_run_id);
SELECT restored_rows FROM migsafe.rollback(:online_run_id);
SELECT migsafe.fingerprint('item') = :'after' AS as_after;

-- a value that the transform gives back as it is stays as it is stored, as in an UPDATE: compressed although it would be
-- stored plain today, and in the same chunks out of line
CREATE TABLE toasted.kept (id integer PRIMARY KEY, note text, packed text, plain text);
ALTER TABLE toasted.kept ALTER plain SET STORAGE EXTERNAL;
INSERT INTO toasted.kept SELECT i, 'a', repeat('abc', 1000), repeat(md5(i::text), 100) FROM generate_series(1, 10) i;
ALTER TABLE toasted.kept ALTER packed SET STORAGE EXTERNAL;
SELECT reltoastrelid::regclass AS chunks FROM pg_class WHERE oid = 'toasted.kept'::regclass
\gset
CREATE TABLE toasted.chunk_before AS SELECT chunk_id FROM :chunks;
SELECT successful_rows FROM migsafe.run_safe('kept', '{"note": "''b''",
    "packed": "CASE WHEN id = 1 THEN packed || ''d'' ELSE packed END",
    "plain": "CASE WHEN id = 1 THEN plain || ''d'' ELSE plain END"}');
SELECT note, pg_column_compression(packed) IS NOT NULL AS compressed, count(*) FROM toasted.kept GROUP BY 1, 2 ORDER BY 3;
SELECT count(DISTINCT chunk_id) AS new_values FROM :chunks WHERE chunk_id NOT IN (SELECT chunk_id FROM toasted.chunk_before);

DROP SCHEMA toasted CASCADE;
