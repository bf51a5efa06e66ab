-- Two users, each with a table, runs, row errors and backups: neither sees anything of the other's, by whatever relation of
-- the extension, log, plan, message or list of processes. What is looked at follows from pg_depend.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 81001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 81001;
CREATE ROLE regress_migsafe_ann LOGIN;
CREATE ROLE regress_migsafe_ben LOGIN;
CREATE SCHEMA tu_ann AUTHORIZATION regress_migsafe_ann;
CREATE SCHEMA tu_ben AUTHORIZATION regress_migsafe_ben;
GRANT USAGE ON SCHEMA tu_ann, tu_ben TO PUBLIC;
CREATE SCHEMA tu;
GRANT USAGE ON SCHEMA tu TO PUBLIC;
-- fails, with the secret in its message, its detail, and the row
CREATE FUNCTION tu.refuse(secret text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refused %', secret USING DETAIL = 'Look at ' || secret;
END
$$;
-- a whole history, of the current user; his secrets are called so
CREATE PROCEDURE tu.live(whose text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE tu_%s.t (id integer PRIMARY KEY, a integer, secret text UNIQUE)', whose);
    EXECUTE format('INSERT INTO tu_%s.t SELECT g, g, %L || g FROM generate_series(1, 3) g',
                   whose, 'secret_of_' || whose || '_');
    EXECUTE format('SELECT FROM migsafe.backup_table(''tu_%s.t'', label => %L)', whose, 'label of ' || whose);
    EXECUTE format('SELECT FROM migsafe.run_safe(''tu_%s.t'',
                        ''{"a": "CASE id WHEN 1 THEN tu.refuse(secret) ELSE 0 END"}'', name => %L)',
                   whose, 'name of ' || whose);
    -- fails as a whole, and is told by the recorder
    BEGIN
        EXECUTE format('SELECT FROM migsafe.run_safe(''tu_%s.t'', ''{"a": "tu.refuse(secret)"}'', max_errors => 1)',
                       whose);
    EXCEPTION WHEN OTHERS THEN
    END;
    EXECUTE format('UPDATE tu_%s.t SET secret = secret || ''later'' WHERE id = 2', whose);
    EXECUTE format('SELECT FROM migsafe.run_safe(''tu_%s.t'', ''{"secret": "''''newer''''::text || id"}'')', whose);
END
$$;
SET client_min_messages = error;
SET ROLE regress_migsafe_ann;
CALL tu.live('ann');
CALL migsafe.run_online('tu_ann.t', '{"a": "CASE id WHEN 1 THEN tu.refuse(secret) ELSE 7 END"}',
    name => 'online of ann')
\gset r_
SET ROLE regress_migsafe_ben;
CALL tu.live('ben');
CALL migsafe.run_online('tu_ben.t', '{"a": "CASE id WHEN 1 THEN tu.refuse(secret) ELSE 7 END"}',
    name => 'online of ben')
\gset r_
RESET ROLE;
SET client_min_messages = warning;
-- as they are when a batch has met locked rows
INSERT INTO migsafe.deferred_row VALUES
    (81004, '{secret_of_ann_1}', 'locked', now()), (81008, '{secret_of_ben_1}', 'new', now());

-- how many rows of a relation speak of somebody, by name or by the number of a run or backup of his
CREATE FUNCTION tu.rows_about(relation regclass, whose text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %s r WHERE strpos(r::text, %L) > 0
                    OR (to_jsonb(r)->>''run_id'')::bigint BETWEEN %s AND %s',
                   relation, '_' || whose, CASE whose WHEN 'ann' THEN 81001 ELSE 81005 END,
                   CASE whose WHEN 'ann' THEN 81004 ELSE 81008 END) INTO n;
    RETURN n;
END
$$;
CREATE VIEW tu.relation AS
SELECT c.oid::regclass AS relation FROM pg_class c
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'migsafe'
WHERE c.relkind IN ('r', 'v');
CREATE TABLE tu.seen (viewer text, relation regclass, ann bigint, ben bigint);
GRANT ALL ON tu.relation, tu.seen TO PUBLIC;
INSERT INTO tu.seen
SELECT 'superuser', relation, tu.rows_about(relation, 'ann'), tu.rows_about(relation, 'ben') FROM tu.relation;
SET ROLE regress_migsafe_ann;
INSERT INTO tu.seen
SELECT 'ann', relation, tu.rows_about(relation, 'ann'), tu.rows_about(relation, 'ben') FROM tu.relation;
SET ROLE regress_migsafe_ben;
INSERT INTO tu.seen
SELECT 'ben', relation, tu.rows_about(relation, 'ann'), tu.rows_about(relation, 'ben') FROM tu.relation;
RESET ROLE;
-- each sees all of his own, and nothing else
SELECT s.relation, s.ann, s.ben, a.ann AS ann_sees, a.ben AS of_ben, b.ben AS ben_sees, b.ann AS of_ann
FROM tu.seen s JOIN tu.seen a USING (relation) JOIN tu.seen b USING (relation)
WHERE s.viewer = 'superuser' AND a.viewer = 'ann' AND b.viewer = 'ben' AND s.ann + s.ben > 0
ORDER BY s.relation::text COLLATE "C";

-- What she is refused does not tell him more than her own name for it: all that he could call about it.
CREATE TABLE tu.told (statement text, sqlstate text, told text);
CREATE PROCEDURE tu.ask(statement text) LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
    hint text;
    context text;
BEGIN
    EXECUTE statement;
    INSERT INTO tu.told VALUES (statement, '00000', '');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
        context = PG_EXCEPTION_CONTEXT;
    INSERT INTO tu.told VALUES (statement, SQLSTATE, concat_ws(' | ', message, detail, hint, context));
END
$$;
CREATE PROCEDURE tu.ask_everything() LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['row_log(%s)', 'row_log(%s, true)', 'rollback_plan(%s)', 'rollback(%s, dry_run => true)',
                             'rollback(%s)', 'rollback_runs(ARRAY[%s])', 'undo_hash(%s)', 'pause(%s)', 'cancel(%s)',
                             'resume(%s)', 'set_pace(%s, ''{"rest": 1}'')', 'require_finished(%s)', 'run_summary(%s)'] LOOP
        FOR n IN SELECT generate_series(81001, 81004) LOOP
            CALL tu.ask(format('SELECT FROM migsafe.' || f, n));
        END LOOP;
    END LOOP;
    FOREACH f IN ARRAY ARRAY[
        'rollback_plan(''name of ann'')', 'rollback(''name of ann'')', 'require_finished(''name of ann'')',
        'verify_backup(81001)', 'restore(''tu_ann.t'')', 'restore(''tu_ann.t'', 81001, dry_run => true)',
        'restore(''tu_ben.t'', 81001)', 'backup_table(''tu_ann.t'')', 'fingerprint(''tu_ann.t'')',
        'run_safe(''tu_ann.t'', ''{"a": "tu.refuse(secret)"}'', name => ''name of ann'')',
        'run_safe(''tu_ann.t'', ''{"secret": "1"}'', dry_run => true)',
        'validate_jsonb(''tu_ann.t'', ''[{"check": "unique", "column": "a"}]'')',
        'validate_jsonb(''tu_ben.t'', ''[{"check": "reconcile", "reference": "tu_ann.t", "key": "id"}]'')',
        'validate_jsonb(''tu_ben.t'', ''[{"check": "foreign_key", "column": "secret", "references": "tu_ann.t",
                                          "referenced_column": "secret"}]'')',
        'enforce(''tu_ann.t'', ''[{"check": "not_null", "column": "secret"}]'')'] LOOP
        CALL tu.ask('SELECT FROM migsafe.' || f);
    END LOOP;
