-- How the rows of a run are found when it is taken back, wherever they lie by then: met in the order in which the run has
-- written them, looked up one by one, or joined. The outcome is the same.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
RESET client_min_messages;
ALTER SEQUENCE migsafe.run_id_seq RESTART 98001;
CREATE SCHEMA rw;

-- To take back, and to say what was done to find the rows: scans of the whole table, which are for the join; and lookups.
CREATE FUNCTION rw.tables(target regclass) RETURNS SETOF regclass LANGUAGE sql STABLE AS $$
    SELECT target UNION SELECT relid FROM pg_partition_tree(target)
$$;
CREATE FUNCTION rw.scans(target regclass) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT sum(pg_stat_get_xact_numscans(t))::bigint FROM rw.tables(target) t
$$;
CREATE FUNCTION rw.lookups(target regclass) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT sum(pg_stat_get_xact_numscans(i.indexrelid))::bigint FROM rw.tables(target) t JOIN pg_index i ON i.indrelid = t
$$;
CREATE PROCEDURE rw.take_back(target regclass, INOUT restored bigint = NULL, INOUT missing bigint = NULL, INOUT joined bigint = NULL,
    INOUT looked_up bigint = NULL)
LANGUAGE plpgsql AS $$
BEGIN
    joined := rw.scans(target);
    looked_up := rw.lookups(target);
    SELECT r.restored_rows, r.missing_rows INTO restored, missing
    FROM migsafe.rollback((SELECT last_value FROM migsafe.run_id_seq)) r;
    joined := rw.scans(target) - joined;
    looked_up := rw.lookups(target) - looked_up;
END
$$;

-- with nothing but what the run writes behind its rows
CREATE PROCEDURE rw.fresh() LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS rw.item;
    CREATE TABLE rw.item (id integer PRIMARY KEY, n integer NOT NULL, label text NOT NULL, filler text)
        WITH (autovacuum_enabled = off);
    INSERT INTO rw.item SELECT i, i, 'label ' || i, repeat('x', 100) FROM generate_series(1, 1000) i;
    ANALYZE rw.item;
END
$$;
SET client_min_messages = warning;
CALL rw.fresh();
RESET client_min_messages;
CREATE TABLE rw.before AS TABLE rw.item;
CREATE FUNCTION rw.different() RETURNS SETOF rw.before LANGUAGE sql AS $$
    (TABLE rw.item EXCEPT TABLE rw.before) UNION ALL (TABLE rw.before EXCEPT TABLE rw.item)
$$;
SET enable_mergejoin = off;
SET enable_nestloop = off;

\set migrate 'SELECT successful_rows FROM migsafe.run_safe(''rw.item'', ''{"n": "n + 1000"}'') \\gset'
\echo as the run has left them
CALL rw.fresh();
BEGIN;
:migrate
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
ROLLBACK;

\echo beside rows that were inserted since, which lie behind them
CALL rw.fresh();
BEGIN;
:migrate
INSERT INTO rw.item SELECT i, i, 'new', repeat('x', 100) FROM generate_series(2001, 2100) i;
CALL rw.take_back('rw.item');
SELECT count(*), min(id), max(id) FROM rw.different();
ROLLBACK;

\echo of a run that has changed every third row
CALL rw.fresh();
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rw.item', '{"n": "n + 1000"}', only_if => 'id % 3 = 0');
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
ROLLBACK;

\echo of one that has changed a few rows of many: to come to them would be more than a join
CALL rw.fresh();
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rw.item', '{"n": "n + 1000"}', only_if => 'id < 5');
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
ROLLBACK;

\echo where some were updated since, one by one, and some together
CALL rw.fresh();
BEGIN;
:migrate
UPDATE rw.item SET label = 'changed' WHERE id % 100 = 7;
UPDATE rw.item SET label = 'changed' WHERE id BETWEEN 401 AND 450;
CALL rw.take_back('rw.item');
SELECT count(*) FILTER (WHERE i.label = 'changed') AS labels, count(*) FILTER (WHERE i.n <> b.n) AS others
FROM rw.item i JOIN rw.before b USING (id);
ROLLBACK;

