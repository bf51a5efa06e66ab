-- The caller's rights are the limit: of what is read, of what is written, of what the records show.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA ri;
ALTER SEQUENCE migsafe.run_id_seq RESTART 8001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 8001;
CREATE ROLE regress_migsafe_owner;
CREATE ROLE regress_migsafe_reader;
CREATE ROLE regress_migsafe_writer;
CREATE ROLE regress_migsafe_nobody;
GRANT USAGE ON SCHEMA ri TO PUBLIC;
GRANT CREATE ON SCHEMA ri TO regress_migsafe_owner;

SET ROLE regress_migsafe_owner;
CREATE TABLE ri.t (id integer PRIMARY KEY, a integer, secret text DEFAULT 'secret');
INSERT INTO ri.t SELECT g, g FROM generate_series(1, 3) g;
GRANT SELECT ON ri.t TO regress_migsafe_reader;
GRANT SELECT, UPDATE ON ri.t TO regress_migsafe_writer;

-- The owner of a table, without any other right, can do everything with it.
SELECT backup_id AS backup, backup_table FROM migsafe.backup_table('ri.t')
\gset
SELECT verified FROM migsafe.verify_backup(:backup);
SELECT run_id AS run, successful_rows, failed_rows
FROM migsafe.run_safe('ri.t', '{"a": "6 / (id - 1)"}', name => 'owner''s')
\gset
SELECT :successful_rows AS successful, :failed_rows AS failed;
SELECT passed FROM migsafe.validate_jsonb('ri.t', '[{"check": "not_null", "column": "a"}]');
SELECT status, key FROM migsafe.row_log(:run) ORDER BY 1, 2;
SELECT status, count FROM migsafe.run_summary(:run);
SELECT run_id, name, target, status FROM migsafe.status WHERE run_id >= 8001 AND target = 'ri.t';
SELECT restored_rows FROM migsafe.rollback(:run, dry_run => true);
SELECT rows_changed FROM migsafe.restore('ri.t', dry_run => true);
SELECT count(*) FROM migsafe_undo.run_8001;
SELECT count(*) FROM :backup_table;
RESET ROLE;

-- One who may read the table may read its record, and try; not change it, nor its undo log, nor its backup.
SET ROLE regress_migsafe_reader;
SELECT run_id, name, target, status FROM migsafe.status WHERE run_id >= 8001 AND target = 'ri.t';
SELECT key, row_before FROM migsafe.row_error WHERE run_id = 8001;
SELECT status, key FROM migsafe.row_log(8001) ORDER BY 1, 2;
SELECT backup_id, target_name FROM migsafe.backup WHERE backup_id = 8001;
SELECT verified FROM migsafe.verify_backup(8001);
SELECT migsafe.fingerprint('ri.t') IS NOT NULL AS fingerprint;
SELECT passed FROM migsafe.validate_jsonb('ri.t', '[{"check": "not_null", "column": "a"}]');
SELECT successful_rows FROM migsafe.run_safe('ri.t', '{"a": "0"}', dry_run => true);
SELECT restored_rows FROM migsafe.rollback(8001, dry_run => true);
SELECT rows_changed FROM migsafe.restore('ri.t', dry_run => true);
SELECT total_rows FROM migsafe.run_safe('ri.t', '{"a": "0"}');
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback(8001);
\echo :SQLSTATE
SELECT rows_changed FROM migsafe.restore('ri.t');
\echo :SQLSTATE
SELECT row_count FROM migsafe.backup_table('ri.t');
\echo :SQLSTATE
SELECT count(*) FROM migsafe_undo.run_8001;
\echo :SQLSTATE
\set VERBOSITY sqlstate
SELECT count(*) FROM :backup_table;
\set VERBOSITY default
RESET ROLE;

-- One who may update it, without owning it: a run and its rollback; a restore takes more.
SET ROLE regress_migsafe_writer;
SELECT run_id AS theirs, successful_rows FROM migsafe.run_safe('ri.t', '{"a": "100"}')
\gset
SELECT restored_rows FROM migsafe.rollback(:theirs);
SELECT rows_changed FROM migsafe.restore('ri.t');
\echo :SQLSTATE
SELECT rows_changed FROM migsafe.restore('ri.t', mode => 'keep_new');
\echo :SQLSTATE
RESET ROLE;
-- the undo log belongs to the owner of the table, whoever ran
SELECT c.relname, pg_get_userbyid(c.relowner) AS owner,
    has_table_privilege('regress_migsafe_writer', c.oid, 'SELECT') AS writer_reads
