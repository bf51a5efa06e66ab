-- restore: a table put back as a backup has it. Only rows that differ are touched; the result is proven by fingerprint.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA re;
SET search_path = re, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 7001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 7001;

CREATE TABLE re.account (id integer PRIMARY KEY, doc jsonb, n integer) WITH (autovacuum_enabled = off);
INSERT INTO re.account SELECT g, jsonb_build_object('v', 1.50), g FROM generate_series(1, 10) g;
SELECT backup_id AS first, backup_table AS first_table, fingerprint AS first_print
FROM migsafe.backup_table('re.account')
\gset

-- Some rows are changed, some are new, some are gone: these are touched, and no others.
CREATE TEMPORARY TABLE place AS SELECT id, ctid AS place, xmin AS writer FROM re.account;
UPDATE re.account SET n = n + 1 WHERE id IN (2, 3);
UPDATE re.account SET doc = '{"v": 1.5}' WHERE id = 4; -- equal for jsonb, not the same
DELETE FROM re.account WHERE id IN (5, 6);
INSERT INTO re.account VALUES (11, '{}', 11);
-- dry_run is the plan
SELECT restore_run_id, backup_used, rows_changed, rows_inserted, rows_deleted, fingerprint, elapsed
FROM migsafe.restore('re.account', dry_run => true);
SELECT count(*) FROM re.account;
SELECT restore_run_id, backup_used, rows_changed, rows_inserted, rows_deleted, fingerprint = :'first_print' AS proven,
    elapsed > '0' AS elapsed
FROM migsafe.restore('re.account');
SELECT migsafe.fingerprint('re.account') = :'first_print' AS as_before;
SELECT array_agg(id ORDER BY id) AS touched FROM re.account a LEFT JOIN place p USING (id)
WHERE (a.ctid, a.xmin) IS DISTINCT FROM (p.place, p.writer);
SELECT run_id, kind, target, status, total_rows, successful_rows FROM migsafe.status WHERE run_id = 7001;
SELECT kind, backup_id FROM migsafe.run WHERE run_id = 7001;
-- again: nothing to do
SELECT rows_changed, rows_inserted, rows_deleted FROM migsafe.restore('re.account');

-- The newest backup, or a named one.
UPDATE re.account SET n = 0;
SELECT backup_id AS second FROM migsafe.backup_table('re.account')
\gset
UPDATE re.account SET n = 1;
SELECT backup_used = :second AS newest, rows_changed FROM migsafe.restore('re.account');
SELECT DISTINCT n FROM re.account;
SELECT backup_used = :first AS named, rows_changed FROM migsafe.restore('re.account', :first);
SELECT migsafe.fingerprint('re.account') = :'first_print' AS as_before;

-- keep_new leaves rows that are not in the backup.
DELETE FROM re.account WHERE id = 1;
UPDATE re.account SET n = 77 WHERE id = 2;
INSERT INTO re.account VALUES (12, '{}', 12);
SELECT rows_changed, rows_inserted, rows_deleted FROM migsafe.restore('re.account', :first, mode => 'keep_new',
    dry_run => true);
SELECT rows_changed, rows_inserted, rows_deleted, fingerprint = :'first_print' AS as_backup
FROM migsafe.restore('re.account', :first, mode => 'keep_new');
SELECT id, n FROM re.account WHERE id < 3 OR id > 10 ORDER BY id;
SELECT rows_deleted FROM migsafe.restore('re.account', :first);

-- A backup that is empty, altered, gone, or of another table is refused.
CREATE TABLE re.empty (id integer PRIMARY KEY);
SELECT row_count FROM migsafe.backup_table('re.empty');
INSERT INTO re.empty VALUES (1);
SELECT rows_deleted FROM migsafe.restore('re.empty');
\echo :SQLSTATE
SELECT rows_deleted FROM migsafe.restore('re.empty', dry_run => true);
\echo :SQLSTATE
SELECT count(*) FROM re.empty;
SELECT rows_deleted FROM migsafe.restore('re.empty', :first);
\echo :SQLSTATE
\set VERBOSITY sqlstate
BEGIN;
UPDATE :first_table SET n = -1 WHERE id = 1;
SELECT rows_changed FROM migsafe.restore('re.account', :first);
ROLLBACK;
BEGIN;
TRUNCATE :first_table;
SELECT rows_changed FROM migsafe.restore('re.account', :first);
ROLLBACK;
BEGIN;
DROP TABLE :first_table;
SELECT rows_changed FROM migsafe.restore('re.account', :first);
ROLLBACK;
\set VERBOSITY default
-- ... and one whose columns are others than the table's
BEGIN;
SELECT backup_id AS shape FROM migsafe.backup_table('re.account')
\gset
CREATE FUNCTION re.answer(statement text) RETURNS TABLE (answer text) LANGUAGE plpgsql AS $$
DECLARE
    code text;
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    RETURN QUERY SELECT regexp_replace(t, '_\d+_\d+(_\d+)?', '_...')
    FROM unnest(ARRAY[code || ': ' || message, detail, hint]) t;