\echo where some were deleted since, or have another key
CALL rw.fresh();
BEGIN;
:migrate
DELETE FROM rw.item WHERE id % 100 = 7;
UPDATE rw.item SET id = id + 5000 WHERE id % 100 = 8;
CALL rw.take_back('rw.item');
SELECT count(*) FILTER (WHERE id < 5000), count(*) FILTER (WHERE id > 5000) FROM rw.different();
ROLLBACK;

\echo where a row has the place and the key of one that was deleted
CALL rw.fresh();
BEGIN;
:migrate
DELETE FROM rw.item WHERE id = 500;
INSERT INTO rw.item VALUES (500, 1500, 'label 500', repeat('x', 100));
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
ROLLBACK;

\echo where the table was written anew in another order
CALL rw.fresh();
BEGIN;
:migrate
CREATE INDEX item_order ON rw.item (md5(id::text));
CLUSTER rw.item USING item_order;
ANALYZE rw.item;
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
ROLLBACK;

\echo where half of it was
CALL rw.fresh();
BEGIN;
:migrate
WITH moved AS (DELETE FROM rw.item WHERE id <= 500 RETURNING *) INSERT INTO rw.item SELECT * FROM moved ORDER BY md5(id::text);
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
ROLLBACK;

\echo where the undo log was, or an entry of it
CALL rw.fresh();
BEGIN;
:migrate
SELECT format('%I.%I', undo_schema, undo_name) AS undo FROM migsafe.run WHERE run_id = (SELECT last_value FROM migsafe.run_id_seq)
\gset
UPDATE :undo SET seq = seq WHERE key_1 % 2 = 0;
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
ROLLBACK;
CALL rw.fresh();
BEGIN;
:migrate
SELECT format('%I.%I', undo_schema, undo_name) AS undo FROM migsafe.run WHERE run_id = (SELECT last_value FROM migsafe.run_id_seq)
\gset
UPDATE :undo SET seq = seq WHERE key_1 = 1;
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
ROLLBACK;

\echo in another transaction, and a rollback that is taken back itself
CALL rw.fresh();
:migrate
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
SELECT restored_rows FROM migsafe.rollback((SELECT last_value FROM migsafe.run_id_seq));
SELECT count(*), sum(n) FROM rw.item;
SELECT restored_rows FROM migsafe.rollback((SELECT last_value FROM migsafe.run_id_seq));
SELECT * FROM rw.different();

\echo under REPEATABLE READ and SERIALIZABLE
CALL rw.fresh();
BEGIN ISOLATION LEVEL REPEATABLE READ;
:migrate
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
ROLLBACK;
CALL rw.fresh();
BEGIN ISOLATION LEVEL SERIALIZABLE;
:migrate
CALL rw.take_back('rw.item');
SELECT * FROM rw.different();
ROLLBACK;

\echo step by step, each of which a unique constraint allows in one order only
CREATE TABLE rw.chain (id integer PRIMARY KEY, n integer UNIQUE) WITH (autovacuum_enabled = off);
INSERT INTO rw.chain SELECT i, 101 - i FROM generate_series(1, 100) i;
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rw.chain', '{"n": "n + 1"}');
CALL rw.take_back('rw.chain');
SELECT count(*) FROM rw.chain WHERE n = 101 - id;
ROLLBACK;

\echo and where the undo log was written anew, in another order, or an entry of it
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rw.chain', '{"n": "n + 1"}');
SELECT format('%I.%I', undo_schema, undo_name) AS undo FROM migsafe.run WHERE run_id = (SELECT last_value FROM migsafe.run_id_seq)
\gset
UPDATE :undo SET seq = seq WHERE key_1 = 1;
SELECT restored_rows, conflicts FROM migsafe.rollback((SELECT last_value FROM migsafe.run_id_seq), on_conflict => 'skip');
SELECT count(*) FROM rw.chain WHERE n = 101 - id;
ROLLBACK;
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rw.chain', '{"n": "n + 1"}');
SELECT format('%I.%I', undo_schema, undo_name) AS undo FROM migsafe.run WHERE run_id = (SELECT last_value FROM migsafe.run_id_seq)
\gset
CREATE INDEX backwards ON :undo (seq DESC);
CLUSTER :undo USING backwards;
SELECT restored_rows, conflicts FROM migsafe.rollback((SELECT last_value FROM migsafe.run_id_seq), on_conflict => 'skip');
SELECT count(*) FROM rw.chain WHERE n = 101 - id;
ROLLBACK;

