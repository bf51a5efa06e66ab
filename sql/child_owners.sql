-- Partitions that belong to another role than the table. To plan a query on the whole runs code of who owns a part, and
-- migsafe plans some as the owner of the whole: so who owns a part must have the rights of that role anyway.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 102301;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 102301;
CREATE ROLE regress_migsafe_co_part;
CREATE ROLE regress_migsafe_co_whole;
CREATE SCHEMA co;
GRANT ALL ON SCHEMA co TO PUBLIC;
CREATE TABLE co.item (id integer PRIMARY KEY, n integer) PARTITION BY RANGE (id);
CREATE TABLE co.low PARTITION OF co.item FOR VALUES FROM (0) TO (100);
CREATE TABLE co.high PARTITION OF co.item FOR VALUES FROM (100) TO (200);
INSERT INTO co.item SELECT i * 10, i FROM generate_series(1, 15) i;
SELECT backup_id FROM migsafe.backup_table('co.item');
SELECT run_id, successful_rows FROM migsafe.run_safe('co.item', '{"n": "n + 1"}');
GRANT SELECT ON co.item TO regress_migsafe_co_part;
ALTER TABLE co.low OWNER TO regress_migsafe_co_part;

SET ROLE regress_migsafe_co_part;
CREATE FUNCTION co.betray() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE WARNING 'running as a superuser';
    END IF;
    RETURN 0;
END
$$;
CREATE INDEX ON co.low (n) WHERE co.betray() = 1;
SELECT count(*) FROM migsafe.rollback_plan(102301);
SELECT count(*) FROM migsafe.rollback_plan(102301, keys => '[{"id": 10}]');
SELECT count(*) FROM migsafe.row_log(102301, include_skipped => true);
SELECT count(*) FROM migsafe.row_log(102301);
SELECT rows_changed FROM migsafe.restore('co.item', dry_run => true);
-- what does not query the whole as its owner
SELECT count(fingerprint) FROM migsafe.fingerprint('co.item');
RESET ROLE;
-- a part by itself
SELECT run_id, successful_rows FROM migsafe.run_safe('co.high', '{"n": "n + 1"}');
SELECT restored_rows FROM migsafe.rollback(102302);
\set VERBOSITY terse
SELECT migsafe.run_safe('co.item', '{"n": "n + 1"}');
CALL migsafe.run_online('co.item', '{"n": "n + 1"}');
SELECT migsafe.start('co.item', '{"n": "n + 1"}');
SELECT migsafe.rollback(102301);
CALL migsafe.rollback_online(102301);
SELECT migsafe.restore('co.item');
\set VERBOSITY default
DROP INDEX co.low_n_idx;

\echo who has the rights of the owner of the whole
ALTER TABLE co.item OWNER TO regress_migsafe_co_whole;
ALTER TABLE migsafe_undo.run_102301 OWNER TO regress_migsafe_co_whole;
SELECT count(*) FROM migsafe.rollback_plan(102301);
GRANT regress_migsafe_co_whole TO regress_migsafe_co_part;
SELECT count(*) FROM migsafe.rollback_plan(102301);
SELECT restored_rows FROM migsafe.rollback(102301);

DROP SCHEMA co CASCADE;
DROP OWNED BY regress_migsafe_co_part, regress_migsafe_co_whole;
DROP ROLE regress_migsafe_co_part, regress_migsafe_co_whole;
-- other tests look for the newest run
DELETE FROM migsafe.run WHERE run_id > 102000;
DELETE FROM migsafe.run_commit WHERE run_id > 102000;
DELETE FROM migsafe.recorded_run WHERE run_id > 102000;
DELETE FROM migsafe.backup WHERE backup_id > 102000;
