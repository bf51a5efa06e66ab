-- Code of users closes all cursors while migsafe has some of its own: these stay. It is an ERROR, as in a loop of PL/pgSQL.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 102101;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 102101;
CREATE SCHEMA cl;
CREATE FUNCTION cl.close_all() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('cl.closes', true) = 'yes' THEN
        EXECUTE 'CLOSE ALL';
    END IF;
    RETURN true;
EXCEPTION
    WHEN invalid_cursor_state THEN
        RAISE invalid_cursor_state USING MESSAGE = 'refused: ' || regexp_replace(SQLERRM, '".*"', '"..."');
END
$$;
CREATE FUNCTION cl.is_fine(n integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN cl.close_all(); END $$;
CREATE TABLE cl.item (id integer PRIMARY KEY, n integer CHECK (cl.is_fine(n)));
INSERT INTO cl.item SELECT i, i FROM generate_series(1, 3) i;
SELECT backup_id FROM migsafe.backup_table('cl.item');
SELECT run_id, successful_rows FROM migsafe.run_safe('cl.item', '{"n": "n + 1"}');
SELECT set_config('cl.closes', 'yes', false);

\echo a run has none: that of the caller is closed
BEGIN;
DECLARE mine CURSOR FOR SELECT 1;
SELECT run_id, successful_rows FROM migsafe.run_safe('cl.item', '{"n": "n + 1"}', only_if => 'id = 1');
SELECT count(*) FROM pg_cursors WHERE name = 'mine';
ROLLBACK;

\echo a rollback, whole and of a part
BEGIN;
SELECT restored_rows FROM migsafe.rollback(102101);
ROLLBACK;
BEGIN;
SELECT restored_rows FROM migsafe.rollback(102101, rows => 'id < 3');
ROLLBACK;
BEGIN;
SELECT restored_rows, skipped_rows FROM migsafe.rollback(102101, rows => 'id < 3', on_conflict => 'skip');
ROLLBACK;
SELECT key, outcome, reason FROM migsafe.rollback_plan(102101, rows => 'id < 3');
\echo a predicate, a transform, a check
SELECT key, outcome FROM migsafe.rollback_plan(102101, rows => 'cl.close_all() AND id < 3');
SELECT run_id, successful_rows, failed_rows FROM migsafe.run_safe('cl.item', '{"n": "CASE WHEN cl.close_all() THEN n + 1 END"}');
SELECT passed FROM migsafe.validate_jsonb('cl.item', '[{"check": "expression", "expression": "cl.close_all()"}]');
\echo a rollback in batches, and a restore
CALL migsafe.rollback_online(102106);
SELECT rows_changed FROM migsafe.restore('cl.item', backup_first => false);
DROP SCHEMA cl CASCADE;
-- other tests look for the newest run
DELETE FROM migsafe.run WHERE run_id > 102000;
DELETE FROM migsafe.run_commit WHERE run_id > 102000;
DELETE FROM migsafe.recorded_run WHERE run_id > 102000;
DELETE FROM migsafe.backup WHERE backup_id > 102000;
