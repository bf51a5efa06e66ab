-- backup_tables and restore_tables: several tables as they were at one moment, put back all or nothing.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA bs;
SET search_path = bs, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 51001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 51001;
ALTER SEQUENCE migsafe.backup_set_seq RESTART 51001;

-- Parents, children and grandchildren, made in an order that is not that of their references.
CREATE TABLE bs.item (id integer PRIMARY KEY, order_id integer NOT NULL, n integer);
CREATE TABLE bs.orders (id integer PRIMARY KEY, customer integer NOT NULL, note text);
CREATE TABLE bs.customer (id integer PRIMARY KEY, name text UNIQUE);
ALTER TABLE bs.orders ADD CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES bs.customer ON DELETE CASCADE;
ALTER TABLE bs.item ADD CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES bs.orders ON DELETE CASCADE;
INSERT INTO bs.customer SELECT g, 'customer ' || g FROM generate_series(1, 4) g;
INSERT INTO bs.orders SELECT g, 1 + g % 4, 'order ' || g FROM generate_series(1, 8) g;
INSERT INTO bs.item SELECT g, 1 + g % 8, g FROM generate_series(1, 16) g;
CREATE FUNCTION bs.prints() RETURNS text LANGUAGE sql
RETURN concat_ws(' ', migsafe.fingerprint('bs.customer'), migsafe.fingerprint('bs.orders'), migsafe.fingerprint('bs.item'));
SELECT bs.prints() AS first_prints
\gset

-- One row a table, in the order asked for; one number for all of them.
SELECT target, backup_set, backup_id, regexp_replace(backup_table, '\d{8}_\d{6}', 'YYYYMMDD_HHMISS') AS backup_table,
    row_count, bytes > 0 AS bytes, fingerprint = migsafe.fingerprint(target) AS same
FROM migsafe.backup_tables('{bs.customer, bs.orders, bs.item}', label => 'before');
SELECT backup_set, backup_id, label, kind, target_name, row_count FROM migsafe.backup WHERE backup_id >= 51001
ORDER BY backup_id;
SELECT verified FROM migsafe.backup b, LATERAL migsafe.verify_backup(b.backup_id) WHERE b.backup_set = 51001;

-- What happens then: rows that refer to one another go, come, and change what they refer to.
DELETE FROM bs.customer WHERE id = 1; -- with two orders and their items
INSERT INTO bs.customer VALUES (9, 'customer 1'); -- has the unique name of one that is gone
INSERT INTO bs.orders VALUES (90, 9, 'new'), (91, 2, 'new');
UPDATE bs.orders SET customer = 9 WHERE id = 1;
INSERT INTO bs.item VALUES (900, 90, 0), (901, 91, 0);
UPDATE bs.item SET order_id = 90 WHERE id = 1;
UPDATE bs.item SET n = n + 1 WHERE id IN (2, 3);
SELECT bs.prints() AS later_prints
\gset
-- One by one it cannot work: an order refers to a customer that is gone, and one that is to go has orders.
SELECT rows_inserted FROM migsafe.restore('bs.orders', 51002);
SELECT rows_deleted FROM migsafe.restore('bs.customer', 51003);
-- The plan, then together; each table in a run of its own.
SELECT target, restore_run_id, backup_used, backup_taken, rows_changed, rows_inserted, rows_deleted, fingerprint, elapsed
FROM migsafe.restore_tables('{bs.customer, bs.orders, bs.item}', dry_run => true);
SELECT bs.prints() = :'later_prints' AS as_it_was;
SELECT target, restore_run_id, backup_used, backup_taken, rows_changed, rows_inserted, rows_deleted,
    fingerprint = migsafe.fingerprint(target) AS proven, elapsed > '0' AS elapsed
FROM migsafe.restore_tables('{bs.customer, bs.orders, bs.item}');
SELECT bs.prints() = :'first_prints' AS as_the_backups;
SELECT run_id, kind, target, status, total_rows FROM migsafe.status WHERE run_id >= 51001 ORDER BY run_id;

