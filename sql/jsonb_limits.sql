-- Unusual documents: toasted, compressed, huge, deep; every result has the bytes of the server's own build.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA jl;
SET search_path = jl, migsafe, public;
RESET client_min_messages;
CREATE FUNCTION jl.identical(a jsonb, b jsonb) RETURNS boolean LANGUAGE sql
    RETURN record_image_eq(ROW(a), ROW(b));
CREATE FUNCTION jl.as_built(document jsonb) RETURNS boolean LANGUAGE sql
    RETURN record_image_eq(ROW(document), ROW(document::text::jsonb));
CREATE FUNCTION jl.repeated(operation text, count integer) RETURNS jsonb LANGUAGE sql
    RETURN (SELECT jsonb_agg(format(operation, i)::jsonb ORDER BY i) FROM generate_series(1, count) i);

-- Toasted out of line, compressed or not, and compressed in line; patches may be so, too.
CREATE TABLE jl.toasted (kind text, doc jsonb);
CREATE TABLE jl.patches (patch jsonb);
ALTER TABLE jl.toasted ALTER doc SET STORAGE EXTERNAL;
ALTER TABLE jl.patches ALTER patch SET STORAGE EXTERNAL;
INSERT INTO jl.toasted SELECT 'external', jsonb_build_object('n', 1.50, 'text', string_agg(md5(i::text), ''))
FROM generate_series(1, 1000) i;
ALTER TABLE jl.toasted ALTER doc SET STORAGE EXTENDED;
INSERT INTO jl.toasted SELECT 'extended', jsonb_build_object('n', 1.50, 'text', jsonb_agg(md5(i::text)))
FROM generate_series(1, 1000) i;
INSERT INTO jl.toasted VALUES ('compressed', jsonb_build_object('n', 1.50, 'text', repeat('x', 50000))),
    ('short', '{"n": 1.50, "text": ""}');
INSERT INTO jl.patches VALUES
    ('[{"op": "rename", "path": "/n", "to": "m"}, {"op": "add", "path": "/l", "value": [2.50]}]'),
    (jsonb_build_array(jsonb_build_object('op', 'add', 'path', '/new', 'value', repeat('y', 20000))));
SELECT kind, pg_column_size(doc) < 2000 AS in_line, pg_column_compression(doc) IS NOT NULL AS compressed
FROM jl.toasted;
SELECT kind, as_built(p) AS as_built, identical(p, doc - 'n' || '{"m": 1.50, "l": [2.50]}') AS right
FROM jl.toasted, LATERAL jsonb_patch(doc, (SELECT patch FROM jl.patches LIMIT 1), true) p;
SELECT kind, as_built(p) AS as_built, length(p->>'new') AS length
FROM jl.toasted, LATERAL jsonb_patch(doc, (SELECT patch FROM jl.patches OFFSET 1), true) p;
SELECT kind, identical(jsonb_merge_patch(doc, '{"n": null, "m": 2}'), doc - 'n' || '{"m": 2}') AS merge_patch,
    jsonb_diff(doc, doc - 'n') AS diff, identical(merged, doc || '{"a": 1, "b": 2}') AS merge, conflicts
FROM jl.toasted, jsonb_merge(doc, doc || '{"a": 1}', doc || '{"b": 2}');
CREATE TABLE jl.copy AS SELECT kind, doc AS before, doc FROM jl.toasted;
UPDATE jl.copy SET doc = jsonb_patch(doc, '[{"op": "move", "from": "/text", "path": "/t"}]');
SELECT kind, identical(doc, before - 'text' || jsonb_build_object('t', before->'text')) AS moved FROM jl.copy;

-- Objects and arrays of any size, around the strides of their offsets: as the server's own operators have it.
CREATE FUNCTION jl.object(members integer) RETURNS jsonb LANGUAGE sql
    RETURN (SELECT jsonb_object_agg('k' || i, CASE i % 5 WHEN 0 THEN to_jsonb(i * 1.10)
        WHEN 1 THEN to_jsonb(repeat('s', i % 7)) WHEN 2 THEN jsonb_build_array(i) WHEN 3 THEN 'null'
        ELSE jsonb_build_object('i', i) END)
        FROM generate_series(1, members) i);
