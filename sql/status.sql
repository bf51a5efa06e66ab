-- migsafe.status: derived from what can be seen, never from what somebody wrote into a column.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
RESET client_min_messages;
CREATE SCHEMA st;
ALTER SEQUENCE migsafe.run_id_seq RESTART 12001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 12001;
CREATE TABLE st.t (id integer PRIMARY KEY, a text);
INSERT INTO st.t VALUES (1, 'a'), (2, 'b');

-- While the run is under way its row has no marker, and its lock is held. (Only the run's own transaction can see the
-- row so far.)
CREATE FUNCTION st.now(run_name text) RETURNS text LANGUAGE plpgsql VOLATILE AS
$$ BEGIN RETURN (SELECT status FROM migsafe.status WHERE name = run_name ORDER BY run_id DESC LIMIT 1); END $$;
SELECT successful_rows FROM migsafe.run_safe('st.t', '{"a": "st.now(''status test'')"}', name => 'status test');
SELECT * FROM st.t ORDER BY id;

-- Afterwards the marker says that it has committed.
SELECT name, kind, target, status, total_rows, successful_rows, failed_rows, skipped_rows,
       started IS NOT NULL AS started, elapsed >= interval '0' AS elapsed
FROM migsafe.status WHERE name = 'status test';

-- A savepoint that is rolled back takes the run with it. What the recorder has committed about it stays, and comes a
-- little later, so wait for it.
CREATE FUNCTION st.becomes(run_name text, wanted text) RETURNS text LANGUAGE plpgsql VOLATILE AS
$$ BEGIN
    FOR i IN 1..1000 LOOP
        EXIT WHEN st.now(run_name) = wanted;
        PERFORM pg_sleep(0.01);
    END LOOP;
    RETURN st.now(run_name);
END $$;
BEGIN;
SAVEPOINT s;
SELECT successful_rows FROM migsafe.run_safe('st.t', '{"a": "a || 1"}', name => 'in a savepoint');
SELECT st.now('in a savepoint');
ROLLBACK TO s;
SELECT st.becomes('in a savepoint', 'aborted');
COMMIT;
SELECT st.now('in a savepoint');
SELECT * FROM st.t ORDER BY id;

-- A record without a marker, whose lock nobody holds, is of a run that was interrupted. (Here it is made by hand.)
INSERT INTO migsafe.run
SELECT 9000000000000, kind, 'by hand', target_schema, target_name, target_oid, system_identifier, extension_oid, target_owner,
       transform, only_if, checks, max_errors, batch_size, undo_schema, undo_name, undo_columns, rollback_of, backup_id,
       restore_mode, run_by, run_by_oid, started_at, backend_pid, precondition, online, settings
FROM migsafe.run WHERE name = 'status test';
SELECT status, total_rows, elapsed FROM migsafe.status WHERE name = 'by hand';
SELECT migsafe.rollback(run_id) FROM migsafe.status WHERE name = 'by hand' \gset
\echo :LAST_ERROR_SQLSTATE
DELETE FROM migsafe.run WHERE name = 'by hand';

