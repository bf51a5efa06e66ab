-- A superuser creates and calls migsafe while the schemas of a hostile role, its temporary schema too, are first in his
-- search_path. In them is a trap for each function, operator, type and table of pg_catalog and of migsafe: nothing of it
-- is used.
-- In a database of its own, since one transaction cannot drop so many traps.
SELECT current_database() AS database
\gset
CREATE DATABASE regress_migsafe_hostile;
\c regress_migsafe_hostile
SET client_min_messages = warning;
CREATE EXTENSION migsafe;
CREATE SCHEMA hp;
CREATE TABLE hp.t (id integer PRIMARY KEY, a integer, b text, doc jsonb);
INSERT INTO hp.t SELECT g, g, 'x' || g, jsonb_build_object('n', g) FROM generate_series(1, 6) g;
CREATE TABLE hp.bag (a integer, b text, c jsonb);
INSERT INTO hp.bag VALUES (1, 'x', '{}'), (1, 'x', '{}');
CREATE TABLE hp.child (id bigint PRIMARY KEY, parent integer REFERENCES hp.t);
INSERT INTO hp.child VALUES (1, 1);
CREATE TABLE hp.parts (id bigint PRIMARY KEY, n name, at timestamptz DEFAULT now()) PARTITION BY RANGE (id);
CREATE TABLE hp.parts_1 PARTITION OF hp.parts FOR VALUES FROM (0) TO (100);
INSERT INTO hp.parts (id, n) SELECT g, 'n' || g FROM generate_series(1, 5) g;

