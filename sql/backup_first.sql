-- restore keeps a backup of what is there before it writes: so a restore can be undone.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA bf;
SET search_path = bf, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 51001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 51001;

CREATE TABLE bf.account (id integer PRIMARY KEY, doc jsonb, n integer);
INSERT INTO bf.account SELECT g, jsonb_build_object('v', 1.50), g FROM generate_series(1, 5) g;
SELECT backup_id, fingerprint AS first_print FROM migsafe.backup_table('bf.account')
\gset
-- a run, and what came after it
SELECT run_id, successful_rows FROM migsafe.run_safe('bf.account', '{"n": "n * 10"}');
INSERT INTO bf.account VALUES (6, '1.5', 6);
DELETE FROM bf.account WHERE id = 1;
SELECT migsafe.fingerprint('bf.account') AS later_print
\gset

-- A dry run takes none.
SELECT restore_run_id, backup_used, backup_taken, rows_changed, rows_inserted, rows_deleted
FROM migsafe.restore('bf.account', dry_run => true);
-- A restore takes one, beside the backup that it restores, and says what it is for.
SELECT restore_run_id, backup_used, backup_taken, rows_changed, rows_inserted, rows_deleted,
    fingerprint = :'first_print' AS as_the_backup
FROM migsafe.restore('bf.account');
SELECT backup_id, kind, restore_run_id, backup_set, label, row_count, fingerprint = :'first_print' AS first,
    fingerprint = :'later_print' AS later, backup_schema
FROM migsafe.backup WHERE backup_id >= 51001 ORDER BY backup_id;
SELECT verified FROM migsafe.verify_backup(51002);
SELECT run_id, kind, status FROM migsafe.status WHERE run_id BETWEEN 51001 AND 51099 ORDER BY run_id;

-- It is never the one that a restore takes by itself; and where nothing differs there is nothing to keep.
SELECT backup_used, backup_taken, rows_changed + rows_inserted + rows_deleted AS rows FROM migsafe.restore('bf.account');

-- Named, it takes the restore back: byte for byte, and the run stands again.
SELECT backup_used, backup_taken, rows_changed, rows_inserted, rows_deleted, fingerprint = :'later_print' AS as_it_was
FROM migsafe.restore('bf.account', 51002);
SELECT run_id, kind, status FROM migsafe.status WHERE run_id BETWEEN 51001 AND 51099 ORDER BY run_id;
-- ... and that restore is taken back the same way: as often as one likes.
SELECT backup_taken, fingerprint = :'first_print' AS as_the_backup FROM migsafe.restore('bf.account', 51003);
SELECT run_id, status FROM migsafe.status WHERE run_id = 51001;
SELECT backup_used, backup_taken, fingerprint = :'later_print' AS as_it_was FROM migsafe.restore('bf.account', 51002);

-- keep_new as well, which an exact restore takes back.
SELECT backup_used, backup_taken, rows_changed, rows_inserted, rows_deleted
FROM migsafe.restore('bf.account', mode => 'keep_new');
SELECT count(*) FROM bf.account;
SELECT backup_used, fingerprint = :'later_print' AS as_it_was FROM migsafe.restore('bf.account', 51006);

-- Declined.
SELECT backup_taken, rows_changed FROM migsafe.restore('bf.account', backup_first => false);
SELECT max(backup_id) FROM migsafe.backup;

-- A table that lost all its rows comes back; that it was empty is kept, and can be had again, since it is asked for by name.
TRUNCATE bf.account;
SELECT backup_taken AS emptied, rows_inserted FROM migsafe.restore('bf.account')
\gset
SELECT row_count FROM migsafe.backup WHERE backup_id = :emptied;
SELECT rows_deleted FROM migsafe.restore('bf.account', :emptied);
SELECT rows_inserted FROM migsafe.restore('bf.account');

-- If there is none but such, none is taken.
CREATE TABLE bf.lone (id integer PRIMARY KEY);
INSERT INTO bf.lone VALUES (1);
SELECT backup_id AS lone FROM migsafe.backup_table('bf.lone')
\gset
DELETE FROM bf.lone;
SELECT rows_inserted FROM migsafe.restore('bf.lone');
DELETE FROM migsafe.backup WHERE backup_id = :lone;
SELECT rows_inserted FROM migsafe.restore('bf.lone');
\echo :SQLSTATE