END
$$;
ALTER TABLE re.account ADD late integer;
SELECT * FROM re.answer(format('SELECT migsafe.restore(''re.account'', %s)', :shape));
SELECT successful_rows FROM migsafe.run_safe('re.account', '{"late": "1"}', only_if => 'id = 1', name => 'late');
ALTER TABLE re.account ALTER id TYPE bigint, DROP doc;
SELECT * FROM re.answer(format('SELECT migsafe.restore(''re.account'', %s)', :shape));
ALTER TABLE re.account ALTER id TYPE integer, DROP late, DROP n, ADD doc jsonb, ADD n integer;
SELECT * FROM re.answer(format('SELECT migsafe.restore(''re.account'', %s)', :shape));
ALTER TABLE re.account DROP doc, ADD doc jsonb;
SELECT * FROM re.answer(format('SELECT migsafe.restore(''re.account'', %s)', :shape));
ROLLBACK;

-- ... but types are the same whatever the search_path is
CREATE TYPE re.mood AS ENUM ('sad', 'ok');
CREATE TABLE re.felt (id integer PRIMARY KEY, m re.mood, ms re.mood[]);
INSERT INTO re.felt VALUES (1, 'sad', '{ok}');
SET search_path = pg_catalog;
SELECT row_count FROM migsafe.backup_table('re.felt');
UPDATE re.felt SET m = 'ok';
SET search_path = re;
SELECT rows_changed FROM migsafe.restore('felt');
SET search_path = re, public;

-- A run, taken back by restore instead of rollback.
SELECT successful_rows FROM migsafe.run_safe('re.account', '{"n": "n * 2"}');
SELECT rows_changed FROM migsafe.restore('re.account', :first);

-- An exact restore takes the runs since its backup back: there is nothing left of them to roll back.
SELECT run_id, successful_rows FROM migsafe.run_safe('re.account', '{"n": "n * 2"}', name => 'double')
\gset
SELECT rows_changed FROM migsafe.restore('re.account', :first);
SELECT status FROM migsafe.status WHERE run_id = :run_id;
\set VERBOSITY sqlstate
SELECT total_rows FROM migsafe.rollback(:run_id);
\set VERBOSITY default
SELECT successful_rows FROM migsafe.run_safe('re.account', '{"n": "n * 2"}', name => 'double');
SELECT rows_changed FROM migsafe.restore('re.account', :first);