-- What was there before is a set as well, never taken by itself, and takes it back.
SELECT backup_set, backup_id, kind, restore_run_id, target_name, row_count FROM migsafe.backup WHERE backup_set = 51002
ORDER BY backup_id;
SELECT target, backup_used, backup_taken, rows_changed + rows_inserted + rows_deleted AS rows
FROM migsafe.restore_tables('{bs.item, bs.customer}');
SELECT target, rows_changed, rows_inserted, rows_deleted
FROM migsafe.restore_tables('{bs.item, bs.orders, bs.customer}', 51002);
SELECT bs.prints() = :'later_prints' AS as_it_was;
SELECT count(*) FROM migsafe.restore_tables('{bs.item, bs.orders, bs.customer}', 51003);
SELECT bs.prints() = :'first_prints' AS as_the_backups;
-- Only tables that differ are kept, and none if it is declined.
UPDATE bs.item SET n = 0;
SELECT target, backup_taken, rows_changed FROM migsafe.restore_tables('{bs.item, bs.orders}');
UPDATE bs.item SET n = 0;
SELECT target, backup_taken, rows_changed FROM migsafe.restore_tables('{bs.item, bs.orders}', backup_first => false);

-- ON DELETE CASCADE deletes nothing that the plan does not say: here rows of a table that is not restored.
CREATE TABLE bs.remark (order_id integer CONSTRAINT of_order REFERENCES bs.orders ON DELETE CASCADE);
INSERT INTO bs.orders VALUES (92, 1, 'new');
INSERT INTO bs.item VALUES (902, 92, 0);
INSERT INTO bs.remark VALUES (92), (1);
UPDATE bs.customer SET name = 'renamed' WHERE id = 4;
SELECT bs.prints() AS before_prints, (SELECT max(backup_id) FROM migsafe.backup) AS last
\gset
SELECT target FROM migsafe.restore_tables('{bs.customer, bs.orders, bs.item}');
\echo :SQLSTATE
-- ... and then all of it is left as it was, the tables that came before included; the record says so of each
SELECT bs.prints() = :'before_prints' AS as_before, (SELECT max(backup_id) FROM migsafe.backup) = :last AS no_backup;
SELECT target, kind, status, sqlstate FROM migsafe.status WHERE run_id > 51017 ORDER BY run_id;
-- keep_new leaves what is new
SELECT target, rows_changed, rows_inserted, rows_deleted
FROM migsafe.restore_tables('{bs.customer, bs.orders, bs.item}', mode => 'keep_new');
SELECT count(*) FILTER (WHERE id = 92) AS kept, count(*) FROM bs.orders;
DROP TABLE bs.remark;

-- A fault in the middle leaves all as it was, too.
SELECT bs.prints() AS before_prints
\gset
SET migsafe.debug_fault = 'restore:error';
SELECT target FROM migsafe.restore_tables('{bs.customer, bs.orders, bs.item}');
RESET migsafe.debug_fault;
SELECT bs.prints() = :'before_prints' AS as_before;

-- Tables that refer to each other, and to themselves, in a circle.
CREATE TABLE bs.dept (id integer PRIMARY KEY, head integer);
CREATE TABLE bs.person (id integer PRIMARY KEY, dept integer NOT NULL REFERENCES bs.dept ON DELETE RESTRICT,
    boss integer REFERENCES bs.person ON DELETE SET NULL);
ALTER TABLE bs.dept ADD FOREIGN KEY (head) REFERENCES bs.person ON DELETE CASCADE;
INSERT INTO bs.dept VALUES (1, NULL), (2, NULL);
INSERT INTO bs.person VALUES (1, 1, NULL), (2, 1, 1), (3, 2, 2);
UPDATE bs.dept SET head = id;
SELECT count(*) FROM migsafe.backup_tables('{bs.person, bs.dept}');
UPDATE bs.dept SET head = NULL;
DELETE FROM bs.person;
DELETE FROM bs.dept;
INSERT INTO bs.dept VALUES (7, NULL);
INSERT INTO bs.person VALUES (7, 7, 7);
UPDATE bs.dept SET head = 7;
SELECT target, rows_changed, rows_inserted, rows_deleted FROM migsafe.restore_tables('{bs.dept, bs.person}');
SELECT * FROM bs.dept ORDER BY id;
SELECT * FROM bs.person ORDER BY id;

