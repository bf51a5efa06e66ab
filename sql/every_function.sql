-- A role without any rights calls every function and procedure of the extension, those for internal use as well, about
-- a table, a run, a backup and stored things of somebody else. What is called follows from pg_proc: a new function that
-- does not answer with 42501, and is not in the list of what is harmless, is a failure here.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE ROLE regress_migsafe_every_owner;
CREATE ROLE regress_migsafe_every_nobody LOGIN;
CREATE SCHEMA ev;
GRANT USAGE ON SCHEMA ev TO PUBLIC;
GRANT CREATE ON SCHEMA ev TO regress_migsafe_every_owner;

-- To plan a query on the table, on its undo logs or on its backups runs code of their owner: here, of the expressions of
-- extended statistics. With his rights or the caller's it may, with those of a superuser who did not call it must not.
SET ROLE regress_migsafe_every_owner;
CREATE FUNCTION ev.betray() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    -- a trace that no rollback removes
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        PERFORM pg_advisory_lock(27, 0);
    END IF;
    RETURN 0;
END
$$;
CREATE TABLE ev.t (id integer PRIMARY KEY, a integer, secret text DEFAULT 'secret');
INSERT INTO ev.t (id, a) SELECT g, g FROM generate_series(1, 3) g;
RESET ROLE;
ALTER SEQUENCE migsafe.run_id_seq RESTART 19001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 19001;
ALTER SEQUENCE migsafe.backup_set_seq RESTART 19001;
SET ROLE regress_migsafe_every_owner;
SELECT backup_id, backup_table FROM migsafe.backup_tables('{ev.t}', label => 'urn:ev')
\gset
SELECT run_id, successful_rows, failed_rows FROM migsafe.run_safe('ev.t', '{"a": "6 / (id - 1)"}', name => 'urn:ev');
CALL migsafe.run_online('ev.t', '{"a": "a + 1"}', name => 'urn:ev:online')
\gset r_
SELECT migsafe.store_checks('urn:ev', '[{"check": "not_null", "column": "a"}]');
SELECT migsafe.register_schema('urn:ev', '{"type": "object"}');
CREATE STATISTICS ev.of_target ON (a + ev.betray()), id FROM ev.t;
CREATE STATISTICS ev.of_backup ON (a + ev.betray()), id FROM :backup_table;
CREATE STATISTICS ev.of_run ON (seq + ev.betray()), batch FROM migsafe_undo.run_19001;
CREATE STATISTICS ev.of_online_run ON (seq + ev.betray()), batch FROM migsafe_undo.run_19002;
RESET ROLE;

-- Arguments by type, or by type and name: what is somebody else's, and what means nothing.
CREATE TABLE ev.sample (type text, name text, theirs text, zero text);
INSERT INTO ev.sample VALUES
    ('bigint', NULL, '19001', '0'), ('bigint[]', NULL, '{19001}', '{}'), ('boolean', NULL, 'true', 'false'),
    ('integer', NULL, '1', '0'), ('integer[]', NULL, '{1}', '{}'), ('interval', NULL, '1 day', '0'),
    ('json', NULL, '{}', '{}'), ('jsonb', NULL, '{}', '{}'), ('jsonb', 'transform', '{"a": "0"}', '{}'),
    ('jsonb', 'checks', '[{"check": "not_null", "column": "a"}]', '[]'), ('jsonb', 'keys', '[{"id": 1}]', '[]'),
    ('jsonb', 'patch', '[]', '[]'), ('jsonb', 'precondition', '[]', '[]'), ('jsonb', 'pace', '{"rest": 0}', '{}'),
    ('jsonb', 'manifest', '{"columns": [{"name": "a", "type": "integer"}]}', '{}'),
    ('name', NULL, 'ev', ''), ('name', 'name', 't', ''), ('name', 'target_name', 't', ''),
    ('name', 'target_owner', 'regress_migsafe_every_owner', ''), ('name[]', NULL, '{a}', '{}'),
    ('oid', NULL, 'ev.t'::regclass::oid::text, '0'), ('pg_snapshot', NULL, '10:20:10', '1:1:'),
    ('record', NULL, '(1)', '()'), ('regclass', NULL, 'ev.t', '0'), ('regclass[]', NULL, '{ev.t}', '{}'),
    ('text', NULL, 'urn:ev', ''), ('text', 'on_conflict', 'skip', ''), ('text', 'on_missing', 'leave', ''),
    ('text', 'mode', 'keep_new', ''), ('text', 'path', '/a', ''), ('text', 'only_if', 'true', ''),
    ('text', 'rows', 'true', ''), ('text', 'folder', '/nowhere', ''),
    ('timestamp with time zone', NULL, '2000-01-01', 'epoch'), ('xid', NULL, '3', '0');
