-- The extended dialect of JSON Patch: stars, optional operations, rename, cast, default, wrap, unwrap.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA jd;
SET search_path = jd, migsafe, public;
RESET client_min_messages;
\set SHOW_CONTEXT never
-- Transforms are written in it; jsonb_patch has to be asked for it.
CREATE FUNCTION jd.patched(document jsonb, patch jsonb) RETURNS jsonb LANGUAGE sql
    RETURN migsafe.jsonb_patch(document, patch, extensions => true);

-- A star stands for every member or element there.
SELECT patched('{"u1": {"n": 1}, "u2": {"n": 2}}', '[{"op": "add", "path": "/*/seen", "value": true}]');
SELECT patched('[{"n": 1}, {"n": 2}]', '[{"op": "remove", "path": "/*/n"}]');
SELECT patched('{"a": [{"n": 1}, {"n": 2}], "b": [{"n": 3}]}', '[{"op": "replace", "path": "/*/*/n", "value": 0}]');
SELECT patched('{"a": [1.0, 1.00], "b": [1]}', '[{"op": "test", "path": "/*/*", "value": 1}]');
SELECT patched('{"a": [1, 2], "b": [1]}', '[{"op": "test", "path": "/*/*", "value": 1}]');
\echo :SQLSTATE
-- as the last token: each value; remove empties the container
SELECT patched('{"a": 1, "b": [2]}', '[{"op": "replace", "path": "/*", "value": null}]');
SELECT patched('{"a": 1, "b": [2]}', '[{"op": "add", "path": "/*", "value": 0}]');
SELECT patched('[1, 2]', '[{"op": "replace", "path": "/*", "value": null}]');
SELECT patched('[1, 2]', '[{"op": "add", "path": "/*", "value": 0}]');
\echo :SQLSTATE
SELECT patched('{"a": {"b": 1, "c": 2}, "d": [3, 4]}', '[{"op": "remove", "path": "/*/*"}]');
-- arrays: at the same index everywhere
SELECT patched('{"a": [1], "b": []}',
    '[{"op": "add", "path": "/*/0", "value": 0}, {"op": "add", "path": "/*/-", "value": 9}]');
-- operations follow one another, whether or not they go the same way
SELECT patched('{"a": {"n": 1}, "b": {"n": 2}}', '[{"op": "replace", "path": "/*", "value": {}},
    {"op": "add", "path": "/*/m", "value": 3}, {"op": "add", "path": "/c", "value": {"m": 4}},
    {"op": "move", "from": "/*/m", "path": "/*/l"}]');
SELECT patched('[{"n": 1}, {"n": 2}]', '[{"op": "remove", "path": "/*/n"}, {"op": "remove", "path": "/*"}]');
SELECT patched('{"a": {"n": 1}, "b": {"n": 2}}',
    '[{"op": "copy", "from": "/a/n", "path": "/*/m"}, {"op": "replace", "path": "/*/n", "value": 0}]');
-- nothing there, nothing done
SELECT patched('{"a": {}, "b": []}', '[{"op": "remove", "path": "/a/*"}, {"op": "test", "path": "/b/*/c", "value": 1},
    {"op": "move", "from": "/a/*/x", "path": "/a/*/y"}]');
-- but a star needs a container, and what follows it has to be there in each
SELECT patched('{"a": {"n": 1}, "b": 1}', '[{"op": "remove", "path": "/*/n"}]');
\echo :SQLSTATE
SELECT patched('{"a": {"n": 1}, "b": {}}', '[{"op": "remove", "path": "/*/n"}]');
\echo :SQLSTATE
SELECT patched('"scalar"', '[{"op": "remove", "path": "/*"}]');
\echo :SQLSTATE

-- from and path bind their stars to the same members, in order.
SELECT patched('{"u1": {"tokens": {"prompt": 1.50, "completion": 2}}, "u2": {"tokens": {"prompt": 3}, "requests": 4}}',
    '[{"op": "move", "from": "/*/tokens/prompt", "path": "/*/promptTokens"}]');
SELECT patched('{"a": [{"x": 1}, {"x": 2}], "b": [{"x": 3}]}',
    '[{"op": "move", "from": "/*/*/x", "path": "/*/*/y/z"}]');
\echo :SQLSTATE
SELECT patched('{"a": [{"x": 1}, {"x": 2}], "b": [{"x": 3}]}',
    '[{"op": "add", "path": "/*/*/y", "value": {}}, {"op": "move", "from": "/*/*/x", "path": "/*/*/y/z"}]');