-- Values that others follow (ON UPDATE CASCADE) come back on both sides, also where they have changed places, and where
-- rows of one table follow each other: nothing follows twice.
CREATE TABLE bs.code (id integer PRIMARY KEY, code text NOT NULL UNIQUE,
    like_code text CONSTRAINT is_like REFERENCES bs.code (code) ON UPDATE CASCADE);
CREATE TABLE bs.uses (id integer PRIMARY KEY, code text REFERENCES bs.code (code) ON UPDATE CASCADE);
INSERT INTO bs.code VALUES (1, 'a', NULL), (2, 'b', 'a'), (3, 'c', 'b');
INSERT INTO bs.uses VALUES (1, 'a'), (2, 'b'), (3, 'c');
SELECT count(*) FROM migsafe.backup_tables('{bs.code, bs.uses}');
UPDATE bs.code SET code = code || code;
SELECT target, rows_changed, rows_inserted, rows_deleted FROM migsafe.restore_tables('{bs.uses, bs.code}');
UPDATE bs.code SET code = 'x' WHERE id = 1;
UPDATE bs.code SET code = 'a' WHERE id = 2;
UPDATE bs.code SET code = 'b' WHERE id = 1;
SELECT c.id, c.code, c.like_code, u.code AS used FROM bs.code c JOIN bs.uses u USING (id) ORDER BY id;
SELECT target, rows_changed, rows_inserted, rows_deleted FROM migsafe.restore_tables('{bs.uses, bs.code}');
SELECT c.id, c.code, c.like_code, u.code AS used FROM bs.code c JOIN bs.uses u USING (id) ORDER BY id;
-- to undo that, a table that would follow has to be put back with the other, although it has not changed
UPDATE bs.uses SET code = NULL;
SELECT count(*) FROM migsafe.backup_tables('{bs.code, bs.uses}');
UPDATE bs.code SET code = 'x' WHERE id = 1;
UPDATE bs.code SET code = 'a' WHERE id = 2;
UPDATE bs.code SET code = 'b' WHERE id = 1;
SELECT target, rows_changed, backup_taken IS NOT NULL AS kept FROM migsafe.restore_tables('{bs.uses, bs.code}');
SELECT target, rows_changed FROM migsafe.restore_tables('{bs.uses, bs.code}', (SELECT max(backup_set) FROM migsafe.backup));
SELECT id, code, like_code FROM bs.code ORDER BY id;
SELECT target, rows_changed FROM migsafe.restore_tables('{bs.uses, bs.code}');
-- with keep_new rows that are not in the backup follow
UPDATE bs.code SET code = 'aa' WHERE id = 1;
INSERT INTO bs.uses VALUES (4, 'aa');
SELECT target, rows_changed, rows_inserted, rows_deleted
FROM migsafe.restore_tables('{bs.uses, bs.code}', mode => 'keep_new');
SELECT * FROM bs.uses ORDER BY id;

-- Partitioned tables, tables without a key, temporary ones; unique values that have changed places in one of them.
CREATE TABLE bs.parted (id integer PRIMARY KEY, u integer) PARTITION BY RANGE (id);
CREATE TABLE bs.parted_1 PARTITION OF bs.parted FOR VALUES FROM (0) TO (10);
CREATE TABLE bs.parted_2 (u integer, id integer NOT NULL);
ALTER TABLE bs.parted ATTACH PARTITION bs.parted_2 FOR VALUES FROM (10) TO (20);
CREATE TABLE bs.of_parted (id integer PRIMARY KEY, parted integer REFERENCES bs.parted ON DELETE CASCADE)
    PARTITION BY HASH (id);
