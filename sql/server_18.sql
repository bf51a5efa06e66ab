-- What only PostgreSQL 18 has. With older servers nothing is tested here: expected/server_18.out is theirs, and
-- server_18_1.out that of PostgreSQL 18.
SELECT current_setting('server_version_num')::integer < 180000 AS older
\gset
\if :older
\quit
\endif
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA s18;
ALTER SEQUENCE migsafe.run_id_seq RESTART 18101;

-- Rows are read as they are stored: a virtual generated column is not in them.
CREATE TABLE s18.virtual (id integer PRIMARY KEY, a integer, twice integer GENERATED ALWAYS AS (a * 2) VIRTUAL);
INSERT INTO s18.virtual VALUES (1, 10);
SELECT total_rows FROM migsafe.run_safe('s18.virtual', '{"a": "twice"}');
\echo :SQLSTATE
\set VERBOSITY terse
SELECT migsafe.fingerprint('s18.virtual');
SELECT row_count FROM migsafe.backup_table('s18.virtual', 's18');
SELECT FROM migsafe.validate_jsonb('s18.virtual', '[{"check": "expression", "expression": "twice = 20"}]');
ALTER TABLE s18.virtual DROP COLUMN twice;
ALTER TABLE s18.virtual ADD COLUMN twice integer GENERATED ALWAYS AS (a * 2) STORED;
SELECT successful_rows FROM migsafe.run_safe('s18.virtual', '{"a": "twice"}');
SELECT * FROM s18.virtual;

-- What is unique is a key only if no row has NULL there.
CREATE TABLE s18.not_valid (id integer UNIQUE, a integer);
INSERT INTO s18.not_valid VALUES (NULL, 1), (NULL, 2);
ALTER TABLE s18.not_valid ADD CONSTRAINT id_there NOT NULL id NOT VALID;
CALL migsafe.run_online('s18.not_valid', '{"a": "a + 1"}');
UPDATE s18.not_valid SET id = a;
ALTER TABLE s18.not_valid VALIDATE CONSTRAINT id_there;
CALL migsafe.run_online('s18.not_valid', '{"a": "a + 1"}')
\gset first_
SELECT :first_successful_rows AS successful_rows;
ALTER TABLE s18.not_valid ALTER id DROP NOT NULL, ADD CONSTRAINT id_there NOT NULL id NOT VALID;

-- A key WITHOUT OVERLAPS is a key: rows that are equal in it would overlap.
CREATE TABLE s18.temporal (id int4range, during daterange, a integer, PRIMARY KEY (id, during WITHOUT OVERLAPS));
INSERT INTO s18.temporal
SELECT int4range(i % 3, i % 3 + 1), daterange('2026-01-01'::date + i, '2026-01-01'::date + i + 1), i
FROM generate_series(1, 6) i;
SELECT run_id AS run FROM migsafe.run_safe('s18.temporal', '{"a": "a / (a - 4)"}')
\gset
SELECT key, message FROM migsafe.row_error WHERE run_id = :run;
CALL migsafe.run_online('s18.temporal', '{"a": "a + 100"}', batch_size => 2)
\gset second_
TABLE s18.temporal ORDER BY id, during;
CALL migsafe.rollback_online(:second_run_id)
\gset third_
SELECT restored_rows FROM migsafe.rollback(:run);
TABLE s18.temporal ORDER BY id, during;

-- NOT NULL is a property of the column, in each version; a manifest has it if it holds for all rows.
SELECT c->>'name' AS name, c->>'not_null' AS not_null
FROM jsonb_array_elements(migsafe.table_manifest('s18.not_valid')->'columns') c;
ALTER TABLE s18.not_valid VALIDATE CONSTRAINT id_there;
SELECT c->>'name' AS name, c->>'not_null' AS not_null
FROM jsonb_array_elements(migsafe.table_manifest('s18.not_valid')->'columns') c;
SELECT jsonb_path_query_array(migsafe.table_manifest('s18.not_valid'), '$.constraints[*].definition');

-- A constraint that is not enforced says nothing of the rows.
CREATE TABLE s18.lax (id integer PRIMARY KEY, a integer, CONSTRAINT small CHECK (a < 10) NOT ENFORCED);
INSERT INTO s18.lax VALUES (1, 9);
SELECT successful_rows, failed_rows FROM migsafe.run_safe('s18.lax', '{"a": "a + 1"}');
SELECT * FROM s18.lax;

DROP SCHEMA s18 CASCADE;