-- A restore that fails leaves neither changes nor a backup.
CREATE TABLE bf.child (account integer REFERENCES bf.account);
INSERT INTO bf.account VALUES (7, '{}', 7);
INSERT INTO bf.child VALUES (7);
SELECT count(*) AS backups, max(backup_id) AS last FROM migsafe.backup
\gset
SELECT rows_deleted FROM migsafe.restore('bf.account');
\echo :SQLSTATE
SELECT count(*) = :backups AS as_many_backups, max(backup_id) = :last AS no_new_one FROM migsafe.backup;
SELECT count(*) AS tables_without_record FROM pg_class WHERE relnamespace = 'bf'::regnamespace AND relkind = 'r'
    AND relname LIKE 'account\_backup%' AND relname NOT IN (SELECT backup_name FROM migsafe.backup);
DROP TABLE bf.child;

-- A backup is a new table: who may not create one there, or where a publication would publish it, is told what to do.
CREATE ROLE regress_migsafe_bf;
GRANT USAGE ON SCHEMA bf TO regress_migsafe_bf;
GRANT SELECT, INSERT, UPDATE, DELETE ON bf.account TO regress_migsafe_bf;
SET ROLE regress_migsafe_bf;
SELECT rows_deleted FROM migsafe.restore('bf.account', 51001);
\echo :SQLSTATE
SELECT rows_deleted, backup_taken FROM migsafe.restore('bf.account', 51001, backup_first => false);
RESET ROLE;
-- ... it goes beside the backup that is restored, and belongs to the owner of the table, as all backups do
CREATE SCHEMA bf_safe;
GRANT USAGE, CREATE ON SCHEMA bf_safe TO regress_migsafe_bf;
SELECT backup_id AS elsewhere FROM migsafe.backup_table('bf.account', backup_schema => 'bf_safe')
\gset
UPDATE bf.account SET n = -1 WHERE id = 2;
SET ROLE regress_migsafe_bf;
SELECT backup_taken AS theirs FROM migsafe.restore('bf.account', :elsewhere)
\gset
RESET ROLE;
SELECT b.backup_schema, c.relowner = t.relowner AS of_the_tables_owner,
    has_table_privilege('regress_migsafe_bf', c.oid, 'SELECT') AS may_read
FROM migsafe.backup b
JOIN pg_class c ON c.relname = b.backup_name AND c.relnamespace = b.backup_schema::regnamespace
JOIN pg_class t ON t.oid = 'bf.account'::regclass WHERE b.backup_id = :theirs;
SET client_min_messages = error; -- of wal_level
CREATE PUBLICATION bf_schema FOR TABLES IN SCHEMA bf;
SET client_min_messages = warning;
ALTER TABLE bf.account REPLICA IDENTITY FULL;
INSERT INTO bf.account VALUES (8, '{}', 8);
SELECT rows_deleted FROM migsafe.restore('bf.account', 51001);
\echo :SQLSTATE
SELECT rows_deleted FROM migsafe.restore('bf.account', :elsewhere);
DROP PUBLICATION bf_schema;

-- A temporary table, an unlogged one, one without a key.
CREATE TEMPORARY TABLE passing (id integer);
CREATE UNLOGGED TABLE bf.light (id integer);
INSERT INTO passing VALUES (1), (1), (2);
INSERT INTO bf.light VALUES (1), (1), (2);
CREATE TEMPORARY TABLE undone AS
SELECT t.target, migsafe.fingerprint(t.target) AS print, b.backup_id
FROM (VALUES ('passing'::regclass), ('bf.light')) t (target), LATERAL migsafe.backup_table(t.target) b;
DELETE FROM passing WHERE id = 1;
DELETE FROM bf.light WHERE id = 1;
SELECT u.target, r.rows_inserted, r.fingerprint = u.print AS as_backup
FROM undone u, LATERAL migsafe.restore(u.target, u.backup_id) r ORDER BY u.target::text;
SELECT b.target_name, b.kind, b.row_count, p.relpersistence
FROM migsafe.backup b JOIN pg_class p ON p.oid = to_regclass(format('%I.%I', b.backup_schema, b.backup_name))
WHERE b.backup_id >= 51001 AND b.target_name IN ('passing', 'light') AND b.restore_run_id IS NOT NULL ORDER BY b.target_name;

SELECT backup_used FROM migsafe.restore('bf.account', backup_first => NULL);
\echo :SQLSTATE

DROP SCHEMA bf, bf_safe CASCADE;
DROP ROLE regress_migsafe_bf;
-- other files take the newest run or backup
DELETE FROM migsafe.run WHERE run_id >= 51001;
DELETE FROM migsafe.run_commit WHERE run_id >= 51001;
DELETE FROM migsafe.recorded_run WHERE run_id >= 51001;
DELETE FROM migsafe.backup WHERE backup_id >= 51001;
