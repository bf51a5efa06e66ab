-- Which blocks of an undo log a rollback of a part reads: those that have one of its entries, as the digest says; and all
-- of them where there is no digest, or where the undo log has not what it says. The outcome is the same.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
RESET client_min_messages;
ALTER SEQUENCE migsafe.run_id_seq RESTART 101001;
CREATE SCHEMA ud;

-- A table with rows of which eight fill a block, and a run of it. The key is of a type that each case chooses.
CREATE FUNCTION ud.last_run() RETURNS bigint LANGUAGE sql STABLE RETURN (SELECT max(run_id) FROM migsafe.run);
CREATE FUNCTION ud.undo_log() RETURNS regclass LANGUAGE sql STABLE
RETURN (SELECT format('%I.%I', undo_schema, undo_name)::regclass FROM migsafe.run WHERE run_id = ud.last_run());
CREATE PROCEDURE ud.make(key_type text, key text DEFAULT 'i', more text DEFAULT '') LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL client_min_messages = warning;
    DROP TABLE IF EXISTS ud.item, ud.before;
    EXECUTE format('CREATE TABLE ud.item (n integer NOT NULL, k %s PRIMARY KEY, doc jsonb, filler text)%s', key_type, more);
    EXECUTE format('INSERT INTO ud.item SELECT i, %s, jsonb_build_object(''i'', i), repeat(''x'', 1000)'
                   ' FROM generate_series(1, 400) i', key);
    CREATE TABLE ud.before AS TABLE ud.item;
END
$$;
CREATE PROCEDURE ud.run() LANGUAGE plpgsql AS $$
BEGIN
    PERFORM migsafe.run_safe('ud.item', '{"n": "n + 1000", "filler": "filler || n"}');
END
$$;
-- To take the last run back in part; how many rows came back, and how much of the undo log was read: counted as buffers
-- that the server has fetched in this transaction.
CREATE PROCEDURE ud.take_back(rows text, INOUT restored bigint = NULL, INOUT wrong bigint = NULL, INOUT is_read text = NULL)
LANGUAGE plpgsql AS $$
DECLARE
    log regclass := ud.undo_log();
    fetched bigint := pg_stat_get_xact_blocks_fetched(log);
    blocks bigint := pg_relation_size(log) / current_setting('block_size')::bigint;
BEGIN
    SELECT r.restored_rows INTO restored FROM migsafe.rollback(ud.last_run(), rows => take_back.rows) r;
    fetched := pg_stat_get_xact_blocks_fetched(log) - fetched;
    is_read := CASE WHEN fetched < blocks / 2 THEN 'in part' WHEN fetched >= blocks THEN 'whole' ELSE fetched || ' of ' || blocks END;
    EXECUTE format('SELECT count(*) FROM ud.item i JOIN ud.before b USING (k)'
                   ' WHERE (i.n, i.doc, i.filler) = (b.n, b.doc, b.filler) IS DISTINCT FROM (%s)',
                   regexp_replace(rows, '\m(n|k|doc)\M', 'i.\1', 'g')) INTO wrong;
END
$$;

\echo keys of many types
CREATE TYPE ud.label AS ENUM ('a', 'b');
CREATE DOMAIN ud.code AS text CHECK (value <> '');
CREATE TYPE ud.pair AS (a integer, b integer);
CREATE PROCEDURE ud.try(key_type text, key text, rows text, INOUT restored bigint = NULL, INOUT wrong bigint = NULL,
    INOUT is_read text = NULL)
LANGUAGE plpgsql AS $$
BEGIN
    CALL ud.make(key_type, key);
    CALL ud.run();
    CALL ud.take_back(rows, restored, wrong, is_read);
