-- prune: old backups and undo logs are dropped, unless something still needs them. Their records stay.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
RESET client_min_messages;
ALTER SEQUENCE migsafe.run_id_seq RESTART 61001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 61001;
CREATE ROLE regress_migsafe_keeper;
CREATE ROLE regress_migsafe_deputy;
CREATE ROLE regress_migsafe_other;
CREATE SCHEMA pr AUTHORIZATION regress_migsafe_keeper;
GRANT USAGE ON SCHEMA pr TO PUBLIC;
-- all of this test is older than it is, by so much
CREATE FUNCTION pr.wait(so_long interval, only_run bigint DEFAULT NULL) RETURNS void SECURITY DEFINER LANGUAGE sql AS $$
    UPDATE migsafe.run_commit c SET finished_at = finished_at - so_long FROM migsafe.run r
    WHERE r.run_id = c.run_id AND r.target_schema = 'pr' AND r.run_id = coalesce(only_run, r.run_id);
    UPDATE migsafe.run SET started_at = started_at - so_long
    WHERE target_schema = 'pr' AND run_id = coalesce(only_run, run_id);
    UPDATE migsafe.backup SET created_at = created_at - so_long WHERE target_schema = 'pr' AND only_run IS NULL;
$$;
-- whether the tables that are there are those that the catalogs know of
CREATE VIEW pr.state AS
SELECT (SELECT string_agg(r.run_id::text, ', ' ORDER BY r.run_id) FROM migsafe.run r
        WHERE r.target_schema = 'pr' AND to_regclass(r.undo_schema || '.' || r.undo_name) IS NOT NULL) AS undo_logs,
       (SELECT string_agg(b.backup_id::text, ', ' ORDER BY b.backup_id) FROM migsafe.backup b
        WHERE b.target_schema = 'pr' AND to_regclass(b.backup_schema || '.' || b.backup_name) IS NOT NULL) AS backups,
       (SELECT bool_and((r.pruned_at IS NULL)
                        = (to_regclass(r.undo_schema || '.' || r.undo_name) IS NOT NULL))
        FROM migsafe.run r WHERE r.target_schema = 'pr' AND r.undo_name IS NOT NULL) AS runs_agree,
       (SELECT bool_and((b.pruned_at IS NULL)
                        = (to_regclass(b.backup_schema || '.' || b.backup_name) IS NOT NULL))
        FROM migsafe.backup b WHERE b.target_schema = 'pr') AS backups_agree;
