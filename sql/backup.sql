-- backup_table: a full copy, proven to be one; verify_backup: is it still that?
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA bk;
SET search_path = bk, public;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 1001;

-- Names of backups hold the time, and a number if that is taken: hide both.
CREATE FUNCTION shown(text) RETURNS text LANGUAGE sql
RETURN regexp_replace($1, '_\d{8}_\d{6}(_\d+)?', '_YYYYMMDD_HHMISS');

CREATE TYPE bk.mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE bk.account (
    id      integer PRIMARY KEY,
    doc     jsonb,
    mood    bk.mood DEFAULT 'ok',
    twice   integer GENERATED ALWAYS AS (id * 2) STORED,
    CONSTRAINT small CHECK (id < 100)
);
CREATE INDEX account_mood ON bk.account (mood);
ALTER TABLE bk.account ALTER doc SET STATISTICS 50;
INSERT INTO bk.account (id, doc) SELECT g, jsonb_build_object('n', g) FROM generate_series(1, 5) g;

SELECT backup_id AS first_id, backup_table AS first_table, fingerprint AS first_print
FROM migsafe.backup_table('bk.account', label => 'before the move')
\gset

-- The backup is a table beside its target with the same rows.
SELECT shown(:'first_table') AS backup_table;
SELECT id, doc, mood, twice FROM :first_table ORDER BY id;
SELECT migsafe.fingerprint('bk.account') = :'first_print' AS same_as_the_target,
       migsafe.fingerprint(:'first_table') = :'first_print' AS same_as_the_backup,
       :'first_print' ~ '^[0-9a-f]{32}$' AS is_hexadecimal;
SELECT backup_id, label, target_schema, target_name, backup_schema, shown(backup_name) AS backup_name, row_count,
       bytes > 0 AS has_bytes, fingerprint = :'first_print' AS same, created_by = current_user AS by_me,
       created_at <= clock_timestamp() AS at_a_time
FROM migsafe.backup WHERE backup_id = :first_id;

-- The manifest says what the table was.
CREATE TABLE bk.log (account integer CONSTRAINT log_of_account REFERENCES bk.account);
CREATE FUNCTION bk.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER quiet BEFORE UPDATE ON bk.account FOR EACH ROW EXECUTE FUNCTION bk.nothing();
CREATE ROLE regress_migsafe_bk;
GRANT SELECT ON bk.account TO regress_migsafe_bk;
SELECT backup_id AS manifest_id FROM migsafe.backup_table('bk.account')
\gset
SELECT c->>'name' AS name, c->>'type' AS type, c->>'not_null' AS not_null, c->>'default' AS "default",
       c->>'generated' AS generated, c->>'statistics_target' AS statistics
FROM migsafe.backup, jsonb_array_elements(manifest->'columns') c WHERE backup_id = :manifest_id;
SELECT key, jsonb_pretty(value) AS value
FROM migsafe.backup, jsonb_each(manifest)
WHERE backup_id = :manifest_id AND key NOT IN ('columns', 'owner', 'privileges') ORDER BY key;
SELECT manifest->>'owner' = current_user AS owner,
    manifest->'privileges'->>1 LIKE 'regress_migsafe_bk=r/%' AS privileges
FROM migsafe.backup WHERE backup_id = :manifest_id;

-- (f()).* calls a function once a column; it makes one backup all the same.
CREATE TEMPORARY TABLE count_before AS SELECT count(*) FROM migsafe.backup;
SELECT (migsafe.backup_table('bk.account')).row_count;
SELECT row_count, fingerprint = :'first_print' AS same FROM (SELECT (migsafe.backup_table('bk.account')).*) b;
SELECT count(*) - (SELECT count FROM count_before) AS backups_made FROM migsafe.backup;
-- but two calls in one statement are two backups, with names of their own, though made in one second
SELECT count(DISTINCT backup_table), count(DISTINCT backup_id)
FROM (SELECT (migsafe.backup_table('bk.account')).* UNION ALL SELECT (migsafe.backup_table('bk.account')).*) b;
SELECT count(DISTINCT b.backup_table)
FROM generate_series(1, 3) g, LATERAL migsafe.backup_table('bk.account', label => 'no. ' || g) b;