CREATE FUNCTION ev.argument(wanted text, argument_name text, kind text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN wanted = 'record' THEN 'ROW(1)'
                WHEN kind = 'null' THEN 'NULL::' || wanted
                WHEN kind = 'online' AND argument_name = 'run_id' THEN '19002'
                ELSE quote_literal(CASE kind WHEN 'zero' THEN s.zero ELSE s.theirs END) || '::' || wanted END
    FROM ev.sample s WHERE s.type = wanted AND (s.name IS NULL OR s.name = argument_name)
    ORDER BY s.name NULLS LAST LIMIT 1
$$;

-- "theirs" and "online" pass what has no default, the others pass everything.
CREATE VIEW ev.call AS
SELECT p.proname AS name, p.oid::regprocedure AS function, p.prokind, k.kind,
       CASE p.prokind WHEN 'p' THEN 'CALL ' ELSE 'SELECT count(*) FROM ' END
       || format('migsafe.%I(', p.proname)
       || coalesce((SELECT string_agg(format('%I => ', a.name) ||
                                      coalesce(ev.argument(format_type(a.type, NULL), a.name, k.kind), '?'), ', ' ORDER BY a.i)
                    FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]), p.proargnames, p.proargmodes)
                         WITH ORDINALITY a (type, name, mode, i)
                    WHERE coalesce(a.mode, 'i') IN ('i', 'b')
                      AND (k.kind NOT IN ('theirs', 'online') OR a.i <= p.pronargs - p.pronargdefaults)), '')
       || ')' AS statement
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'migsafe'
CROSS JOIN (VALUES ('theirs'), ('online'), ('all'), ('null'), ('zero')) AS k (kind)
WHERE p.prorettype <> 'trigger'::regtype;
-- a type without a sample would pass unseen
SELECT function FROM ev.call WHERE statement LIKE '%=> ?%';

-- How a call ends: its SQLSTATE, or how many rows it gives, and whether code of the owner ran as a superuser. Nothing of
-- it lasts.
CREATE FUNCTION ev.was_betrayed() RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 27 AND pid = pg_backend_pid())
$$;
CREATE FUNCTION ev.outcome(statement text, OUT outcome text, OUT betrayed boolean) LANGUAGE plpgsql AS $$
DECLARE
    rows bigint;
BEGIN
    BEGIN
        EXECUTE statement INTO rows;
        RAISE SQLSTATE 'OK000' USING MESSAGE = rows || ' rows';
    EXCEPTION
        WHEN SQLSTATE 'OK000' THEN outcome := SQLERRM;
        WHEN OTHERS THEN outcome := SQLSTATE;
    END;
    betrayed := ev.was_betrayed();
    PERFORM pg_advisory_unlock_all();
END
$$;
CREATE TABLE ev.result (name name, function regprocedure, kind text, outcome text, betrayed boolean);
GRANT ALL ON ev.call, ev.sample, ev.result TO regress_migsafe_every_nobody;
SET ROLE regress_migsafe_every_nobody;
INSERT INTO ev.result
SELECT c.name, c.function, c.kind, o.* FROM ev.call c, ev.outcome(c.statement) o WHERE c.prokind = 'f';
-- procedures are not called inside of functions
\set VERBOSITY sqlstate
SELECT statement FROM ev.call WHERE prokind = 'p' AND kind IN ('theirs', 'online') ORDER BY function::text, kind DESC
\gexec
SELECT statement FROM ev.call WHERE prokind = 'p' AND kind IN ('all', 'null', 'zero') ORDER BY function::text, kind
\gexec
\set VERBOSITY default
RESET ROLE;

-- What answers a stranger, and why that is harmless.
CREATE TABLE ev.harmless (name name PRIMARY KEY, reason text);
INSERT INTO ev.harmless VALUES
    ('apply_transform_patch', 'computes from its arguments only'),
    ('cancel', 'does not say that the run exists'),
    ('collation_clause', 'says what pg_catalog says to everybody'),
    ('constraints_sql', 'computes from its arguments only'),
    ('bundle_schema', 'reads registered schemas, which everybody may'),
    ('indexes_sql', 'computes from its arguments only'),
    ('is_newer', 'computes from its arguments only'),
    ('json_matches_schema', 'computes from its arguments only'),
    ('jsonb_conforms', 'reads registered schemas, which everybody may'),
    ('jsonb_diff', 'computes from its arguments only'),
    ('jsonb_has_path', 'computes from its arguments only'),
    ('jsonb_matches_schema', 'computes from its arguments only'),
    ('jsonb_merge', 'computes from its arguments only'),
    ('jsonb_merge_patch', 'computes from its arguments only'),
    ('jsonb_patch', 'computes from its arguments only'),
    ('jsonb_schema_errors', 'reads registered schemas, which everybody may'),
    ('jsonb_schema_is_valid', 'computes from its arguments only'),
    ('lock_waited_for', 'says what pg_blocking_pids says to everybody'),
    ('may_read', 'says whether the caller may read a table'),
    ('pause', 'does not say that the run exists'),
    ('progress_bar', 'computes from its arguments only'),
    ('prune', 'takes tables of the caller only'),
    ('register_schema', 'everybody may register a schema; under a URI that is taken, only its owner'),
    ('require_finished', 'says of a run whether it has finished, and no more'),
    ('resume', 'does not say that the run exists'),
    ('retention', 'reads the catalogs with the rights of the caller'),
    ('row_hash', 'computes from its arguments only'),
    ('run_summary', 'reads the catalogs with the rights of the caller'),
    ('sequence_clause', 'says what pg_catalog says to everybody'),
    ('set_pace', 'does not say that the run exists'),
    ('store_checks', 'everybody may store checks; under a name that is taken, only their owner'),
    ('table_manifest', 'says what pg_catalog says to everybody'),
    ('table_sql', 'computes from its arguments only'),
    ('taken_back_by', 'reads the catalogs with the rights of the caller'),
    ('target_of', 'says whether a table exists, as pg_catalog does to everybody'),
    ('type_manifest', 'says what pg_catalog says to everybody'),
    ('types_sql', 'computes from its arguments only');
