-- To read a value of a domain may run code: its CHECK constraint. Where migsafe reads what the owner of a table has written,
-- or what is to be compared with it, that code runs as the owner, whoever calls.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 102001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 102001;
CREATE ROLE regress_migsafe_cd_owner;
CREATE SCHEMA cd AUTHORIZATION regress_migsafe_cd_owner;
-- where exports go
SELECT current_setting('data_directory') || '/migsafe_regress_cd' AS folder,
       format('rm -rf %1$L %1$L_within', current_setting('data_directory') || '/migsafe_regress_cd') AS clean_up
\gset
SELECT set_config('cd.folder', :'folder', false) = '' AS known;
COPY (SELECT WHERE false) TO PROGRAM :'clean_up';

SET ROLE regress_migsafe_cd_owner;
-- As whom it is called: once where settings end with the operation that calls it.
CREATE FUNCTION cd.tell() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('cd.told', true) IS DISTINCT FROM current_user::text THEN
        RAISE WARNING 'constraint tried as %', current_user;
        PERFORM set_config('cd.told', current_user, true);
    END IF;
    RETURN true;
END
$$;
CREATE DOMAIN cd.code AS text CHECK (cd.tell() AND value <> '');
CREATE TYPE cd.pair AS (a cd.code, b integer);
CREATE TABLE cd.item (id cd.code PRIMARY KEY, n integer, pair cd.pair, list cd.code[]);
INSERT INTO cd.item SELECT 'item ' || i, i, ROW('a', i)::cd.pair, '{a}' FROM generate_series(1, 3) i;
SELECT run_id, successful_rows FROM migsafe.run_safe('cd.item', '{"n": "n + 1"}');
SELECT backup_id, row_count FROM migsafe.backup_table('cd.item')
\gset
RESET ROLE;

\echo a plan of some keys, and a value that the domain cannot have
SELECT key, outcome FROM migsafe.rollback_plan(102001, keys => '[{"id": "item 2"}]');
SELECT restored_rows FROM migsafe.rollback(102001, keys => '[{"id": "item 2"}]');
SELECT key, outcome FROM migsafe.rollback_plan(102001, keys => '[{"id": ""}]');

\echo an export, which is read back, and its import
SELECT row_count FROM migsafe.export_backup(102001, :'folder');
SELECT row_count FROM migsafe.import_backup(:'folder');

\echo another export or import cannot be called meanwhile
GRANT pg_read_server_files, pg_write_server_files TO regress_migsafe_cd_owner;
CREATE OR REPLACE FUNCTION cd.tell() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    folder text := current_setting('cd.folder');
BEGIN
    IF current_setting('cd.told', true) IS DISTINCT FROM 'nested' THEN
        PERFORM set_config('cd.told', 'nested', true);
        BEGIN
            PERFORM migsafe.export_backup(102001, folder || '_within');
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING '% %', SQLSTATE, SQLERRM;
        END;
        BEGIN
            PERFORM migsafe.import_backup(folder);
        EXCEPTION WHEN OTHERS THEN
            RAISE WARNING '% %', SQLSTATE, SQLERRM;
        END;
    END IF;
    RETURN true;
END
$$;
SELECT row_count FROM migsafe.import_backup(:'folder');
COPY (SELECT WHERE false) TO PROGRAM :'clean_up';
SELECT row_count FROM migsafe.export_backup(102001, :'folder');

COPY (SELECT WHERE false) TO PROGRAM :'clean_up';
DROP SCHEMA cd CASCADE;
DROP OWNED BY regress_migsafe_cd_owner;
DROP ROLE regress_migsafe_cd_owner;
-- other tests look for the newest run
DELETE FROM migsafe.run WHERE run_id > 102000;
DELETE FROM migsafe.run_commit WHERE run_id > 102000;
DELETE FROM migsafe.recorded_run WHERE run_id > 102000;
DELETE FROM migsafe.backup WHERE backup_id > 102000;
