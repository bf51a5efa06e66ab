-- Settings of the caller on which the form of values, of definitions and of SQL depends: what migsafe stores, compares and
-- executes itself does not depend on them.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 102201;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 102201;
CREATE SCHEMA sp;
CREATE TYPE sp.mood AS ENUM ('ok', 'sad');
CREATE TABLE sp.item (
    id integer PRIMARY KEY,
    mood sp.mood DEFAULT 'sad',
    day date DEFAULT '2026-02-01' CHECK (day <> '2026-02-03'),
    at timestamptz DEFAULT '2026-02-01 12:00:00+00',
    span interval DEFAULT '1 day 2 hours',
    path text DEFAULT 'a\b',
    bytes bytea DEFAULT '\x00ff',
    number serial);
INSERT INTO sp.item (id) VALUES (1), (2);
CREATE FUNCTION sp.definition(backup_id bigint) RETURNS jsonb LANGUAGE sql
RETURN (SELECT manifest - 'owner' - 'privileges' FROM migsafe.backup b WHERE b.backup_id = definition.backup_id);
-- where exports go
SELECT current_setting('data_directory') || '/migsafe_regress_sp' AS folder,
       format('rm -rf %1$L %1$L_2', current_setting('data_directory') || '/migsafe_regress_sp') AS clean_up
\gset
COPY (SELECT WHERE false) TO PROGRAM :'clean_up';
SELECT backup_id AS before FROM migsafe.backup_table('sp.item')
\gset

\echo a backup, a restore, an export and an import under other settings, and of what was made under others
SET DateStyle = 'SQL, DMY';
SET TimeZone = 'Asia/Tokyo';
SET IntervalStyle = 'sql_standard';
SET bytea_output = 'escape';
SET quote_all_identifiers = on;
SET standard_conforming_strings = off;
SET escape_string_warning = off;
SELECT backup_id AS meanwhile FROM migsafe.backup_table('sp.item')
\gset
DELETE FROM sp.item WHERE id = 2;
ALTER SEQUENCE sp.item_number_seq RESTART;
SET client_min_messages = notice;
SELECT rows_inserted FROM migsafe.restore('sp.item', :before, backup_first => false);
SET client_min_messages = warning;
SELECT row_count FROM migsafe.export_backup(:before, :'folder');
SELECT row_count FROM migsafe.export_backup(:meanwhile, :'folder' || '_2');
SELECT row_count FROM migsafe.import_backup(:'folder');
SELECT run_id AS run, successful_rows FROM migsafe.run_safe('sp.item', '{"mood": "''ok''"}')
\gset
RESET DateStyle;
RESET TimeZone;
RESET IntervalStyle;
RESET bytea_output;
RESET quote_all_identifiers;
RESET standard_conforming_strings;
RESET escape_string_warning;
SELECT sp.definition(:before) = sp.definition(:meanwhile) AS same;
SELECT c->>'default' AS "default" FROM jsonb_array_elements(sp.definition(:meanwhile)->'columns') c;
SELECT restored_rows FROM migsafe.rollback(:run);
DELETE FROM sp.item WHERE id = 2;
SELECT rows_inserted FROM migsafe.restore('sp.item', :meanwhile, backup_first => false);
SELECT row_count FROM migsafe.import_backup(:'folder' || '_2');
COPY (SELECT WHERE false) TO PROGRAM :'clean_up';

\echo NULLs in a key of an array
CREATE TABLE sp.list (id text[] PRIMARY KEY, n integer);
INSERT INTO sp.list SELECT ARRAY['a', CASE WHEN i % 2 = 0 THEN 'NULL' END, i::text], 0 FROM generate_series(1, 30) i;
SET array_nulls = off;
CALL migsafe.run_online('sp.list', '{"n": "n + 1"}', batch_size => 4)
\gset
\echo :total_rows
RESET array_nulls;
SELECT n, count(*) FROM sp.list GROUP BY n;
DROP SCHEMA sp CASCADE;
-- other tests look for the newest run
DELETE FROM migsafe.run WHERE run_id > 102000;
DELETE FROM migsafe.run_commit WHERE run_id > 102000;
DELETE FROM migsafe.recorded_run WHERE run_id > 102000;
DELETE FROM migsafe.backup WHERE backup_id > 102000;