CREATE FUNCTION jl.elements(members integer) RETURNS jsonb LANGUAGE sql
    RETURN (SELECT jsonb_agg(value ORDER BY key) FROM jsonb_each(jl.object(members)));
WITH sized AS (SELECT n, k, jl.object(n) AS o FROM unnest(ARRAY[1, 31, 32, 33, 64, 65, 1000]) n,
    LATERAL (SELECT DISTINCT 'k' || i AS k FROM unnest(ARRAY[1, n / 2 + 1, n]) i) keys)
SELECT n, count(*) AS places,
    bool_and(identical(jsonb_patch(o, format('[{"op": "remove", "path": "/%s"}]', k)::jsonb), o - k)) AS remove,
    bool_and(identical(jsonb_patch(o, format('[{"op": "replace", "path": "/%s", "value": 7.0}]', k)::jsonb),
        jsonb_set(o, ARRAY[k], '7.0'))) AS replace,
    bool_and(identical(jsonb_patch(o, format('[{"op": "add", "path": "/%s0x", "value": "new"}]', k)::jsonb),
        o || jsonb_build_object(k || '0x', 'new'))) AS add,
    bool_and(identical(jsonb_patch(o, format('[{"op": "move", "from": "/%s", "path": "/"}]', k)::jsonb),
        o - k || jsonb_build_object('', o->k))) AS move,
    bool_and(identical(jsonb_patch(o, format('[{"op": "rename", "path": "/%s", "to": "zzzz"}]', k)::jsonb, true),
        o - k || jsonb_build_object('zzzz', o->k))) AS rename,
    bool_and(identical(jsonb_patch(o, jsonb_diff(o, o - k)), o - k)) AS diff
FROM sized GROUP BY n ORDER BY n;
WITH sized AS (SELECT n, i, jl.elements(n) AS a FROM unnest(ARRAY[1, 31, 32, 33, 64, 65, 1000]) n,
    LATERAL (SELECT DISTINCT i FROM unnest(ARRAY[0, n / 2, n - 1]) i) indexes)
SELECT n, count(*) AS places,
    bool_and(identical(jsonb_patch(a, format('[{"op": "remove", "path": "/%s"}]', i)::jsonb), a - i)) AS remove,
    bool_and(identical(jsonb_patch(a, format('[{"op": "replace", "path": "/%s", "value": 7.0}]', i)::jsonb),
        jsonb_set(a, ARRAY[i::text], '7.0'))) AS replace,
    bool_and(identical(jsonb_patch(a, format('[{"op": "add", "path": "/%s", "value": "new"}]', i)::jsonb),
        jsonb_insert(a, ARRAY[i::text], '"new"'))) AS add,
    bool_and(identical(jsonb_patch(a, format('[{"op": "move", "from": "/%s", "path": "/-"}]', i)::jsonb),
        a - i || jsonb_build_array(a->i))) AS move,
    bool_and(identical(jsonb_patch(a, jsonb_diff(a, a - i)), a - i)) AS diff
FROM sized GROUP BY n ORDER BY n;
-- one grows to a thousand, another shrinks to nothing, in one patch
SELECT as_built(p), jsonb_array_length(p), p->0 AS first, p->999 AS last
FROM jsonb_patch('[]', repeated('{"op": "add", "path": "/0", "value": %s.0}', 1000)) p;
SELECT as_built(p), p->'k1000' AS last
FROM jsonb_patch('{}', repeated('{"op": "add", "path": "/k%s", "value": "text"}', 1000)) p;
SELECT jsonb_patch(jl.object(1000), repeated('{"op": "remove", "path": "/k%s"}', 1000)),
    jsonb_patch(jl.elements(1000), repeated('{"op": "remove", "path": "/0"}', 1000));