CREATE TABLE bs.of_parted_1 PARTITION OF bs.of_parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE bs.of_parted_2 PARTITION OF bs.of_parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE bs.swapped (id integer PRIMARY KEY, u integer UNIQUE);
CREATE TABLE bs.bag (swapped integer REFERENCES bs.swapped (u));
CREATE TEMPORARY TABLE passing (id integer);
INSERT INTO bs.parted VALUES (1, 1), (9, 2), (11, 3), (12, 4);
INSERT INTO bs.of_parted SELECT g, (ARRAY[1, 9, 11, 12])[1 + g % 4] FROM generate_series(1, 8) g;
INSERT INTO bs.swapped VALUES (1, 1), (2, 2);
INSERT INTO bs.bag VALUES (1), (1), (2);
INSERT INTO passing VALUES (1);
CREATE TEMPORARY TABLE prints AS SELECT target, fingerprint
FROM migsafe.backup_tables(ARRAY['bs.parted', 'bs.of_parted', 'bs.swapped', 'bs.bag', 'passing']::regclass[]);
DELETE FROM bs.parted WHERE id IN (1, 12); -- with half of what refers to them
INSERT INTO bs.parted VALUES (2, 1), (13, 4);
INSERT INTO bs.of_parted VALUES (20, 2), (21, 13);
UPDATE bs.of_parted SET parted = 2 WHERE parted = 9;
DELETE FROM bs.bag;
UPDATE bs.swapped SET u = 9 WHERE id = 1;
UPDATE bs.swapped SET u = 1 WHERE id = 2;
UPDATE bs.swapped SET u = 2 WHERE id = 1;
DELETE FROM passing;
SELECT r.target, r.rows_changed, r.rows_inserted, r.rows_deleted, r.fingerprint = p.fingerprint AS as_the_backup
FROM migsafe.restore_tables(ARRAY['bs.parted', 'bs.of_parted', 'bs.swapped', 'bs.bag', 'passing']::regclass[]) r
JOIN prints p USING (target) ORDER BY r.target::text;

-- A table that was empty comes back empty beside others; but not if all were.
CREATE TABLE bs.blank (id integer PRIMARY KEY);
CREATE TABLE bs.full (id integer PRIMARY KEY);
INSERT INTO bs.full VALUES (1);
SELECT count(*) FROM migsafe.backup_tables('{bs.blank, bs.full}');
INSERT INTO bs.blank VALUES (1);
INSERT INTO bs.full VALUES (2);
SELECT target, rows_deleted FROM migsafe.restore_tables('{bs.blank, bs.full}');
CREATE TABLE bs.blank_2 (id integer PRIMARY KEY);
SELECT count(*) FROM migsafe.backup_tables('{bs.blank, bs.blank_2}');
INSERT INTO bs.blank VALUES (1);
SELECT target, rows_deleted FROM migsafe.restore_tables('{bs.blank, bs.blank_2}');
\echo :SQLSTATE

-- The newest set that holds all of them; more may be in it, and newer sets that lack one do not count.
SELECT DISTINCT backup_set AS both FROM migsafe.backup_tables('{bs.full, bs.blank}')
\gset
SELECT DISTINCT backup_set AS one FROM migsafe.backup_tables('{bs.full}')
\gset
SELECT b.backup_set = :both AS both FROM migsafe.restore_tables('{bs.full, bs.blank}', dry_run => true) r
JOIN migsafe.backup b ON b.backup_id = r.backup_used;
SELECT b.backup_set = :one AS one FROM migsafe.restore_tables('{bs.full}', dry_run => true) r
JOIN migsafe.backup b ON b.backup_id = r.backup_used;
SELECT b.backup_set = :both AS both FROM migsafe.restore_tables('{bs.full}', :both, dry_run => true) r
JOIN migsafe.backup b ON b.backup_id = r.backup_used;
-- a single backup of one of them is newer, and restore takes it, but it is of no set
SELECT backup_id AS single FROM migsafe.backup_table('bs.full')
\gset
SELECT backup_used = :single AS single FROM migsafe.restore('bs.full', dry_run => true);
SELECT backup_used < :single AS of_a_set FROM migsafe.restore_tables('{bs.full}', dry_run => true);

-- (f()).* is one call here as well, and so is a call in the select list.
SELECT max(backup_set) AS last_set FROM migsafe.backup
\gset
SELECT (migsafe.backup_tables('{bs.full, bs.blank}')).row_count;
SELECT count(*), count(DISTINCT backup_id), max(backup_set) - :last_set AS sets
FROM (SELECT (migsafe.backup_tables('{bs.full, bs.blank}')).*) b;
INSERT INTO bs.full VALUES (3);
SELECT target, rows_deleted, restore_run_id IS NOT NULL AS run
FROM (SELECT (migsafe.restore_tables('{bs.full, bs.blank}')).*) r;