FROM pg_class c
WHERE c.relnamespace = 'migsafe_undo'::regnamespace AND c.relname IN ('run_8001', 'run_' || :theirs)
ORDER BY 1;
-- rights on some columns only
REVOKE UPDATE ON ri.t FROM regress_migsafe_writer;
GRANT UPDATE (a) ON ri.t TO regress_migsafe_writer;
SET ROLE regress_migsafe_writer;
SELECT successful_rows FROM migsafe.run_safe('ri.t', '{"a": "100"}');
SELECT total_rows FROM migsafe.run_safe('ri.t', '{"a": "100", "secret": "NULL"}');
\echo :SQLSTATE
RESET ROLE;
REVOKE SELECT ON ri.t FROM regress_migsafe_reader;
GRANT SELECT (id, a) ON ri.t TO regress_migsafe_reader;
SET ROLE regress_migsafe_reader;
SELECT migsafe.fingerprint('ri.t');
\echo :SQLSTATE
SELECT passed FROM migsafe.validate_jsonb('ri.t', '[{"check": "not_null", "column": "secret"}]');
\echo :SQLSTATE
SELECT key FROM migsafe.row_error WHERE run_id = 8001;
RESET ROLE;
GRANT UPDATE ON ri.t TO regress_migsafe_writer;

-- One without rights sees nothing, and gets nothing.
SET ROLE regress_migsafe_nobody;
SELECT row_count FROM migsafe.backup_table('ri.t');
\echo :SQLSTATE
SELECT verified FROM migsafe.verify_backup(8001);
\echo :SQLSTATE
SELECT migsafe.fingerprint('ri.t');
\echo :SQLSTATE
SELECT total_rows FROM migsafe.run_safe('ri.t', '{"a": "0"}');
\echo :SQLSTATE
SELECT total_rows FROM migsafe.run_safe('ri.t', '{"a": "0"}', dry_run => true);
\echo :SQLSTATE
SELECT passed FROM migsafe.validate_jsonb('ri.t', '[]');
\echo :SQLSTATE
SELECT status FROM migsafe.row_log(8001);
\echo :SQLSTATE
SELECT status FROM migsafe.run_summary(8001);
SELECT total_rows FROM migsafe.rollback(8001);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback(8001, dry_run => true);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback('owner''s');
\echo :SQLSTATE
SELECT rows_changed FROM migsafe.restore('ri.t');
\echo :SQLSTATE
SELECT rows_changed FROM migsafe.restore('ri.t', 8001, dry_run => true);
\echo :SQLSTATE
SELECT count(*) FROM migsafe.status WHERE run_id = 8001;
SELECT count(*) FROM migsafe.run WHERE run_id = 8001;
SELECT count(*) FROM migsafe.run_commit WHERE run_id = 8001;
SELECT count(*) FROM migsafe.row_error WHERE run_id = 8001;
SELECT count(*) FROM migsafe.backup WHERE backup_id = 8001;
SELECT count(*) FROM migsafe_undo.run_8001;
\echo :SQLSTATE
-- nobody writes the catalogs but migsafe itself
INSERT INTO migsafe.run_commit (run_id) VALUES (1);
UPDATE migsafe.run SET name = 'mine';
DELETE FROM migsafe.committed_error;
DELETE FROM migsafe.recorded_run;
DELETE FROM migsafe.recorded_error;
TRUNCATE migsafe.backup;
SELECT nextval('migsafe.run_id_seq');
CREATE TABLE migsafe.mine (id integer);
CREATE TABLE migsafe_undo.mine (id integer);
CREATE FUNCTION migsafe.mine() RETURNS integer LANGUAGE sql RETURN 1;
SET migsafe.debug_fault = 'write:error';
RESET ROLE;