-- Tables that reference the target: foreign keys are checked, never bypassed, and nothing cascades in silence.
CREATE TABLE re.no_action (account integer CONSTRAINT no_action REFERENCES re.account);
CREATE TABLE re.cascade (account integer CONSTRAINT cascade REFERENCES re.account ON DELETE CASCADE);
CREATE TABLE re.set_null (account integer CONSTRAINT set_null REFERENCES re.account ON DELETE SET NULL);
CREATE TABLE re.late (account integer CONSTRAINT late REFERENCES re.account DEFERRABLE INITIALLY DEFERRED);
INSERT INTO re.no_action VALUES (1);
INSERT INTO re.cascade VALUES (1);
INSERT INTO re.set_null VALUES (1);
INSERT INTO re.late VALUES (1);
UPDATE re.account SET n = 0 WHERE id = 1;
SELECT rows_changed, rows_inserted, rows_deleted FROM migsafe.restore('re.account', :first);
-- a new row that is referenced cannot be deleted, whatever the constraint would do about it
INSERT INTO re.account VALUES (20, '{}', 20), (21, '{}', 21), (22, '{}', 22), (23, '{}', 23);
INSERT INTO re.no_action VALUES (20);
SELECT rows_deleted FROM migsafe.restore('re.account', :first);
\echo :SQLSTATE
DELETE FROM re.no_action WHERE account = 20;
INSERT INTO re.cascade VALUES (21);
SELECT rows_deleted FROM migsafe.restore('re.account', :first);
\echo :SQLSTATE
SELECT account FROM re.cascade ORDER BY account;
DELETE FROM re.cascade WHERE account = 21;
INSERT INTO re.set_null VALUES (22);
SELECT rows_deleted FROM migsafe.restore('re.account', :first);
\echo :SQLSTATE
SELECT account FROM re.set_null ORDER BY account;
DELETE FROM re.set_null WHERE account = 22;
INSERT INTO re.late VALUES (23);
SELECT rows_deleted FROM migsafe.restore('re.account', :first);
\echo :SQLSTATE
DELETE FROM re.late WHERE account = 23;
SELECT rows_deleted FROM migsafe.restore('re.account', :first);
SELECT migsafe.fingerprint('re.account') = :'first_print' AS as_before;
-- the target's own references are checked as well
CREATE TABLE re.child (id integer PRIMARY KEY, account integer CONSTRAINT child_of REFERENCES re.account);
INSERT INTO re.child VALUES (1, 1), (2, 10);
SELECT backup_id AS children FROM migsafe.backup_table('re.child')
\gset
DELETE FROM re.child WHERE id = 2;
DELETE FROM re.account WHERE id = 10;
SELECT rows_inserted FROM migsafe.restore('re.child');
\echo :SQLSTATE
SELECT rows_inserted FROM migsafe.restore('re.account', :first);
SELECT rows_inserted FROM migsafe.restore('re.child');
-- a table that references itself
CREATE TABLE re.tree (id integer PRIMARY KEY, parent integer REFERENCES re.tree ON DELETE CASCADE, n integer);
INSERT INTO re.tree VALUES (1, NULL, 1), (2, 1, 2), (3, 2, 3);
SELECT row_count FROM migsafe.backup_table('re.tree');
DELETE FROM re.tree WHERE id = 1;
INSERT INTO re.tree VALUES (7, NULL, 7), (8, 7, 8);
SELECT rows_changed, rows_inserted, rows_deleted FROM migsafe.restore('re.tree');
SELECT id, parent, n FROM re.tree ORDER BY id;
DROP TABLE re.no_action, re.cascade, re.set_null, re.late, re.child;

-- Triggers of users do not fire.
CREATE FUNCTION re.fired() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING '% % fires', tg_when, tg_op; RETURN coalesce(new, old); END $$;
CREATE TRIGGER before BEFORE INSERT OR UPDATE OR DELETE ON re.account FOR EACH ROW EXECUTE FUNCTION re.fired();
CREATE TRIGGER after AFTER INSERT OR UPDATE OR DELETE ON re.account FOR EACH ROW EXECUTE FUNCTION re.fired();
CREATE TRIGGER statement AFTER INSERT OR UPDATE OR DELETE ON re.account FOR EACH STATEMENT EXECUTE FUNCTION re.fired();
ALTER TABLE re.account DISABLE TRIGGER USER;
UPDATE re.account SET n = 5 WHERE id = 1;
DELETE FROM re.account WHERE id = 2;
INSERT INTO re.account VALUES (20, '{}', 20);
ALTER TABLE re.account ENABLE TRIGGER USER;
SELECT rows_changed, rows_inserted, rows_deleted FROM migsafe.restore('re.account', :first);

-- Generated and identity columns; the sequence goes on where it was.
CREATE TABLE re.made (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a integer,
    twice integer GENERATED ALWAYS AS (a * 2) STORED,
    b integer GENERATED BY DEFAULT AS IDENTITY, s serial);
INSERT INTO re.made (a) VALUES (1), (2), (3);
SELECT fingerprint AS made_print FROM migsafe.backup_table('re.made')
\gset
UPDATE re.made SET a = 10 WHERE id = 1;
DELETE FROM re.made WHERE id = 2;
INSERT INTO re.made (a) VALUES (4);
SELECT rows_changed, rows_inserted, rows_deleted, fingerprint = :'made_print' AS as_before
FROM migsafe.restore('re.made');
INSERT INTO re.made (a) VALUES (5);
SELECT id, a, twice, b, s FROM re.made ORDER BY id;