END
$$;
CALL ud.try('integer', 'i', 'k BETWEEN 101 AND 110');
CALL ud.try('integer', 'i', 'k % 100 = 7');
CALL ud.try('bigint', '-i', 'k = -200');
CALL ud.try('numeric', 'i + 0.50', 'k = 17.5');
CALL ud.try('text', '''key '' || i', $$k = 'key 300'$$);
CALL ud.try('text COLLATE "C"', '''key '' || i', $$k = 'key 300'$$);
CALL ud.try('text', 'repeat(md5(i::text), 40)', $$k LIKE '%' || md5('300')$$);
CALL ud.try('ud.code', '''key '' || i', $$k = 'key 300'$$);
CALL ud.try('uuid', 'md5(i::text)::uuid', $$k = md5('300')::uuid$$);
CALL ud.try('timestamptz', $$timestamptz '2026-01-01' + i * interval '1 day'$$, $$k = timestamptz '2026-01-01' + interval '9 days'$$);
-- by code of others, which may give another hash tomorrow: there is no digest
CALL ud.try('integer[]', 'ARRAY[i, 1]', 'k = ARRAY[300, 1]');
CALL ud.try('ud.pair', 'ROW(i, 1)::ud.pair', 'k = ROW(300, 1)::ud.pair');
CALL ud.try('int4range', 'int4range(i, i + 1)', 'k @> 300');
SELECT count(*) FROM migsafe.undo_digest WHERE run_id = ud.last_run();

\echo a key of several columns, in another order than theirs
DO $$
BEGIN
    CALL ud.make('text', '''key '' || i');
    ALTER TABLE ud.item DROP CONSTRAINT item_pkey, ADD COLUMN part ud.label NOT NULL DEFAULT 'b', ADD PRIMARY KEY (part, k);
    DROP TABLE ud.before;
    CREATE TABLE ud.before AS TABLE ud.item;
    PERFORM migsafe.run_safe('ud.item', '{"filler": "filler || n"}');
END
$$;
CALL ud.take_back($$k = 'key 200'$$);
SELECT restored_rows FROM migsafe.rollback(ud.last_run() - 1, keys => '[{"part": "b", "k": "key 201"}]');

\echo without a key, or of a temporary table, there is none
CREATE TABLE ud.keyless AS TABLE ud.item;
CREATE TEMP TABLE temporary (LIKE ud.item INCLUDING ALL);
INSERT INTO temporary TABLE ud.item;
SELECT successful_rows FROM migsafe.run_safe('ud.keyless', '{"n": "n + 1"}');
SELECT count(*) FROM migsafe.undo_digest WHERE run_id = ud.last_run();
SELECT restored_rows FROM migsafe.rollback(ud.last_run(), rows => 'n = 2');
SELECT successful_rows FROM migsafe.run_safe('temporary', '{"n": "n + 1"}');
SELECT count(*) FROM migsafe.undo_digest WHERE run_id = ud.last_run();
SELECT restored_rows FROM migsafe.rollback(ud.last_run(), rows => 'n = 2');
DROP TABLE temporary;

\echo what of a batch is written anew, since rows of it fail, stands in it once
SET client_min_messages = warning;
CALL ud.make('integer', 'i', ' WITH (autovacuum_enabled = off)');
RESET client_min_messages;
SET client_min_messages = error;
ALTER TABLE ud.item ADD CHECK (n % 50 <> 0 OR n < 1000);
SELECT successful_rows, failed_rows FROM migsafe.run_safe('ud.item', '{"n": "n + 1000"}', batch_size => 60);
RESET client_min_messages;
-- eight bytes for each block in each batch, four for each entry
SELECT sum(length(blocks)) BETWEEN 392 * 4 + 8 * 7 AND 392 * 4 + 8 * 20 AS once FROM migsafe.undo_digest
WHERE run_id = ud.last_run();
SELECT restored_rows FROM migsafe.rollback(ud.last_run(), rows => 'k IN (49, 50, 51)');

\echo a rollback has one of its own
DO $$
BEGIN
    CALL ud.make('integer');
    CALL ud.run();
    PERFORM migsafe.rollback(ud.last_run());
END
$$;
DROP TABLE ud.before;
CREATE TABLE ud.before AS SELECT n + 1000 AS n, k, doc, filler || n AS filler FROM ud.item;
CALL ud.take_back('k = 77');

\echo so many entries that the digest has several rows
CREATE TABLE ud.many (id integer PRIMARY KEY, n integer NOT NULL);
INSERT INTO ud.many SELECT i, i FROM generate_series(1, 20000) i;
SELECT run_id, successful_rows FROM migsafe.run_safe('ud.many', '{"n": "n + 1"}')
\gset
SELECT rollback_run_id AS back, restored_rows FROM migsafe.rollback(:run_id)
\gset
SELECT d.run_id - :run_id AS run, count(*) > 1 AS several, max(length(blocks)) < 100000 AS small FROM migsafe.undo_digest d
WHERE d.run_id IN (:run_id, :back) GROUP BY d.run_id ORDER BY 1;
BEGIN;
SELECT pg_stat_get_xact_blocks_fetched(('migsafe_undo.run_' || :back)::regclass) AS fetched
\gset
SELECT restored_rows FROM migsafe.rollback(:back, rows => 'id IN (1, 7000, 7777, 20000)');
SELECT pg_stat_get_xact_blocks_fetched(('migsafe_undo.run_' || :back)::regclass) - :fetched < 20 AS in_part;
COMMIT;
-- in one batch, of which a part was written before it failed as a whole, and one before that stands
ALTER TABLE ud.many ADD CHECK (id <> 15000 OR n <> -id);
SET client_min_messages = error;
SELECT run_id, successful_rows, failed_rows
FROM migsafe.run_safe('ud.many', '{"n": "-id"}', only_if => 'id > 100', batch_size => 10000)
\gset
RESET client_min_messages;
\echo :successful_rows :failed_rows
SELECT count(*) > 1 AS several, max(length(blocks)) < 100000 AS small,
       sum(length(blocks)) BETWEEN 4 * :successful_rows AND 5 * :successful_rows AS once
FROM migsafe.undo_digest WHERE run_id = :run_id;
SELECT restored_rows FROM migsafe.rollback(:run_id, rows => 'id IN (100, 101, 14999, 15000, 15001, 20000)');
SELECT restored_rows FROM migsafe.rollback(:run_id, on_conflict => 'skip');
SELECT count(*), array_agg(id ORDER BY id) FILTER (WHERE id < 10000) FROM ud.many WHERE n = id + 1;

\echo in batches that commit, by two workers
CALL ud.make('integer');
CALL migsafe.run_online('ud.item', '{"n": "n + 1000", "filler": "filler || n"}', batch_size => 37, workers => 2) \gset
SELECT count(*) > 6 AS of_batches FROM migsafe.undo_digest WHERE run_id = ud.last_run();
CALL ud.take_back('k IN (1, 200, 400)');

\echo so many rows that nearly each block has one; and none
CALL ud.make('integer');
CALL ud.run();
CALL ud.take_back('k % 8 = 0');
CALL ud.make('integer');
CALL ud.run();
CALL ud.take_back('k = 0');

-- One to be altered by the owner of the table.
CREATE PROCEDURE ud.altered(alteration text, rows text DEFAULT 'k = 200', INOUT restored bigint = NULL, INOUT wrong bigint = NULL,
    INOUT is_read text = NULL, INOUT error text = NULL)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE replace(alteration, 'LOG', ud.undo_log()::text);
    CALL ud.take_back(rows, restored, wrong, is_read);
    RAISE SQLSTATE 'UD001';
EXCEPTION
    WHEN SQLSTATE 'UD001' THEN NULL;
    WHEN OTHERS THEN error := sqlstate;
END
$$;
CALL ud.make('integer');
CALL ud.run();
\echo the entry is gone, or is another; or one beside it
CALL ud.altered('DELETE FROM LOG WHERE key_2 = 200');
CALL ud.altered('UPDATE LOG SET old_1 = 7 WHERE key_2 = 200');
CALL ud.altered('UPDATE LOG SET key_2 = 1000 WHERE key_2 = 200');
CALL ud.altered('DELETE FROM LOG WHERE ctid = (SELECT max(ctid) FROM LOG WHERE ctid < (SELECT ctid FROM LOG WHERE key_2 = 200))');
\echo it is written once more, elsewhere
CALL ud.altered('UPDATE LOG SET batch = batch WHERE key_2 = 200');
\echo one is gone that no row needs; the whole needs it
CALL ud.altered('DELETE FROM LOG WHERE key_2 = 1');
CALL ud.altered('DELETE FROM LOG WHERE key_2 = 1', 'k IN (1, 200)');
CALL ud.altered('DELETE FROM LOG WHERE key_2 = 1', 'true');
\echo there is no digest any more; it lacks a row, or bytes; it tells of more than there is
CALL ud.altered('DELETE FROM migsafe.undo_digest WHERE run_id = ud.last_run()');
CALL ud.altered('UPDATE migsafe.undo_digest SET blocks = substr(blocks, 9 + 4 * get_byte(blocks, 4)) WHERE run_id = ud.last_run()');
CALL ud.altered('UPDATE migsafe.undo_digest SET blocks = substr(blocks, 1, length(blocks) - 1) WHERE run_id = ud.last_run()');
CALL ud.altered('UPDATE migsafe.undo_digest SET blocks = set_byte(blocks, 7, 255) WHERE run_id = ud.last_run()');
CALL ud.altered('UPDATE migsafe.undo_digest SET blocks = ''\x0000'' WHERE run_id = ud.last_run()');
CALL ud.altered($$UPDATE migsafe.undo_digest SET blocks = blocks || '\x000000000100000000000000' WHERE run_id = ud.last_run()$$);
CALL ud.altered('TRUNCATE LOG', 'k = -1');
CALL ud.altered('SELECT');

\echo written anew, with the rows in another order
SELECT format('CREATE INDEX by_n ON %1$s (old_1 DESC); CLUSTER %1$s USING by_n; DROP INDEX migsafe_undo.by_n', ud.undo_log())
\gexec
CALL ud.altered('SELECT');
CALL ud.take_back('k = 200');

\echo prune drops it with its undo log, or once that is gone
SET client_min_messages = warning;
CREATE ROLE regress_migsafe_ud NOLOGIN;
CREATE SCHEMA ud_own AUTHORIZATION regress_migsafe_ud;
SET ROLE regress_migsafe_ud;
CREATE TABLE ud_own.item (id integer PRIMARY KEY, n integer);
INSERT INTO ud_own.item VALUES (1, 1);
SELECT run_id AS one FROM migsafe.run_safe('ud_own.item', '{"n": "n + 1"}')
\gset
SELECT run_id AS two FROM migsafe.run_safe('ud_own.item', '{"n": "n + 1"}')
\gset
DROP TABLE migsafe_undo.run_:two;
SELECT count(*) FROM migsafe.undo_digest WHERE run_id IN (:one, :two);
SELECT id - :one AS run, dropped FROM migsafe.prune('0 s', 0);
SELECT count(*) FROM migsafe.undo_digest WHERE run_id IN (:one, :two);
SELECT id - :one AS run, dropped FROM migsafe.prune('0 s', 0, dry_run => false);
SELECT count(*) FROM migsafe.undo_digest WHERE run_id IN (:one, :two);
RESET ROLE;
DROP SCHEMA ud, ud_own CASCADE;
DROP ROLE regress_migsafe_ud;
