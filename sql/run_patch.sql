-- Patches and merge patches as transforms of run_safe.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA rp;
SET search_path = rp, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 9001;
CREATE FUNCTION rp.last_run() RETURNS bigint LANGUAGE sql RETURN (SELECT last_value FROM migsafe.run_id_seq);

CREATE DOMAIN rp.settings AS jsonb;
CREATE DOMAIN rp.theme AS rp.settings CONSTRAINT has_theme CHECK (VALUE IS NULL OR VALUE ? 'theme');
CREATE TABLE rp.usage (id integer PRIMARY KEY, by_user jsonb, settings rp.settings, look rp.theme, raw json, note text)
    WITH (autovacuum_enabled = off);
CREATE FUNCTION rp.fill() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    TRUNCATE rp.usage;
    INSERT INTO rp.usage VALUES
        (1, '{"u1": {"tokens": {"prompt": 1.50, "completion": 2}}, "u2": {"tokens": {"prompt": 3, "completion": 4}}}',
            '{"theme": "dark", "version": 1}', '{"theme": "dark", "size": 10}', '{"a":  1}', 'one'),
        (2, '{"u1": {"tokens": {"prompt": 10.0, "completion": 20}, "requests": 7}}',
            '{"version": 1, "limits": {"daily": 5}}', '{"theme": "light", "size": "12"}', '{"a":  2}', 'two'),
        (3, '{}', '{"version": 2}', '{"theme": "x", "size": 1.0}', NULL, 'three'),
        (4, NULL, NULL, NULL, NULL, 'four');
END $$;
SELECT rp.fill();

-- An array is a JSON Patch in the extended dialect, {"merge": ...} a merge patch; SQL expressions stand beside them.
SELECT migsafe.fingerprint('rp.usage') AS before
\gset
SELECT run_id, total_rows, successful_rows, failed_rows, skipped_rows
FROM migsafe.run_safe('rp.usage', '{
    "by_user":  [{"op": "move", "from": "/*/tokens/prompt", "path": "/*/promptTokens"},
                 {"op": "remove", "path": "/*/tokens"}],
    "settings": {"merge": {"theme": null, "version": 2}},
    "look":     {"patch": [{"op": "cast", "path": "/size", "to": "number"}]},
    "note":     "upper(note)"}');
SELECT id, by_user, settings, look, note FROM rp.usage ORDER BY id;
-- a transform works on the row as it was; a NULL document stays NULL
SELECT status, key, row_before FROM migsafe.row_log(last_run(), include_skipped => true) ORDER BY key->'id';
-- rollback gives back every byte
SELECT total_rows, restored_rows, conflicts FROM migsafe.rollback(last_run());
SELECT migsafe.fingerprint('rp.usage') = :'before' AS as_before;

-- dry_run shows what would become of the rows.
SELECT successful_rows, s->'before' AS before, s->'after' AS after
FROM migsafe.run_safe('rp.usage', '{"settings": {"merge": {"version": 3}}}', only_if => 'id = 2', dry_run => true),
    jsonb_array_elements(samples) s;
SELECT migsafe.fingerprint('rp.usage') = :'before' AS as_before;

-- What a patch leaves as it was is skipped: no operation, optional ones without a place, a merge that changes nothing.
SELECT successful_rows, skipped_rows, skipped FROM migsafe.run_safe('rp.usage', '{"by_user": []}');
SELECT successful_rows, skipped_rows, skipped
FROM migsafe.run_safe('rp.usage', '{"settings": [{"op": "remove", "path": "/theme", "optional": true}]}');
SELECT successful_rows, skipped_rows, skipped
FROM migsafe.run_safe('rp.usage', '{"settings": {"merge": {"version": 2, "theme": null}}}');
-- 1.50 and 1.5 are two values
SELECT successful_rows, skipped
FROM migsafe.run_safe('rp.usage', '{"by_user": [{"op": "replace", "path": "/u1/tokens/prompt", "value": 1.5}]}',
    only_if => 'id = 1');
SELECT by_user->'u1' AS u1 FROM rp.usage WHERE id = 1;

-- An operation that fails is an error of that row: it names the operation, the place and the reason.
SELECT rp.fill();
SELECT total_rows, successful_rows, failed_rows, skipped_rows
FROM migsafe.run_safe('rp.usage', '{
    "by_user": [{"op": "add", "path": "/*/seen", "value": true},
                {"op": "move", "from": "/*/requests", "path": "/*/n"}],
    "note": "''moved''"}');
SELECT status, key, sqlstate, message, detail FROM migsafe.row_log(last_run()) ORDER BY status, key->'id'
\gx
SELECT id, by_user, note FROM rp.usage ORDER BY id;
SELECT failed_rows, e->'key' AS key, e->>'sqlstate' AS sqlstate, e->>'message' AS message
FROM migsafe.run_safe('rp.usage', '{
    "look": [{"op": "default", "path": "/font", "value": "sans"}, {"op": "test", "path": "/size", "value": 10}]}'),
    jsonb_array_elements(errors) e;
-- so is a result that the domain refuses
SELECT failed_rows, e->'key' AS key, e->>'sqlstate' AS sqlstate, e->>'message' AS message
FROM migsafe.run_safe('rp.usage', '{"look": {"merge": {"theme": null}}}', only_if => 'id = 1'),
    jsonb_array_elements(errors) e;