SELECT patched('{"old": {"a": 1, "b": 2}, "new": {"c": 3}}', '[{"op": "move", "from": "/old/*", "path": "/new/*"}]');
SELECT patched('{"old": {"a": 1, "b": 2}, "new": {}}', '[{"op": "copy", "from": "/old/*", "path": "/new/*"}]');
SELECT patched('{"old": {"a": {"v": 1}, "b": {"v": 2}}, "new": {"a": {}, "b": {}}}',
    '[{"op": "move", "from": "/old/*/v", "path": "/new/*/v"}]');
-- a star in path may stand where that of from did not
SELECT patched('{"a": {"v": 1}, "b": {"v": 2}, "all": {}}',
    '[{"op": "move", "from": "/all", "path": "/a/all"}, {"op": "copy", "from": "/*/v", "path": "/a/all/*"}]');
-- from one place to many is a copy; a move could not
SELECT patched('{"rate": 7, "u": {"u1": {}, "u2": {"rate": 1}}}',
    '[{"op": "copy", "from": "/rate", "path": "/u/*/rate"}]');
SELECT patched('{"rate": 7, "u": {"u1": {}}}', '[{"op": "move", "from": "/rate", "path": "/u/*/rate"}]');
\echo :SQLSTATE
SELECT patched('{"u": {"u1": {"n": 1}}}', '[{"op": "copy", "from": "/u/*/n", "path": "/n"}]');
\echo :SQLSTATE

-- A literal * is written ~2; a star is a whole token.
SELECT patched('{"*": 1, "a": 2}', '[{"op": "remove", "path": "/~2"}]');
SELECT patched('{"*": 1, "a": 2}', '[{"op": "move", "from": "/~2", "path": "/a~2b"}]');
SELECT patched('{"a*": 1, "~2": 2}', '[{"op": "remove", "path": "/a*"}, {"op": "remove", "path": "/~02"}]');
SELECT patched('{"*": 1, "a": 2}', '[{"op": "remove", "path": "/*"}]');

-- "optional": where its place does not exist, the operation does nothing.
SELECT patched('{"a": 1}', '[{"op": "remove", "path": "/b", "optional": true}]');
SELECT patched('{"a": 1, "b": 2}', '[{"op": "remove", "path": "/b", "optional": true}]');
SELECT patched('{"a": 1}', '[{"op": "remove", "path": "/b", "optional": false}]');
\echo :SQLSTATE
SELECT patched('{"u1": {"n": 1}, "u2": {}, "u3": "none"}',
    '[{"op": "move", "from": "/*/n", "path": "/*/m", "optional": true}]');
SELECT op, patched('{"a": [1], "o": {"k": 1}}', jsonb_build_array('{"value": 0, "optional": true}' || op)) AS result
FROM unnest(ARRAY['{"op": "add", "path": "/x/y"}', '{"op": "add", "path": "/a/7"}',
    '{"op": "add", "path": "/o/k/deep"}', '{"op": "remove", "path": "/a/-"}',
    '{"op": "replace", "path": "/x"}', '{"op": "replace", "path": "/a/1"}',
    '{"op": "move", "path": "/y", "from": "/x"}', '{"op": "copy", "path": "/y", "from": "/x"}',
    '{"op": "test", "path": "/x"}', '{"op": "rename", "path": "/x", "to": "y"}',
    '{"op": "cast", "path": "/x", "to": "string"}', '{"op": "default", "path": "/x/y"}', '{"op": "wrap", "path": "/x"}',
    '{"op": "unwrap", "path": "/x"}']::jsonb[]) op;
-- a move whose destination does not exist leaves the value where it was
SELECT patched('{"a": 1, "b": [1.50]}', '[{"op": "move", "from": "/a", "path": "/x/y", "optional": true},
    {"op": "move", "from": "/b/0", "path": "/b/5", "optional": true}]');
-- it forgives a missing place only: not a test that fails, nor a loss
SELECT patched('{"a": 1}', '[{"op": "test", "path": "/a", "value": 2, "optional": true}]');
\echo :SQLSTATE
SELECT patched('{"a": "x"}', '[{"op": "cast", "path": "/a", "to": "number", "optional": true}]');
\echo :SQLSTATE

