-- rollback past later changes: stop, skip, overwrite, merge; rows that are gone; constraints that are new.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA conf;
SET search_path = conf, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 72001;

-- how many rows ended how
CREATE FUNCTION conf.counts(result jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(regexp_replace(name, '_rows$', '') || ' ' || (result->>name), ', ' ORDER BY n)
    FROM unnest('{total_rows,restored_rows,merged_rows,overwritten_rows,unchanged_rows,skipped_rows,missing_rows,conflicts}'
        ::text[]) WITH ORDINALITY names (name, n)
    WHERE n = 1 OR result->>name <> '0'
$$;
CREATE TABLE conf.account (id integer PRIMARY KEY, name text, doc jsonb, points integer, updated_at integer DEFAULT 0);
CREATE FUNCTION conf.touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN new.updated_at := old.updated_at + 1; RETURN new; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON conf.account FOR EACH ROW EXECUTE FUNCTION conf.touch();
CREATE FUNCTION conf.fill() RETURNS void LANGUAGE sql AS $$
    TRUNCATE conf.account;
    INSERT INTO conf.account SELECT g, 'name ' || g, '{"a": 1.50, "b": {"x": "old"}, "c": [1, 2]}', g
    FROM generate_series(1, 9) g;
$$;
-- a run, and what the application does after it: row by row
CREATE FUNCTION conf.run() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
BEGIN
    PERFORM conf.fill();
    id := (SELECT run_id FROM migsafe.run_safe('conf.account',
        '{"doc": [{"op": "replace", "path": "/a", "value": 2}, {"op": "replace", "path": "/b/x", "value": "new"}],
          "points": "points * 10"}', only_if => 'id < 9'));
    -- 1: nothing
    UPDATE conf.account SET name = 'renamed' WHERE account.id = 2;              -- another column
    UPDATE conf.account SET doc = doc || '{"n": true}' WHERE account.id = 3;    -- another path
    UPDATE conf.account SET doc = jsonb_set(doc, '{b,x}', '"newer"') WHERE account.id = 4;  -- the same path
    UPDATE conf.account SET points = 0 WHERE account.id = 5;                    -- a column by value
    UPDATE conf.account SET doc = '{"a": 1.50, "b": {"x": "old"}, "c": [1, 2]}', points = 6 WHERE account.id = 6; -- back already
    DELETE FROM conf.account WHERE account.id = 7;
    UPDATE conf.account SET id = 80 WHERE account.id = 8;                       -- the key
    INSERT INTO conf.account VALUES (10, 'inserted', '{"a": 2}', 100);
    RETURN id;
END
$$;
CREATE FUNCTION conf.plan(run_id bigint, on_conflict text) RETURNS TABLE (key jsonb, outcome text, reason text)
LANGUAGE sql AS $$
    SELECT key, outcome, reason FROM migsafe.rollback_plan(run_id, on_conflict => on_conflict) ORDER BY key
$$;

-- The same state under each policy.  stop: nothing is changed, all conflicts are listed
SELECT conf.run() AS run_id
\gset
TABLE conf.account ORDER BY id;
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id) r;
\echo :SQLSTATE
SELECT conf.counts(to_jsonb(r)), jsonb_array_length(conflict_rows) AS listed FROM migsafe.rollback(:run_id, dry_run => true) r;
SELECT * FROM conf.plan(:run_id, 'stop');
-- skip: such rows are left as they are, whole
SELECT conf.run() AS run_id
\gset
SELECT * FROM conf.plan(:run_id, 'skip');
SELECT conf.counts(to_jsonb(r)), conflict_rows FROM migsafe.rollback(:run_id, on_conflict => 'skip') r;
TABLE conf.account ORDER BY id;
-- those rows are recorded; the run still stands, since something of it is left
SELECT status, key, sqlstate, message, row_before->'updated_at' AS updated_at
FROM migsafe.row_log(:run_id + 1) WHERE status = 'ERROR';
SELECT run_id - :run_id AS after, kind, status, total_rows, successful_rows, failed_rows, skipped_rows
FROM migsafe.status WHERE run_id BETWEEN :run_id AND 72999 ORDER BY run_id;
SELECT skipped FROM migsafe.run_commit WHERE run_id = :run_id + 1;
-- overwrite: what came later is lost
SELECT conf.run() AS run_id
\gset
SELECT * FROM conf.plan(:run_id, 'overwrite');
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'overwrite') r;
TABLE conf.account ORDER BY id;
SELECT run_id - :run_id AS after, status FROM migsafe.status WHERE run_id BETWEEN :run_id AND 72999 ORDER BY run_id;
-- not for good: it can be redone, which brings the later changes back
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id + 1) r;
TABLE conf.account ORDER BY id;
-- merge: both changes have room in rows 2 and 3
SELECT conf.run() AS run_id
\gset
SELECT * FROM conf.plan(:run_id, 'merge');
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'merge') r;
TABLE conf.account ORDER BY id;
SELECT run_id - :run_id AS after, status FROM migsafe.status WHERE run_id BETWEEN :run_id AND 72999 ORDER BY run_id;
-- once what was left is mended, or with another policy, the rest comes back, too
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'overwrite') r;
SELECT status FROM migsafe.status WHERE run_id = :run_id;
TABLE conf.account ORDER BY id;