-- Bad input.
SELECT * FROM migsafe.backup_tables(NULL);
\echo :SQLSTATE
SELECT * FROM migsafe.backup_tables('{}');
\echo :SQLSTATE
SELECT * FROM migsafe.backup_tables('{bs.full, NULL}');
\echo :SQLSTATE
SELECT * FROM migsafe.backup_tables('{bs.full, bs.blank, bs.full}');
\echo :SQLSTATE
SELECT * FROM migsafe.backup_tables('{bs.parted, bs.full, bs.parted_1}');
\echo :SQLSTATE
SELECT * FROM migsafe.backup_tables(ARRAY[1]::oid[]::regclass[]);
\echo :SQLSTATE
CREATE VIEW bs.v AS SELECT 1 AS a;
SELECT * FROM migsafe.backup_tables('{bs.v}');
\echo :SQLSTATE
SELECT * FROM migsafe.backup_tables('{bs.full}', backup_schema => 'nowhere');
\echo :SQLSTATE
SELECT * FROM migsafe.restore_tables(NULL);
\echo :SQLSTATE
SELECT * FROM migsafe.restore_tables('{}');
\echo :SQLSTATE
SELECT * FROM migsafe.restore_tables('{NULL}');
\echo :SQLSTATE
SELECT * FROM migsafe.restore_tables('{bs.full, bs.full}');
\echo :SQLSTATE
SELECT * FROM migsafe.restore_tables('{bs.full}', mode => 'merge');
\echo :SQLSTATE
SELECT * FROM migsafe.restore_tables('{bs.full}', dry_run => NULL);
\echo :SQLSTATE
SELECT * FROM migsafe.restore_tables('{bs.full}', backup_first => NULL);
\echo :SQLSTATE
SELECT * FROM migsafe.restore_tables('{bs.full}', -1);
\echo :SQLSTATE
SELECT * FROM migsafe.restore_tables('{bs.full, bs.item}', 51001);
\echo :SQLSTATE
SELECT * FROM migsafe.restore_tables('{bs.full, bs.item}');
\echo :SQLSTATE
-- what is wrong with one table leaves the others alone
INSERT INTO bs.full VALUES (4);
ALTER TABLE bs.blank ADD late integer;
\set VERBOSITY sqlstate
SELECT * FROM migsafe.restore_tables('{bs.full, bs.blank}', :both);
\set VERBOSITY default
SELECT count(*) FROM bs.full;
BEGIN READ ONLY;
SELECT * FROM migsafe.backup_tables('{bs.full}');
ROLLBACK;
BEGIN READ ONLY;
SELECT * FROM migsafe.restore_tables('{bs.full}');
ROLLBACK;

-- Rights are needed on each of the tables.
CREATE ROLE regress_migsafe_bs;
GRANT USAGE, CREATE ON SCHEMA bs TO regress_migsafe_bs;
GRANT SELECT, INSERT, UPDATE, DELETE ON bs.full TO regress_migsafe_bs;
GRANT SELECT ON bs.item TO regress_migsafe_bs;
SET ROLE regress_migsafe_bs;
SELECT * FROM migsafe.backup_tables('{bs.full, bs.orders}');
\echo :SQLSTATE
SELECT target, row_count FROM migsafe.backup_tables('{bs.full, bs.item}');
SELECT * FROM migsafe.restore_tables('{bs.full, bs.item}');
\echo :SQLSTATE
SELECT target, rows_changed FROM migsafe.restore_tables('{bs.full, bs.item}', dry_run => true);
RESET ROLE;

SET client_min_messages = error;
DROP SCHEMA bs CASCADE;
DROP ROLE regress_migsafe_bs;
-- other files take the newest run or backup
DELETE FROM migsafe.run WHERE run_id >= 51001;
DELETE FROM migsafe.run_commit WHERE run_id >= 51001;
DELETE FROM migsafe.recorded_run WHERE run_id >= 51001;
DELETE FROM migsafe.backup WHERE backup_id >= 51001;
