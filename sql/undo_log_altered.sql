-- An undo log is verified by its count and the hash of its content before it is used.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE ROLE undo_owner NOLOGIN;
CREATE SCHEMA ua AUTHORIZATION undo_owner;
RESET client_min_messages;
ALTER SEQUENCE migsafe.run_id_seq RESTART 38001;

SET ROLE undo_owner;
CREATE TABLE ua.item (id integer PRIMARY KEY, n numeric, doc jsonb, note text);
INSERT INTO ua.item SELECT g, g + 0.50, jsonb_build_object('n', g, 'list', repeat('abc', 1000)), 'note ' || g
FROM generate_series(1, 20) g;
SELECT migsafe.fingerprint('ua.item') AS before
\gset

-- A run in one transaction. Its undo log belongs to the table's owner, who alters one value, and puts it back.
SELECT run_id FROM migsafe.run_safe('ua.item', '{"n": "n * 2", "doc": [{"op": "remove", "path": "/list"}], "note": "NULL"}')
\gset
SELECT undo_hash = migsafe.undo_hash(run_id) AS as_recorded FROM migsafe.run_commit WHERE run_id = :run_id;
SELECT migsafe.fingerprint('ua.item') AS after
\gset
UPDATE migsafe_undo.run_:run_id SET old_2 = 7.5 WHERE key_1 = 7;
UPDATE migsafe_undo.run_:run_id SET old_2 = 7.50 WHERE key_1 = 7;
SELECT undo_hash = migsafe.undo_hash(run_id) AS as_recorded FROM migsafe.run_commit WHERE run_id = :run_id;
UPDATE migsafe_undo.run_:run_id SET old_2 = 7.5 WHERE key_1 = 7;
SELECT restored_rows FROM migsafe.rollback(:run_id, dry_run => true);
SELECT restored_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
SELECT migsafe.fingerprint('ua.item') = :'after' AS as_after;
UPDATE migsafe_undo.run_:run_id SET old_2 = 7.50 WHERE key_1 = 7;