-- Rows that are gone: reported, or they stop it.
SELECT conf.run() AS run_id
\gset
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 1}, {"id": 7}]', on_missing => 'stop') r;
\echo :SQLSTATE
SELECT conf.counts(to_jsonb(r)), conflict_rows
FROM migsafe.rollback(:run_id, on_conflict => 'overwrite', on_missing => 'stop', dry_run => true) r;
SELECT key, outcome, reason FROM migsafe.rollback_plan(:run_id, keys => '[{"id": 7}]', on_missing => 'stop');
-- a conflict that is to be left is not what stops it, and the ERROR does not list it
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'skip', on_missing => 'stop') r;
\echo :SQLSTATE
-- with 'stop' both do, and both ways on are named
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_missing => 'stop') r;
-- several rows with one key: no policy says which of them it is
BEGIN;
ALTER TABLE conf.account DROP CONSTRAINT account_pkey;
INSERT INTO conf.account TABLE conf.account;
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 1}]', on_conflict => 'overwrite') r;
ROLLBACK;
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 1}, {"id": 7}]') r;
SELECT id, points FROM conf.account WHERE id IN (1, 7, 8, 80) ORDER BY 1;
-- another row with that key is taken for the same one: its values differ, and that is a conflict
INSERT INTO conf.account VALUES (7, 'again', '{}', 7);
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 7}]') r;

-- Merge of documents, path by path.
DROP TRIGGER touch ON conf.account;
CREATE DOMAIN conf.settings AS jsonb CHECK (value->'lang' IS DISTINCT FROM 'null' AND NOT (value ? 'old' AND value ? 'next'));
CREATE TABLE conf.doc (id text PRIMARY KEY, a jsonb, b jsonb, s conf.settings);
INSERT INTO conf.doc VALUES
    ('path', '{"keep": 1, "gone": {"deep": [1.0, "x"]}, "set": 1.50}', '{}', '{}'),
    ('same', '{"v": 1}', '{}', '{}'),
    ('alike', '{"v": 1}', '{}', '{}'),
    ('null before', NULL, '{}', '{}'),
    ('null now', '{"v": 1}', '{}', '{}'),
    ('null written', '{"null": true}', '{}', '{}'),
    ('json null', 'null', '{}', '{}'),
    ('array', '[1, {"v": 1}, 3]', '{}', '{}'),
    ('longer array', '[1, 2]', '{}', '{}'),
    ('scalar', '1', '{}', '{}'),
    ('two columns', '{"v": 1}', '{"v": 1}', '{}'),
    ('one column', '{"v": 1}', '{"v": 1}', '{}'),
    ('refused', '{}', '{}', '{"old": 1}'),
    ('accepted', '{}', '{}', '{"old": 1}');