-- Warnings pass where errors are caught.
CREATE SCHEMA hostile;
CREATE FUNCTION hostile.spring(what text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE WARNING 'a trap was used: %', what;
    RAISE EXCEPTION 'a trap was used: %', what;
END
$$;
CREATE FUNCTION hostile.caught(what text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM hostile.spring(what);
    RETURN true;
END
$$;
-- of what the catalogs and the signatures of migsafe and of the server's catalogs are made
CREATE TABLE hp.type AS
SELECT DISTINCT t.oid::regtype AS type
FROM pg_type t JOIN pg_attribute a ON a.atttypid = t.oid
WHERE (a.attrelid IN (SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'migsafe'::regnamespace)
       OR a.attrelid IN ('pg_class'::regclass, 'pg_attribute'::regclass, 'pg_locks'::regclass, 'pg_index'::regclass))
  AND t.typtype = 'b' AND t.typname NOT IN ('"char"', 'char', 'anyarray', 'pg_node_tree')
UNION SELECT unnest('{text,name,integer,bigint,boolean,jsonb,name[],text[],bigint[],regclass,numeric,bytea}'::regtype[]);
SET search_path = pg_catalog, pg_temp;
DO $$
DECLARE
    f record;
BEGIN
    -- functions with the very arguments of the server's own
    FOR f IN SELECT DISTINCT ON (p.proname, p.proargtypes) p.proname, oidvectortypes(p.proargtypes) AS arguments
             FROM pg_catalog.pg_proc p
             WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.pronargs <= 4
               AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) a (type) JOIN pg_type t ON t.oid = a.type
                               WHERE t.typtype = 'p') LOOP
        EXECUTE format('CREATE FUNCTION hostile.%I(%s) RETURNS boolean LANGUAGE sql AS %L',
                       f.proname, f.arguments, format('SELECT hostile.caught(%L)', f.proname));
    END LOOP;
    -- and functions that match better where those of the server take any type
    FOR f IN SELECT DISTINCT p.proname, t.type, p.pronargs
             FROM pg_catalog.pg_proc p, hp.type t
             WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.pronargs BETWEEN 1 AND 2
               AND p.proname !~ '^(any|array_agg_|json_.*_trans|jsonb_.*_trans|range_|multirange_|enum_|binary_upgrade)'
               AND NOT EXISTS (SELECT FROM unnest(p.proargtypes) a (type) JOIN pg_type t ON t.oid = a.type
                               WHERE t.typname !~ '^any') LOOP
        BEGIN
            EXECUTE format('CREATE FUNCTION hostile.%I(%s) RETURNS boolean LANGUAGE sql AS %L', f.proname,
                           CASE f.pronargs WHEN 1 THEN f.type::text ELSE f.type || ', ' || f.type END,
                           format('SELECT hostile.caught(%L)', f.proname));
        EXCEPTION WHEN duplicate_function THEN
        END;
    END LOOP;
    -- operators for each pair of types
    FOR f IN SELECT row_number() OVER () AS i, l.type AS l, r.type AS r FROM hp.type l, hp.type r LOOP
        EXECUTE format('CREATE FUNCTION hostile.trap_%s(%s, %s) RETURNS boolean LANGUAGE sql AS %L',
                       f.i, f.l, f.r, format('SELECT hostile.caught(%L)', format('operator of %s and %s', f.l, f.r)));
    END LOOP;
    FOR f IN SELECT o.name, p.i, p.l, p.r
             FROM (SELECT row_number() OVER () AS i, l.type AS l, r.type AS r FROM hp.type l, hp.type r) p,
                  unnest('{=,<>,<,>,<=,>=,||,+,-,*,/,%,->,->>,#>,#>>,@>,<@,?,~,!~,~~,<<,>>,&,|,&&}'::text[]) o (name) LOOP
        EXECUTE format('CREATE OPERATOR hostile.%s (FUNCTION = hostile.trap_%s, LEFTARG = %s, RIGHTARG = %s)',
                       f.name, f.i, f.l, f.r);
    END LOOP;
    -- types and tables, in the temporary schema as well
    FOR f IN SELECT s.schema, t.typname FROM pg_catalog.pg_type t, (VALUES ('hostile'), ('pg_temp')) s (schema)
             WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b' AND t.typcategory <> 'A'
               AND t.typname NOT IN ('pg_node_tree') LOOP
        EXECUTE format('CREATE DOMAIN %s.%I AS pg_catalog.%I CHECK (hostile.caught(%L))',
                       f.schema, f.typname, f.typname, 'type ' || f.typname);
    END LOOP;
    FOR f IN SELECT DISTINCT s.schema, c.relname
             FROM pg_catalog.pg_class c, (VALUES ('hostile'), ('pg_temp')) s (schema)
             WHERE c.relnamespace IN ('pg_catalog'::regnamespace, 'migsafe'::regnamespace) AND c.relkind IN ('r', 'v') LOOP
        EXECUTE format('CREATE VIEW %s.%I AS SELECT hostile.caught(%L) AS oid',
                       f.schema, f.relname, 'table ' || f.relname);
    END LOOP;
END $$;
SELECT (SELECT count(*) FROM pg_proc WHERE pronamespace = 'hostile'::regnamespace) > 3000 AS functions,
       (SELECT count(*) FROM pg_operator WHERE oprnamespace = 'hostile'::regnamespace) > 5000 AS operators,
       (SELECT count(*) FROM pg_type WHERE typnamespace = 'hostile'::regnamespace AND typtype = 'd') > 50 AS types,
       (SELECT count(*) FROM pg_class WHERE relnamespace = 'hostile'::regnamespace) > 150 AS tables;

SET search_path = pg_temp, hostile, hp, pg_catalog;
-- they do work
\set VERBOSITY terse
SELECT 1 = 1;
SELECT 'x'::text;
SELECT count(*) FROM pg_class;
\set VERBOSITY default

-- Not even while the extension is created.
DROP EXTENSION migsafe;
CREATE EXTENSION migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 9951;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 9951;

-- backups
SELECT pg_catalog.length(migsafe.fingerprint('hp.t'));
SELECT row_count FROM migsafe.backup_table('hp.t', label => 'l');
SELECT row_count FROM migsafe.backup_table('hp.bag');
SELECT target, row_count FROM migsafe.backup_tables('{hp.t,hp.child}');
SELECT row_count FROM migsafe.backup_table('hp.parts', backup_schema => 'hp');
SELECT verified FROM migsafe.verify_backup(9951);