-- too many are too many
SELECT migsafe.fingerprint('rp.usage') AS before
\gset
SELECT run_id FROM migsafe.run_safe('rp.usage', '{"by_user": [{"op": "remove", "path": "/nobody"}]}', max_errors => 1);
\echo :SQLSTATE
SELECT migsafe.fingerprint('rp.usage') = :'before' AS as_before;

-- A bad patch is found before the first row; the ERROR names the column.
SELECT run_id FROM migsafe.run_safe('rp.usage',
    '{"note": "''x''", "by_user": [{"op": "remove", "path": "/a"}, {"op": "delete"}]}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('rp.usage',
    '{"settings": {"patch": [{"op": "move", "from": "/*/a", "path": "/b"}]}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('rp.usage',
    '{"settings": {"patch": {"op": "remove", "path": "/a"}}}', dry_run => true);
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('rp.usage', '{"settings": {"patch": null}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('rp.usage', '{"by_user": [{"op": "remove", "path": "a"}]}', only_if => 'false');
\echo :SQLSTATE
-- patches are for jsonb; json keeps its spelling, and would lose it
SELECT run_id FROM migsafe.run_safe('rp.usage', '{"raw": [{"op": "remove", "path": "/a"}]}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('rp.usage', '{"raw": {"merge": {"a": null}}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('rp.usage', '{"note": []}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('rp.usage', '{"by_user": {"patch": [], "merge": {}}}');
\echo :SQLSTATE
SELECT migsafe.fingerprint('rp.usage') = :'before' AS as_before;

-- {"value": ...} is a constant, {"sql": ...} an expression, which may call jsonb_patch itself.
SELECT successful_rows FROM migsafe.run_safe('rp.usage', '{"settings": {"value": [{"op": "no operation"}]},
    "look": {"sql": "migsafe.jsonb_patch(look, ''[{\"op\": \"remove\", \"path\": \"/size\"}]'')"}}');
SELECT id, settings, look FROM rp.usage ORDER BY id;

-- Names, quotes, and merge patches that are no objects: they would take the place of every document.
CREATE TABLE rp."T" (id integer PRIMARY KEY, "my ""doc'" jsonb, d2 jsonb);
INSERT INTO rp."T" VALUES (1, '{"it''s": "a \\ \"quote\""}', '{"a": 1}');
SELECT successful_rows FROM migsafe.run_safe('rp."T"', '{
    "my \"doc''": [{"op": "add", "path": "/o''clock", "value": "\\ $1 ''x''"},
                  {"op": "test", "path": "/it''s", "value": "a \\ \"quote\""}],
    "d2": {"merge": {"it''s": "\\ $1 ''x''", "a": null}}}');
SELECT * FROM rp."T";
SELECT run_id FROM migsafe.run_safe('rp."T"', '{"d2": {"merge": [{"op": "remove", "path": "/a"}]}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('rp."T"', '{"my \"doc''": [{}]}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('rp."T"', '{"d2": {"merge": null}}');
SELECT successful_rows, (SELECT d2 FROM rp."T") IS NULL AS is_sql_null
FROM migsafe.run_safe('rp."T"', '{"d2": {"value": null}}');
SELECT d2 FROM rp."T";

-- A search_path that finds other things first changes nothing.
SELECT rp.fill();
CREATE FUNCTION rp.jsonb_patch(jsonb, jsonb, boolean) RETURNS jsonb LANGUAGE sql AS $$ SELECT '"evil"'::jsonb $$;
CREATE FUNCTION rp.apply_transform_patch(jsonb, jsonb, text) RETURNS jsonb LANGUAGE sql AS $$ SELECT '"evil"'::jsonb $$;
CREATE DOMAIN rp.jsonb AS text;
SET search_path = rp, pg_catalog;
SELECT successful_rows
FROM migsafe.run_safe('rp.usage', '{"settings": [{"op": "replace", "path": "/version", "value": 9}]}');
SELECT id, settings FROM rp.usage ORDER BY id;

-- Many rows, in batches, in a partitioned table.
RESET search_path;
CREATE TABLE rp.parted (id integer PRIMARY KEY, doc jsonb) PARTITION BY HASH (id);
CREATE TABLE rp.parted_0 PARTITION OF rp.parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE rp.parted_1 (extra integer, doc jsonb, id integer NOT NULL);
ALTER TABLE rp.parted_1 DROP extra;
ALTER TABLE rp.parted ATTACH PARTITION rp.parted_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO rp.parted
    SELECT i, jsonb_build_object('n', i, 'o', jsonb_build_object('text', repeat('x', i % 100)))
    FROM generate_series(1, 3000) i;
SELECT migsafe.fingerprint('rp.parted') AS before
\gset
SELECT total_rows, successful_rows, failed_rows FROM migsafe.run_safe('rp.parted', '{"doc": [
    {"op": "rename", "path": "/n", "to": "number"}, {"op": "move", "from": "/o/text", "path": "/text"},
    {"op": "wrap", "path": "/o"}]}', batch_size => 500);
SELECT count(*) FILTER (WHERE record_image_eq(ROW(doc), ROW(jsonb_build_object('number', id, 'o', '[{}]'::jsonb, 'text',
    repeat('x', id % 100))))) AS right FROM rp.parted;
SELECT restored_rows FROM migsafe.rollback(rp.last_run());
SELECT migsafe.fingerprint('rp.parted') = :'before' AS as_before;

SET client_min_messages = warning;
DROP SCHEMA rp CASCADE;