-- Each column counts, which columns have changed, and what of a row is NULL.
CREATE FUNCTION ua.is_found(run_id bigint, change text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    found boolean;
BEGIN
    EXECUTE format('UPDATE migsafe_undo.run_%s SET %s WHERE key_1 = 7', run_id, change);
    SELECT c.undo_hash <> migsafe.undo_hash(c.run_id) INTO found FROM migsafe.run_commit c WHERE c.run_id = is_found.run_id;
    RAISE SQLSTATE 'UA001';
EXCEPTION WHEN SQLSTATE 'UA001' THEN
    RETURN found;
END $$;
SELECT change, ua.is_found(:run_id, change)
FROM unnest(ARRAY['seq = 100', 'batch = 2', 'leaf = 1', 'changed = ''\x06''', 'new_hash = substr(new_hash, 17)', 'row_hash = ''\x''',
                  'key_1 = 21', 'old_1 = 7', 'old_3 = old_3 || ''{}''', 'old_3 = old_3 || ''{"n": 7.0}''', 'old_4 = NULL',
                  'old_4 = '''', old_1 = 7']) change;

-- As many entries as before, but not the same: two have changed their places, or one stands for another.
BEGIN;
UPDATE migsafe_undo.run_:run_id u SET old_2 = v.old_2 FROM migsafe_undo.run_:run_id v
WHERE u.key_1 IN (3, 4) AND v.key_1 = 7 - u.key_1;
SELECT restored_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;
BEGIN;
CREATE TEMP TABLE other ON COMMIT DROP AS SELECT * FROM migsafe_undo.run_:run_id WHERE key_1 = 4;
DELETE FROM migsafe_undo.run_:run_id WHERE key_1 = 3;
INSERT INTO migsafe_undo.run_:run_id SELECT * FROM other;
SAVEPOINT replaced;
SELECT restored_rows FROM migsafe.rollback(:run_id, rows => 'id > 4');
\echo :SQLSTATE
ROLLBACK TO replaced;
SELECT restored_rows FROM migsafe.rollback(:run_id, rows => 'id > 4', dry_run => true);
ROLLBACK;
BEGIN;
UPDATE migsafe_undo.run_:run_id SET entry_hash = '00000000-0000-0000-0000-000000000000' WHERE key_1 = 3;
SELECT restored_rows FROM migsafe.rollback(:run_id, keys => '[{"id": 4}]');
ROLLBACK;

-- Of what is taken back in part each entry is verified, and that none of the others is gone.
BEGIN;
UPDATE migsafe_undo.run_:run_id SET old_2 = 7.5 WHERE key_1 = 7;
SAVEPOINT altered;
SELECT restored_rows FROM migsafe.rollback(:run_id, keys => '[{"id": 7}, {"id": 8}]');
\echo :SQLSTATE
ROLLBACK TO altered;
SELECT restored_rows FROM migsafe.rollback(:run_id, keys => '[{"id": 8}]');
ROLLBACK;
BEGIN;
DELETE FROM migsafe_undo.run_:run_id WHERE key_1 = 3;
SELECT restored_rows FROM migsafe.rollback(:run_id, keys => '[{"id": 8}]');
\echo :SQLSTATE
ROLLBACK;

-- More, fewer, none, and no undo log.
BEGIN;
INSERT INTO migsafe_undo.run_:run_id SELECT * FROM migsafe_undo.run_:run_id WHERE key_1 = 4;
SELECT restored_rows FROM migsafe.rollback(:run_id);
ROLLBACK;
BEGIN;
DELETE FROM migsafe_undo.run_:run_id WHERE key_1 = 3;
SELECT restored_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;
BEGIN;
TRUNCATE migsafe_undo.run_:run_id;
SELECT restored_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;
BEGIN;
DROP TABLE migsafe_undo.run_:run_id;
SELECT restored_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
ROLLBACK;

-- How it is stored does not count, nor where an entry lies.
ALTER TABLE migsafe_undo.run_:run_id ALTER old_3 SET STORAGE EXTERNAL, ALTER old_4 SET COMPRESSION pglz;
UPDATE migsafe_undo.run_:run_id SET old_3 = old_3 || '{}' WHERE key_1 > 10;
VACUUM FULL migsafe_undo.run_:run_id;
CREATE TABLE ua.copy AS SELECT * FROM migsafe_undo.run_:run_id ORDER BY key_1 DESC;
TRUNCATE migsafe_undo.run_:run_id;
INSERT INTO migsafe_undo.run_:run_id SELECT * FROM ua.copy;
SELECT restored_rows FROM migsafe.rollback(:run_id);
SELECT migsafe.fingerprint('ua.item') = :'before' AS as_before;

-- A rollback's undo log is one, too; and what takes a run back in batches asks before it begins.
SELECT run_id AS back FROM migsafe.run WHERE rollback_of = :run_id
\gset
UPDATE migsafe_undo.run_:back SET old_4 = 'forged' WHERE key_1 = 20;
CALL migsafe.rollback_online(:back);
\echo :SQLSTATE
SELECT status FROM migsafe.status WHERE run_id = :back;
UPDATE migsafe_undo.run_:back SET old_4 = NULL WHERE key_1 = 20;
SELECT run_id AS half FROM migsafe.run WHERE rollback_of = :back
\gset
CALL migsafe.resume_online(:half)
\gset
\echo :total_rows :successful_rows
SELECT migsafe.fingerprint('ua.item') = :'after' AS as_after;
-- the undo log of that one was written in batches
UPDATE migsafe_undo.run_:half SET old_2 = 0 WHERE key_1 = 1;
SELECT restored_rows FROM migsafe.rollback(:half);
\echo :SQLSTATE
UPDATE migsafe_undo.run_:half SET old_2 = 1.50 WHERE key_1 = 1;
SELECT restored_rows FROM migsafe.rollback(:half);
SELECT migsafe.fingerprint('ua.item') = :'before' AS as_before;

-- An online run on its way: what its batches have committed.
CALL migsafe.run_online('ua.item', '{"n": "n / (id - 13)", "note": "note || ''!''"}', max_errors => 0, batch_size => 5, name => 'stopped');
SELECT run_id FROM migsafe.run WHERE name = 'stopped'
\gset
SELECT migsafe.fingerprint('ua.item') AS halfway
\gset
UPDATE migsafe_undo.run_:run_id SET old_4 = 'forged' WHERE key_1 = 2;
SELECT restored_rows FROM migsafe.rollback('stopped');
\echo :SQLSTATE
UPDATE migsafe_undo.run_:run_id SET old_4 = 'note 2' WHERE key_1 = 2;
VACUUM FULL migsafe_undo.run_:run_id;
SELECT restored_rows > 0 AS some FROM migsafe.rollback('stopped');
SELECT migsafe.fingerprint('ua.item') = :'before' AS as_before;
RESET ROLE;

-- Of several parts, by several workers.
CALL migsafe.run_online('ua.item', '{"n": "n * 3"}', batch_size => 2, workers => 3)
\gset r_
SELECT :r_run_id AS run_id
\gset
SELECT count(*) > 1 AS parts, sum(written) AS written FROM migsafe.run_part WHERE run_id = :run_id;
SELECT undo_hash = migsafe.undo_hash(run_id) AS as_recorded FROM migsafe.run_commit WHERE run_id = :run_id;
UPDATE migsafe_undo.run_:run_id SET old_2 = 0 WHERE key_1 = 1;
CALL migsafe.rollback_online(:run_id);
\echo :SQLSTATE
UPDATE migsafe_undo.run_:run_id SET old_2 = 1.50 WHERE key_1 = 1;
SELECT run_id AS back FROM migsafe.run WHERE rollback_of = :run_id
\gset
CALL migsafe.resume_online(:back)
\gset
SELECT migsafe.fingerprint('ua.item') = :'before' AS as_before;

-- Only what stands counts: rows that fail on writing are searched for by writing others again and again, and beyond some
-- batches of a transaction each is written twice. What triggers change afterwards is in the before-images.
CREATE TABLE ua.code (id integer PRIMARY KEY, code integer UNIQUE, seen integer);
INSERT INTO ua.code SELECT g, g FROM generate_series(1, 200) g;
INSERT INTO ua.code SELECT 1000 + g, 1000 + 50 * g FROM generate_series(1, 4) g;
CREATE FUNCTION ua.count_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ua.code SET seen = coalesce(seen, 0) + 1 WHERE id = new.id;
    RETURN NULL;
END $$;
SET client_min_messages = error;
SELECT migsafe.fingerprint('ua.code') AS codes
\gset
SELECT run_id, successful_rows, failed_rows
FROM migsafe.run_safe('ua.code', '{"code": "code + 1000"}', max_errors => 100, batch_size => 40, only_if => 'id < 1000')
\gset
\echo :successful_rows :failed_rows
SELECT undo_hash = migsafe.undo_hash(run_id) AS as_recorded FROM migsafe.run_commit WHERE run_id = :run_id;
SELECT restored_rows FROM migsafe.rollback(:run_id);
SELECT run_id, successful_rows, failed_rows, batches
FROM migsafe.run_safe('ua.code', '{"code": "code + 1000"}', max_errors => 100, batch_size => 1, only_if => 'id < 1000')
\gset
\echo :successful_rows :failed_rows
SELECT restored_rows FROM migsafe.rollback(:run_id);
CREATE TRIGGER count_up AFTER UPDATE OF code ON ua.code FOR EACH ROW EXECUTE FUNCTION ua.count_up();
CALL migsafe.run_online('ua.code', '{"code": "code + 1000"}', max_errors => 100, batch_size => 30, only_if => 'id < 1000')
\gset r_
\echo :r_successful_rows :r_failed_rows
SELECT undo_hash = migsafe.undo_hash(run_id) AS as_recorded FROM migsafe.run_commit WHERE run_id = :r_run_id;
-- what was written in vain has used up no numbers
SELECT count(DISTINCT seq) = count(*) AND max(seq) = count(*) AS numbered FROM migsafe_undo.run_:r_run_id;
SELECT restored_rows FROM migsafe.rollback(:r_run_id);
SELECT migsafe.fingerprint('ua.code') = :'codes' AS as_before;
RESET client_min_messages;

-- Without a key; and types that hold OIDs, or that print as the settings have it.
CREATE TYPE ua.mood AS ENUM ('sad', 'ok');
CREATE TYPE ua.place AS (x numeric, moods ua.mood[]);
CREATE TYPE ua.words AS RANGE (subtype = text, collation = "C");
CREATE TABLE ua.kinds (m ua.mood, p ua.place, r tstzrange, t timestamptz, f float8, c regclass, x xml, w ua.words, ws ua.words[]);
INSERT INTO ua.kinds VALUES ('sad', '(1.50,"{ok}")', '[2025-01-01,)', '2025-01-01', 0.1, 'ua.item', '<a/>',
    ua.words(U&'\00e4', U&'\00f6'), ARRAY[ua.words(NULL, U&'\00e4'), 'empty']);
SELECT run_id FROM migsafe.run_safe('ua.kinds', '{"m": "''ok''", "p": "NULL", "r": "NULL", "t": "NULL", "f": "2", "c": "NULL", "x": "NULL", "w": "ws[1]", "ws": "NULL"}')
\gset
SET DateStyle = 'German';
SET TimeZone = 'Asia/Tokyo';
SET extra_float_digits = -5;
SET search_path = ua;
SET client_encoding = 'LATIN1';
SELECT c.undo_hash = migsafe.undo_hash(run_id) AS as_recorded FROM migsafe.run_commit c WHERE run_id = :run_id;
UPDATE migsafe_undo.run_:run_id SET old_2 = '(1.5,"{ok}")';
SELECT restored_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
UPDATE migsafe_undo.run_:run_id SET old_2 = '(1.50,"{ok}")';
SELECT restored_rows FROM migsafe.rollback(:run_id);
RESET client_encoding;
RESET search_path;
RESET extra_float_digits;
RESET TimeZone;
RESET DateStyle;

-- An index that is made on it before its run has ended would lack what comes: so nothing is put there meanwhile.
CREATE TABLE ua.indexed (id integer PRIMARY KEY, n integer CONSTRAINT in_the_way CHECK (n <> 103));
INSERT INTO ua.indexed SELECT g, g FROM generate_series(1, 5) g;
\set VERBOSITY terse
CALL migsafe.run_online('ua.indexed', '{"n": "n + 100"}', max_errors => 0, pace => '{"batch_size": 1}');
SELECT max(run_id) AS online_id FROM migsafe.run WHERE target_name = 'indexed'
\gset
ALTER TABLE ua.indexed DROP CONSTRAINT in_the_way;
CREATE INDEX by_key ON migsafe_undo.run_:online_id (key_1);
\set VERBOSITY default
CALL migsafe.resume_online(:online_id, max_errors => 1);
\set VERBOSITY terse
DROP INDEX migsafe_undo.by_key;
CALL migsafe.resume_online(:online_id, max_errors => 1)
\gset
\set VERBOSITY default
SELECT key_1 FROM migsafe_undo.run_:online_id ORDER BY key_1;
SELECT restored_rows FROM migsafe.rollback(:online_id);

-- Who may not read the undo log learns nothing of it.
CREATE ROLE undo_reader NOLOGIN;
GRANT USAGE ON SCHEMA ua TO undo_reader;
GRANT SELECT ON ua.kinds TO undo_reader;
SET ROLE undo_reader;
SELECT migsafe.undo_hash(:run_id);
\echo :SQLSTATE
SELECT migsafe.undo_hash(1);
\echo :SQLSTATE
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA ua CASCADE;
DROP OWNED BY undo_reader, undo_owner;
DROP ROLE undo_reader, undo_owner;