CREATE FUNCTION conf.step(id text, a jsonb) RETURNS jsonb IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE id WHEN 'path' THEN jsonb_set(a - 'gone', '{set}', '2') || '{"new": {"m": 1}}'
                   WHEN 'null before' THEN '{"v": 2}'
                   WHEN 'null written' THEN NULL
                   WHEN 'array' THEN jsonb_set(a, '{1,v}', '2')
                   WHEN 'longer array' THEN a || '3'
                   WHEN 'json null' THEN '{"v": null}'
                   WHEN 'scalar' THEN '2'
                   WHEN 'refused' THEN a WHEN 'accepted' THEN a
                   ELSE jsonb_set(a, '{v}', '2') END
$$;
SELECT run_id FROM migsafe.run_safe('conf.doc', '{"a": "step(id, a)",
    "b": "CASE WHEN b ? ''v'' THEN jsonb_set(b, ''{v}'', ''2'') ELSE b END", "s": "(s - ''old'')::settings"}')
\gset
UPDATE conf.doc SET a = CASE id
    WHEN 'path' THEN jsonb_set(jsonb_set(a, '{keep}', '100'), '{new,n}', '2') || '{"mine": []}'
    WHEN 'same' THEN '{"v": 3}' WHEN 'alike' THEN '{"v": 1, "w": 1}'
    WHEN 'null before' THEN a || '{"w": 1}' WHEN 'null now' THEN NULL WHEN 'null written' THEN '{"w": 1}'
    WHEN 'json null' THEN a || '{"w": 1}' WHEN 'array' THEN jsonb_set(a, '{0}', '"first"')
    WHEN 'longer array' THEN jsonb_set(a, '{0}', '"first"') WHEN 'scalar' THEN '3'
    WHEN 'two columns' THEN a || '{"w": 1}' WHEN 'one column' THEN a || '{"w": 1}'
    ELSE a END,
    b = CASE id WHEN 'two columns' THEN b || '{"w": 1}' WHEN 'one column' THEN '{"v": 3}' ELSE b END,
    s = CASE id WHEN 'refused' THEN s || '{"next": 1}' WHEN 'accepted' THEN s || '{"other": 1}' ELSE s END;
TABLE conf.doc ORDER BY id;
SELECT * FROM conf.plan(:run_id, 'merge');
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'merge') r;
TABLE conf.doc ORDER BY id;
-- a merge taken back: as before it, with the later changes
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id + 1) r;
SELECT id, a FROM conf.doc WHERE id IN ('path', 'alike', 'one column') ORDER BY id;