GRANT SELECT ON pr.state TO PUBLIC;
CREATE FUNCTION pr.error_of(statement text) RETURNS TABLE (code text, message text, detail text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, code = RETURNED_SQLSTATE;
    detail := regexp_replace(detail, ' at .*', ' at ...');
    RETURN NEXT;
END
$$;

SET ROLE regress_migsafe_keeper;
CREATE TABLE pr.item (id integer PRIMARY KEY, n integer);
INSERT INTO pr.item SELECT g, g FROM generate_series(1, 40) g;
SET client_min_messages = warning;
SELECT backup_id FROM migsafe.backup_table('pr.item');
SELECT run_id FROM migsafe.run_safe('pr.item', '{"n": "n + 1"}', name => 'first');
SELECT backup_id FROM migsafe.backup_table('pr.item');
SELECT run_id FROM migsafe.run_safe('pr.item', '{"n": "n + 10"}');
SELECT run_id FROM migsafe.run_safe('pr.item', '{"n": "n + 100"}');
RESET client_min_messages;

-- What is younger than a week is not even listed.
SELECT * FROM migsafe.prune();
SELECT * FROM migsafe.prune(dry_run => false);
SELECT pr.wait('10 days');
SELECT * FROM migsafe.prune('11 days');
-- A dry run is the default.
SELECT kind, id, target, dropped, reason, table_name ~ '^(migsafe_undo.run_|pr.item_backup_)' AS named,
       now() - finished_at BETWEEN '9 days 23:00' AND '11 days' AS is_old,
       bytes = pg_total_relation_size(table_name) AS is_size
FROM migsafe.prune();
SELECT * FROM pr.state;
-- in one transaction, that of the caller
BEGIN;
SELECT kind, id, target, dropped, reason FROM migsafe.prune(dry_run => false);
SELECT * FROM pr.state;
ROLLBACK;
SELECT * FROM pr.state;
SELECT kind, id, target, dropped, reason FROM migsafe.prune(dry_run => false);
SELECT * FROM pr.state;
SELECT kind, id, target, dropped, reason FROM migsafe.prune(dry_run => false);

-- What was pruned is still known, and says what became of it.
SELECT run_id, status, successful_rows FROM migsafe.status WHERE target = 'pr.item';
SELECT * FROM pr.error_of('SELECT migsafe.rollback(61001)');
SELECT * FROM pr.error_of('SELECT migsafe.rollback(''first'', dry_run => true)');
SELECT * FROM pr.error_of('SELECT migsafe.row_log(61002)');
SELECT * FROM pr.error_of('SELECT migsafe.verify_backup(61001)');
SELECT * FROM pr.error_of('SELECT migsafe.restore(''pr.item'', 61001)');
SELECT * FROM pr.error_of('SELECT migsafe.run_safe(''pr.item'', ''{"n": "n + 2"}'', name => ''first'')');
SET client_min_messages = warning;
SELECT restored_rows FROM migsafe.rollback(61003);
-- What a restore took back stays taken back when its backup is gone. Without keep_last everything may go.
SELECT backup_used, rows_changed FROM migsafe.restore('pr.item');
RESET client_min_messages;
SELECT pr.wait('10 days');
SELECT kind, id, target, dropped, reason FROM migsafe.prune(keep_last => 0, dry_run => false);
SELECT * FROM pr.state;
SELECT * FROM pr.error_of('SELECT migsafe.restore(''pr.item'')');
SELECT run_id, kind, status FROM migsafe.status WHERE target = 'pr.item';

-- An undo log is not dropped before those of earlier runs, whatever the clock says: they would be no use without it.
SET client_min_messages = warning;
SELECT run_id AS early FROM migsafe.run_safe('pr.item', '{"n": "n + 1"}')
\gset
SELECT run_id AS late FROM migsafe.run_safe('pr.item', '{"n": "n + 1"}')
\gset
RESET client_min_messages;
SELECT pr.wait('10 days', :late);
SELECT kind, id - :early AS id, dropped, replace(reason, :'early', 'early') AS reason
FROM migsafe.prune(keep_last => 0, dry_run => false);
SELECT restored_rows FROM migsafe.rollback(:late);
SELECT restored_rows FROM migsafe.rollback(:early);
SELECT pr.wait('10 days');
SELECT count(*) FROM migsafe.prune('0 s', 0, false) WHERE dropped;

-- An unfinished run keeps its undo log, those of later runs, and the last backup from before it.
CREATE TABLE pr.online (id integer PRIMARY KEY, n integer);
INSERT INTO pr.online SELECT g, g FROM generate_series(1, 40) g;
SET client_min_messages = warning;
SELECT backup_id - 61000 AS backup FROM migsafe.backup_table('pr.online');
SELECT backup_id - 61000 AS backup FROM migsafe.backup_table('pr.online');
CALL migsafe.run_online('pr.online', '{"n": "n / (id - 20)"}', max_errors => 0, batch_size => 10, name => 'stopped');
SELECT run_id AS stopped FROM migsafe.status WHERE name = 'stopped'
\gset
SELECT run_id AS later FROM migsafe.run_safe('pr.online', '{"n": "n + 1"}', only_if => 'id > 30')
\gset
SELECT backup_id - 61000 AS backup FROM migsafe.backup_table('pr.online');
RESET client_min_messages;
SELECT pr.wait('10 days');
CREATE VIEW pr.plan AS
SELECT p.kind, p.id - 61000 AS id, p.target, p.dropped, regexp_replace(p.reason, '610*', '') AS reason
FROM migsafe.prune(keep_last => 0) p;
SELECT id, reason, :stopped - 61000 AS stopped FROM pr.plan;
-- Once it is finished it has no claim any more. A rollback of it that is not needs both undo logs.
SET client_min_messages = warning;
SELECT restored_rows FROM migsafe.rollback(:later);
CALL migsafe.resume_online(:stopped, 1)
\gset r_
RESET client_min_messages;
SELECT pr.wait('10 days');
SELECT count(*) FILTER (WHERE dropped), count(*) FROM pr.plan;
UPDATE pr.online SET n = -1 WHERE id = 5;
SET client_min_messages = warning;
CALL migsafe.rollback_online(:stopped, pace => '{"batch_size": 10}');
RESET client_min_messages;
SELECT pr.wait('10 days');
SELECT id, reason FROM pr.plan;
SELECT run_id AS half FROM migsafe.run WHERE rollback_of = :stopped
\gset
UPDATE pr.online SET n = 5 / (5 - 20) WHERE id = 5;
SET client_min_messages = warning;
SELECT restored_rows FROM migsafe.rollback(:half);
SELECT restored_rows FROM migsafe.rollback(:stopped);
RESET client_min_messages;
SELECT pr.wait('10 days');
SELECT kind, id - 61000 AS id, dropped, reason FROM migsafe.prune(keep_last => 0, dry_run => false);
SELECT * FROM pr.state;

-- A run that waits for its worker is not finished either, nor is one that was cancelled.
SET client_min_messages = warning;
SELECT backup_id - 61000 AS backup FROM migsafe.backup_table('pr.online');
SELECT backup_id - 61000 AS backup FROM migsafe.backup_table('pr.online');
BEGIN;
SET LOCAL ROLE NONE; -- whose worker may log in
SELECT migsafe.start('pr.online', '{"n": "n + 1"}', name => 'begun') AS begun
\gset
SELECT pr.wait('10 days');
SELECT status FROM migsafe.status WHERE run_id = :begun;
SELECT kind, id, reason FROM pr.plan;
SELECT migsafe.cancel(:begun);
SELECT kind, id - 61000 AS id, dropped, regexp_replace(reason, '610*', '') AS reason
FROM migsafe.prune(keep_last => 0, dry_run => false);
ROLLBACK;
SELECT count(*) FROM migsafe.prune('0 s', 0, false) WHERE dropped;
RESET client_min_messages;

-- So does one whose checks have not all passed, as long as it stands. Checks that it was not given do not matter.
SET client_min_messages = warning;
SELECT backup_id - 61000 AS backup FROM migsafe.backup_table('pr.online');
SELECT run_id AS doubtful FROM migsafe.run_safe('pr.online', '{"n": "n + 1"}', checks =>
    '[{"check": "expression", "expression": "n < 20", "severity": "warning"}, {"check": "not_null", "column": "n"}]')
\gset
SELECT backup_id - 61000 AS backup FROM migsafe.backup_table('pr.online');
RESET client_min_messages;
SELECT pr.wait('10 days');
SELECT kind, id, reason FROM pr.plan;
SET client_min_messages = warning;
SELECT restored_rows FROM migsafe.rollback(:doubtful);
RESET client_min_messages;
SELECT pr.wait('10 days');
SELECT kind, id, reason FROM pr.plan;
SELECT count(*) FROM migsafe.prune('0 s', 0, false) WHERE dropped;

-- A run that is under way is not finished: its triggers cannot drop what it writes.
CREATE FUNCTION pr.tidy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE NOTICE 'dropped: %', (SELECT count(*) FROM migsafe.prune('0 s', 0, false) WHERE dropped);
    RETURN NEW;
END
$$;
CREATE TRIGGER tidy BEFORE UPDATE ON pr.online FOR EACH ROW EXECUTE FUNCTION pr.tidy();
SELECT successful_rows FROM migsafe.run_safe('pr.online', '{"n": "n + 1"}', only_if => 'id = 1', name => 'tidied');
SELECT restored_rows FROM migsafe.rollback('tidied');
DROP TRIGGER tidy ON pr.online;
SELECT pr.wait('10 days');
SELECT count(*) FROM migsafe.prune('0 s', 0, false) WHERE dropped;

-- What others have made of a backup, or put in its place, is not dropped.
SET client_min_messages = warning;
SELECT backup_id AS seen, backup_table AS seen_table FROM migsafe.backup_table('pr.item')
\gset
SELECT backup_id AS moved, backup_table AS moved_table FROM migsafe.backup_table('pr.item')
\gset
SELECT backup_id AS typed, backup_table AS typed_table FROM migsafe.backup_table('pr.item')
\gset
SELECT backup_id AS read, backup_table AS read_table FROM migsafe.backup_table('pr.item')
\gset
RESET client_min_messages;
CREATE VIEW pr.seen AS SELECT * FROM :seen_table;
CREATE TABLE pr.typed (row :typed_table);
ALTER TABLE :moved_table RENAME TO precious;
CREATE TABLE :moved_table (id integer, n text, precious text);
SELECT pr.wait('10 days');
BEGIN;
DECLARE reader CURSOR FOR SELECT * FROM :read_table ORDER BY id;
FETCH 1 FROM reader;
SELECT kind, id - :seen AS id, dropped, reason, bytes > 0 AS has_size FROM migsafe.prune(keep_last => 0, dry_run => false);
FETCH 1 FROM reader;
COMMIT;
DROP VIEW pr.seen;
DROP TABLE pr.typed, :moved_table;
SELECT kind, id - :seen AS id, dropped, reason FROM migsafe.prune(keep_last => 0, dry_run => false);
SELECT count(*) FROM pr.precious;

-- A table is the last backup's of its name: another may have had it before, and have been dropped by hand.
SET client_min_messages = warning;
SELECT backup_id AS gone, backup_table AS gone_table FROM migsafe.backup_table('pr.item')
\gset
DROP TABLE :gone_table;
SELECT backup_id AS here, backup_table AS here_table FROM migsafe.backup_table('pr.item')
\gset
RESET client_min_messages;
ALTER TABLE :here_table RENAME TO item_backup_again;
RESET ROLE;
UPDATE migsafe.backup SET backup_name = 'item_backup_again' WHERE backup_id IN (:gone, :here);
SET ROLE regress_migsafe_keeper;
SELECT pr.wait('10 days');
SELECT kind, id - :here AS id, dropped, table_name FROM migsafe.prune(keep_last => 0);
SELECT count(*) FROM migsafe.prune(keep_last => 0, dry_run => false) WHERE dropped;

-- A set of backups goes as a whole. Of those that restores took, the newest are kept beside those that were asked for.
CREATE TABLE pr.other AS TABLE pr.item;
SET client_min_messages = warning;
SELECT target, backup_id AS set_backup FROM migsafe.backup_tables('{pr.item, pr.other}', label => 'set') ORDER BY backup_id;
SELECT backup_id AS alone FROM migsafe.backup_table('pr.item')
\gset
UPDATE pr.item SET n = n + 1 WHERE id = 1;
SELECT backup_taken - :alone AS first FROM migsafe.restore('pr.item');
RESET client_min_messages;
SELECT pr.wait('10 days');
SELECT kind, id - :alone AS id, target, dropped, replace(reason, (:alone - 1)::text, 'n') AS reason FROM migsafe.prune();
SELECT kind, id - :alone AS id, target, dropped, reason FROM migsafe.prune(keep_last => 0, dry_run => false);

-- keep_last counts a run together with its rollbacks, of parts or of nothing, and with what took those back. What stands
-- and loses its way back is said to.
CREATE TABLE pr.kin (id integer PRIMARY KEY, n integer);
INSERT INTO pr.kin SELECT g, g FROM generate_series(1, 4) g;
SET client_min_messages = warning;
SELECT run_id AS old FROM migsafe.run_safe('pr.kin', '{"n": "n + 1"}')
\gset
SELECT run_id AS kin FROM migsafe.run_safe('pr.kin', '{"n": "n + 10"}')
\gset
SELECT restored_rows FROM migsafe.rollback(:kin, rows => 'id > 99');
SELECT restored_rows FROM migsafe.rollback(:kin, rows => 'id = 1');
SELECT restored_rows FROM migsafe.rollback(:kin + 2);
RESET client_min_messages;
SELECT pr.wait('10 days');
CREATE VIEW pr.kin_plan AS
SELECT p.kind, p.id - r.first AS id, p.dropped,
       regexp_replace(p.reason, '(?<=run )\d+', coalesce((substring(p.reason, 'run (\d+)')::bigint - r.first)::text, '')) AS reason
FROM migsafe.prune('9 days') p, (SELECT min(run_id) AS first FROM migsafe.run WHERE target_name = 'kin') r
WHERE p.target = 'pr.kin' ORDER BY p.id;
SELECT * FROM pr.kin_plan;
-- An undo log is kept as long as one of its kin is.
SELECT pr.wait('-5 days', :kin + 3);
SELECT p.kind, p.id - :old AS id, p.dropped, replace(p.reason, (:kin + 3)::text, 'n') AS reason
FROM migsafe.prune('9 days', 0) p WHERE p.target = 'pr.kin';
SELECT pr.wait('5 days', :kin + 3);
SELECT p.kind, p.id - :old AS id, p.dropped FROM migsafe.prune('9 days', dry_run => false) p WHERE p.dropped;
SELECT restored_rows FROM migsafe.rollback(:kin);
-- What was taken back loses nothing; its rollback can be redone no more. A later run makes it go.
SET client_min_messages = warning;
SELECT successful_rows FROM migsafe.run_safe('pr.kin', '{"n": "n + 1"}');
RESET client_min_messages;
SELECT pr.wait('10 days');
SELECT * FROM pr.kin_plan;
DROP VIEW pr.kin_plan;
DROP TABLE pr.kin;
SELECT dropped, reason FROM migsafe.prune('9 days', 0, false) WHERE target = 'pr.kin';

-- Of temporary tables as well.
CREATE TEMPORARY TABLE brief (id integer PRIMARY KEY, n integer);
INSERT INTO brief VALUES (1, 1);
SET client_min_messages = warning;
SELECT row_count FROM migsafe.backup_table('brief');
SELECT successful_rows FROM migsafe.run_safe('brief', '{"n": "n + 1"}');
RESET client_min_messages;
SELECT kind, dropped FROM migsafe.prune('0 s', 0, false);

-- The owner of the target decides, those who have his rights, and superusers. Others see nothing of it.
SET client_min_messages = warning;
SELECT backup_id AS last, backup_table AS last_table FROM migsafe.backup_table('pr.item')
\gset
SELECT run_id AS last_run FROM migsafe.run_safe('pr.item', '{"n": "n + 1"}')
\gset
RESET client_min_messages;
SELECT pr.wait('10 days');
RESET ROLE;
GRANT ALL ON pr.item, :last_table, migsafe_undo.run_:last_run TO regress_migsafe_other;
GRANT regress_migsafe_keeper TO regress_migsafe_deputy;
SELECT kind, id - :last AS id, dropped FROM migsafe.prune('9 days', 0) WHERE target = 'pr.item' AND kind = 'backup';
SET ROLE regress_migsafe_other;
SELECT count(*) FROM migsafe.backup WHERE backup_id = :last;
SELECT * FROM migsafe.prune('0 s', 0);
SELECT * FROM migsafe.prune('0 s', 0, false);
SET ROLE regress_migsafe_deputy;
SELECT kind, dropped, reason FROM migsafe.prune('9 days', 0);
-- A table that has got another owner: its backups and undo logs have not.
RESET ROLE;
GRANT CREATE ON SCHEMA pr TO regress_migsafe_other;
ALTER TABLE pr.item OWNER TO regress_migsafe_other;
SET ROLE regress_migsafe_other;
SELECT kind, dropped, reason FROM migsafe.prune('9 days', 0);
SET ROLE regress_migsafe_deputy;
SELECT kind, dropped, reason FROM migsafe.prune('9 days', 0);
RESET ROLE;
ALTER TABLE :last_table OWNER TO regress_migsafe_other;
SET ROLE regress_migsafe_other;
SELECT kind, dropped, reason FROM migsafe.prune('9 days', 0, false);
-- Of a table that is gone the backups and undo logs belong to their owner, and nothing but their age counts.
DROP TABLE pr.item;
SET ROLE regress_migsafe_keeper;
SELECT kind, dropped, reason FROM migsafe.prune('9 days', 0, false);
SELECT undo_logs, backups FROM pr.state;

-- An undo log is not dropped before those of earlier runs of tables that have rows in common with its own either: what it
-- is a partition of, and the other way round. Two partitions have none, but for a run of both between theirs.
-- Whose they are is all one.
CREATE TABLE pr.whole (id integer PRIMARY KEY, n integer) PARTITION BY RANGE (id);
CREATE TABLE pr.part_1 PARTITION OF pr.whole FOR VALUES FROM (1) TO (11);
CREATE TABLE pr.part_2 PARTITION OF pr.whole FOR VALUES FROM (11) TO (21);
INSERT INTO pr.whole SELECT g, g FROM generate_series(1, 20) g;
CREATE FUNCTION pr.run(target regclass) RETURNS bigint LANGUAGE sql SET client_min_messages = warning AS
$$ SELECT run_id FROM migsafe.run_safe(target, '{"n": "n + 1"}') $$;
CREATE FUNCTION pr.plan_since(first bigint) RETURNS TABLE (id bigint, target text, dropped boolean, behind bigint)
LANGUAGE sql SET client_min_messages = warning AS
$$ SELECT p.id - first, p.target, p.dropped, substring(p.reason FROM 'the undo log of run (\d+) is kept')::bigint - first
   FROM migsafe.prune(keep_last => 0) p WHERE p.id >= first $$;
CREATE FUNCTION pr.prune_since(first bigint) RETURNS TABLE (id bigint, target text)
LANGUAGE sql SET client_min_messages = warning AS
$$ SELECT p.id - first, p.target FROM migsafe.prune(keep_last => 0, dry_run => false) p WHERE p.id >= first AND p.dropped $$;
SELECT pr.run('pr.whole') AS early, pr.run('pr.part_1'), pr.run('pr.part_2'), pr.run('pr.whole')
\gset
SELECT pr.wait('10 days', early + 1), pr.wait('10 days', early + 2), pr.wait('10 days', early + 3)
FROM (VALUES (:early)) AS t (early);
SELECT * FROM pr.plan_since(:early);
SELECT pr.wait('10 days', :early);
SELECT * FROM pr.prune_since(:early);
SELECT pr.run('pr.part_1') AS early, pr.run('pr.part_2'), pr.run('pr.whole'), pr.run('pr.part_2')
\gset
SELECT pr.wait('10 days', early + 1), pr.wait('10 days', early + 2), pr.wait('10 days', early + 3)
FROM (VALUES (:early)) AS t (early);
SELECT * FROM pr.plan_since(:early);
RESET ROLE;
ALTER TABLE pr.part_2 OWNER TO regress_migsafe_other;
DO $$ DECLARE log name; BEGIN
    FOR log IN SELECT undo_name FROM migsafe.run WHERE target_schema = 'pr' AND target_name = 'part_2' AND pruned_at IS NULL LOOP
        EXECUTE format('ALTER TABLE migsafe_undo.%I OWNER TO regress_migsafe_other', log);
    END LOOP;
END $$;
SET ROLE regress_migsafe_other;
SELECT * FROM pr.plan_since(:early);
SET ROLE regress_migsafe_keeper;
SELECT pr.wait('10 days', :early);
SELECT * FROM pr.prune_since(:early);
SET ROLE regress_migsafe_other;
SELECT * FROM pr.prune_since(:early);
SET ROLE regress_migsafe_keeper;
SELECT * FROM pr.prune_since(:early);
SET ROLE regress_migsafe_other;
SELECT * FROM pr.prune_since(:early);
SET ROLE regress_migsafe_keeper;


-- Mistakes.
SELECT * FROM migsafe.prune(NULL);
SELECT * FROM migsafe.prune(keep_last => NULL);
SELECT * FROM migsafe.prune(dry_run => NULL);
SELECT * FROM migsafe.prune('-1 day');
SELECT * FROM migsafe.prune('1 month -31 days');
SELECT * FROM migsafe.prune('400000 years');
SELECT * FROM migsafe.prune(keep_last => -1);
BEGIN READ ONLY;
SELECT * FROM migsafe.prune('9 days');
SELECT * FROM migsafe.prune(dry_run => false);
ROLLBACK;

RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA pr CASCADE;
-- other tests count the runs after theirs
DELETE FROM migsafe.run WHERE run_id > 61000;
DELETE FROM migsafe.run_commit WHERE run_id > 61000;
DROP OWNED BY regress_migsafe_keeper, regress_migsafe_deputy, regress_migsafe_other CASCADE;
DROP ROLE regress_migsafe_keeper, regress_migsafe_deputy, regress_migsafe_other;