-- Numbers of any size keep every digit.
SELECT as_built(p) AS as_built, length(p::text) AS length, p->'b' = '1e1000' AS right
FROM jsonb_patch('{"a": 1e1000, "c": 1}', '[{"op": "move", "from": "/a", "path": "/b"},
    {"op": "test", "path": "/b", "value": 1e1000}, {"op": "add", "path": "/c", "value": 1e-1000}]') p;
WITH number AS (SELECT repeat('9', 131072) || '.' || repeat('7', 16383) AS digits)
SELECT as_built(p) AS as_built, p->>0 = digits AS right, identical(p->1, digits::jsonb) AS to_number,
    identical(p->2, to_jsonb(digits)) AS to_string
FROM number, jsonb_build_array(digits::numeric, digits, digits::numeric) d, jsonb_patch(d,
    '[{"op": "cast", "path": "/1", "to": "number"}, {"op": "cast", "path": "/2", "to": "string"}]', true) p;
-- one digit more is no number of the server's
SELECT jsonb_patch(to_jsonb(repeat('9', 131073)), '[{"op": "cast", "path": "", "to": "number"}]', true);
\echo :SQLSTATE
SELECT jsonb_patch(to_jsonb('0.' || repeat('7', 16384)), '[{"op": "cast", "path": "", "to": "number"}]', true);
\echo :SQLSTATE
-- digit by digit as the server would have it
SELECT count(*), bool_and(identical(jsonb_patch(to_jsonb(t), '[{"op": "cast", "path": "", "to": "number"}]', true),
    t::jsonb)) AS as_built
FROM (SELECT format(f, repeat('1', n), e) AS t FROM generate_series(1, 9) n, generate_series(-70, 70, 7) e,
    unnest(ARRAY['%se%s', '-%s.%1$se%s', '0.%se%s', '1000%s000e%s', '0.000%s000e%s']) f) texts;

-- Characters beyond the basic plane, in keys, values and pointers; keys of 65,535 bytes.
SELECT jsonb_patch('{"😀": {"\ud83d\ude80": 1}, "é": "😀"}', '[{"op": "move", "from": "/😀/🚀", "path": "/🚀😀"},
    {"op": "test", "path": "/é", "value": "\ud83d\ude00"}, {"op": "add", "path": "/\u00e9", "value": "🚀"}]');
SELECT jsonb_diff('{"😀": {"a": 1, "b": "this stays"}}', '{"😀": {"a": 2, "b": "this stays"}}'),
    jsonb_merge('{"😀": 1}', '{"😀": 2}', '{"😀": 3}');
WITH keyed AS (SELECT k, jsonb_build_object(k, 1.50, 'z', 2, k || 'z', '3') AS d FROM repeat('k', 65535) k)
SELECT as_built(d) AS as_built,
    identical(jsonb_patch(d, jsonb_build_array(jsonb_build_object('op', 'remove', 'path', '/' || k))), d - k) AS remove,
    identical(jsonb_patch(d, jsonb_build_array(jsonb_build_object('op', 'rename', 'path', '/z', 'to', k || 'y')), true),
        d - 'z' || jsonb_build_object(k || 'y', 2)) AS rename,
    identical(jsonb_merge_patch(d, jsonb_build_object(k, NULL, 'y', k)), d - k || jsonb_build_object('y', k)) AS merged,
    identical(jsonb_patch(d, jsonb_diff(d, d - k)), d - k) AS diff, conflicts = ARRAY['/' || k] AS conflict
FROM keyed, jsonb_merge(d, d || jsonb_build_object(k, 2), d - k);

-- Of a duplicate key the last value counts, in documents and in patches.
SELECT jsonb_patch('{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}', '[{"op": "remove", "path": "/a"}]');
SELECT jsonb_patch('{"a": 1, "b": 2}', '[{"op": "add", "op": "remove", "path": "/a", "path": "/b"}]');

-- Ten thousand levels: with a stack as most systems have it all works; with the smallest one it fails cleanly.
CREATE FUNCTION jl.nested(levels integer, innermost text) RETURNS jsonb LANGUAGE sql
    RETURN (repeat('{"a": ', levels) || innermost || repeat('}', levels))::jsonb;