-- What the run wrote must be proven: random() gives another value each time.
CREATE TABLE conf.dice (id integer PRIMARY KEY, doc jsonb);
INSERT INTO conf.dice SELECT g, '{"v": 1}' FROM generate_series(1, 3) g;
SELECT run_id FROM migsafe.run_safe('conf.dice', '{"doc": "doc || jsonb_build_object(''r'', random())"}')
\gset
UPDATE conf.dice SET doc = doc || '{"w": 1}' WHERE id < 3;
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'merge') r;
SELECT id, doc - 'r' AS doc, doc ? 'r' AS r FROM conf.dice ORDER BY id;
-- nor can be what was computed from a column that somebody has changed since
CREATE TABLE conf.copied (id integer PRIMARY KEY, name text, doc jsonb);
INSERT INTO conf.copied SELECT g, 'name ' || g, '{}' FROM generate_series(1, 2) g;
SELECT run_id FROM migsafe.run_safe('conf.copied', '{"doc": "doc || jsonb_build_object(''name'', name)"}')
\gset
UPDATE conf.copied SET doc = doc || '{"w": 1}', name = CASE id WHEN 2 THEN 'other' ELSE name END;
SELECT * FROM conf.plan(:run_id, 'merge');
-- nor a function that was changed or dropped since
CREATE FUNCTION conf.twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2';
CREATE TABLE conf.doubled (id integer PRIMARY KEY, doc jsonb);
INSERT INTO conf.doubled SELECT g, jsonb_build_object('n', g) FROM generate_series(1, 2) g;
SELECT run_id FROM migsafe.run_safe('conf.doubled', '{"doc": "jsonb_set(doc, ''{n}'', to_jsonb(twice((doc->>''n'')::integer)))"}')
\gset
UPDATE conf.doubled SET doc = doc || '{"w": 1}' WHERE id = 1;
SELECT * FROM conf.plan(:run_id, 'merge');
BEGIN;
CREATE OR REPLACE FUNCTION conf.twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 3';
SELECT * FROM conf.plan(:run_id, 'merge');
ROLLBACK;
BEGIN;
DROP FUNCTION conf.twice;
SELECT * FROM conf.plan(:run_id, 'merge');
ROLLBACK;
BEGIN;
CREATE OR REPLACE FUNCTION conf.twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 / 0';
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'merge') r;
ROLLBACK;
BEGIN;
CREATE OR REPLACE FUNCTION conf.twice(integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    RAISE 'not in this session' USING ERRCODE = '55000';
END $$;
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'merge') r;
ROLLBACK;
-- nor a function that takes the run back itself: each row would go through all rows again
CREATE FUNCTION conf.recursive(doc jsonb) RETURNS jsonb LANGUAGE sql RETURN doc || '{"v": 1}';
CREATE TABLE conf.nested (id integer PRIMARY KEY, doc jsonb);
INSERT INTO conf.nested SELECT g, '{}' FROM generate_series(1, 3) g;
SELECT set_config('conf.run', run_id::text, false) AS run_id FROM migsafe.run_safe('conf.nested', '{"doc": "recursive(doc)"}')
\gset
CREATE OR REPLACE FUNCTION conf.recursive(doc jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    PERFORM migsafe.rollback_plan(current_setting('conf.run')::bigint, on_conflict => 'merge');
    RETURN doc || '{"v": 1}';
EXCEPTION WHEN object_in_use THEN
    RAISE WARNING '%', sqlerrm;
    RETURN doc || '{"v": 1}';
END $$;
UPDATE conf.nested SET doc = doc || '{"w": 1}';
SELECT * FROM conf.plan(:run_id, 'merge');
-- but what the expressions of other columns name does not matter
CREATE TABLE conf.wide (id integer PRIMARY KEY, a integer, b integer, d jsonb, e jsonb);
INSERT INTO conf.wide SELECT g, g, g, '{}', '{}' FROM generate_series(1, 3) g;
SELECT run_id FROM migsafe.run_safe('conf.wide', '{"a": "a + 1", "b": "b + a", "d": [{"op": "add", "path": "/v", "value": 1}],
    "e": "e || jsonb_build_object(''b'', b)"}')
\gset
UPDATE conf.wide SET d = d || '{"w": 1}' WHERE id = 1;
UPDATE conf.wide SET e = e || '{"w": 1}' WHERE id = 2;
ALTER TABLE conf.wide RENAME COLUMN b TO c;
ALTER TABLE conf.wide DROP COLUMN a;
SELECT key, outcome, reason, patch FROM migsafe.rollback_plan(:run_id, columns => '{c, d, e}', on_conflict => 'merge') ORDER BY key->'id';
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{c, d, e}', on_conflict => 'merge') r;
TABLE conf.wide ORDER BY id;

-- Expressions of the run are evaluated as the role that began it, with its settings, and can do nothing but compute.
CREATE ROLE conf_runner;
CREATE ROLE conf_other;
GRANT USAGE, CREATE ON SCHEMA conf TO conf_runner;
GRANT USAGE ON SCHEMA conf TO conf_other;
CREATE TABLE conf.target (id integer PRIMARY KEY, doc jsonb);
CREATE TABLE conf.victim (t text);
INSERT INTO conf.target VALUES (1, '{"v": 1}');
GRANT SELECT, UPDATE ON conf.target TO conf_runner, conf_other;
GRANT ALL ON conf.victim TO conf_runner, conf_other;
SET ROLE conf_runner;
CREATE FUNCTION conf.who(doc jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN doc || jsonb_build_object('by', current_user, 'day', date '2026-02-01', 'path', current_setting('search_path'));
END $$;
SET search_path = conf;
SET DateStyle = 'SQL, DMY';
SELECT run_id FROM migsafe.run_safe('conf.target', '{"doc": "who(doc) || jsonb_build_object(''text'', (date ''2026-02-01'')::text)"}')
\gset
RESET DateStyle;
SET ROLE conf_other;
SET search_path = pg_catalog;
UPDATE conf.target SET doc = doc || '{"later": true}';
SELECT doc FROM conf.target;
-- not for one who could not act as that role: his session has settings, a temporary schema, and rows of its own
SELECT reason FROM migsafe.rollback_plan(:run_id, on_conflict => 'merge');
RESET ROLE;
GRANT conf_runner TO conf_other;
SET ROLE conf_other;
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'merge') r;
SELECT doc FROM conf.target;
SELECT current_user, current_setting('search_path') AS search_path, current_setting('DateStyle') AS "DateStyle";
-- back as it was; then the function turns out to be a trap
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id + 1) r;
SET ROLE conf_runner;
CREATE OR REPLACE FUNCTION conf.who(doc jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    attempt text;
BEGIN
    FOREACH attempt IN ARRAY ARRAY['INSERT INTO conf.victim VALUES (current_user)', 'SET ROLE conf_other',
                                   'RESET ROLE', 'SET SESSION AUTHORIZATION DEFAULT', 'CREATE TEMPORARY TABLE t ()',
                                   'SET LOCAL search_path = public', 'SET search_path = public']
    LOOP
        BEGIN
            EXECUTE attempt;
            RAISE WARNING '%, as %: done', attempt, current_user;
        EXCEPTION WHEN others THEN
            RAISE WARNING '%, as %: %', attempt, current_user, sqlerrm;
        END;
    END LOOP;
    RETURN doc;
END $$;
SET ROLE conf_other;
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'merge') r;
SELECT current_user, current_setting('search_path') AS search_path, (SELECT count(*) FROM conf.victim) AS written;
-- who lacks the rights by now: nothing is proven
RESET ROLE;
SET search_path = conf, public;
REVOKE USAGE ON SCHEMA conf FROM conf_runner;
SELECT reason FROM conf.plan(:run_id, 'merge');
-- nor of a role that is dropped
DROP OWNED BY conf_runner;
DROP ROLE conf_runner;
SELECT reason FROM conf.plan(:run_id, 'merge');
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'skip') r;
DROP OWNED BY conf_other;
DROP ROLE conf_other;
DROP TABLE conf.target;