-- checks
SELECT kind, passed, failed_rows, sample_keys FROM migsafe.validate_jsonb('hp.t', '[
    {"check": "not_null", "columns": ["a", "doc"]}, {"check": "type", "column": "doc", "type": "object"},
    {"check": "has", "column": "doc", "path": "/n"}, {"check": "lacks", "column": "doc", "path": "/n"},
    {"check": "unique", "columns": ["a", "b"]}, {"check": "unique", "columns": ["a"], "nulls": "not distinct"},
    {"check": "schema", "column": "doc", "schema": {"properties": {"n": {"maximum": 5}}}},
    {"check": "expression", "expression": "a OPERATOR(pg_catalog.<) 6"},
    {"check": "coverage", "expression": "a OPERATOR(pg_catalog.<) 6", "at_least": 0.9},
    {"check": "reconcile", "reference": "hp.t", "key": "id", "tolerance": 1},
    {"check": "query", "query": "VALUES (5)", "at_least": 6},
    {"check": "max_duration", "query": "VALUES (1)", "milliseconds": 60000},
    {"check": "exists", "column": "a"}, {"check": "exists", "index": "t_pkey"}, {"check": "exists", "table": "hp.t"},
    {"check": "exists", "constraint": "t_pkey"}, {"check": "exists", "trigger": "none"},
    {"check": "exists", "function": "hostile.spring"}, {"check": "exists", "extension": "migsafe"}]');
SELECT kind, passed FROM migsafe.validate_jsonb('hp.child',
    '[{"check": "foreign_key", "column": "parent", "references": "hp.t"}]');
SELECT kind, passed, message FROM migsafe.validate_jsonb('hp.bag',
    '[{"check": "unique", "column": "b"}, {"check": "reconcile", "reference": "hp.bag", "key": "a"}]');
SELECT migsafe.store_checks('hostile', '[{"check": "not_null", "column": "a"}]');
SELECT name, passed FROM migsafe.validate_jsonb('hp.t', '["hostile"]');
SELECT constraint_name, validated FROM migsafe.enforce('hp.t', '["hostile"]', validate => true);
SELECT migsafe.drop_checks('hostile');
SELECT migsafe.register_schema('urn:hostile', '{"type": "object"}');
SELECT migsafe.jsonb_conforms('{"$ref": "urn:hostile"}', '{}'), migsafe.jsonb_matches_schema('{"type": "string"}', '{}');
SELECT migsafe.unregister_schema('urn:hostile');

-- runs, and what they leave
SELECT run_id, successful_rows, failed_rows
FROM migsafe.run_safe('hp.t', '{"a": "50 OPERATOR(pg_catalog./) (a OPERATOR(pg_catalog.-) 2)"}',
    only_if => 'a IS NOT NULL', name => 'hostile', checks => '[{"check": "not_null", "column": "a"}]', notice_every => 3,
    precondition => '[{"check": "not_null", "column": "a"}]');
CALL migsafe.run_online('hp.t', '{"doc": [{"op": "add", "path": "/m", "value": 1}], "b": "pg_catalog.upper(b)"}',
    name => 'hostile online', batch_size => 2, sweep => true,
    pace => '{"rest": 0, "hold_while": "SELECT FROM hp.child WHERE false"}',
    checks => '[{"check": "has", "column": "doc", "path": "/m"}]')
\gset r_
\echo :r_run_id :r_successful_rows :r_failed_rows
SELECT run_id, successful_rows FROM migsafe.run_safe('hp.bag',
    '{"a": {"value": 7}, "c": {"merge": {"x": 1}}, "b": {"sql": "pg_catalog.upper(b)"}}');
