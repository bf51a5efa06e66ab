-- restore of a table that has another name, other columns or is another table than when it was backed up.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA rea;
CREATE SCHEMA rea_moved;
SET search_path = rea, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 7501;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 7501;
CREATE TABLE rea.item (id integer PRIMARY KEY, n integer, note text);
CREATE TABLE rea.part (id integer PRIMARY KEY, item integer REFERENCES rea.item);
INSERT INTO rea.item SELECT g, g, 'note' FROM generate_series(1, 5) g;
INSERT INTO rea.part SELECT id, id FROM rea.item;
SELECT backup_id, target FROM migsafe.backup_tables('{rea.item, rea.part}');
SELECT backup_id FROM migsafe.backup_table('rea.item');
SELECT migsafe.fingerprint('rea.item') AS before
\gset

-- The table is known by its OID, by itself and in a set: another name and schema do not matter.  Another table of its old
-- name has no backup.
UPDATE rea.item SET n = 0 WHERE id < 3;
ALTER TABLE rea.item RENAME TO article;
ALTER TABLE rea.article SET SCHEMA rea_moved;
CREATE TABLE rea.item (LIKE rea_moved.article INCLUDING ALL);
SELECT backup_used, rows_changed, fingerprint = :'before' AS as_before FROM migsafe.restore('rea_moved.article');
UPDATE rea_moved.article SET n = 0 WHERE id < 3;
SELECT target, backup_used, rows_changed FROM migsafe.restore_tables('{rea_moved.article, rea.part}');
SELECT migsafe.fingerprint('rea_moved.article') = :'before' AS as_before;
SELECT FROM migsafe.restore('rea.item');
\echo :SQLSTATE
SELECT FROM migsafe.restore('rea.item', 7503);
\echo :SQLSTATE
SELECT FROM migsafe.restore_tables('{rea.item, rea.part}');
\echo :SQLSTATE
DROP TABLE rea.item;
ALTER TABLE rea_moved.article SET SCHEMA rea;
ALTER TABLE rea.article RENAME TO item;

-- A column of another name or type: what is not proven to be the same is not guessed.  The other table of the set is left
-- alone, too.
CREATE FUNCTION rea.answer(statement text) RETURNS TABLE (answer text) LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN QUERY VALUES (SQLSTATE || ': ' || SQLERRM), (detail);
END
$$;
UPDATE rea.part SET item = NULL;
ALTER TABLE rea.item RENAME n TO number;
SELECT * FROM rea.answer('SELECT migsafe.restore(''rea.item'')');
SELECT * FROM rea.answer('SELECT migsafe.restore_tables(''{rea.item, rea.part}'')');
SELECT count(item) FROM rea.part;
ALTER TABLE rea.item RENAME number TO n;
ALTER TABLE rea.item ALTER n TYPE bigint;
SELECT * FROM rea.answer('SELECT migsafe.restore(''rea.item'', dry_run => true)');
ALTER TABLE rea.item ALTER n TYPE integer;
SELECT target, rows_changed FROM migsafe.restore_tables('{rea.item, rea.part}');

-- Dropped: its backups are there still.  Made again under its name, the owner gets its rows back; under another he does not.
DROP TABLE rea.item CASCADE;
SELECT verified FROM migsafe.verify_backup(7503);
CREATE TABLE rea.other (id integer PRIMARY KEY, n integer, note text);
SELECT FROM migsafe.restore('rea.other', 7503);
\echo :SQLSTATE
ALTER TABLE rea.other RENAME TO item;
SELECT backup_used, rows_inserted, fingerprint = :'before' AS as_before FROM migsafe.restore('rea.item');
DROP SCHEMA rea, rea_moved CASCADE;
