-- jsonb_patch: JSON Patch (RFC 6902), all six operations and nothing else.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA jp;
SET search_path = jp, migsafe, public;
RESET client_min_messages;

-- add: a member, in the place of another, too; an element, before the one at that index or after the last.
SELECT jsonb_patch('{"a": 1}', '[{"op": "add", "path": "/b", "value": {"c": [true]}}]');
SELECT jsonb_patch('{"a": 1}', '[{"op": "add", "path": "/a", "value": null}]');
SELECT jsonb_patch('["x", "y"]', '[{"op": "add", "path": "/1", "value": "new"}]');
SELECT jsonb_patch('["x", "y"]', '[{"op": "add", "path": "/2", "value": "new"}]');
SELECT jsonb_patch('["x", "y"]', '[{"op": "add", "path": "/-", "value": ["new"]}]');
SELECT jsonb_patch('{"a": {"b": []}}', '[{"op": "add", "path": "/a/b/0", "value": "new"}]');
SELECT jsonb_patch('{"a": 1}', '[{"op": "add", "path": "", "value": "all new"}]');

-- remove: what follows an element moves up.
SELECT jsonb_patch('{"a": 1, "b": 2}', '[{"op": "remove", "path": "/a"}]');
SELECT jsonb_patch('["x", "y", "z"]', '[{"op": "remove", "path": "/1"}]');
SELECT jsonb_patch('{"a": {"b": 1}, "c": [[2]]}',
    '[{"op": "remove", "path": "/a/b"}, {"op": "remove", "path": "/c/0/0"}]');

-- replace: what is there.
SELECT jsonb_patch('{"a": 1, "b": 2}', '[{"op": "replace", "path": "/a", "value": [1]}]');
SELECT jsonb_patch('["x", "y"]', '[{"op": "replace", "path": "/1", "value": null}]');
SELECT jsonb_patch('{"a": 1}', '[{"op": "replace", "path": "", "value": [true, {}]}]');

-- move: remove, then add.
SELECT jsonb_patch('{"a": {"b": 1}, "c": {}}', '[{"op": "move", "from": "/a/b", "path": "/c/d"}]');
SELECT jsonb_patch('{"a": 1, "b": 2}', '[{"op": "move", "from": "/a", "path": "/b"}]');
SELECT jsonb_patch('["w", "x", "y", "z"]', '[{"op": "move", "from": "/1", "path": "/3"}]');
SELECT jsonb_patch('["w", "x", "y", "z"]', '[{"op": "move", "from": "/3", "path": "/0"}]');
SELECT jsonb_patch('["w", "x"]', '[{"op": "move", "from": "/0", "path": "/-"}]');
SELECT jsonb_patch('[["w", "x"], ["y"]]', '[{"op": "move", "from": "/0/0", "path": "/1/1"}]');
SELECT jsonb_patch('{"a": {"b": 1}}', '[{"op": "move", "from": "/a/b", "path": "/a"}]');
SELECT jsonb_patch('{"a": {"b": 1}}', '[{"op": "move", "from": "/a/b", "path": ""}]');
-- to where it is already
SELECT jsonb_patch('{"a": 1}', '[{"op": "move", "from": "/a", "path": "/a"}]');
SELECT jsonb_patch('["x", "y"]', '[{"op": "move", "from": "/0", "path": "/0"}]');
SELECT jsonb_patch('{"a": 1}', '[{"op": "move", "from": "", "path": ""}]');
-- indexes in path count what is left
SELECT jsonb_patch('["x", {"y": 1}, ["z"]]', '[{"op": "move", "from": "/0", "path": "/1/0"}]');

