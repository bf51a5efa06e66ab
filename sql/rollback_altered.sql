-- rollback of a table that is not what it was: columns and tables renamed, dropped, made again, retyped.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA altered;
SET search_path = altered, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 70001;

CREATE TABLE altered.account (gone text, id integer PRIMARY KEY, points integer, score integer, doc jsonb);
ALTER TABLE altered.account DROP gone;
INSERT INTO altered.account SELECT g, g, 100 + g, '{"v": 1.50}' FROM generate_series(1, 3) g;
SELECT run_id FROM migsafe.run_safe('altered.account',
    '{"points": "points * 10", "score": "score + 1000", "doc": {"merge": {"v": 2}}}')
\gset

-- A column of another name is the same column, and argument columns calls it by that.
BEGIN;
ALTER TABLE altered.account RENAME points TO amount;
SELECT total_rows, restored_rows FROM migsafe.rollback(:run_id);
TABLE altered.account ORDER BY id;
ROLLBACK;
BEGIN;
ALTER TABLE altered.account RENAME points TO amount;
SELECT total_rows, restored_rows FROM migsafe.rollback(:run_id, columns => '{amount}');
TABLE altered.account ORDER BY id;
SELECT migsafe.rollback(:run_id, columns => '{points}');
ROLLBACK;
-- plan, conflicts and later runs know it as well
BEGIN;
ALTER TABLE altered.account RENAME points TO amount;
UPDATE altered.account SET amount = 7 WHERE id = 2;
SELECT * FROM migsafe.rollback_plan(:run_id, columns => '{amount}') ORDER BY key;
SELECT total_rows, restored_rows, conflicts FROM migsafe.rollback(:run_id, on_conflict => 'skip');
ROLLBACK;
BEGIN;
ALTER TABLE altered.account RENAME points TO amount;
SELECT run_id AS later FROM migsafe.run_safe('altered.account', '{"amount": "amount + 1"}', only_if => 'id = 1')
\gset
SELECT migsafe.rollback(:run_id, columns => '{amount}');
ROLLBACK;
-- the key, too
BEGIN;
ALTER TABLE altered.account RENAME id TO number;
SELECT total_rows, restored_rows FROM migsafe.rollback(:run_id, keys => '[{"number": 2}]');
TABLE altered.account ORDER BY number;
ROLLBACK;

-- what a merge has to compute again names columns as they were called then; those of other columns do not matter
BEGIN;
UPDATE altered.account SET doc = doc || '{"later": true}' WHERE id = 1;
SELECT key, outcome FROM migsafe.rollback_plan(:run_id, on_conflict => 'merge') ORDER BY key;
ALTER TABLE altered.account RENAME points TO amount;
SELECT key, outcome, reason FROM migsafe.rollback_plan(:run_id, on_conflict => 'merge') ORDER BY key;
ALTER TABLE altered.account RENAME doc TO document;
SELECT key, outcome, reason FROM migsafe.rollback_plan(:run_id, on_conflict => 'merge') ORDER BY key;
-- nor is what was in another column taken for it
ALTER TABLE altered.account ADD doc jsonb;
SELECT key, outcome, reason FROM migsafe.rollback_plan(:run_id, on_conflict => 'merge') ORDER BY key;
ROLLBACK;