-- Constraints that are new: before-images that do not satisfy them are conflicts, with the constraint's name.
CREATE TABLE conf.level (id integer PRIMARY KEY);
INSERT INTO conf.level VALUES (1), (2), (3);
CREATE TABLE conf.member (id integer PRIMARY KEY, level integer, age integer, mail text, note text);
CREATE FUNCTION conf.members() RETURNS bigint LANGUAGE sql AS $$
    TRUNCATE conf.member;
    INSERT INTO conf.member VALUES (1, 1, 17, 'a', NULL), (2, 1, 20, 'b', 'n'), (3, 3, 30, 'c', 'n');
    SELECT run_id FROM migsafe.run_safe('conf.member',
        '{"level": "2", "age": "age + 10", "mail": "mail || id", "note": "''new''"}');
$$;
CREATE FUNCTION conf.try(run_id bigint) RETURNS TABLE (policy text, result text) LANGUAGE plpgsql AS $$
DECLARE
    hint text;
BEGIN
    FOREACH policy IN ARRAY '{stop,skip,overwrite,merge}'::text[] LOOP
        BEGIN
            SELECT conf.counts(to_jsonb(r)) || coalesce(': ' || (
                SELECT string_agg(format('%s %s', c->>'key', c->>'reason'), '; ')
                FROM jsonb_array_elements(r.conflict_rows) c), '') INTO result
            FROM migsafe.rollback(try.run_id, on_conflict => policy) r;
            result := result || E'\n' || (SELECT string_agg(m::text, ' ' ORDER BY id) FROM conf.member m);
            RAISE EXCEPTION USING ERRCODE = 'MG000'; -- to the next from the same state
        EXCEPTION
            WHEN SQLSTATE 'MG000' THEN
            WHEN others THEN
                GET STACKED DIAGNOSTICS result = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
                result := sqlstate || ' ' || sqlerrm || ': ' || result || E'\n' || hint;
        END;
        RETURN NEXT;
    END LOOP;