-- Row-level security that applies to the caller: migsafe accounts for every row, or for none.
ALTER TABLE ri.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON ri.t USING (id < 3);
SET ROLE regress_migsafe_writer;
SELECT total_rows FROM migsafe.run_safe('ri.t', '{"a": "0"}');
\echo :SQLSTATE
SELECT row_count FROM migsafe.backup_table('ri.t');
\echo :SQLSTATE
SELECT migsafe.fingerprint('ri.t');
\echo :SQLSTATE
SELECT passed FROM migsafe.validate_jsonb('ri.t', '[]');
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback(8001);
\echo :SQLSTATE
SELECT rows_changed FROM migsafe.restore('ri.t', dry_run => true);
\echo :SQLSTATE
SELECT count(*) FROM migsafe.row_log(8001);
\echo :SQLSTATE
SELECT count(*) FROM migsafe.row_error WHERE run_id = 8001;
RESET ROLE;
-- it does not apply to the owner, unless it is forced
SET ROLE regress_migsafe_owner;
SELECT total_rows FROM migsafe.run_safe('ri.t', '{"a": "7"}', dry_run => true);
ALTER TABLE ri.t FORCE ROW LEVEL SECURITY;
SELECT total_rows FROM migsafe.run_safe('ri.t', '{"a": "7"}', dry_run => true);
\echo :SQLSTATE
ALTER TABLE ri.t NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ri.t DISABLE ROW LEVEL SECURITY;
RESET ROLE;

-- Expressions run as the caller, with his rights.
CREATE TABLE ri.hidden (id integer);
SET ROLE regress_migsafe_writer;
SELECT total_rows FROM migsafe.run_safe('ri.t', '{"a": "(SELECT max(h.id) FROM ri.hidden h)"}');
\echo :SQLSTATE
SELECT passed FROM migsafe.validate_jsonb('ri.t',
    '[{"check": "expression", "expression": "(SELECT max(h.id) FROM ri.hidden h) IS NULL"}]');
\echo :SQLSTATE
SELECT s->'after' AS after FROM migsafe.run_safe('ri.t', '{"secret": "current_user"}',
    only_if => 'id = 1', dry_run => true) r, jsonb_array_elements(r.samples) s;
RESET ROLE;

-- Functions and operators in the caller's schema that shadow those of pg_catalog: migsafe does not call them. A
-- privileged caller, with this search_path, meets none of them.
CREATE SCHEMA ri_hostile;
GRANT ALL ON SCHEMA ri_hostile TO regress_migsafe_nobody;
SET ROLE regress_migsafe_nobody;
DO $$
DECLARE
    f record;
BEGIN
    -- everything that SQL written by migsafe could name by accident
    FOR f IN SELECT p.proname, p.oid::regprocedure AS signature, pg_get_function_identity_arguments(p.oid) AS arguments,
                    pg_get_function_result(p.oid) AS result
             FROM pg_catalog.pg_proc p
             WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset
                 AND p.provariadic = 0
               AND p.proname IN ('format', 'quote_ident', 'quote_literal', 'nextval', 'clock_timestamp', 'now',
                    'pg_backend_pid', 'to_regclass', 'jsonb_typeof', 'to_jsonb', 'jsonb_build_object', 'get_bit',
                    'coalesce', 'nullif', 'current_database', 'pg_get_userbyid', 'has_table_privilege', 'format_type',
                    'pg_get_expr', 'pg_get_indexdef', 'pg_get_constraintdef', 'pg_get_triggerdef', 'round', 'extract',
                    'date_part', 'pg_total_relation_size', 'int4eq', 'int8eq', 'texteq', 'nameeq', 'oideq')
               AND pg_get_function_result(p.oid) NOT LIKE '%any%'
                   AND pg_get_function_identity_arguments(p.oid) NOT LIKE '%any%'
               AND pg_get_function_identity_arguments(p.oid) NOT LIKE '%"char"%' LOOP
        EXECUTE pg_catalog.format('CREATE FUNCTION ri_hostile.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L',
            f.proname, f.arguments, f.result, 'BEGIN RAISE EXCEPTION ''hostile function''; END');
    END LOOP;
    FOR f IN SELECT o.oprname, o.oprleft::regtype AS l, o.oprright::regtype AS r, o.oprresult::regtype AS result
             FROM pg_catalog.pg_operator o
             WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprleft <> 0
               AND o.oprname IN ('=', '<>', '>', '<', '->', '->>', '#>>', '||', '/', '*', '~', '>>', '&', '-', '!~')
               AND (o.oprleft::regtype || ' ' || o.oprright::regtype) !~ 'any|"char"' LOOP
        EXECUTE pg_catalog.format('CREATE FUNCTION ri_hostile.%I(a %s, b %s) RETURNS %s LANGUAGE plpgsql AS %L',
            'bad_' || f.oprname, f.l, f.r,
            f.result, 'BEGIN RAISE EXCEPTION ''hostile operator''; END');
        EXECUTE pg_catalog.format(
            'CREATE OPERATOR ri_hostile.%s (FUNCTION = ri_hostile.%I, LEFTARG = %s, RIGHTARG = %s)',
            f.oprname, 'bad_' || f.oprname, f.l, f.r);
    END LOOP;
    CREATE TABLE ri_hostile.pg_class (oid oid);
    CREATE TABLE ri_hostile.pg_roles (oid oid);
    CREATE DOMAIN ri_hostile.jsonb AS pg_catalog.jsonb CHECK (false);
    CREATE DOMAIN ri_hostile."char" AS pg_catalog."char" CHECK (false);
    CREATE DOMAIN ri_hostile.text AS pg_catalog.text CHECK (false);
    CREATE DOMAIN ri_hostile.regclass AS pg_catalog.regclass CHECK (false);
