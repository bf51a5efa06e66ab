-- Rows are written by the executor's functions for one row, not by UPDATE: triggers, constraints, indexes, generated columns,
-- partitions and children do what they do at an UPDATE. Twins: one gets the UPDATE, the other a run, in one transaction
-- or in batches; then all of their tables are alike, what triggers have logged and in which order included.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 84001;
CREATE EXTENSION IF NOT EXISTS amcheck;

-- what each of the schemas holds
CREATE FUNCTION public.make_twin(name text) RETURNS void LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE format('CREATE SCHEMA %I; SET LOCAL search_path = %1$I, public', name);
    CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY, name text, what text);
    CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
        INSERT INTO log (name, what) VALUES (TG_TABLE_NAME || ' ' || TG_NAME,
            concat_ws(' ', TG_WHEN, TG_LEVEL, TG_OP, to_jsonb(OLD), to_jsonb(NEW)));
        RETURN NEW;
    END $$;
    CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
        NEW.note := coalesce(NEW.note, '') || '+';
        RETURN CASE WHEN NEW.n % 5 <> 0 THEN NEW END;
    END $$;
    CREATE FUNCTION count_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
        INSERT INTO log (name, what) SELECT TG_NAME, format('%s of %s', count(*), sum(o.n)) FROM old_rows o JOIN new_rows USING (id);
        RETURN NULL;
    END $$;

    -- triggers of all kinds, which fire where they should, in order
    CREATE TABLE fired (id integer PRIMARY KEY, n integer NOT NULL, note text, other text);
    CREATE TRIGGER a_statement BEFORE UPDATE ON fired FOR EACH STATEMENT EXECUTE FUNCTION log();
    CREATE TRIGGER b_change BEFORE UPDATE ON fired FOR EACH ROW EXECUTE FUNCTION change();
    CREATE TRIGGER c_log BEFORE UPDATE OF n ON fired FOR EACH ROW WHEN (NEW.n > 3) EXECUTE FUNCTION log();
    CREATE TRIGGER d_not_this BEFORE UPDATE OF other ON fired FOR EACH ROW EXECUTE FUNCTION log();
    CREATE TRIGGER e_log AFTER UPDATE ON fired FOR EACH ROW WHEN (OLD.n IS DISTINCT FROM NEW.n) EXECUTE FUNCTION log();
    CREATE CONSTRAINT TRIGGER f_late AFTER UPDATE ON fired DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION log();
    CREATE TRIGGER g_statement AFTER UPDATE ON fired FOR EACH STATEMENT EXECUTE FUNCTION log();
    CREATE TRIGGER h_disabled AFTER UPDATE ON fired FOR EACH ROW EXECUTE FUNCTION log();
    ALTER TABLE fired DISABLE TRIGGER h_disabled;
    INSERT INTO fired SELECT i, i FROM generate_series(1, 12) i;

    -- generated columns, and all kinds of indexes
    CREATE TABLE indexed (id integer PRIMARY KEY, n integer, doc jsonb,
        double integer GENERATED ALWAYS AS (n * 2) STORED, CHECK (double < 1000));
    CREATE INDEX indexed_double ON indexed (double);
    CREATE INDEX indexed_partly ON indexed (n) WHERE n % 2 = 0;
    CREATE INDEX indexed_expression ON indexed ((doc ->> 'a'));
    CREATE INDEX indexed_covering ON indexed (n) INCLUDE (doc);
    CREATE INDEX indexed_gin ON indexed USING gin (doc);
    CREATE INDEX indexed_hash ON indexed USING hash (n);
    CREATE INDEX indexed_brin ON indexed USING brin (n);
    INSERT INTO indexed SELECT i, i, jsonb_build_object('a', i) FROM generate_series(1, 300) i;

    -- unique and exclusion constraints that hold at the end only, a foreign key that follows
    CREATE TABLE moved (id integer PRIMARY KEY, n integer UNIQUE DEFERRABLE, span int4range,
        EXCLUDE USING gist (span WITH &&) DEFERRABLE);
    CREATE TABLE follows (id integer PRIMARY KEY, code text);
    CREATE TABLE followed (id integer PRIMARY KEY, code text UNIQUE);
    ALTER TABLE follows ADD FOREIGN KEY (code) REFERENCES followed (code) ON UPDATE CASCADE;
    INSERT INTO moved SELECT i, i, int4range(i, i + 1) FROM generate_series(1, 20) i;
    INSERT INTO followed SELECT i, 'c' || i FROM generate_series(1, 9) i;
    INSERT INTO follows SELECT 10 * i, 'c' || i FROM generate_series(1, 9) i;

    -- partitions with their own triggers, columns in another order, and dropped ones; children
    CREATE TABLE parted (id integer, n integer, note text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
    CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (10);
    CREATE TABLE parted_high (gone text, note text, n integer, id integer NOT NULL);
    ALTER TABLE parted_high DROP COLUMN gone;
    ALTER TABLE parted ATTACH PARTITION parted_high FOR VALUES FROM (10) TO (20);
    CREATE TRIGGER log_all AFTER UPDATE ON parted FOR EACH ROW EXECUTE FUNCTION log();
    CREATE TRIGGER log_high BEFORE UPDATE ON parted_high FOR EACH ROW EXECUTE FUNCTION log();
    INSERT INTO parted SELECT i, i FROM generate_series(1, 19) i;
    CREATE TABLE parent (id integer PRIMARY KEY, n integer);
    CREATE TABLE child (more text DEFAULT 'm') INHERITS (parent);
    CREATE TRIGGER log_child AFTER UPDATE ON child FOR EACH ROW EXECUTE FUNCTION log();
    INSERT INTO parent SELECT i, i FROM generate_series(1, 4) i;
    INSERT INTO child SELECT i, i FROM generate_series(11, 14) i;

    -- tables that statement triggers look at as a whole
    CREATE TABLE counted (id integer PRIMARY KEY, n integer);
    CREATE TRIGGER count_changed AFTER UPDATE ON counted REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION count_changed();
    INSERT INTO counted SELECT i, i FROM generate_series(1, 7) i;
END $make$;
SELECT public.make_twin(name) FROM unnest('{by_update,by_run,online}'::text[]) name;

-- what is done: a table, an expression for each column, and which rows
CREATE TABLE public.change (id integer GENERATED ALWAYS AS IDENTITY, name text, columns jsonb, only_if text, deferred boolean);
INSERT INTO public.change (name, columns, only_if, deferred) VALUES
    ('fired', '{"n": "n + 1"}', NULL, false),
    ('indexed', '{"n": "n + 1", "doc": "jsonb_set(doc, ''{a}'', to_jsonb(n * 3))"}', NULL, false),
    ('indexed', '{"n": "-n"}', 'n % 3 = 0', false),
    ('moved', '{"n": "n + 1", "span": "int4range(lower(span) + 1, upper(span) + 1)"}', NULL, true),
    ('followed', '{"code": "upper(code)"}', 'id < 6', false),
    ('parted', '{"n": "n * 10", "note": "''seen''"}', NULL, false),
    ('parent', '{"n": "n * 10"}', NULL, false),
    ('counted', '{"n": "n * 10"}', 'id > 2', false);
\pset tuples_only on
SELECT format('%sUPDATE by_update.%I SET %s%s;', CASE WHEN deferred THEN 'SET CONSTRAINTS ALL DEFERRED; ' END, name,
    (SELECT string_agg(format('%I = %s', key, value), ', ') FROM jsonb_each_text(columns)), ' WHERE ' || only_if)
FROM public.change ORDER BY id \gexec
SELECT format('SELECT successful_rows, failed_rows, skipped->>''suppressed'' AS suppressed FROM migsafe.run_safe(%L, %L, only_if => %L);',
    format('by_run.%I', name), columns, only_if)
FROM public.change ORDER BY id \gexec
\o /dev/null
SELECT format('CALL migsafe.run_online(%L, %L, only_if => %L, sweep => false, pace => ''{"rest": 0}'')', format('online.%I', name),
    columns, only_if)
FROM public.change WHERE name <> 'parent' ORDER BY id \gexec
\o
\pset tuples_only off

-- alike: every row of every table
CREATE FUNCTION public.differences(one text, other text) RETURNS TABLE (name text, rows bigint, differ bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOR name IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = one::regnamespace AND c.relkind IN ('r', 'p')
            AND c.relname NOT LIKE 'parted\__%' AND c.relname <> 'log' ORDER BY 1 LOOP
        EXECUTE format('SELECT (SELECT count(*) FROM %1$I.%3$I), count(*) FROM ((SELECT tableoid::regclass::text ~ ''child'' AS is_child, t::text'
            ' FROM %1$I.%3$I t EXCEPT ALL SELECT tableoid::regclass::text ~ ''child'', t::text FROM %2$I.%3$I t) UNION ALL'
            ' (SELECT tableoid::regclass::text ~ ''child'', t::text FROM %2$I.%3$I t EXCEPT ALL'
            ' SELECT tableoid::regclass::text ~ ''child'', t::text FROM %1$I.%3$I t)) d', one, other, name) INTO rows, differ;
        RETURN NEXT;
    END LOOP;
END $$;
SELECT * FROM public.differences('by_update', 'by_run');
SELECT * FROM public.differences('by_update', 'online') WHERE name NOT IN ('parent', 'child'); -- without a key for all of them
-- ... and what triggers did, one after the other. A deferrable one is not deferred: it has fired when its batch ends.
CREATE FUNCTION public.fired(twin text) RETURNS TABLE (number bigint, is_late boolean, name text, what text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT row_number() OVER (PARTITION BY l.name ~ ''f_late'' ORDER BY l.id), l.name ~ ''f_late'', l.name,'
        ' l.what FROM %I.log l WHERE l.name <> ''child log_child''', twin);
END $$;
SELECT twin, (SELECT count(*) FROM public.fired(twin)) AS fired,
       (SELECT count(*) FROM (SELECT * FROM public.fired(twin) EXCEPT SELECT * FROM public.fired('by_update')) d) AS differ
FROM unnest('{by_update,by_run,online}'::text[]) twin;
SELECT name, count(*) FROM by_run.log GROUP BY name ORDER BY name;

-- each index has each row, and is found by
SELECT c.relnamespace::regnamespace AS schema, count(bt_index_check(c.oid, true)) AS checked
FROM pg_class c JOIN pg_am a ON a.oid = c.relam
WHERE c.relnamespace::regnamespace::text IN ('by_run', 'online') AND c.relkind = 'i' AND a.amname = 'btree' GROUP BY 1 ORDER BY 1;
SET enable_seqscan = off;
SELECT (SELECT count(*) FROM by_run.indexed WHERE doc @> '{"a": 30}') AS gin, (SELECT count(*) FROM by_run.indexed WHERE n = 11) AS hash,
       (SELECT count(*) FROM by_run.indexed WHERE n < 0) AS brin, (SELECT count(*) FROM by_run.moved WHERE span && '[5,6]') AS gist,
       (SELECT id FROM by_run.indexed WHERE double = 22) AS generated;
RESET enable_seqscan;

-- and what fails, fails as at an UPDATE, but for its row only
SELECT public.make_twin('refused');
ALTER TABLE refused.fired ADD CONSTRAINT below_13 CHECK (n < 13), ADD UNIQUE (n);
ALTER TABLE refused.parted ALTER n SET NOT NULL;
UPDATE refused.fired SET n = n + 1 WHERE id = 12;
UPDATE refused.indexed SET n = 500 WHERE id = 1;
UPDATE refused.followed SET code = 'c2' WHERE id = 1;
UPDATE refused.parted SET n = NULL WHERE id = 11;
SELECT r.name, e.sqlstate, e.message FROM (VALUES
    (1, 'fired', '{"n": "n + 1"}'::jsonb, 'id = 12'), (2, 'indexed', '{"n": "500"}', 'id = 1'),
    (3, 'followed', '{"code": "''c2''"}', 'id = 1'), (4, 'parted', '{"n": "NULL"}', 'id = 11')) AS r (id, name, columns, only_if),
    LATERAL migsafe.run_safe(format('refused.%I', r.name), columns, only_if => r.only_if) s,
    LATERAL (SELECT x->>'sqlstate' AS sqlstate, x->>'message' AS message FROM jsonb_array_elements(s.errors) x) e
ORDER BY r.id;

DROP SCHEMA by_update, by_run, online, refused CASCADE;
DROP FUNCTION public.make_twin, public.differences, public.fired;
DROP TABLE public.change;
DROP EXTENSION amcheck;