END $$;
SET client_min_messages = error;
\pset format unaligned
\pset tuples_only on
SELECT conf.members() AS run_id
\gset
BEGIN;
ALTER TABLE conf.member ADD CONSTRAINT of_age CHECK (age >= 18);
SELECT * FROM conf.try(:run_id);
SELECT * FROM conf.plan(:run_id, 'skip');
ROLLBACK;
BEGIN;
ALTER TABLE conf.member ALTER note SET NOT NULL;
SELECT * FROM conf.try(:run_id);
SELECT * FROM conf.plan(:run_id, 'skip');
ROLLBACK;
BEGIN;
DELETE FROM conf.level WHERE id = 3;
ALTER TABLE conf.member ADD CONSTRAINT has_level FOREIGN KEY (level) REFERENCES conf.level;
SELECT * FROM conf.try(:run_id);
-- what a plan cannot foresee
SELECT * FROM conf.plan(:run_id, 'skip');
ROLLBACK;
BEGIN;
INSERT INTO conf.member VALUES (4, 1, 40, 'b', 'n');
ALTER TABLE conf.member ADD CONSTRAINT one_mail UNIQUE (mail);
SELECT * FROM conf.try(:run_id);
SELECT * FROM conf.plan(:run_id, 'skip');
ROLLBACK;
-- a deferrable one is checked with the rollback, not at the end of the transaction
BEGIN;
INSERT INTO conf.member VALUES (4, 1, 40, 'b', 'n');
ALTER TABLE conf.member ADD CONSTRAINT one_mail UNIQUE (mail) DEFERRABLE INITIALLY DEFERRED;
SELECT * FROM conf.try(:run_id);
ROLLBACK;
BEGIN;
DELETE FROM conf.level WHERE id = 3;
ALTER TABLE conf.member ADD CONSTRAINT has_level FOREIGN KEY (level) REFERENCES conf.level DEFERRABLE INITIALLY DEFERRED;
SELECT * FROM conf.try(:run_id);
ROLLBACK;
BEGIN;
INSERT INTO conf.member VALUES (4, 1, 40, 'b', 'n');
ALTER TABLE conf.member ADD CONSTRAINT no_other EXCLUDE USING btree (mail WITH =);
SELECT * FROM conf.try(:run_id);
ROLLBACK;
\pset format aligned
\pset tuples_only off
SET client_min_messages = warning;
-- the rows that a constraint keeps are recorded with what was wrong
ALTER TABLE conf.member ADD CONSTRAINT of_age CHECK (age >= 18);
SELECT rollback_run_id, conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'skip') r
\gset
SELECT :'counts' AS counts;
SELECT status, key, sqlstate, message, row_before FROM migsafe.row_log(:rollback_run_id) WHERE status = 'ERROR';

-- Partitions: rows stay where they are; one that was moved since has another key.
CREATE TABLE conf.part (id integer, area text, n integer, PRIMARY KEY (id, area)) PARTITION BY LIST (area);
CREATE TABLE conf.part_n (n integer, area text NOT NULL, id integer NOT NULL);
ALTER TABLE conf.part ATTACH PARTITION conf.part_n FOR VALUES IN ('n');
CREATE TABLE conf.part_s PARTITION OF conf.part FOR VALUES IN ('s');
INSERT INTO conf.part SELECT g, CASE WHEN g % 2 = 0 THEN 'n' ELSE 's' END, g FROM generate_series(1, 6) g;
SELECT run_id FROM migsafe.run_safe('conf.part', '{"n": "n * 10"}')
\gset
UPDATE conf.part SET n = 0 WHERE id IN (1, 2);
UPDATE conf.part SET area = 's' WHERE id = 4;
DELETE FROM conf.part WHERE id = 5;
SELECT * FROM conf.plan(:run_id, 'skip');
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'overwrite') r;
SELECT tableoid::regclass AS partition, * FROM conf.part ORDER BY id;