CREATE TABLE jl.deep (o jsonb, changed jsonb, other jsonb, a jsonb, pointer text);
CREATE TABLE jl.deep_patch (op text, patch jsonb);
SET max_stack_depth = '7MB';
INSERT INTO jl.deep SELECT nested(10000, '1.50'), nested(10000, '2'), nested(10000, '3'),
    (repeat('[', 10000) || repeat(']', 10000))::jsonb, repeat('/a', 10000);
INSERT INTO jl.deep_patch SELECT p->>'op', jsonb_build_array(p || '{"value": 2}') FROM jl.deep,
    unnest(ARRAY[jsonb_build_object('op', 'replace', 'path', pointer), jsonb_build_object('op', 'add', 'path', pointer),
        jsonb_build_object('op', 'replace', 'path', replace(pointer, 'a', '*'))]) p;
INSERT INTO jl.deep_patch SELECT 'test', jsonb_build_array(jsonb_build_object('op', 'test', 'path', '', 'value', o))
FROM jl.deep;
SELECT op, identical(jsonb_patch(o, patch, true), CASE op WHEN 'test' THEN o ELSE changed END) AS right
FROM jl.deep, jl.deep_patch;
SELECT identical(jsonb_merge_patch(o, changed), changed) AS merge_patch,
    identical(jsonb_patch(a, '[{"op": "add", "path": "/-", "value": 1}]'), a || '1') AS beside
FROM jl.deep;
-- these take more of it
SELECT identical(jsonb_patch(o, jsonb_diff(o, nested(3000, '2'))), nested(3000, '2')) AS diff,
    identical(merged, nested(3000, '2')) AND conflicts = ARRAY[repeat('/a', 3000)] AS merge
FROM nested(3000, '1.50') o, jsonb_merge(o, nested(3000, '2'), nested(3000, '3'));
SET max_stack_depth = '100kB';
CREATE FUNCTION jl.outcome(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT ' || call || ' FROM jl.deep, jl.deep_patch';
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate || ': ' || sqlerrm;
END $$;
SELECT call, outcome(call) FROM unnest(ARRAY['jsonb_patch(o, patch, true)', 'jsonb_merge_patch(o, changed)',
    'jsonb_diff(o, changed)', 'jsonb_merge(o, changed, other)',
    'jsonb_has_path(o, replace(pointer, ''a'', ''*''))']) call;
SELECT jsonb_merge_patch(o, changed) FROM jl.deep;
\echo :SQLSTATE
-- what is not looked into may be as deep as it likes
SELECT call, outcome(call) FROM unnest(ARRAY['jsonb_patch(o, ''[{"op": "replace", "path": "/a/a", "value": 2}]'')',
    'jsonb_patch(o, ''[{"op": "copy", "from": "", "path": "/b"}]'')', 'jsonb_merge_patch(o, ''{"b": 1}'')',
    'jsonb_diff(o, a)']) call;
RESET max_stack_depth;

-- A result may have 256 MB, as any jsonb; beyond, it fails cleanly.  Each copy doubles the document.
CREATE FUNCTION jl.doubling(times integer) RETURNS jsonb LANGUAGE sql
    RETURN jl.repeated('{"op": "copy", "from": "", "path": "/x%s"}', times);
SELECT pg_column_size(jsonb_patch(jsonb_build_object('text', repeat('x', 1024 * 1024)), doubling(6))) >> 20 AS mb;
SELECT jsonb_patch(jsonb_build_object('text', repeat('x', 1024 * 1024)), doubling(8));
\echo :SQLSTATE
SELECT jsonb_patch(jsonb_build_object('text', repeat('x', 64 * 1024)), doubling(100));
\echo :SQLSTATE
SELECT jsonb_merge_patch(d, jsonb_build_object('b', d, 'c', d))
FROM jsonb_build_object('a', repeat('x', 100 * 1024 * 1024)) d;
\echo :SQLSTATE

SET client_min_messages = warning;
DROP SCHEMA jl CASCADE;