-- Names that have changed places: each column gets its own values.
BEGIN;
ALTER TABLE altered.account RENAME points TO p;
ALTER TABLE altered.account RENAME score TO points;
ALTER TABLE altered.account RENAME p TO score;
SELECT total_rows, restored_rows FROM migsafe.rollback(:run_id);
TABLE altered.account ORDER BY id;
ROLLBACK;
-- a new column under the old name is another one
BEGIN;
ALTER TABLE altered.account RENAME points TO amount;
ALTER TABLE altered.account ADD points integer DEFAULT 5;
SELECT total_rows, restored_rows FROM migsafe.rollback(:run_id);
TABLE altered.account ORDER BY id;
ROLLBACK;
-- dropped, and its name given to one that the run changed as well
BEGIN;
ALTER TABLE altered.account DROP points;
ALTER TABLE altered.account RENAME score TO points;
SELECT migsafe.rollback(:run_id);
ROLLBACK;
BEGIN;
ALTER TABLE altered.account DROP points;
ALTER TABLE altered.account RENAME score TO points;
SELECT total_rows, restored_rows FROM migsafe.rollback(:run_id, columns => '{points,doc}');
TABLE altered.account ORDER BY id;
ROLLBACK;
-- dropped and made again: nothing of what the run wrote is there
BEGIN;
ALTER TABLE altered.account DROP points;
ALTER TABLE altered.account ADD points integer;
SELECT total_rows, restored_rows, conflicts FROM migsafe.rollback(:run_id, dry_run => true);
SELECT total_rows, overwritten_rows FROM migsafe.rollback(:run_id, on_conflict => 'overwrite');
SELECT id, points, score, doc FROM altered.account ORDER BY id;
ROLLBACK;

-- Dropped, or of another type: an ERROR, unless it is not asked for.
BEGIN;
ALTER TABLE altered.account DROP points;
SELECT migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;
BEGIN;
ALTER TABLE altered.account DROP points;
SELECT total_rows, restored_rows FROM migsafe.rollback(:run_id, columns => '{doc,score}');
TABLE altered.account ORDER BY id;
SELECT migsafe.rollback(:run_id, columns => '{points}');
ROLLBACK;
BEGIN;
ALTER TABLE altered.account ALTER points TYPE bigint;
SELECT migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;
BEGIN;
ALTER TABLE altered.account ALTER points TYPE bigint;
SELECT migsafe.rollback(:run_id, columns => '{points}');
\echo :SQLSTATE
ROLLBACK;
BEGIN;
ALTER TABLE altered.account RENAME points TO amount;
ALTER TABLE altered.account ALTER amount TYPE bigint;
SELECT migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;
BEGIN;
ALTER TABLE altered.account ALTER id TYPE bigint;
SELECT migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;

-- The table is known by its OID: another name, another schema. One of its old name is another table.
BEGIN;
CREATE SCHEMA archive;
ALTER TABLE altered.account RENAME TO customer;
ALTER TABLE altered.customer SET SCHEMA archive;
CREATE TABLE altered.account (LIKE archive.customer INCLUDING ALL);
INSERT INTO altered.account TABLE archive.customer;
SELECT total_rows, restored_rows FROM migsafe.rollback(:run_id);
TABLE archive.customer ORDER BY id;
TABLE altered.account ORDER BY id;
ROLLBACK;
BEGIN;
CREATE TABLE altered.copied (LIKE altered.account INCLUDING ALL);
INSERT INTO altered.copied TABLE altered.account;
DROP TABLE altered.account;
ALTER TABLE altered.copied RENAME TO account;
SELECT migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;

-- To redo a rollback, whatever happened to names in between.
ALTER TABLE altered.account RENAME points TO amount;
SELECT rollback_run_id FROM migsafe.rollback(:run_id)
\gset
ALTER TABLE altered.account RENAME amount TO total;
SELECT total_rows, restored_rows FROM migsafe.rollback(:rollback_run_id);
TABLE altered.account ORDER BY id;

-- Who may update the column by its old name may by its new one, and nobody else.
CREATE ROLE altered_writer;
GRANT USAGE ON SCHEMA altered TO altered_writer;
GRANT SELECT, UPDATE (score, doc) ON altered.account TO altered_writer;
SET ROLE altered_writer;
SELECT migsafe.rollback(:run_id);
\echo :SQLSTATE
RESET ROLE;
GRANT UPDATE (total) ON altered.account TO altered_writer;
SET ROLE altered_writer;
SELECT total_rows, restored_rows FROM migsafe.rollback(:run_id);
RESET ROLE;