-- Unique values that have changed places.
CREATE TABLE re.uniq (id integer PRIMARY KEY, u integer UNIQUE);
CREATE TABLE re.uniq_late (id integer PRIMARY KEY, u integer UNIQUE DEFERRABLE);
INSERT INTO re.uniq VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO re.uniq_late VALUES (1, 1), (2, 2);
SELECT row_count FROM migsafe.backup_table('re.uniq');
SELECT row_count FROM migsafe.backup_table('re.uniq_late');
UPDATE re.uniq_late SET u = 3 - u;
SELECT rows_changed FROM migsafe.restore('re.uniq_late');
DELETE FROM re.uniq WHERE id = 1;
UPDATE re.uniq SET u = 1 WHERE id = 2;
INSERT INTO re.uniq VALUES (4, 2);
SELECT rows_changed, rows_inserted, rows_deleted FROM migsafe.restore('re.uniq');
SELECT id, u FROM re.uniq ORDER BY id;
UPDATE re.uniq SET u = 9 WHERE id = 1;
UPDATE re.uniq SET u = 1 WHERE id = 2;
UPDATE re.uniq SET u = 2 WHERE id = 1;
SELECT rows_changed FROM migsafe.restore('re.uniq');
SELECT id, u FROM re.uniq ORDER BY id;

-- Without a key: as many of each row as there were.
CREATE TABLE re.bag (a integer, b jsonb);
INSERT INTO re.bag VALUES (1, '1.50'), (1, '1.50'), (2, NULL), (2, NULL), (NULL, NULL);
SELECT fingerprint AS bag_print FROM migsafe.backup_table('re.bag')
\gset
DELETE FROM re.bag WHERE ctid = (SELECT min(ctid) FROM re.bag WHERE a = 1);
INSERT INTO re.bag VALUES (2, NULL), (1, '1.5');
UPDATE re.bag SET a = 9 WHERE a IS NULL;
SELECT rows_changed, rows_inserted, rows_deleted, fingerprint = :'bag_print' AS as_before
FROM migsafe.restore('re.bag');

-- Partitioned, temporary and unlogged tables, dropped columns, quoted names.
CREATE TABLE re.parted (id integer PRIMARY KEY, gone integer, a text) PARTITION BY RANGE (id);
ALTER TABLE re.parted DROP gone;
CREATE TABLE re.parted_1 PARTITION OF re.parted FOR VALUES FROM (0) TO (10);
CREATE TABLE re.parted_2 (a text, id integer NOT NULL);
ALTER TABLE re.parted ATTACH PARTITION re.parted_2 FOR VALUES FROM (10) TO (20);
CREATE TEMPORARY TABLE passing (id integer PRIMARY KEY, a text);
CREATE UNLOGGED TABLE re."Light Table" (id integer PRIMARY KEY, a text);
INSERT INTO re.parted SELECT g, 'row ' || g FROM generate_series(8, 12) g;
INSERT INTO passing SELECT * FROM re.parted;
INSERT INTO re."Light Table" SELECT * FROM re.parted;
DO $$
DECLARE
    target regclass;
    before text;
    plan record;
BEGIN
    FOREACH target IN ARRAY ARRAY['re.parted', 'passing', 're."Light Table"']::regclass[] LOOP
        SELECT fingerprint INTO before FROM migsafe.backup_table(target);
        EXECUTE format('UPDATE %s SET a = NULL WHERE id IN (8, 11)', target);
        EXECUTE format('DELETE FROM %s WHERE id IN (9, 12)', target);
        EXECUTE format('INSERT INTO %s VALUES (1), (19)', target);
        SELECT * INTO plan FROM migsafe.restore(target);
        RAISE WARNING '%: % changed, % inserted, % deleted, as before: %', target, plan.rows_changed,
            plan.rows_inserted,
            plan.rows_deleted, migsafe.fingerprint(target) = before;
    END LOOP;
END $$;

-- Every part is one transaction: what fails leaves the table as it was.
ALTER TABLE re.uniq ADD CONSTRAINT two CHECK (id <> 2 OR u <> 2) NOT VALID;
INSERT INTO re.uniq VALUES (30, 30);
UPDATE re.uniq SET u = 20 WHERE id = 2;
SELECT rows_changed FROM migsafe.restore('re.uniq');
\echo :SQLSTATE
SELECT id, u FROM re.uniq ORDER BY id;