SELECT r.name, string_agg(DISTINCT r.outcome, ' ' ORDER BY r.outcome) AS outcomes,
       h.reason
FROM ev.result r LEFT JOIN ev.harmless h USING (name)
WHERE r.kind IN ('theirs', 'online', 'all') AND r.outcome <> '42501'
GROUP BY r.name, h.reason ORDER BY h.reason, r.name;
-- neither refused nor in the list
SELECT r.function, r.kind, r.outcome FROM ev.result r LEFT JOIN ev.harmless h USING (name)
WHERE r.kind IN ('theirs', 'online', 'all') AND r.outcome <> '42501' AND h.name IS NULL;
-- in the list without need
SELECT h.name FROM ev.harmless h
WHERE NOT EXISTS (SELECT FROM ev.result r
                  WHERE r.name = h.name AND r.kind IN ('theirs', 'online', 'all') AND r.outcome <> '42501');
-- What means nothing is refused as such: no internal error, no answer but of those in the list.
SELECT r.function, r.kind, r.outcome FROM ev.result r LEFT JOIN ev.harmless h USING (name)
WHERE r.kind IN ('null', 'zero') AND r.outcome !~ '^(22|42|55|0A)' AND (h.name IS NULL OR r.outcome !~ ' rows$');

-- The same calls by a role that may do everything with the table, and by its owner.
CREATE ROLE regress_migsafe_every_writer LOGIN;
GRANT ALL ON SCHEMA ev TO regress_migsafe_every_writer;
SET ROLE regress_migsafe_every_owner;
GRANT ALL ON ev.t TO regress_migsafe_every_writer;
RESET ROLE;
GRANT ALL ON ev.call, ev.sample, ev.result TO regress_migsafe_every_writer, regress_migsafe_every_owner;
DELETE FROM ev.result;
SET client_min_messages = error;
SET ROLE regress_migsafe_every_writer;
INSERT INTO ev.result
SELECT c.name, c.function, c.kind, o.* FROM ev.call c, ev.outcome(c.statement) o WHERE c.prokind = 'f';
SET ROLE regress_migsafe_every_owner;
INSERT INTO ev.result
SELECT c.name, c.function, c.kind, o.* FROM ev.call c, ev.outcome(c.statement) o WHERE c.prokind = 'f';
RESET ROLE;
-- code that the owner has put into it runs with nobody's rights but theirs
SELECT function, kind FROM ev.result WHERE betrayed;
-- most of them did something
SELECT count(*) > 60 AS with_result FROM ev.result WHERE kind IN ('theirs', 'online', 'all') AND outcome LIKE '% rows';
SELECT function, kind, outcome FROM ev.result WHERE outcome ~ '^XX';

-- And by a superuser: where a query of his own reads the table, that runs code of its owner as him, as any SELECT does. With
-- what only looks at it (a plan, a log, a backup, a fingerprint) it does not.
DELETE FROM ev.result;
INSERT INTO ev.result
SELECT c.name, c.function, c.kind, o.* FROM ev.call c, ev.outcome(c.statement) o WHERE c.prokind = 'f';
SELECT name, string_agg(DISTINCT kind, ' ') AS kinds FROM ev.result WHERE betrayed GROUP BY name ORDER BY name;

SELECT migsafe.drop_checks('urn:ev'), migsafe.unregister_schema('urn:ev');
DROP SCHEMA ev CASCADE;
DROP OWNED BY regress_migsafe_every_owner, regress_migsafe_every_nobody, regress_migsafe_every_writer;
DROP ROLE regress_migsafe_every_owner, regress_migsafe_every_nobody, regress_migsafe_every_writer;