-- verify_backup compares a backup with what was recorded.
SELECT verified, expected_rows, actual_rows, expected_fingerprint = actual_fingerprint AS same
FROM migsafe.verify_backup(:first_id);
-- ... whatever becomes of the target
UPDATE bk.account SET doc = NULL;
SELECT verified FROM migsafe.verify_backup(:first_id);
-- an altered value, even one that jsonb takes for equal
UPDATE bk.account SET doc = '1.5';
SELECT backup_id AS scale_id, backup_table AS scale_table FROM migsafe.backup_table('bk.account')
\gset
UPDATE :scale_table SET doc = '1.50' WHERE id = 1;
SELECT verified, expected_rows, actual_rows FROM migsafe.verify_backup(:scale_id);
-- a row too few, a row twice
DELETE FROM :first_table WHERE id = 5;
SELECT verified, expected_rows, actual_rows FROM migsafe.verify_backup(:first_id);
INSERT INTO :first_table SELECT * FROM :first_table WHERE id = 4;
SELECT verified, expected_rows, actual_rows FROM migsafe.verify_backup(:first_id);
-- an unknown one, a dropped one
SELECT verified FROM migsafe.verify_backup(-1);
\echo :SQLSTATE
DROP TABLE :scale_table;
\set VERBOSITY sqlstate
SELECT verified FROM migsafe.verify_backup(:scale_id);
\set VERBOSITY default

-- An empty table can be backed up.
CREATE TABLE bk.empty (id integer);
SELECT row_count, fingerprint FROM migsafe.backup_table('bk.empty');

-- Names that would pass 63 bytes are shortened; two with the same beginning get two backups.
CREATE TABLE bk.a_table_whose_name_is_just_as_long_as_a_name_can_be_in_postgres (id integer);
CREATE TABLE bk.a_table_whose_name_is_just_as_long_as_a_name_can_be_in_post_too (id integer);
SELECT count(DISTINCT name) AS names, max(octet_length(name)) AS longest,
    bool_and(to_regclass(name) IS NOT NULL) AS all_there
FROM (SELECT (migsafe.backup_table('bk.a_table_whose_name_is_just_as_long_as_a_name_can_be_in_postgres')).backup_table
      UNION ALL
      SELECT (migsafe.backup_table('bk.a_table_whose_name_is_just_as_long_as_a_name_can_be_in_postgres')).backup_table
      UNION ALL
      SELECT (migsafe.backup_table('bk.a_table_whose_name_is_just_as_long_as_a_name_can_be_in_post_too')).backup_table)
          b,
     LATERAL (SELECT (parse_ident(b.backup_table))[2]) AS n (name);
-- a name of characters of two bytes is not cut within one
CREATE TABLE bk.U&"\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6\00F6" (id integer);
SELECT regexp_replace(backup_table, '_backup_\d{8}_\d{6}.*', '') = 'bk."' || repeat(U&'\00F6', 20) AS whole_characters
FROM migsafe.backup_table((SELECT oid FROM pg_class WHERE relname = repeat(U&'\00F6', 21)));
CREATE TABLE bk."a ""quoted"" name" (id integer);
SELECT shown(backup_table) AS backup_table FROM migsafe.backup_table('bk."a ""quoted"" name"');
CREATE TABLE bk."Mixed Case" ("The Key" integer PRIMARY KEY, "select" text);
INSERT INTO bk."Mixed Case" VALUES (1, 'a');
SELECT backup_table AS mixed FROM migsafe.backup_table('bk."Mixed Case"')
\gset
SELECT shown(:'mixed') AS backup_table;
SELECT "The Key", "select" FROM :mixed;

-- Another schema; it has to be there.
CREATE SCHEMA "Safe Place";
SELECT shown(backup_table) AS backup_table FROM migsafe.backup_table('bk.empty', backup_schema => 'Safe Place');
SELECT shown(backup_table) FROM migsafe.backup_table('bk.empty', backup_schema => 'nowhere');
\echo :SQLSTATE

-- Nobody may read a backup whom default privileges would let in: its rows are the target's.
ALTER DEFAULT PRIVILEGES IN SCHEMA bk GRANT ALL ON TABLES TO regress_migsafe_bk, PUBLIC;
SELECT backup_table AS private FROM migsafe.backup_table('bk.account')
\gset
SELECT has_table_privilege('regress_migsafe_bk', :'private',
    'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') AS may_anything,
       (SELECT relowner = (SELECT relowner FROM pg_class WHERE oid = 'bk.account'::regclass)
        FROM pg_class WHERE oid = :'private'::regclass) AS same_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA bk REVOKE ALL ON TABLES FROM regress_migsafe_bk, PUBLIC;

-- The caller has to be able to read the target and to create a table.
CREATE TABLE bk.secret (id integer);
GRANT USAGE ON SCHEMA bk TO regress_migsafe_bk;
SET ROLE regress_migsafe_bk;
SELECT row_count FROM migsafe.backup_table('bk.secret');
\echo :SQLSTATE
SELECT row_count FROM migsafe.backup_table('bk.account');
\echo :SQLSTATE
RESET ROLE;
-- a backup belongs to the target's owner; who made it may verify it as long as he may read the target
GRANT CREATE ON SCHEMA "Safe Place" TO regress_migsafe_bk;
GRANT USAGE ON SCHEMA "Safe Place" TO regress_migsafe_bk;
SET ROLE regress_migsafe_bk;
SELECT backup_id AS theirs, backup_table AS their_table
FROM migsafe.backup_table('bk.account', backup_schema => 'Safe Place')
\gset
SELECT verified FROM migsafe.verify_backup(:theirs);
\set VERBOSITY sqlstate
SELECT count(*) FROM :their_table;
\set VERBOSITY default
RESET ROLE;
REVOKE SELECT ON bk.account FROM regress_migsafe_bk;
SET ROLE regress_migsafe_bk;
SELECT verified FROM migsafe.verify_backup(:theirs);
\echo :SQLSTATE
SELECT count(*) AS manifests_seen FROM migsafe.backup WHERE target_name = 'account';
RESET ROLE;