-- Runs in batches that commit: how they stand while nobody carries them out, and what their parts add up to. (By hand,
-- too.)
CREATE FUNCTION st.online_run(id bigint, phase text, stopped text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO migsafe.run
    SELECT id, kind, 'online ' || coalesce(stopped, phase), target_schema, target_name, target_oid, system_identifier,
           extension_oid, target_owner, transform, only_if, checks, max_errors, batch_size, undo_schema, undo_name,
           undo_columns, rollback_of, backup_id, restore_mode, run_by, run_by_oid, started_at, backend_pid, precondition, true,
           settings
    FROM migsafe.run WHERE name = 'status test';
    INSERT INTO migsafe.online_run (run_id, background, workers, pace, sweep, phase, stopped, sqlstate,
                                    message, rows_expected)
    VALUES (id, false, 2, '{}', false, phase, stopped, CASE stopped WHEN 'failed' THEN '42703' END,
            CASE stopped WHEN 'failed' THEN 'no such column' END, 100);
$$;
BEGIN;
SELECT st.online_run(9000000000001, 'pending'), st.online_run(9000000000002, 'rows'),
       st.online_run(9000000000003, 'rows', 'paused'), st.online_run(9000000000004, 'rows', 'cancelled'),
       st.online_run(9000000000005, 'deferred rows', 'failed');
INSERT INTO migsafe.run_part (run_id, part, seen, written, failed, only_if, unchanged, deleted, suppressed)
VALUES (9000000000002, 1, 21, 1, 2, 3, 4, 5, 6), (9000000000002, 2, 10, 9, 1, 0, 0, 0, 0);
INSERT INTO migsafe.committed_error VALUES (9000000000002, 1, '{"id": 1}', '22012', 'division by zero');
SELECT name, status, total_rows, successful_rows, failed_rows, skipped_rows, sqlstate, message
FROM migsafe.status WHERE run_id > 9000000000000;
SELECT key FROM migsafe.row_error WHERE run_id = 9000000000002;
-- One that was never finished can be taken back; its rollback has to have committed.
INSERT INTO migsafe.run
SELECT 9000000000006, 'rollback', NULL, target_schema, target_name, target_oid, system_identifier, extension_oid,
       target_owner, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, run_id, NULL, NULL, run_by, run_by_oid, started_at,
       backend_pid, NULL, false, settings
FROM migsafe.run WHERE run_id = 9000000000002;
SELECT run_id, status FROM migsafe.status WHERE run_id IN (9000000000002, 9000000000006);
INSERT INTO migsafe.run_commit VALUES (9000000000006, 1, 1, 0, 0, '{}', 1, 1, repeat('0', 32), NULL, now(), '0');
SELECT run_id, status FROM migsafe.status WHERE run_id IN (9000000000002, 9000000000006);
ROLLBACK;

-- Which rows came after a run can be asked for later: neither its own, nor those of its transaction before it.
CREATE TABLE st.since (id integer PRIMARY KEY, a text);
INSERT INTO st.since VALUES (1, 'of old');
BEGIN;
INSERT INTO st.since VALUES (2, 'before');
SAVEPOINT s;
INSERT INTO st.since VALUES (3, 'after a savepoint');
RELEASE s;
SELECT run_id AS since, batches FROM migsafe.run_safe('st.since', '{"a": "a || ''!''"}', only_if => 'id > 1', batch_size => 1)
\gset
COMMIT;
INSERT INTO st.since VALUES (4, 'later');
SELECT i.id, i.a, migsafe.is_newer(i.xmin, c.snapshot) FROM st.since i, migsafe.run_commit c WHERE c.run_id = :since ORDER BY i.id;
UPDATE st.since SET a = a || '!' WHERE id = 3;
SELECT i.id FROM st.since i, migsafe.run_commit c WHERE c.run_id = :since AND migsafe.is_newer(i.xmin, c.snapshot) ORDER BY i.id;

-- Rolled back, and back again: what counts is whether a rollback stands.
SELECT run_id FROM migsafe.status WHERE name = 'status test' \gset
SELECT rollback_run_id FROM migsafe.rollback(:run_id) \gset
SELECT st.now('status test');
SELECT rollback_run_id AS redo FROM migsafe.rollback(:rollback_run_id) \gset
SELECT st.now('status test');
SELECT rollback_run_id IS NOT NULL AS undone_again FROM migsafe.rollback(:redo);
SELECT st.now('status test');

-- An exact restore takes back the runs that began after its backup was taken.
SET client_min_messages = warning;
SELECT backup_id IS NOT NULL AS backed_up FROM migsafe.backup_table('st.t');
SELECT successful_rows FROM migsafe.run_safe('st.t', '{"a": "a || 2"}', name => 'restored');
SELECT rows_changed FROM migsafe.restore('st.t');
RESET client_min_messages;
SELECT st.now('restored');
SELECT successful_rows FROM migsafe.run_safe('st.t', '{"a": "a || 2"}', name => 'restored');

-- A later restore, from a backup that was taken when the run stood, brings it back: its name does not run again.
CREATE TABLE st.price (id integer PRIMARY KEY, amount numeric NOT NULL);
INSERT INTO st.price SELECT g, g FROM generate_series(1, 3) g;
SET client_min_messages = warning;
SELECT backup_id AS before FROM migsafe.backup_table('st.price') \gset
SELECT successful_rows FROM migsafe.run_safe('st.price', '{"amount": "amount * 100"}', name => 'cents');
SELECT backup_id AS after FROM migsafe.backup_table('st.price') \gset
SELECT rows_changed FROM migsafe.restore('st.price', :before);
SELECT st.now('cents');
SELECT rows_changed FROM migsafe.restore('st.price', :after);
SELECT st.now('cents');
SELECT total_rows, successful_rows FROM migsafe.run_safe('st.price', '{"amount": "amount * 100"}', name => 'cents');
SELECT * FROM st.price ORDER BY id;

-- A rollback counts from then on, and a restore from a backup of before it does not undo what came later.
SELECT restored_rows FROM migsafe.rollback('cents');
SELECT st.now('cents');
SELECT rows_changed FROM migsafe.restore('st.price', :after);
SELECT st.now('cents');
SELECT restored_rows FROM migsafe.rollback('cents');
RESET client_min_messages;

-- A restore says which runs it leaves standing where one might think otherwise.
SELECT successful_rows FROM migsafe.run_safe('st.price', '{"amount": "amount + 1"}', name => 'more');
SELECT rows_changed FROM migsafe.restore('st.price', :before, mode => 'keep_new', backup_first => false);
SELECT st.now('more');
SELECT restored_rows, unchanged_rows FROM migsafe.rollback('more');

-- A table that was dropped and made again is restored from the backup of the old one.
DROP TABLE st.price;
CREATE TABLE st.price (id integer PRIMARY KEY, amount numeric NOT NULL);
SELECT rows_inserted FROM migsafe.restore('st.price', :before, backup_first => false);
SELECT * FROM st.price ORDER BY id;
SELECT rows_changed FROM migsafe.restore('st.price', dry_run => true);

-- keep_new from a backup that holds a run which was rolled back since: its status cannot tell, so a WARNING does.
CREATE TABLE st.kept (id integer PRIMARY KEY, n integer);
INSERT INTO st.kept VALUES (1, 0);
ALTER SEQUENCE migsafe.run_id_seq RESTART 12101;
SET client_min_messages = warning;
SELECT successful_rows FROM migsafe.run_safe('st.kept', '{"n": "n + 1"}', name => 'kept');
ALTER SEQUENCE migsafe.backup_id_seq RESTART 12101;
SELECT row_count FROM migsafe.backup_table('st.kept');
SELECT restored_rows FROM migsafe.rollback('kept');
SELECT rows_changed FROM migsafe.restore('st.kept', mode => 'keep_new');

-- What a rollback was of, and whether of a part. What it left alone has other names in its result.
CREATE TABLE st.part (id integer PRIMARY KEY, n integer);
INSERT INTO st.part SELECT g, g FROM generate_series(1, 5) g;
SELECT run_id AS whole FROM migsafe.run_safe('st.part', '{"n": "n + 10"}')
\gset
DELETE FROM st.part WHERE id = 1;
UPDATE st.part SET n = 2 WHERE id = 2;
UPDATE st.part SET n = 33 WHERE id = 3;
SELECT restored_rows FROM migsafe.rollback(:whole, rows => 'id = 4');
SELECT restored_rows, unchanged_rows, missing_rows, skipped_rows FROM migsafe.rollback(:whole, on_conflict => 'skip');
SELECT run_id - :whole AS run, kind, rollback_of - :whole AS rollback_of, is_partial, total_rows, successful_rows,
       failed_rows, skipped_rows
FROM migsafe.status WHERE target = 'st.part' ORDER BY run_id;

-- Where records go by name (after a dump and restore: here the extension's OID is made another), the owner counts as
-- well: who makes a table of an old name reads neither its records nor its backups.
CREATE ROLE regress_migsafe_newcomer;
GRANT USAGE, CREATE ON SCHEMA st TO regress_migsafe_newcomer;
UPDATE migsafe.run SET extension_oid = 1 WHERE target_schema = 'st' AND target_name = 'kept';
UPDATE migsafe.backup SET extension_oid = 1 WHERE target_schema = 'st' AND target_name = 'kept';
SELECT count(*) AS found FROM migsafe.run
WHERE migsafe.target_of(target_oid, target_schema, target_name, system_identifier, extension_oid, target_owner)
      = 'st.kept'::regclass;
ALTER TABLE st.kept RENAME TO not_here;
SET ROLE regress_migsafe_newcomer;
CREATE TABLE st.kept (id integer PRIMARY KEY, n integer);
SELECT count(*) AS seen FROM migsafe.run WHERE target_name = 'kept';
SELECT count(*) AS seen FROM migsafe.backup WHERE target_name = 'kept';
SELECT rows_inserted FROM migsafe.restore('st.kept');
SELECT verified FROM migsafe.verify_backup(12101);
RESET ROLE;
DROP TABLE st.kept;
REVOKE ALL ON SCHEMA st FROM regress_migsafe_newcomer;
DROP ROLE regress_migsafe_newcomer;

-- A caller's default_tablespace, in which he may have no rights, does not decide where backups and undo logs lie.
SET allow_in_place_tablespaces = on;
CREATE TABLESPACE regress_migsafe_elsewhere LOCATION '';
SET default_tablespace = regress_migsafe_elsewhere;
SELECT row_count FROM migsafe.backup_table('st.t');
RESET default_tablespace;
SELECT count(*) AS elsewhere FROM pg_class c JOIN pg_tablespace s ON s.oid = c.reltablespace
WHERE s.spcname = 'regress_migsafe_elsewhere';
DROP TABLESPACE regress_migsafe_elsewhere;

SET client_min_messages = warning;
DROP SCHEMA st CASCADE;