-- rename: gives a member another key, in place; it never overwrites another.
SELECT patched('{"old": {"n": 1.50}, "x": 2}', '[{"op": "rename", "path": "/old", "to": "new"}]');
SELECT patched('{"u1": {"n": 1}, "u2": {"n": 2}}', '[{"op": "rename", "path": "/*/n", "to": "requests"}]');
SELECT patched('[{"a/b": 1}]', '[{"op": "rename", "path": "/0/a~1b", "to": "c/d~e*"}]');
SELECT patched('{"a": 1}', '[{"op": "rename", "path": "/a", "to": "a"}]');
SELECT patched('{"a": 1}', '[{"op": "rename", "path": "/a", "to": ""}]');
SELECT patched('{"a": 1, "b": 2}', '[{"op": "rename", "path": "/a", "to": "b"}]');
\echo :SQLSTATE
SELECT patched('[1]', '[{"op": "rename", "path": "/0", "to": "b"}]');
\echo :SQLSTATE
SELECT patched('{"a": 1}', '[{"op": "rename", "path": "/b", "to": "c"}]');
\echo :SQLSTATE

-- cast: between string, number and boolean, where nothing is lost.
CREATE FUNCTION jd.as_type(value jsonb, type text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN jd.patched(value, jsonb_build_array(jsonb_build_object('op', 'cast', 'path', '', 'to', type)));
EXCEPTION WHEN data_exception THEN
    RETURN sqlstate || regexp_replace(sqlerrm, '^.* failed at ""', '');
END $$;
SELECT value, as_type(value, 'string') AS string, as_type(value, 'number') AS number,
    as_type(value, 'boolean') AS boolean
FROM unnest('{"\"1\"", "1", "0", "1.50", "-12e3", "\"true\"", "true", "false", "null", "[1]", "{}"}'::jsonb[]) value;
SELECT value, as_type(value, 'number') AS number
FROM unnest(ARRAY['0', '-0.0', '1.50', '12E-1', '1e+3', '', ' 1', '1 ', '01', '+1', '.5', '1.', '1e', '0x1f', '1_000',
    'NaN', 'Infinity', '-', '1e200000', 'one']) t, to_jsonb(t) value;
SELECT value, as_type(value, 'boolean') AS boolean
FROM unnest('{"1.0", "0.00", "2", "-1", "0.5", "\"false\"", "\"TRUE\"", "\"t\"", "\"1\"", "\"\""}'::jsonb[]) value;
-- the result is the server's own number, digit by digit
SELECT record_image_eq(ROW(patched(to_jsonb(t), '[{"op": "cast", "path": "", "to": "number"}]')), ROW(t::jsonb))
    AS as_built, count(*)
FROM unnest(ARRAY['0', '-0', '0.000', '1', '10000', '100000000', '0.0001', '0.00001', '1e-7', '1e100',
    '123456789.987654321', '-1.10', '99990000.00009999', '1E+5', '1e-1000', '12.5e1', '0e5', '0.00e1', '0e-3']) t
GROUP BY 1;
SELECT as_type(as_type('1.50', 'string')::jsonb, 'number') AS there_and_back;
SELECT patched('{"u1": {"n": "1"}, "u2": {"n": 2}, "u3": {"n": "three"}}',
    '[{"op": "cast", "path": "/*/n", "to": "number"}]');
\echo :SQLSTATE

-- default: adds a value only where there is none.
SELECT patched('{"a": 1}',
    '[{"op": "default", "path": "/a", "value": 7}, {"op": "default", "path": "/b", "value": {"c": []}}]');
SELECT patched('{"a": null}', '[{"op": "default", "path": "/a", "value": 7}]') AS null_is_a_value;
SELECT patched('{"u1": {"n": 1}, "u2": {}}', '[{"op": "default", "path": "/*/n", "value": 0}]');
SELECT patched('[1]', '[{"op": "default", "path": "/0", "value": 7}, {"op": "default", "path": "/1", "value": 8}]');
SELECT patched('[1]', '[{"op": "default", "path": "", "value": 7}]');
SELECT patched('{"a": 1}', '[{"op": "default", "path": "/b/c", "value": 7}]');
\echo :SQLSTATE
SELECT patched('{"a": 1}', '[{"op": "default", "path": "/a/c", "value": 7}]');
\echo :SQLSTATE
SELECT patched('[1]', '[{"op": "default", "path": "/2", "value": 7}]');
\echo :SQLSTATE

-- wrap: puts a value into an array, or under a key into an object; unwrap is the reverse.
SELECT patched('{"a": 1.50}', '[{"op": "wrap", "path": "/a"}]');
SELECT patched('{"a": [1]}', '[{"op": "wrap", "path": "/a", "key": "items"}]');
SELECT patched('{"a": [1, 2], "b": [3]}', '[{"op": "wrap", "path": "/*/*", "key": "n"}, {"op": "wrap", "path": ""}]');
SELECT patched('{"a": [1.50], "b": {"items": [{}]}}',
    '[{"op": "unwrap", "path": "/a"}, {"op": "unwrap", "path": "/b", "key": "items"}, {"op": "unwrap", "path": "/b"}]');
SELECT patched('[[["s"]]]',
    '[{"op": "unwrap", "path": ""}, {"op": "unwrap", "path": "/0"}, {"op": "unwrap", "path": ""}]');
SELECT patched('{"a": [1, 2]}', '[{"op": "unwrap", "path": "/a"}]');
\echo :SQLSTATE
SELECT patched('{"a": []}', '[{"op": "unwrap", "path": "/a"}]');
\echo :SQLSTATE
SELECT patched('{"a": {"k": 1}}', '[{"op": "unwrap", "path": "/a"}]');
\echo :SQLSTATE
SELECT patched('{"a": {"k": 1, "l": 2}}', '[{"op": "unwrap", "path": "/a", "key": "k"}]');
\echo :SQLSTATE
SELECT patched('{"a": {"l": 2}}', '[{"op": "unwrap", "path": "/a", "key": "k"}]');
\echo :SQLSTATE
SELECT patched('{"a": 1}', '[{"op": "unwrap", "path": "/a", "key": "k"}]');
\echo :SQLSTATE

-- All together, as a migration has them.
SELECT jsonb_pretty(patched('{
      "u1": {"name": "One", "metrics": {"tokens": {"prompt": 1, "completion": 2}, "requests": "3", "spend": 0.50}},
      "u2": {"name": "Two", "metrics": {"tokens": {"prompt": 4, "completion": 5}, "requests": "6", "spend": 7}}}',
    '[{"op": "move", "from": "/*/metrics/tokens/prompt", "path": "/*/promptTokens"},
      {"op": "move", "from": "/*/metrics/tokens/completion", "path": "/*/completionTokens"},
      {"op": "move", "from": "/*/metrics/requests", "path": "/*/requests"},
      {"op": "cast", "path": "/*/requests", "to": "number"},
      {"op": "move", "from": "/*/metrics/spend", "path": "/*/cost"},
      {"op": "remove", "path": "/*/metrics"},
      {"op": "default", "path": "/*/models", "value": []},
      {"op": "rename", "path": "/*/name", "to": "username"}]'));
-- an error says which operation, and at which member
SELECT patched('{"u1": {"a": "1"}, "u2": {"a": "2"}, "u/3": {"a": "x"}}',
    '[{"op": "rename", "path": "/*/a", "to": "n"}, {"op": "cast", "path": "/*/n", "to": "number"}]');
\echo :SQLSTATE

-- Documents that are alike, and not quite: each is patched as if it were the only one.
CREATE TABLE jd.alike (id integer, doc jsonb);
INSERT INTO jd.alike VALUES
    (1, '{"a": {"n": 1, "s": "x"}, "b": [1]}'), (2, '{"a": {"n": 22.50, "s": "longer"}, "b": [null]}'),
    (3, '{"a": {"n": "3", "s": "x"}, "b": [1]}'), (4, '{"a": {"n": {"s": 4}, "s": ""}, "b": [[4]]}'),
    (5, '{"a": {"N": 5, "s": "x"}, "b": [1]}'), (6, '{"a": {"n": 6, "s": "x"}, "b": {"0": 1}}'),
    (7, '{"a": [7, "s"], "b": [1]}'), (8, '{"a": {"n": 8}, "b": []}'), (9, '{"b": [9]}'), (10, '"scalar"'), (11, NULL);
INSERT INTO jd.alike SELECT id + 20, doc FROM jd.alike;
SELECT id, patched(doc, '[{"op": "move", "from": "/*/n", "path": "/*/m", "optional": true},
    {"op": "wrap", "path": "/b/0", "key": "k", "optional": true},
    {"op": "rename", "path": "/a/s", "to": "a longer key", "optional": true},
    {"op": "default", "path": "/a/z", "value": 0, "optional": true}]') AS result
FROM jd.alike ORDER BY id;

-- Without extensions none of this is known.
SELECT jsonb_patch('{"a": {"n": 1}}', '[{"op": "remove", "path": "/*/n"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"*": 1}', '[{"op": "remove", "path": "/~2"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "rename", "path": "/a", "to": "b"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": "/b", "optional": true}]');
\echo :SQLSTATE

SET client_min_messages = warning;
DROP SCHEMA jd CASCADE;