-- A publication that would pick the backup up would stop its subscribers.
SET client_min_messages = error; -- of wal_level
CREATE PUBLICATION bk_schema FOR TABLES IN SCHEMA bk;
SELECT row_count FROM migsafe.backup_table('bk.account');
\echo :SQLSTATE
SELECT row_count FROM migsafe.backup_table('bk.account', backup_schema => 'Safe Place');
DROP PUBLICATION bk_schema;
CREATE PUBLICATION bk_all FOR ALL TABLES;
SELECT row_count FROM migsafe.backup_table('bk.account');
\echo :SQLSTATE
DROP PUBLICATION bk_all;
-- one that names its tables does not
CREATE PUBLICATION bk_account FOR TABLE bk.account;
SELECT row_count FROM migsafe.backup_table('bk.account');
DROP PUBLICATION bk_account;
SET client_min_messages = warning;

-- Temporary, unlogged and partitioned tables.
CREATE TEMPORARY TABLE passing (id integer);
CREATE UNLOGGED TABLE bk.light (id integer);
CREATE TABLE bk.parted (id integer, a text) PARTITION BY RANGE (id);
CREATE TABLE bk.parted_1 PARTITION OF bk.parted FOR VALUES FROM (0) TO (10);
CREATE TABLE bk.parted_2 (a text, gone integer, id integer);
ALTER TABLE bk.parted_2 DROP gone;
ALTER TABLE bk.parted ATTACH PARTITION bk.parted_2 FOR VALUES FROM (10) TO (20);
INSERT INTO passing VALUES (1);
INSERT INTO bk.light VALUES (1);
INSERT INTO bk.parted VALUES (1, 'one'), (11, 'eleven');
CREATE TEMPORARY TABLE made AS
    SELECT t.target, b.backup_id, b.backup_table, b.row_count, b.fingerprint
    FROM (VALUES ('passing'::regclass), ('bk.light'), ('bk.parted')) t (target),
        LATERAL migsafe.backup_table(t.target) b;
SELECT m.target, m.row_count, c.relkind, c.relpersistence, v.verified,
    m.fingerprint = migsafe.fingerprint(m.target) AS same
FROM made m JOIN pg_class c ON c.oid = m.backup_table::regclass, LATERAL migsafe.verify_backup(m.backup_id) v
ORDER BY m.target::text;
SELECT relnamespace = pg_my_temp_schema() AS is_temporary FROM pg_class WHERE relname LIKE 'passing\_backup%';

-- The copy is compared with what was read from the target: of values that are another each time they are looked at,
-- there is no backup.
SET client_min_messages = error;
CREATE TYPE bk.fickle;
CREATE FUNCTION bk.fickle_in(cstring) RETURNS bk.fickle LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION bk.fickle_out(bk.fickle) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE bk.fickle (INPUT = bk.fickle_in, OUTPUT = bk.fickle_out, LIKE = integer);
CREATE SEQUENCE bk.looks;
CREATE FUNCTION bk.fickle_send(bk.fickle) RETURNS bytea LANGUAGE sql
AS $$SELECT int4send(nextval('bk.looks')::integer)$$;
ALTER TYPE bk.fickle SET (SEND = bk.fickle_send);
CREATE TABLE bk.moody (id integer PRIMARY KEY, mood bk.fickle);
INSERT INTO bk.moody VALUES (1, '5'), (2, '6');
SET client_min_messages = warning;
SELECT * FROM migsafe.backup_table('bk.moody');
SELECT count(*) FROM migsafe.backup WHERE target_name = 'moody';
SELECT count(*) FROM pg_class WHERE relname LIKE 'moody%' AND relkind = 'r';

-- A backup is part of the caller's transaction.
BEGIN;
SELECT backup_id AS undone, backup_table AS undone_table FROM migsafe.backup_table('bk.account')
\gset
ROLLBACK;
SELECT count(*) FROM migsafe.backup WHERE backup_id = :undone;
SELECT to_regclass(:'undone_table') IS NULL AS gone;

DROP SCHEMA bk, "Safe Place" CASCADE;
DROP ROLE regress_migsafe_bk;