END $$;
RESET ROLE;
SELECT count(*) > 200 AS traps_set FROM pg_proc WHERE pronamespace = 'ri_hostile'::regnamespace;
CREATE TABLE ri.bag (a pg_catalog.int4, b pg_catalog.text, c pg_catalog.jsonb);
INSERT INTO ri.bag VALUES (1, 'x', '{}'), (1, 'x', '{}');
SET search_path = ri_hostile, ri, pg_catalog;
SELECT row_count FROM migsafe.backup_table('ri.t') b;
SELECT row_count FROM migsafe.backup_table('ri.bag') b;
SELECT verified FROM migsafe.verify_backup(8001);
SELECT passed, sample_keys FROM migsafe.validate_jsonb('ri.bag', '[
    {"check": "not_null", "columns": ["a", "b"]}, {"check": "type", "column": "c", "type": "object"},
    {"check": "lacks", "column": "c", "path": "/a"}]');
SELECT r.run_id AS run, r.successful_rows FROM migsafe.run_safe('ri.t', '{"a": "50 OPERATOR(pg_catalog.-) a"}',
    only_if => 'a IS NOT NULL', name => 'hostile',
    checks => '[{"check": "not_null", "column": "a"}]', notice_every => 1) r
\gset
SELECT r.run_id AS again FROM migsafe.run_safe('ri.t', '{"a": "50 OPERATOR(pg_catalog.-) a"}',
    only_if => 'a IS NOT NULL', name => 'hostile',
    checks => '[{"check": "not_null", "column": "a"}]') r
\gset
SELECT r.run_id AS bag, r.successful_rows
FROM migsafe.run_safe('ri.bag', '{"a": {"value": 7}, "c": {"value": [1]}, "b": {"sql": "pg_catalog.upper(b)"}}') r
\gset
SELECT status, row_before FROM migsafe.row_log(:run, true);
SELECT status, row_before FROM migsafe.row_log(:bag);
SELECT status, count FROM migsafe.run_summary(:run);
SELECT status, successful_rows FROM migsafe.status s WHERE s.run_id OPERATOR(pg_catalog.=) :run;
SELECT restored_rows FROM migsafe.rollback('hostile', dry_run => true);
SELECT restored_rows FROM migsafe.rollback('hostile');
SELECT restored_rows FROM migsafe.rollback(:bag::pg_catalog.int8);
SELECT rows_changed FROM migsafe.restore('ri.t', 8001);
SELECT rows_changed, rows_inserted FROM migsafe.restore('ri.bag');
SELECT migsafe.jsonb_has_path('{"a": 1}', '/a');
-- what the expressions of a caller call is found in his own search_path, though
SELECT total_rows FROM migsafe.run_safe('ri.t', '{"secret": "now()"}', max_errors => 0);
\echo :SQLSTATE
RESET search_path;