-- copy: an add of what is there.
SELECT jsonb_patch('{"a": {"b": 1}}', '[{"op": "copy", "from": "/a", "path": "/c"}]');
SELECT jsonb_patch('["x", "y"]', '[{"op": "copy", "from": "/0", "path": "/-"}]');
SELECT jsonb_patch('["x"]', '[{"op": "copy", "from": "/0", "path": "/0"}]');
SELECT jsonb_patch('{"a": {"b": 1}}', '[{"op": "copy", "from": "/a", "path": "/a/c"}]');
SELECT jsonb_patch('{"a": 1}', '[{"op": "copy", "from": "", "path": "/a"}]');
-- the copy has a life of its own
SELECT jsonb_patch('{"a": {"b": [1]}}',
    '[{"op": "copy", "from": "/a", "path": "/c"}, {"op": "add", "path": "/c/b/-", "value": 2},
      {"op": "replace", "path": "/a/b/0", "value": "one"}, {"op": "copy", "from": "/c/b", "path": "/a/b/-"},
      {"op": "remove", "path": "/c/b/0"}]');

-- test: the patch goes on where the value is the same, as JSON sees it: numbers by value, members in any order.
SELECT jsonb_patch('{"a": {"x": 1.50, "y": [null, "s"]}}',
    '[{"op": "test", "path": "/a", "value": {"y": [null, "s"], "x": 15e-1}}, {"op": "remove", "path": "/a/y"}]');
SELECT jsonb_patch('{"a": 1}', '[{"op": "test", "path": "", "value": {"a": 1.0}}]');
SELECT jsonb_patch('{"a": 0.0}', '[{"op": "test", "path": "/a", "value": -0}]');
-- it sees what the operations before it did
SELECT jsonb_patch('{"a": {"b": 1}}',
    '[{"op": "add", "path": "/a/c", "value": 2}, {"op": "test", "path": "/a", "value": {"b": 1, "c": 2.0}},
      {"op": "remove", "path": "/a/b"}, {"op": "test", "path": "", "value": {"a": {"c": 2}}}]');
SELECT jsonb_patch('{"a": 1}',
    '[{"op": "add", "path": "/b", "value": 2}, {"op": "test", "path": "/a", "value": "1"}]');
\echo :SQLSTATE

-- Pointers (RFC 6901): "" is the document, "/" its member "", ~0 a ~, ~1 a /; - and digits are members of objects, too.
SELECT pointer, jsonb_patch('{"": {"": 1}, "a/b": 2, "m~n": 3, "~1": 4, "-": 5, "01": 6, " ": 7, "e^é\"\\": 8}',
    jsonb_build_array(jsonb_build_object('op', 'remove', 'path', pointer))) AS rest