SELECT run_id, successful_rows FROM migsafe.run_safe('hp.parts', '{"n": {"value": "new"}}', batch_size => 2);
SELECT total_rows, successful_rows FROM migsafe.run_safe('hp.t', '{"a": "0"}', dry_run => true);
SELECT * FROM migsafe.run_summary(9951);
SELECT status, key, row_before FROM migsafe.row_log(9951, true);
SELECT status, row_before FROM migsafe.row_log(9953);
SELECT name, target, status, successful_rows FROM migsafe.status s WHERE s.run_id OPERATOR(pg_catalog.>) 9950;
SELECT run_id, key, message FROM migsafe.row_error e WHERE e.run_id OPERATOR(pg_catalog.=) 9951;
SELECT run_id, percent, bar FROM migsafe.progress;
SELECT run_id FROM migsafe.live_run;
SELECT migsafe.start('hp.parts', '{"n": {"value": "newer"}}', name => 'hostile start');
SELECT migsafe.require_finished('hostile start', '60s');
CALL migsafe.resume_online(9952)
\gset r_
\echo :r_successful_rows
SELECT migsafe.pause(9952);
SELECT migsafe.cancel(9952);
SELECT migsafe.set_pace(9952, '{"rest": 1}');

-- the ways back
UPDATE hp.t SET doc = '{"m": 2, "n": 3}' WHERE t.id OPERATOR(pg_catalog.=) 3;
SELECT key, outcome, before, now, patch FROM migsafe.rollback_plan('hostile online', on_conflict => 'merge');
SELECT conflicts FROM migsafe.rollback('hostile online', on_conflict => 'stop', dry_run => true);
SELECT restored_rows, skipped_rows
FROM migsafe.rollback(9952, on_conflict => 'skip', rows => 'id OPERATOR(pg_catalog.<) 5');
SELECT restored_rows, merged_rows
FROM migsafe.rollback('hostile online', on_conflict => 'merge', keys => '[{"id": 5}]', columns => '{doc}');
SELECT restored_rows, unchanged_rows, overwritten_rows FROM migsafe.rollback(9952, on_conflict => 'overwrite');
CALL migsafe.rollback_online('hostile', pace => '{"rest": 0}')
\gset r_
\echo :r_restored_rows :r_unchanged_rows
SELECT restored_rows FROM migsafe.rollback(9953);
SELECT run_id, restored_rows FROM migsafe.rollback_runs('{9954,9955}');
SELECT a, b, doc FROM hp.t ORDER BY id;
SELECT n FROM hp.parts ORDER BY id;
UPDATE hp.t SET a = 0;
SELECT backup_used, rows_changed FROM migsafe.restore('hp.t', 9951);
SELECT rows_changed, rows_inserted FROM migsafe.restore('hp.bag');
SELECT backup_used, rows_changed FROM migsafe.restore('hp.parts', mode => 'keep_new', dry_run => true);
DELETE FROM hp.child;
SELECT target, rows_inserted FROM migsafe.restore_tables('{hp.t,hp.child}');

-- exports, in a folder of the server
RESET search_path;
SELECT current_setting('data_directory') || '/migsafe_regress_hostile' AS folder,
       format('rm -rf %L', current_setting('data_directory') || '/migsafe_regress_hostile') AS clean_up
\gset
COPY (SELECT WHERE false) TO PROGRAM :'clean_up';
SET search_path = pg_temp, hostile, hp, pg_catalog;
SELECT row_count FROM migsafe.export_backup(9951, :'folder');
SELECT row_count FROM migsafe.import_backup(:'folder', 'hp');
SELECT exported.version IS NOT NULL AS is_json, exported.table_sql FROM (SELECT
    migsafe.table_manifest('hp.t') AS version,
    migsafe.table_sql(migsafe.table_manifest('hp.t'), 'hp', 't') AS table_sql) exported;
SELECT migsafe.indexes_sql(migsafe.table_manifest('hp.t'));
BEGIN;
SELECT pg_catalog.count(*) AS listed, pg_catalog.count(*) FILTER (WHERE p.dropped) OPERATOR(pg_catalog.>) 0 AS dropped
FROM migsafe.prune('0s', 1, dry_run => false) p;
ROLLBACK;

RESET search_path;
COPY (SELECT WHERE false) TO PROGRAM :'clean_up';
\c :database
DROP DATABASE regress_migsafe_hostile WITH (FORCE);