-- The owner of an undo log that is a view does not get his code run with the rights of those who read it. (Before
-- PostgreSQL 16 he could make it one himself, by a rule.)
SET ROLE regress_migsafe_owner;
CREATE TABLE ri.small (id integer PRIMARY KEY, a integer);
SELECT run_id AS empty FROM migsafe.run_safe('ri.small', '{"a": "1"}')
\gset
CREATE FUNCTION ri.spy() RETURNS bigint LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'spy runs as the owner: %', current_user = 'regress_migsafe_owner'; RETURN 1; END $$;
RESET ROLE;
DROP TABLE migsafe_undo.run_:empty;
CREATE VIEW migsafe_undo.run_:empty AS
    SELECT ri.spy() AS seq, NULL::uuid AS entry_hash, 1 AS batch, 0 AS leaf, 1 AS key_1, ''::bytea AS changed, ''::bytea AS new_hash,
           ''::bytea AS row_hash, 1 AS old_1, 1 AS old_2;
ALTER VIEW migsafe_undo.run_:empty OWNER TO regress_migsafe_owner;
SELECT * FROM migsafe.row_log(:empty);
\echo :SQLSTATE
SELECT restored_rows FROM migsafe.rollback(:empty);
\echo :SQLSTATE

-- A table that has got another owner: its undo logs and backups have not, so nothing reads them with his rights until a
-- superuser has given them to him. The statement for it is in the hint.
CREATE ROLE "regress_migsafe-new";
CREATE TABLE ri.given (id integer PRIMARY KEY, a integer);
INSERT INTO ri.given SELECT g, g FROM generate_series(1, 4) g;
ALTER TABLE ri.given OWNER TO regress_migsafe_owner;
SELECT backup_table FROM migsafe.backup_table('ri.given', label => 'given')
\gset
SELECT run_id AS given FROM migsafe.run_safe('ri.given', '{"a": "a + 10"}')
\gset
CALL migsafe.run_online('ri.given', '{"a": "a + 100 / (id - 3)"}', max_errors => 0, name => 'given', batch_size => 2);
SELECT run_id AS online FROM migsafe.status WHERE name = 'given'
\gset
ALTER TABLE ri.given OWNER TO "regress_migsafe-new";
-- both ways back, planned or done, and the look for rows that are new at the end of an online run
SELECT total_rows FROM migsafe.rollback(:given, dry_run => true);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback(:given);
\echo :SQLSTATE
CALL migsafe.rollback_online(:given);
\echo :SQLSTATE
CALL migsafe.resume_online(:online, 1);
\echo :SQLSTATE
SELECT status, sqlstate FROM migsafe.status WHERE run_id = :online;
\set VERBOSITY sqlstate
SELECT rows_changed FROM migsafe.restore('ri.given', dry_run => true);
SELECT rows_changed FROM migsafe.restore('ri.given');
\set VERBOSITY default
SELECT count(*) AS rollbacks FROM migsafe.run WHERE rollback_of IN (:given, :online);
SELECT a FROM ri.given ORDER BY id;
CREATE PROCEDURE ri.do_as_the_hint_says(statement text) LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    EXECUTE statement;
EXCEPTION WHEN insufficient_privilege THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    EXECUTE regexp_replace(hint, '^As a superuser: ', '');
END
$$;
CALL ri.do_as_the_hint_says('SELECT migsafe.rollback(' || :online || ')');
CALL migsafe.resume_online(:online)
\gset r_
\echo :r_successful_rows :r_failed_rows
SELECT restored_rows FROM migsafe.rollback(:online);
CALL ri.do_as_the_hint_says('SELECT migsafe.rollback(' || :given || ')');
SELECT restored_rows FROM migsafe.rollback(:given);
SELECT a FROM ri.given ORDER BY id;
UPDATE ri.given SET a = 0;
CALL ri.do_as_the_hint_says('SELECT migsafe.restore(''ri.given'')');
SELECT rows_changed FROM migsafe.restore('ri.given');
SELECT a FROM ri.given ORDER BY id;
SELECT count(*), count(DISTINCT relowner) AS owners FROM pg_class
WHERE relowner = '"regress_migsafe-new"'::regrole AND relkind = 'r';

DROP SCHEMA ri, ri_hostile CASCADE;
DROP OWNED BY regress_migsafe_owner, regress_migsafe_reader, regress_migsafe_writer, regress_migsafe_nobody,
    "regress_migsafe-new";
DROP ROLE regress_migsafe_owner, regress_migsafe_reader, regress_migsafe_writer, regress_migsafe_nobody,
    "regress_migsafe-new";
