-- Runs of a table and of its partitions or inheritance children: what is done to the one is told of the other.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA rel;
SET search_path = rel, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 76001;

-- A later run of a partition is in the way of the parent's, as one of the parent itself would be; and the other way round.
-- The partition has its columns in another order.
CREATE TABLE rel.p (id integer PRIMARY KEY, n integer, m integer) PARTITION BY RANGE (id);
CREATE TABLE rel.p1 (gone text, m integer, n integer, id integer NOT NULL);
ALTER TABLE rel.p1 DROP gone;
ALTER TABLE rel.p ATTACH PARTITION rel.p1 FOR VALUES FROM (1) TO (4);
CREATE TABLE rel.p2 PARTITION OF rel.p FOR VALUES FROM (4) TO (7);
INSERT INTO rel.p SELECT g, g, g FROM generate_series(1, 6) g;
SELECT run_id AS parent FROM migsafe.run_safe('rel.p', '{"n": "n + 100"}', name => 'parent')
\gset
SELECT run_id AS partition FROM migsafe.run_safe('rel.p1', '{"n": "n * 2"}', name => 'partition', only_if => 'id > 1')
\gset
SELECT * FROM migsafe.rollback('parent', on_conflict => 'overwrite');
CALL migsafe.rollback_online('parent', on_conflict => 'overwrite');
SELECT * FROM migsafe.rollback_plan('parent');
TABLE rel.p ORDER BY id;
-- other rows, other columns: nothing stands on them
BEGIN;
SELECT restored_rows FROM migsafe.rollback('parent', keys => '[{"id": 1}, {"id": 4}]');
ROLLBACK;
BEGIN;
SELECT run_id FROM migsafe.run_safe('rel.p2', '{"m": "m * 2"}', name => 'other column');
SELECT run_id, restored_rows, conflicts FROM migsafe.rollback_runs(ARRAY[:parent, :partition]);
TABLE rel.p ORDER BY id;
ROLLBACK;

SELECT run_id AS again FROM migsafe.run_safe('rel.p', '{"n": "n + 1"}', name => 'parent again', only_if => 'id IN (2, 4)')
\gset
SELECT * FROM migsafe.rollback('partition', on_conflict => 'merge');
BEGIN;
SELECT run_id, restored_rows, conflicts FROM migsafe.rollback_runs(ARRAY[:partition, :again]);
SELECT restored_rows FROM migsafe.rollback('parent');
TABLE rel.p ORDER BY id;
ROLLBACK;
-- a partition that is none any more
BEGIN;
ALTER TABLE rel.p DETACH PARTITION rel.p1;
SELECT restored_rows FROM migsafe.rollback('partition', on_conflict => 'skip');
ROLLBACK;

-- A parent has no key where its rows are spread over children; these may have one.
CREATE TABLE rel.i (id integer PRIMARY KEY, n integer);
CREATE TABLE rel.i1 (PRIMARY KEY (id), extra text) INHERITS (rel.i);
CREATE TABLE rel.i2 () INHERITS (rel.i);
CREATE TABLE rel.i3 () INHERITS (rel.i, rel.i2);
INSERT INTO rel.i1 VALUES (1, 1), (2, 2);
INSERT INTO rel.i2 VALUES (3, 3), (4, 4);
INSERT INTO rel.i3 VALUES (5, 5);
SELECT run_id AS all_1 FROM migsafe.run_safe('rel.i', '{"n": "n + 100"}', name => 'all')
\gset
SELECT run_id AS child_1 FROM migsafe.run_safe('rel.i1', '{"n": "n * 2"}', only_if => 'id = 2', name => 'with a key')
\gset
SELECT run_id AS child_2 FROM migsafe.run_safe('rel.i2', '{"n": "n * 2"}', only_if => 'id > 3', name => 'without')
\gset
SELECT * FROM migsafe.rollback('all', on_conflict => 'overwrite');
SELECT run_id AS all_2 FROM migsafe.run_safe('rel.i', '{"n": "n - 1"}', name => 'all again')
\gset
SELECT * FROM migsafe.rollback('with a key', on_conflict => 'overwrite');
SELECT * FROM migsafe.rollback('without', on_conflict => 'overwrite');
SELECT run_id, restored_rows, conflicts FROM migsafe.rollback_runs(ARRAY[:all_1, :child_1, :child_2, :all_2]);
SELECT tableoid::regclass, id, n FROM rel.i ORDER BY id;

-- Known by keys that the one does not have of the other: a row that was changed is a conflict, and is not overwritten.
CREATE TABLE rel.k (a integer NOT NULL, b integer NOT NULL, n integer) PARTITION BY LIST (a);
CREATE TABLE rel.k1 PARTITION OF rel.k FOR VALUES IN (1);
ALTER TABLE rel.k1 ADD PRIMARY KEY (b);
INSERT INTO rel.k VALUES (1, 1, 1), (1, 2, 2);
SELECT run_id FROM migsafe.run_safe('rel.k', '{"b": "b + 10", "n": "n + 100"}', name => 'new keys');
SELECT run_id FROM migsafe.run_safe('rel.k1', '{"n": "n * 2"}', name => 'by key', only_if => 'b = 12');
SELECT * FROM migsafe.rollback('new keys', on_conflict => 'overwrite');
SELECT restored_rows, conflicts FROM migsafe.rollback('new keys', on_conflict => 'skip');
TABLE rel.k ORDER BY b;
-- nor where what the other run wrote belongs to another role, though that has all rights
CREATE ROLE rel_stranger SUPERUSER;
ALTER TABLE rel.p2 OWNER TO rel_stranger;
SELECT run_id FROM migsafe.run_safe('rel.p2', '{"n": "n * 2"}', name => 'of another', only_if => 'id = 5');
SELECT * FROM migsafe.rollback('parent again', on_conflict => 'overwrite');
SELECT restored_rows, conflicts FROM migsafe.rollback('parent again', on_conflict => 'skip');

DROP SCHEMA rel CASCADE;
DROP OWNED BY rel_stranger;
DROP ROLE rel_stranger;