-- Without a key: rows are matched by what the run left of them, duplicates one by one.
CREATE TABLE conf.bag (a integer, doc jsonb);
INSERT INTO conf.bag SELECT 1, '{"v": 1}' FROM generate_series(1, 4);
INSERT INTO conf.bag VALUES (2, '{"v": 2}');
SELECT run_id FROM migsafe.run_safe('conf.bag', '{"doc": "doc || ''{\"w\": 1}''"}')
\gset
DELETE FROM conf.bag WHERE ctid = (SELECT min(ctid) FROM conf.bag);
UPDATE conf.bag SET doc = doc || '{"later": 1}' WHERE a = 2;
INSERT INTO conf.bag VALUES (1, '{"v": 1}');
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id) r;
\echo :SQLSTATE
SELECT key, outcome, reason FROM migsafe.rollback_plan(:run_id, on_conflict => 'merge') ORDER BY outcome, key->'a';
SELECT conf.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'merge') r;
SELECT a, doc, count(*) FROM conf.bag GROUP BY 1, 2 ORDER BY 1, 2;
SELECT key, sqlstate, message, row_before FROM migsafe.row_error WHERE run_id = (SELECT last_value FROM migsafe.run_id_seq) ORDER BY key;

-- A rollback in batches takes the same policies.
SELECT conf.run() AS run_id
\gset
SET client_min_messages = error;
CALL migsafe.rollback_online(:run_id, on_conflict => 'merge')
\gset online_
SELECT :online_total_rows AS total, :online_restored_rows AS restored, :online_unchanged_rows AS unchanged,
       :online_skipped_rows AS skipped, :online_missing_rows AS missing;
TABLE conf.account ORDER BY id;
SELECT key, message FROM migsafe.row_log(:online_rollback_run_id) WHERE status = 'ERROR' ORDER BY key;
SELECT status FROM migsafe.status WHERE run_id = :run_id;

-- What a table's owner can have executed while somebody else takes a run back, or looks at the plan: a function in an index's
-- predicate, a cast to JSON, a CHECK constraint that a plan tries. It runs as the owner, and its settings do not stay. Only
-- where something is written, constraints are checked and indexes filled as for any UPDATE: by who writes; but settings do
-- not stay here, either.
CREATE ROLE conf_owner;
GRANT USAGE, CREATE ON SCHEMA conf TO conf_owner;
SET ROLE conf_owner;
CREATE TYPE conf.size AS ENUM ('s', 'm');
CREATE FUNCTION conf.to_json(conf.size) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('search_path', 'conf', false);
    RETURN to_json(current_user::text);
END $$;
CREATE CAST (conf.size AS json) WITH FUNCTION conf.to_json(conf.size);
CREATE FUNCTION conf.least() RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('search_path', 'conf', false);
    RETURN 5;
