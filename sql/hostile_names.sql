-- Names that try to become SQL, formats or escapes, for all that has a name: a schema, table, column, key, type, index,
-- constraint, trigger, role, run, backup, check, publication. Each is taken for what it is.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 20001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 20001;
CREATE SCHEMA hn;
CREATE TABLE hn.canary (id integer);
INSERT INTO hn.canary VALUES (1);
CREATE TABLE hn.name (no integer PRIMARY KEY, n name);
INSERT INTO hn.name VALUES
    (1, '"; DROP TABLE hn.canary; --'), (2, '''; DROP TABLE hn.canary; --'), (3, E'\\''; DELETE FROM hn.canary; $$ --'),
    (4, E'a\nb\tc\r%s%n%1$s'), (5, '/*" '' $1 :x \gexec'), (6, repeat(U&'\00fc', 30) || '";%'), (7, '{"a", b}'),
    (8, ' x '), (9, 'SELECT'), (10, U&'\202e\200b.\ff1b''');
SELECT max(octet_length(n::text)) AS longest FROM hn.name;

-- Everything of one name, in one table. What is wrong is raised.
CREATE FUNCTION hn.expect(what text, got text, expected text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF got IS DISTINCT FROM expected THEN
        RAISE WARNING '%: got %, expected %', what, got, expected;
    END IF;
END
$$;
CREATE PROCEDURE hn.live(number integer) LANGUAGE plpgsql AS $$
DECLARE
    n constant name := (SELECT e.n FROM hn.name e WHERE e.no = number);
    t regclass;
    doc text;
    r record;
    run bigint;
    message text;
    b record;
BEGIN
    EXECUTE format('CREATE ROLE %I', 'regress_migsafe ' || substr(n, 1, 40));
    EXECUTE format('CREATE SCHEMA %I', n);
    EXECUTE format('CREATE TYPE %I.%I AS ENUM (%L, ''y'')', n, 'e' || substr(n, 2), n);
    EXECUTE format('CREATE TABLE %1$I.%1$I (%1$I text CONSTRAINT %2$I PRIMARY KEY,
                        value integer CONSTRAINT %3$I CHECK (value < 100), doc jsonb, mood %1$I.%4$I, missing text)',
                   n, 'k' || substr(n, 2), 'c' || substr(n, 2), 'e' || substr(n, 2));
    t := format('%1$I.%1$I', n);
    EXECUTE format('CREATE INDEX %I ON %s (value)', 'i' || substr(n, 2), t);
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %s
                    FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', n, t);
    EXECUTE format('INSERT INTO %s SELECT %L || g, g, jsonb_build_object(%2$L, g), %2$L
                    FROM generate_series(1, 4) g', t, n);
    doc := jsonb_build_object('value', format('100 / (value - 2)'), 'doc', jsonb_build_array(jsonb_build_object(
               'op', 'rename', 'path', '/' || replace(replace(n, '~', '~0'), '/', '~1'), 'to', 'plain')))::text;

    -- backup
    SELECT * INTO b FROM migsafe.backup_table(t, label => n);
    PERFORM hn.expect('label', k.label, n), hn.expect('target', k.target_name, n),
            hn.expect('backup', b.backup_table, format('%I.%I', k.backup_schema, k.backup_name)),
            hn.expect('of it', b.backup_table::regclass::oid::regclass::text, b.backup_table)
    FROM migsafe.backup k WHERE k.backup_id = b.backup_id;
    SELECT * INTO r FROM migsafe.verify_backup(b.backup_id);
    PERFORM hn.expect('verified', r.verified::text, 'true');

    -- run, its log, its plan, its rollback
    BEGIN
        PERFORM FROM migsafe.run_safe(t, doc::jsonb, name => n, max_errors => 0);
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS message = PG_EXCEPTION_DETAIL;
        PERFORM hn.expect('error', message, format('(%1$s=%1$s2): division by zero', n));
    END;
    SELECT * INTO r FROM migsafe.run_safe(t, jsonb_set(doc::jsonb, '{value}', '"value + 1"'),
        only_if => format('%I IS NOT NULL', n), name => n, checks => jsonb_build_array(jsonb_build_object(
            'check', 'not_null', 'column', n, 'name', n)));
    run := r.run_id;
    PERFORM hn.expect('rows', r.successful_rows::text, '4'),
            hn.expect('check', r.checks_result->0->>'name', n),
            hn.expect('status', s.name || s.target, n || t::text) FROM migsafe.status s WHERE s.run_id = run;
    PERFORM hn.expect('key', l.key->>n::text, n || (l.row_before->>'value')),
            hn.expect('doc', l.row_before->'doc'->>n::text, l.row_before->>'value') FROM migsafe.row_log(run) l;
    PERFORM hn.expect('plan', p.key->>n::text || (p.before->'doc'->>n::text),
                      n || (p.before->>'value') || (p.before->>'value'))
    FROM migsafe.rollback_plan(n::text) p;
    SELECT * INTO r FROM migsafe.rollback(n::text, keys => jsonb_build_array(jsonb_build_object(n, n || '1')));
    PERFORM hn.expect('by key', r.restored_rows::text, '1');
    EXECUTE format('UPDATE %s SET doc = ''1'' WHERE value = 5', t);
    SELECT * INTO r FROM migsafe.rollback(n::text, rows => format('%I <> %L', n, n || '9'), on_conflict => 'skip');
    PERFORM hn.expect('by predicate', concat_ws(' ', r.restored_rows, r.unchanged_rows, r.skipped_rows), '2 1 1'),
            hn.expect('conflict', r.conflict_rows->0->'key'->>n::text, n || '4');

    -- checks
    PERFORM hn.expect('check ' || c.check_no, c.passed::text, 'true')
    FROM migsafe.validate_jsonb(t, jsonb_build_array(
        jsonb_build_object('check', 'unique', 'column', n), jsonb_build_object('check', 'exists', 'column', n),
        jsonb_build_object('check', 'exists', 'index', 'i' || substr(n, 2)),
        jsonb_build_object('check', 'exists', 'constraint', 'c' || substr(n, 2)),
        jsonb_build_object('check', 'exists', 'trigger', n), jsonb_build_object('check', 'exists', 'table', t::text),
        jsonb_build_object('check', 'foreign_key', 'column', n, 'references', t::text),
        jsonb_build_object('check', 'reconcile', 'reference', t::text, 'key', n))) c;
    PERFORM migsafe.store_checks(n, jsonb_build_array(jsonb_build_object('check', 'not_null', 'column', n, 'name', n)));
    PERFORM hn.expect('stored', c.name || c.passed, n || 'true') FROM migsafe.validate_jsonb(t, jsonb_build_array(n)) c;
    SELECT * INTO r FROM migsafe.enforce(t, jsonb_build_array(n)) e;
    PERFORM hn.expect('enforced', (SELECT count(*)::text FROM pg_constraint k
                                   WHERE k.conrelid = t AND k.conname = r.constraint_name), '1');
    PERFORM migsafe.drop_checks(n);

    -- rights: the owner is told, by a statement that holds
    EXECUTE format('ALTER TABLE %s OWNER TO %I', t, 'regress_migsafe ' || substr(n, 1, 40));
    EXECUTE format('GRANT ALL ON SCHEMA %I TO PUBLIC', n);
    BEGIN
        PERFORM FROM migsafe.rollback(n::text);
    EXCEPTION WHEN insufficient_privilege THEN
        GET STACKED DIAGNOSTICS message = PG_EXCEPTION_HINT;
        EXECUTE regexp_replace(message, '^As a superuser: ', '');
    END;
    EXECUTE format('ALTER TABLE %s OWNER TO CURRENT_USER', t);
    EXECUTE format('ALTER TABLE migsafe_undo.run_%s OWNER TO CURRENT_USER', run);

    -- restore, and prune
    EXECUTE format('DELETE FROM %s WHERE value = 1', t);
    SELECT * INTO r FROM migsafe.restore(t);
    PERFORM hn.expect('restored', concat_ws(' ', r.rows_changed, r.rows_inserted), '1 1');
    PERFORM hn.expect('pruned', p.target, t::text) FROM migsafe.prune('0s', 0) p WHERE p.id = run AND p.kind = 'undo log';

    -- what an export writes, executed elsewhere
    SELECT migsafe.types_sql(m) || migsafe.table_sql(m, n, n) || migsafe.indexes_sql(m) INTO doc
    FROM migsafe.table_manifest(t) m;
    EXECUTE format('DROP SCHEMA %I CASCADE', n);
    EXECUTE doc;
    PERFORM hn.expect('exported', (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute a
                                   WHERE a.attrelid = format('%1$I.%1$I', n)::regclass AND a.attnum > 0),
                      n || ',value,doc,mood,missing');
    EXECUTE format('DROP SCHEMA %I CASCADE', n);
    EXECUTE format('DROP ROLE %I', 'regress_migsafe ' || substr(n, 1, 40));
END
$$;
SELECT format('CALL hn.live(%s)', no) FROM hn.name ORDER BY no
\gexec
SELECT count(*) AS canaries FROM hn.canary;

-- Online runs, which keep keys as text, in batches and in a worker; and a publication.
SELECT n FROM (SELECT E'"''\\; DROP TABLE hn.canary;\n%s $$ /* ' || repeat(U&'\00fc', 12) AS n) n
\gset
SELECT octet_length(:'n'::name::text) AS bytes, format('hn.%I', :'n') AS target
\gset n_
\echo :n_bytes
SET client_min_messages = error;
SELECT 'CREATE TABLE ' || :'n_target' || format(' (%1$I text, id text, v text, PRIMARY KEY (%1$I, id))', :'n'),
       'INSERT INTO ' || :'n_target' || format(' SELECT %L || g, E''\\\n"'' || g FROM generate_series(1, 9) g', :'n')
\gexec
CALL migsafe.run_online(:'n_target', '{"v": "id || ''%''"}', only_if => format('%I IS NOT NULL', :'n'),
    name => :'n', batch_size => 2, workers => 2)
\gset r_
RESET client_min_messages;
\echo :r_successful_rows :r_failed_rows
SELECT :r_run_id AS run
\gset
SELECT name = :'n' AS name, target = :'n_target' AS target, status FROM migsafe.status WHERE run_id = :run;
SELECT count(*), count(*) FILTER (WHERE key->>'id' ~ '^\\\n"\d$' AND starts_with(key->>:'n', :'n')) AS exact
FROM migsafe.row_log(:run);
CALL migsafe.rollback_online(:'n'::text)
\gset r_
\echo :r_restored_rows
SELECT migsafe.start(:'n_target', '{"v": "id || ''%''"}', name => :'n' || 'start') > 0 AS started;
SELECT migsafe.require_finished(:'n' || 'start', '60s') > 0 AS finished;
SELECT restored_rows FROM migsafe.rollback(:'n' || 'start');
SET client_min_messages = error;
CREATE PUBLICATION :"n" FOR ALL TABLES;
RESET client_min_messages;
SELECT FROM migsafe.run_safe(:'n_target', '{"v": "1"}');
DROP PUBLICATION :"n";
-- what is not there is not there by that name
SELECT FROM migsafe.rollback(:'n');
SELECT FROM migsafe.run_safe(:'n_target', jsonb_build_object(:'n' || 'x', '1'));
SELECT FROM migsafe.validate_jsonb(:'n_target', jsonb_build_array(:'n'));
SELECT FROM migsafe.unregister_schema(:'n');
SELECT FROM migsafe.backup_table(:'n_target', backup_schema => :'n');

SELECT count(*) AS canaries FROM hn.canary;
SET client_min_messages = error;
DROP SCHEMA hn CASCADE;