\echo where the index of the key is too young to be searched by this transaction
CREATE TABLE rw.young (id integer, n integer, note text) WITH (autovacuum_enabled = off, fillfactor = 50);
INSERT INTO rw.young SELECT i, i FROM generate_series(1, 400) i;
BEGIN;
UPDATE rw.young SET id = id + 1000 WHERE id = 200;
ALTER TABLE rw.young ADD PRIMARY KEY (id);
SELECT indcheckxmin FROM pg_index WHERE indrelid = 'rw.young'::regclass;
SELECT successful_rows FROM migsafe.run_safe('rw.young', '{"n": "n + 1"}');
UPDATE rw.young SET note = 'changed' WHERE id % 50 = 7;
SELECT rw.scans('rw.young') AS before
\gset
SELECT restored_rows FROM migsafe.rollback((SELECT last_value FROM migsafe.run_id_seq));
SELECT rw.scans('rw.young') - :before <= 2 AS "scanned once or twice";
ROLLBACK;

\echo a key that is equal but not the same
CREATE TABLE rw.amount (id numeric PRIMARY KEY, n integer);
INSERT INTO rw.amount SELECT i, i FROM generate_series(1, 100) i;
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rw.amount', '{"n": "n + 1"}');
UPDATE rw.amount SET id = 50.0 WHERE id = 50;
CALL rw.take_back('rw.amount');
SELECT id, n FROM rw.amount WHERE n <> id;
ROLLBACK;

\echo partitions, of which one has its columns in another order
CREATE TABLE rw.part (id integer, region text, n integer, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE rw.part_north PARTITION OF rw.part FOR VALUES IN ('north');
CREATE TABLE rw.part_south (n integer, gone text, region text NOT NULL, id integer NOT NULL);
ALTER TABLE rw.part_south DROP COLUMN gone;
ALTER TABLE rw.part ATTACH PARTITION rw.part_south FOR VALUES IN ('south');
INSERT INTO rw.part SELECT i, CASE WHEN i % 2 = 0 THEN 'north' ELSE 'south' END, i FROM generate_series(1, 100) i;
ANALYZE rw.part;
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rw.part', '{"n": "n + 1"}');
CALL rw.take_back('rw.part');
SELECT count(*) FROM rw.part WHERE n = id;
ROLLBACK;
\echo and where rows have gone from one to the other since
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rw.part', '{"n": "n + 1"}');
UPDATE rw.part SET region = 'south' WHERE id IN (10, 20);
UPDATE rw.part SET id = id + 1 WHERE id = 100;
CALL rw.take_back('rw.part');
SELECT * FROM rw.part WHERE n <> id ORDER BY id;
ROLLBACK;

\echo a key of which several rows may have one value for a while
CREATE TABLE rw.deferred (id integer PRIMARY KEY DEFERRABLE, n integer);
INSERT INTO rw.deferred SELECT i, i FROM generate_series(1, 100) i;
ANALYZE rw.deferred;
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rw.deferred', '{"n": "n + 1"}');
CALL rw.take_back('rw.deferred');
SELECT count(*) FROM rw.deferred WHERE n = id;
ROLLBACK;

\echo and the plan
CALL rw.fresh();
:migrate
UPDATE rw.item SET label = 'changed' WHERE id % 100 = 7;
DELETE FROM rw.item WHERE id = 8;
SELECT outcome, count(*) FROM migsafe.rollback_plan((SELECT last_value FROM migsafe.run_id_seq)) GROUP BY outcome ORDER BY outcome;
SELECT restored_rows, missing_rows FROM migsafe.rollback((SELECT last_value FROM migsafe.run_id_seq), dry_run => true);
SELECT restored_rows, missing_rows FROM migsafe.rollback((SELECT last_value FROM migsafe.run_id_seq), on_conflict => 'skip');
SELECT count(*) FROM rw.item WHERE n <> id;
SET client_min_messages = warning;
DROP SCHEMA rw CASCADE;
RESET client_min_messages;
