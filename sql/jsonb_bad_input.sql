-- Patches and documents that do not fit: each gets an ERROR of class 22 that says which operation, where, and why.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA jb;
SET search_path = jb, migsafe, public;
RESET client_min_messages;

-- A patch that is no array.
SELECT jsonb_patch('{"a": 1}', '{"op": "remove", "path": "/a"}');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '"remove"');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', 'null');
\echo :SQLSTATE

-- An element that is no operation; operations count from 1.
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": "/a"}, "remove"]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[[]]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[null]', true);
\echo :SQLSTATE

-- An unknown operation.
SELECT jsonb_patch('{"a": 1}', '[{"op": "delete", "path": "/a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "delete", "path": "/a"}]', extensions => true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "Remove", "path": "/a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "", "path": "/a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": 1, "path": "/a"}]');
\echo :SQLSTATE

-- A missing member, or one of the wrong type.
SELECT jsonb_patch('{"a": 1}', '[{}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"path": "/a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": null}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": ["a"]}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "add", "path": "/a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "replace", "path": "/a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "test", "path": "/a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "move", "path": "/b"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "copy", "path": "/b", "from": 1}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "rename", "path": "/a"}]', true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "rename", "path": "/a", "to": null}]', true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "cast", "path": "/a"}]', true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "default", "path": "/a"}]', true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "wrap", "path": "/a", "key": 1}]', true);
-- A member that extended operations do not know is a slip; the RFC has its own operations ignore it.
SELECT jsonb_patch('{"a": 1}', '[{"op": "wrap", "path": "/a", "ky": "k"}]', true);
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": "/a", "why": "no more use"}]', true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": "/a", "optional": "yes"}]', true);
\echo :SQLSTATE

-- A bad pointer.
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": "a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": "#/a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a~": 1}', '[{"op": "remove", "path": "/a~"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a~3": 1}', '[{"op": "remove", "path": "/a~3"}]', true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "copy", "from": "a", "path": "/b"}]');
\echo :SQLSTATE

-- A star, an escaped star or an extended operation where only RFC 6902 is spoken.
SELECT jsonb_patch('{"a": [1]}', '[{"op": "remove", "path": "/a/*"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"*": 1}', '[{"op": "copy", "from": "/*", "path": "/b"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"*": 1}', '[{"op": "remove", "path": "/~2"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": "/a"}, {"op": "rename", "path": "/a", "to": "b"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "cast", "path": "/a", "to": "string"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "default", "path": "/a", "value": 1}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "wrap", "path": "/a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": [1]}', '[{"op": "unwrap", "path": "/a"}]', extensions => false);
\echo :SQLSTATE

-- What makes no sense: a move into its own child, a removal of everything, a rename of no one member, an unknown type.
SELECT jsonb_patch('{"a": {"b": 1}}', '[{"op": "move", "from": "/a", "path": "/a/b"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": {"b": 1}}', '[{"op": "move", "from": "", "path": "/a"}]');
\echo :SQLSTATE
SELECT jsonb_patch('[["x"], {"y": 1}]', '[{"op": "move", "from": "/0", "path": "/0/y"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": {"b": 1}}', '[{"op": "move", "from": "/*", "path": "/*/b"}]', true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": {"b": 1}, "ab": {}}', '[{"op": "move", "from": "/a", "path": "/ab/b"}]') AS no_child;
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": ""}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "rename", "path": "", "to": "b"}]', true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "rename", "path": "/*", "to": "b"}]', true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "cast", "path": "/a", "to": "integer"}]', true);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": {"b": 1}}', '[{"op": "move", "from": "/*/b", "path": "/c"}]', true);
\echo :SQLSTATE

-- All that is found before the first document, even if there is none.
SELECT jsonb_patch(NULL, '[{"op": "remove", "path": "/a"}, {"op": "delete", "path": "/a"}]');
\echo :SQLSTATE

-- A place that does not exist.
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": "/b"}]');
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": "/b"}]', extensions => true);
\echo :SQLSTATE
CREATE FUNCTION jb.failure(operation jsonb, OUT state text, OUT message text) LANGUAGE plpgsql AS $$
BEGIN
    message = jsonb_patch('{"a": ["x", "y"], "n": 1, "o": {"k": null}}', jsonb_build_array(operation));
EXCEPTION WHEN data_exception THEN
    state = sqlstate;
    message = replace(sqlerrm, ' of argument "patch"', '');
END $$;
SELECT f.* FROM unnest(ARRAY['{"op": "add", "path": "/b/c", "value": 1}', '{"op": "add", "path": "/n/c", "value": 1}',
    '{"op": "add", "path": "/o/k/c", "value": 1}', '{"op": "remove", "path": "/A"}',
    '{"op": "remove", "path": "/o/k~1"}', '{"op": "replace", "path": "/b", "value": 1}',
    '{"op": "replace", "path": "/o/", "value": 1}', '{"op": "move", "from": "/b", "path": "/c"}',
    '{"op": "move", "from": "/b", "path": "/b"}', '{"op": "move", "from": "/n", "path": "/b/c"}',
    '{"op": "copy", "from": "/b", "path": "/c"}', '{"op": "copy", "from": "/n", "path": "/b/c"}',
    '{"op": "copy", "from": "/n", "path": "/n/c"}', '{"op": "test", "path": "/b", "value": null}',
    '{"op": "test", "path": "/o/k/l", "value": null}']::jsonb[]) operation, failure(operation) f;

-- An index with a leading zero, beyond the end, or none at all.
SELECT f.* FROM unnest(ARRAY['00', '01', '2', '3', '-1', '-', '+1', '1.0', '1e0', ' 1', '', 'x', '0x1', '１',
    '4294967296', '18446744073709551616']) index, failure(jsonb_build_object('op', 'remove', 'path', '/a/' || index)) f;
SELECT index, f.* FROM unnest(ARRAY['0', '2', '-', '3', '01', '-1', '', '--']) index,
    failure(jsonb_build_object('op', 'add', 'path', '/a/' || index, 'value', 'new')) f;
-- a move first removes
SELECT f.* FROM failure('{"op": "move", "from": "/a/0", "path": "/a/2"}') f;

-- A test that fails says what is there.
SELECT f.* FROM unnest(ARRAY['{"path": "/n", "value": 2}', '{"path": "/n", "value": "1"}',
    '{"path": "/n", "value": true}', '{"path": "/o/k", "value": false}', '{"path": "/o/k", "value": {}}',
    '{"path": "/o", "value": {}}', '{"path": "/o", "value": {"k": null, "l": 1}}', '{"path": "/o", "value": [null]}',
    '{"path": "/a", "value": ["y", "x"]}', '{"path": "/a", "value": ["x"]}', '{"path": "/a/0", "value": "X"}',
    '{"path": "", "value": null}']::jsonb[]) operation, failure(operation || '{"op": "test"}') f;
-- long values are shown in part
SELECT jsonb_patch(jsonb_build_object('a', (SELECT jsonb_agg(i) FROM generate_series(1, 1000) i)),
    '[{"op": "test", "path": "", "value": {}}]');
SELECT f.* FROM failure(jsonb_build_object('op', 'test', 'path', '/n', 'value', repeat('é', 100000))) f;

-- A merge patch may be any document, but not NULL.
SELECT jsonb_merge_patch('{"a": 1}', NULL);
\echo :SQLSTATE
SELECT jsonb_merge_patch(NULL, NULL);
\echo :SQLSTATE

-- A session goes on after each of them.
SELECT jsonb_patch('{"a": 1}', '[{"op": "remove", "path": "/a"}]');
SET client_min_messages = warning;
DROP SCHEMA jb CASCADE;