-- Partitions whose columns lie in other places, and a table without a key.
CREATE TABLE altered.part (id integer PRIMARY KEY, a integer, b text) PARTITION BY RANGE (id);
CREATE TABLE altered.part_1 (b text, dropped integer, a integer, id integer NOT NULL);
ALTER TABLE altered.part_1 DROP dropped;
ALTER TABLE altered.part ATTACH PARTITION altered.part_1 FOR VALUES FROM (1) TO (10);
CREATE TABLE altered.bag (a integer, b text);
INSERT INTO altered.part VALUES (1, 1, 'x'), (2, 2, 'y');
INSERT INTO altered.bag VALUES (1, 'x'), (1, 'x');
SELECT (SELECT run_id FROM migsafe.run_safe('altered.part', '{"a": "a + 10"}')) AS part,
       (SELECT run_id FROM migsafe.run_safe('altered.bag', '{"a": "a + 10"}')) AS bag
\gset
ALTER TABLE altered.part RENAME a TO n;
ALTER TABLE altered.bag RENAME a TO n;
SELECT total_rows, restored_rows FROM migsafe.rollback(:part);
SELECT total_rows, restored_rows FROM migsafe.rollback(:bag);
TABLE altered.part ORDER BY id;
TABLE altered.bag;

-- Partitions that came since, and one that went: its rows are missing, until it is there again.
CREATE TABLE altered.year (id integer PRIMARY KEY, n integer) PARTITION BY RANGE (id);
CREATE TABLE altered.year_1 PARTITION OF altered.year FOR VALUES FROM (1) TO (4);
CREATE TABLE altered.year_2 PARTITION OF altered.year FOR VALUES FROM (4) TO (7);
INSERT INTO altered.year SELECT g, g FROM generate_series(1, 6) g;
SELECT run_id FROM migsafe.run_safe('altered.year', '{"n": "n + 100"}')
\gset
ALTER TABLE altered.year DETACH PARTITION altered.year_1;
CREATE TABLE altered.year_0 PARTITION OF altered.year FOR VALUES FROM (-2) TO (1);
INSERT INTO altered.year VALUES (0, 0);
SELECT key, outcome FROM migsafe.rollback_plan(:run_id) ORDER BY key->'id';
SELECT rollback_run_id AS back, restored_rows, missing_rows FROM migsafe.rollback(:run_id)
\gset
\echo :restored_rows :missing_rows
TABLE altered.year ORDER BY id;
SELECT array_agg(n ORDER BY id) FROM altered.year_1;
ALTER TABLE altered.year ATTACH PARTITION altered.year_1 FOR VALUES FROM (1) TO (4);
SELECT total_rows, restored_rows FROM migsafe.rollback(:back);
SELECT total_rows, restored_rows, missing_rows FROM migsafe.rollback(:run_id);
TABLE altered.year ORDER BY id;

-- A later run by a key that is gone: nobody can tell on which rows it stands, so rows are decided one by one.
CREATE TABLE altered.rekeyed (id integer PRIMARY KEY, other integer NOT NULL, n integer);
INSERT INTO altered.rekeyed SELECT g, g, g FROM generate_series(1, 4) g;
SELECT run_id FROM migsafe.run_safe('altered.rekeyed', '{"n": "n + 100"}')
\gset
ALTER TABLE altered.rekeyed DROP CONSTRAINT rekeyed_pkey, ADD PRIMARY KEY (other);
SELECT successful_rows FROM migsafe.run_safe('altered.rekeyed', '{"n": "n * 2"}', only_if => 'id < 3', name => 'by another key');
ALTER TABLE altered.rekeyed DROP other, ADD PRIMARY KEY (id);
SELECT * FROM migsafe.rollback(:run_id, on_conflict => 'overwrite');
SELECT restored_rows, conflicts FROM migsafe.rollback(:run_id, on_conflict => 'skip');
TABLE altered.rekeyed ORDER BY id;

DROP SCHEMA altered CASCADE;
DROP ROLE altered_writer;