FROM unnest(ARRAY['/', '//', '/a~1b', '/m~0n', '/~01', '/-', '/01', '/ ', '/e^é"\']) pointer;
-- members of an operation that it does not have are ignored, however they are called
SELECT jsonb_patch('{"a": 1}',
    '[{"op": "remove", "path": "/a", "from": 1, "value": 2, "note": "RFC 6902, section 4", "optional": null}]');

-- Each operation works on what the one before left; all or nothing.
SELECT jsonb_patch('{"a": [1, 2, 3]}',
    '[{"op": "remove", "path": "/a/0"}, {"op": "move", "from": "/a/0", "path": "/b"},
      {"op": "add", "path": "/a/1", "value": {}}, {"op": "copy", "from": "/b", "path": "/a/1/c"}]');
-- no operation, no change
SELECT jsonb_patch('{"a": 1.50}', '[]');

-- A scalar is a document, too; so are {} and [].
SELECT document, jsonb_patch(document, '[]') AS unchanged,
    jsonb_patch(document, '[{"op": "replace", "path": "", "value": 1e3}]') AS other
FROM unnest('{"null", "true", "1.0", "\"s\"", "\"\"", "[]", "{}"}'::jsonb[]) document;
SELECT jsonb_patch('[]', '[{"op": "add", "path": "/-", "value": {}}]'),
    jsonb_patch('{}', '[{"op": "add", "path": "/", "value": []}]'),
    jsonb_patch('[1]', '[{"op": "remove", "path": "/0"}]'), jsonb_patch('{"": 1}', '[{"op": "remove", "path": "/"}]');

-- NULL: no document gives none; a NULL patch would make NULL of a column, and is an ERROR.
SELECT jsonb_patch(NULL, '[{"op": "remove", "path": "/a"}]') IS NULL AS null_stays;
SELECT jsonb_patch('{"a": 1}', NULL);
\echo :SQLSTATE
SELECT jsonb_patch(NULL, NULL);
\echo :SQLSTATE
SELECT jsonb_patch('{"a": 1}', '[]', NULL);
\echo :SQLSTATE
SELECT jsonb_patch(NULL, '[{"op": "remove"}]');
\echo :SQLSTATE

-- Numbers keep their digits, and what is not touched keeps its bytes.
SELECT jsonb_patch('{"a": 1.50, "b": 100, "c": -0.000, "d": 12345678901234567890.10}',
    '[{"op": "move", "from": "/a", "path": "/e"}, {"op": "add", "path": "/f", "value": 2.500}]');

-- A result has the very bytes that the server gives the same value; jsonb's = would take 1.50 for 1.5.
CREATE FUNCTION jp.as_built(document jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN record_image_eq(ROW(document), ROW(document::text::jsonb));
SELECT as_built('{"a": 1.50}') AS this_is, record_image_eq(ROW('1.50'::jsonb), ROW('1.5'::jsonb)) AS these_are_not;
CREATE TABLE jp.doc (id integer PRIMARY KEY, doc jsonb);
INSERT INTO jp.doc VALUES
    (1, '{"a": 1, "list": [1, "two", 3.000], "o": {"k": null}, "zz": "last"}'),
    (2, '{"a": "text", "b": 12345.678, "list": [], "o": {}}'),
    (3, '{"": false, "a": {"deep": [[[{"x": 1e20}]]]}, "abc": "x", "b": "odd", "list": ["é", {}, [], -1],
          "o": {"p": {"q": [0.1]}}}');
CREATE TABLE jp.change (no serial, patch jsonb);
INSERT INTO jp.change (patch) VALUES
    ('[{"op": "add", "path": "/n", "value": 7}]'),
    ('[{"op": "add", "path": "/c", "value": "longer text"}, {"op": "add", "path": "/list/0", "value": 1.10}]'),
    ('[{"op": "remove", "path": "/a"}]'),
    ('[{"op": "remove", "path": "/list"}, {"op": "remove", "path": "/o"}, {"op": "remove", "path": "/a"}]'),
    ('[{"op": "move", "from": "/a", "path": "/o/a"}, {"op": "move", "from": "/o", "path": "/list/0"}]'),
    ('[{"op": "copy", "from": "", "path": "/list/-"}, {"op": "copy", "from": "/list", "path": "/o/l"}]'),
    ('[{"op": "replace", "path": "/a", "value": [1, {"b": "x"}, "y"]}, {"op": "replace", "path": "/o", "value": "s"}]'),
    ('[{"op": "copy", "from": "/a", "path": ""}]');
SELECT id, array_agg(as_built(jsonb_patch(doc, patch)) ORDER BY no) AS as_built
FROM jp.doc, jp.change GROUP BY id ORDER BY id;
SELECT bool_and(record_image_eq(ROW(jsonb_patch(doc, '[]')), ROW(doc))) AS untouched FROM jp.doc;

-- In an UPDATE, an index, a generated column, a check, a prepared statement.
CREATE TABLE jp.account (id integer PRIMARY KEY, settings jsonb CHECK (jsonb_patch(settings,
        '[{"op": "remove", "path": "/theme"}]') IS NOT NULL),
    public jsonb GENERATED ALWAYS AS (jsonb_patch(settings, '[{"op": "remove", "path": "/token"}]')) STORED);
INSERT INTO jp.account VALUES
    (1, '{"theme": "dark", "token": "t1"}'), (2, '{"theme": "light", "token": "t2", "n": 1.0}');
INSERT INTO jp.account VALUES (3, '{"token": "t3"}');
\echo :SQLSTATE
CREATE INDEX ON jp.account ((jsonb_patch(settings, '[{"op": "remove", "path": "/theme"}]')));
UPDATE jp.account SET settings = jsonb_patch(settings, '[{"op": "move", "from": "/theme", "path": "/look"},
    {"op": "copy", "from": "/look", "path": "/theme"}]');
SELECT * FROM jp.account ORDER BY id;
SET enable_seqscan = off;
EXPLAIN (COSTS off) SELECT id FROM jp.account
WHERE jsonb_patch(settings, '[{"op": "remove", "path": "/theme"}]') = '{"look": "dark", "token": "t1"}';
SELECT id FROM jp.account
WHERE jsonb_patch(settings, '[{"op": "remove", "path": "/theme"}]') = '{"look": "dark", "token": "t1"}';
RESET enable_seqscan;

-- A patch is parsed once for each place in a statement; one that changes from row to row is never mistaken for another.
SELECT no, id, jsonb_patch('{"a": 1, "b": 2, "c": 3}', patch) AS result
FROM (VALUES (1, '[{"op": "remove", "path": "/a"}]'::jsonb), (2, '[{"op": "remove", "path": "/b"}]'),
    (3, '[{"op": "remove", "path": "/a"}]')) p (no, patch), generate_series(1, 2) id ORDER BY id, no;
PREPARE patched AS SELECT jsonb_patch($1, $2, $3);
EXECUTE patched('{"a": 1}', '[{"op": "add", "path": "/b", "value": 1}]', false);
EXECUTE patched('{"a": 1}', '[{"op": "add", "path": "/b", "value": 2}]', false);
EXECUTE patched('{"a": 1}', '[{"op": "remove", "path": "/*"}]', true);
EXECUTE patched('{"a": 1}', '[{"op": "remove", "path": "/*"}]', false);
EXECUTE patched('{"a": 1}', '[{"op": "remove", "path": "/*"}]', true);
DO $$
DECLARE
    wrong integer = 0;
BEGIN
    FOR round IN 1..3 LOOP
        FOR i IN 1..100 LOOP
            IF jsonb_patch('{}', jsonb_build_array(jsonb_build_object('op', 'add', 'path', '/k', 'value', i % 40)))
                <> jsonb_build_object('k', i % 40) THEN
                wrong = wrong + 1;
            END IF;
        END LOOP;
    END LOOP;
    ASSERT wrong = 0, format('%s wrong results', wrong);
END $$;
-- nor is one that failed
SELECT jsonb_patch('{}', '[{"op": "add", "path": "/k"}]');
SELECT jsonb_patch('{}', '[{"op": "add", "path": "/k"}]');

-- In parallel workers.
CREATE TABLE jp.many AS
    SELECT i AS id, jsonb_build_object('n', i, 's', repeat('x', i % 50)) AS doc FROM generate_series(1, 5000) i;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS off)
SELECT sum((jsonb_patch(doc, '[{"op": "move", "from": "/n", "path": "/m"}]')->>'m')::integer) FROM jp.many;
SELECT sum((jsonb_patch(doc, '[{"op": "move", "from": "/n", "path": "/m"}]')->>'m')::integer),
    bool_and(as_built(jsonb_patch(doc, '[{"op": "move", "from": "/n", "path": "/m"}]'))) AS as_built FROM jp.many;
RESET max_parallel_workers_per_gather;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

-- Whatever the caller's search_path finds first.
CREATE SCHEMA jp_evil;
CREATE FUNCTION jp_evil.equal(jsonb, jsonb) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR jp_evil.= (LEFTARG = jsonb, RIGHTARG = jsonb, FUNCTION = jp_evil.equal);
CREATE FUNCTION jp_evil.jsonb_patch(jsonb, jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT '"evil"'::pg_catalog.jsonb $$;
CREATE DOMAIN jp_evil.jsonb AS text;
SET search_path = jp_evil, pg_catalog;
SELECT migsafe.jsonb_patch('{"a": 1}', '[{"op": "move", "from": "/a", "path": "/b"}]');
SELECT migsafe.jsonb_patch('{"a": 1}', '[{"op": "test", "path": "/a", "value": 2}]');
\echo :SQLSTATE
SELECT migsafe.jsonb_merge_patch('{"a": 1}', '{"b": 2}'), migsafe.jsonb_diff('{"a": 1}', '{"a": 2}'),
    migsafe.jsonb_merge('1', '1', '2');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA jp, jp_evil CASCADE;