-- A parent of other tables has rows in tables with other columns: its children are backed up one by one.
CREATE TABLE re.parent (id integer);
CREATE TABLE re.heir () INHERITS (re.parent);
SELECT rows_changed FROM migsafe.restore('re.parent');
\echo :SQLSTATE
SELECT row_count FROM migsafe.backup_table('re.parent');
\echo :SQLSTATE
SELECT row_count FROM migsafe.backup_table('re.heir');

-- (f()).* is one restore
UPDATE re.account SET n = 0 WHERE id = 1;
SELECT rows_changed, rows_inserted FROM (SELECT (migsafe.restore('re.account', :first)).*) r;

-- Unique values that were exchanged come back, also where other tables say ON DELETE RESTRICT; but where other tables would
-- follow the change of a value (ON UPDATE CASCADE), they would end up at the wrong rows: refused.
SET client_min_messages = warning;
CREATE TABLE re.exchanged (id integer PRIMARY KEY, u integer UNIQUE);
CREATE TABLE re.of_exchanged (p integer REFERENCES re.exchanged (id) ON DELETE RESTRICT);
INSERT INTO re.exchanged VALUES (1, 1), (2, 2);
INSERT INTO re.of_exchanged VALUES (1), (2);
SELECT row_count FROM migsafe.backup_table('re.exchanged');
UPDATE re.exchanged SET u = 9 WHERE id = 1;
UPDATE re.exchanged SET u = 1 WHERE id = 2;
UPDATE re.exchanged SET u = 2 WHERE id = 1;
SELECT rows_changed FROM migsafe.restore('re.exchanged');
SELECT * FROM re.exchanged ORDER BY id;
CREATE TABLE re.follows (u integer REFERENCES re.exchanged (u) ON UPDATE CASCADE);
INSERT INTO re.follows VALUES (1), (2);
UPDATE re.exchanged SET u = u + 10;
UPDATE re.exchanged SET u = 3 - id;
SELECT rows_changed FROM migsafe.restore('re.exchanged');

-- A domain that does not take what the backup holds any more: nothing comes back. What a row has already is not tried.
CREATE DOMAIN re.level AS integer;
CREATE TABLE re.levels (id integer PRIMARY KEY, l re.level, kept re.level, note text);
INSERT INTO re.levels VALUES (1, 1, 3, 'a'), (2, 3, 2, 'b'), (3, NULL, 1, 'c');
SELECT target, row_count FROM migsafe.backup_tables('{re.levels}');
ALTER DOMAIN re.level ADD CONSTRAINT not_three CHECK (VALUE <> 3) NOT VALID;
UPDATE re.levels SET l = 11, note = 'new' WHERE id = 1;
SELECT rows_changed FROM migsafe.restore('re.levels');
UPDATE re.levels SET l = 10 + id, note = 'new';
SELECT rows_changed FROM migsafe.restore('re.levels', dry_run => true);
SELECT rows_changed FROM migsafe.restore('re.levels');
\echo :SQLSTATE
SELECT target, rows_changed FROM migsafe.restore_tables('{re.levels}', mode => 'keep_new');
SELECT * FROM re.levels ORDER BY id;
ALTER DOMAIN re.level DROP CONSTRAINT not_three;
ALTER DOMAIN re.level ADD CONSTRAINT given CHECK (VALUE IS NOT NULL);
DELETE FROM re.levels WHERE id = 3;
SELECT rows_changed, rows_inserted FROM migsafe.restore('re.levels');
ALTER DOMAIN re.level DROP CONSTRAINT given;
SELECT rows_changed, rows_inserted FROM migsafe.restore('re.levels');
SELECT * FROM re.levels ORDER BY id;

-- Without a key a row that was changed is missing, and its present version new.
CREATE TABLE re.keyless (a integer, note text);
INSERT INTO re.keyless VALUES (1, 'a'), (2, 'b'), (3, 'c');
SELECT target FROM migsafe.backup_tables('{re.keyless}');
DELETE FROM re.keyless WHERE a = 3;
SELECT rows_inserted FROM migsafe.restore('re.keyless', mode => 'keep_new', backup_first => false);
UPDATE re.keyless SET note = 'changed' WHERE a = 2;
SELECT rows_inserted FROM migsafe.restore('re.keyless', mode => 'keep_new', backup_first => false);
SELECT * FROM re.keyless ORDER BY a, note;
SELECT rows_deleted FROM migsafe.restore('re.keyless', backup_first => false);

DROP SCHEMA re CASCADE;