END $$;
CREATE TABLE conf.shirt (id integer PRIMARY KEY, size conf.size, n integer);
CREATE INDEX ON conf.shirt (n) WHERE n > conf.least();
CREATE FUNCTION conf.same(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('search_path', 'conf', false);
    RETURN $1;
END $$;
CREATE INDEX ON conf.shirt (conf.same(n));
CREATE FUNCTION conf.as_owner(integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE NOTICE 'checked by the owner: %', current_user = 'conf_owner';
    RETURN true;
END $$;
ALTER TABLE conf.shirt ADD CHECK (conf.as_owner(n));
INSERT INTO conf.shirt VALUES (1, 's', 1);
SELECT run_id FROM migsafe.run_safe('conf.shirt', '{"n": "n + 1", "size": "''m''"}')
\gset
RESET ROLE;
RESET search_path;
SET client_min_messages = notice;
SET quote_all_identifiers = on; -- types are told by their names, whatever these look like
SELECT key, before, now FROM migsafe.rollback_plan(:run_id);
RESET quote_all_identifiers;
SET client_min_messages = error;
-- the right to update what is to come back is enough
CREATE ROLE conf_sizes;
GRANT USAGE ON SCHEMA conf TO conf_sizes;
GRANT SELECT, UPDATE (size) ON conf.shirt TO conf_sizes;
SET ROLE conf_sizes;
SELECT total_rows FROM migsafe.rollback(:run_id);
SELECT restored_rows FROM migsafe.rollback(:run_id, columns => '{size}');
RESET ROLE;
DROP OWNED BY conf_sizes;
DROP ROLE conf_sizes;
SELECT restored_rows FROM migsafe.rollback(:run_id);
SELECT current_user = session_user AS same_role, current_setting('search_path') AS search_path;
SELECT row_count FROM migsafe.backup_table('conf.shirt');
UPDATE conf.shirt SET n = 7;
RESET search_path;
SELECT rows_changed FROM migsafe.restore('conf.shirt');
SELECT current_user = session_user AS same_role, current_setting('search_path') AS search_path;
DROP OWNED BY conf_owner CASCADE;
DROP ROLE conf_owner;
SET client_min_messages = warning;

-- While an expression of a run is computed again, what it calls may look at another run, of which nothing is computed.
CREATE FUNCTION conf.looks(doc jsonb) RETURNS jsonb LANGUAGE sql RETURN doc || '{"v": 1}';
CREATE TABLE conf.outer (id integer PRIMARY KEY, doc jsonb);
INSERT INTO conf.outer VALUES (1, '{}');
SELECT run_id FROM migsafe.run_safe('conf.outer', '{"doc": "conf.looks(doc)"}')
\gset
CREATE OR REPLACE FUNCTION conf.looks(doc jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RAISE WARNING '%', (SELECT string_agg(outcome || ': ' || reason, '; ')
                        FROM migsafe.rollback_plan(current_setting('conf.run')::bigint, on_conflict => 'skip') WHERE key @> '{"id": 1}');
    RETURN doc || '{"v": 1}';
END $$;
UPDATE conf.outer SET doc = doc || '{"w": 1}';
SELECT * FROM conf.plan(:run_id, 'merge');

-- A lock that is not to be had passes by itself: no conflict for good.
CREATE OR REPLACE FUNCTION conf.looks(doc jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RAISE 'canceling statement due to lock timeout' USING ERRCODE = 'lock_not_available';
END $$;
SELECT * FROM conf.plan(:run_id, 'merge');
\echo :SQLSTATE

-- Where a dump was loaded the number of a role is that of another one: its name counts.
CREATE ROLE conf_author;
CREATE ROLE conf_other;
GRANT USAGE ON SCHEMA conf TO conf_author, conf_other;
GRANT SELECT, UPDATE ON conf.outer TO conf_author;
CREATE OR REPLACE FUNCTION conf.looks(doc jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RAISE WARNING 'as %', current_user;
    RETURN doc || '{"v": 2}';
END $$;
SET ROLE conf_author;
SELECT run_id FROM migsafe.run_safe('conf.outer', '{"doc": "conf.looks(doc)"}')
\gset
RESET ROLE;
UPDATE conf.outer SET doc = doc || '{"w": 2}';
UPDATE migsafe.run SET system_identifier = 0, run_by_oid = 'conf_other'::regrole WHERE run_id = :run_id;
SELECT * FROM conf.plan(:run_id, 'merge');
UPDATE migsafe.run SET run_by = 'conf_gone' WHERE run_id = :run_id;
SELECT * FROM conf.plan(:run_id, 'merge');
DROP OWNED BY conf_author, conf_other;
DROP ROLE conf_author, conf_other;

DROP SCHEMA conf CASCADE;