END
$$;
GRANT ALL ON tu.told TO PUBLIC;
SET ROLE regress_migsafe_ben;
CALL tu.ask_everything();
RESET ROLE;
SELECT sqlstate, count(*), count(*) FILTER (WHERE told LIKE '%secret_of_ann%') AS secrets
FROM tu.told GROUP BY sqlstate ORDER BY 1;
SELECT statement FROM tu.told WHERE sqlstate = '00000' ORDER BY statement COLLATE "C";
-- With some of the rights he is told no more: a run takes SELECT on every column.
SET ROLE regress_migsafe_ann;
GRANT SELECT (id, a), UPDATE, INSERT, DELETE ON tu_ann.t TO regress_migsafe_ben;
RESET ROLE;
TRUNCATE tu.told;
SET ROLE regress_migsafe_ben;
CALL tu.ask_everything();
RESET ROLE;
SELECT sqlstate, count(*), count(*) FILTER (WHERE told LIKE '%secret_of_ann%') AS secrets
FROM tu.told GROUP BY sqlstate ORDER BY 1;
SET ROLE regress_migsafe_ann;
REVOKE ALL ON tu_ann.t FROM regress_migsafe_ben;
RESET ROLE;

-- While a run of hers is under way in a worker, he sees that a process is there, and nothing of what it does.
SET ROLE regress_migsafe_ann;
SELECT migsafe.start('tu_ann.t', '{"a": "8"}', name => 'started by ann',
    pace => '{"hold_while": "SELECT true /* secret_of_ann */", "rest": 0}');
RESET ROLE;
CREATE PROCEDURE tu.await(condition text) LANGUAGE plpgsql AS $$
DECLARE
    done boolean;
BEGIN
    FOR i IN 1 .. 600 LOOP
        EXECUTE 'SELECT ' || condition INTO done;
        EXIT WHEN done;
        COMMIT;
        PERFORM pg_sleep(0.1);
    END LOOP;
    IF NOT done THEN
        RAISE EXCEPTION 'not true within a minute: %', condition;
    END IF;
END
$$;
CALL tu.await('EXISTS (SELECT FROM migsafe.progress WHERE waiting_for IS NOT NULL AND run_id BETWEEN 81009 AND 81099)');
CREATE VIEW tu.processes WITH (security_invoker = true) AS
SELECT count(*) AS processes, count(*) FILTER (WHERE query ~ 'migsafe') AS queries,
       count(*) FILTER (WHERE a::text ~ 'secret') AS secrets, count(DISTINCT backend_type) AS types
FROM pg_stat_activity a WHERE a.pid IN (SELECT pid FROM migsafe.live_run);
GRANT SELECT ON tu.processes TO PUBLIC;
SET ROLE regress_migsafe_ben;
SELECT name, phase FROM migsafe.progress;
SELECT count(*) FROM migsafe.status WHERE run_id BETWEEN 81009 AND 81099;
SELECT * FROM tu.processes;
SET ROLE regress_migsafe_ann;
SELECT name, phase, target FROM migsafe.progress;
SELECT * FROM tu.processes;
SELECT migsafe.cancel(run_id) FROM migsafe.progress;
RESET ROLE;

DROP SCHEMA tu, tu_ann, tu_ben CASCADE;
DROP OWNED BY regress_migsafe_ann, regress_migsafe_ben;
DROP ROLE regress_migsafe_ann, regress_migsafe_ben;
