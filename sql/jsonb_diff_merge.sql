-- jsonb_merge_patch (RFC 7396), jsonb_diff (to an RFC 6902 patch) and jsonb_merge (three-way).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA dm;
SET search_path = dm, migsafe, public;
RESET client_min_messages;
CREATE FUNCTION dm.identical(a jsonb, b jsonb) RETURNS boolean LANGUAGE sql
    RETURN record_image_eq(ROW(a), ROW(b));

-- jsonb_merge_patch: members are set, null removes, objects are merged, anything else replaces.
SELECT jsonb_merge_patch('{"title": "Hello", "author": {"name": "N", "born": 1970}, "tags": ["a", "b"], "n": 1.50}',
    '{"title": "Bye", "author": {"born": null}, "tags": ["c"], "phone": "1"}');
SELECT document, patch, jsonb_merge_patch(document, patch) AS result
FROM jsonb_to_recordset('[
    {"document": {"a": 1}, "patch": {}},
    {"document": {"a": 1}, "patch": {"a": null}},
    {"document": {"a": 1}, "patch": {"b": null}},
    {"document": {"a": 1}, "patch": {"a": 1.0}},
    {"document": {"a": null}, "patch": {"b": 1}},
    {"document": {"a": {"b": 1}}, "patch": {"a": {"b": null}}},
    {"document": {"a": {"b": 1}}, "patch": {"a": {"c": {"d": null, "e": 2}}}},
    {"document": {"a": 1}, "patch": {"a": {"b": null}}},
    {"document": {"a": [1]}, "patch": {"a": {"0": 2}}},
    {"document": {}, "patch": {"a": {"b": {"c": null}}}},
    {"document": {}, "patch": {"a": [null, {"b": null}]}},
    {"document": {"a": 1}, "patch": [{"b": null}]},
    {"document": {"a": 1}, "patch": "s"},
    {"document": [1, 2], "patch": {"a": 1, "b": null}},
    {"document": "s", "patch": {}},
    {"document": {"": 1, "*": 2}, "patch": {"": null, "*": 3, "a/b": 4}}]') v (document jsonb, patch jsonb);
SELECT jsonb_merge_patch('{"a": 1}', 'null'), jsonb_merge_patch('null', '{"a": {"b": null}}');
-- the same patch twice has the effect of once
SELECT identical(jsonb_merge_patch(once, patch), once) AS same
FROM (VALUES ('{"a": {"b": null, "c": [1]}, "d": null, "e": 2.0}'::jsonb)) p (patch),
    jsonb_merge_patch('{"a": {"b": 7}, "d": {"x": 1}}', patch) once;
-- a result has the very bytes of the server's own build; without a change, those of the document
SELECT identical(r, r::text::jsonb) AS as_built, r
FROM jsonb_merge_patch('{"a": 1, "bb": {"c": 2.50, "d": [1]}, "z": "s"}',
    '{"a": null, "bb": {"d": null, "longer": 1e3}, "m": {"n": {"o": null}}}') r;
SELECT identical(jsonb_merge_patch(d, '{}'), d) AS empty,
    identical(jsonb_merge_patch(d, '{"x": null, "n": 1.50, "o": {}}'), d) AS without_effect
FROM (VALUES ('{"n": 1.50, "o": {"p": []}}'::jsonb)) v (d);
SELECT jsonb_merge_patch(NULL, '{"a": 1}') IS NULL AS null_stays;
SELECT jsonb_merge_patch('{"a": 1}', NULL);
\echo :SQLSTATE

-- jsonb_diff: what leads from one document to another.
SELECT jsonb_diff('{"a": 1, "b": 2}', '{"a": 1, "b": 3}');
SELECT jsonb_diff('{"a": 1, "b": 2, "rest": ["this stays as it is", "and so does this", "and this as well"]}',
    '{"b": 2, "c": 3, "rest": ["this stays as it is", "and so does this", "and this as well"]}');
SELECT jsonb_diff('{"a": {"b": {"c": [1, 2, 3]}, "rest": "this stays as it is"}}',
    '{"a": {"b": {"c": [1, 9, 3]}, "rest": "this stays as it is"}}');
SELECT jsonb_diff('{"a": 1}', '{"a": 1}') AS same, jsonb_diff('1', '1') AS scalar,
    jsonb_diff('{}', '[]') AS other_type, jsonb_diff('"s"', '{"a": 1}') AS all_new;
-- values of another scale are other values
SELECT jsonb_diff('{"a": 1.5, "b": 0}', '{"a": 1.50, "b": 0}');
-- what went elsewhere is moved
SELECT jsonb_diff('{"a": {"v": "a value that is worth a move"}, "b": {}}',
    '{"a": {}, "b": {"w": "a value that is worth a move"}}');
-- elements that came and went
SELECT jsonb_diff('["one", "two", "three", "four"]', '["zero", "one", "two", "three", "four"]');
SELECT jsonb_diff('["one", "two", "three", "four"]', '["one", "three", "four"]');
SELECT jsonb_diff('["one", "two", "three", "four"]', '["one", "two", "three", "four", "five"]');
SELECT jsonb_diff('[{"id": 1, "name": "first"}, {"id": 2, "name": "second"}]',
    '[{"id": 1, "name": "first"}, {"id": 2, "name": "2nd"}]');
-- each change by itself; where that is much longer, the whole is replaced
SELECT jsonb_diff('{"a": 1, "b": 2, "c": 3, "d": 4}', '{"a": 5, "b": 6, "c": 7, "d": 8}');
SELECT jsonb_diff(jsonb_agg(n), jsonb_agg(n + 100)) #- '{0,value}' AS replaced, count(*) FROM generate_series(1, 100) n;
-- keys are escaped; an object with a member * is replaced, since a strict patch may not name that member
SELECT jsonb_diff('{"a/b": 1, "m~n": 2, "": 3, "rest": "this stays as it is, and is long"}',
    '{"a/b": 4, "m~n": 2, "": 5, "rest": "this stays as it is, and is long"}');
SELECT jsonb_diff('{"o": {"*": 1}, "rest": "this stays"}', '{"o": {"*": 2}, "rest": "this stays"}');
SELECT jsonb_diff(NULL, '{}') IS NULL AS no_before, jsonb_diff('{}', NULL) IS NULL AS no_after;

-- Whatever the documents, patching the one gives the other, byte for byte.
CREATE TABLE dm.doc (doc jsonb);
INSERT INTO dm.doc VALUES ('null'), ('1'), ('1.0'), ('"s"'), ('[]'), ('{}'), ('[[], {}]'), ('{"a": 1}'),
    ('{"a": 1.0, "b": [1, 2, 3]}'), ('{"b": [3, 2, 1], "c": {"d": null}}'), ('{"*": {"*": [1]}, "a*": 2}'),
    ('{"*": {"*": [2]}, "~2": 1}'), ('[1, "1", true, null, {"a": [1]}]'), ('[{"a": [1]}, null, 1, "1", 1, 1]'),
    ('{"": {"": {"": 1}}}'), ('{"a/b": {"~": [1, 2]}, "a": {"b": {"~": [1, 2]}}}'),
    ('{"a/b": {"~": [2]}, "a~1b": {"b": {"~": [1, 2]}}}'), ('["x", "x", "x", "y"]'), ('["y", "x", "x"]'),
    ('[{"long": "the first of them"}, {"long": "the second of them"}, {"long": "the third of them"}]'),
    ('[{"long": "the third of them"}, {"long": "the first of them"}, 1, {"long": "the second of them"}]'),
    ('{"k": {"long": "the first of them"}, "l": [{"long": "the third of them"}], "m": "the end of it"}');
SELECT count(*), bool_and(identical(jsonb_patch(a.doc, jsonb_diff(a.doc, b.doc)), b.doc)) AS arrives,
    bool_and((jsonb_diff(a.doc, b.doc) = '[]') = identical(a.doc, b.doc)) AS empty_if_same,
    bool_and(identical(jsonb_diff(a.doc, b.doc), jsonb_diff(a.doc, b.doc)::text::jsonb)) AS as_built
FROM dm.doc a, dm.doc b;
SELECT DISTINCT o->>'op' AS op FROM dm.doc a, dm.doc b, jsonb_array_elements(jsonb_diff(a.doc, b.doc)) o ORDER BY op;

-- jsonb_merge: what two made of one document, together; each place is judged by itself.
SELECT * FROM jsonb_merge('{"a": 1, "b": 2, "c": 3}', '{"a": 10, "b": 2, "c": 3}', '{"a": 1, "b": 2, "c": 30}');
SELECT * FROM jsonb_merge('{"o": {"x": 1, "y": 2}}', '{"o": {"x": 1, "y": 2, "m": 3}}', '{"o": {"y": 2}, "t": 4}');
-- both the same
SELECT * FROM jsonb_merge('{"a": 1, "b": 2}', '{"a": 5, "c": 6}', '{"a": 5, "c": 6}');
-- a conflict: mine stands, and its pointer is told
SELECT * FROM jsonb_merge('{"a": 1, "b": {"c": 2}}',
    '{"a": 10, "b": {"c": 20, "d": 4}}', '{"a": 11, "b": {"c": 20, "d": 5}}');
SELECT * FROM jsonb_merge('{"a": 1, "b": 2}', '{"b": 2}', '{"a": 3, "b": 2}');
SELECT * FROM jsonb_merge('{"a": 1, "b": 2}', '{"a": 3, "b": 2}', '{"b": 2}');
SELECT * FROM jsonb_merge('{}', '{"a": {"x": 1}}', '{"a": {"y": 2}}');
SELECT * FROM jsonb_merge('{"a": {"x": 1}}', '{"a": {"x": 2}}', '{"a": 3}');
SELECT * FROM jsonb_merge('{"a/b": {"~": 0, "*": 0}}', '{"a/b": {"~": 1, "*": 1}}', '{"a/b": {"~": 2, "*": 2}}');
SELECT * FROM jsonb_merge('1', '2', '3');
-- 1.5 and 1.50 are two values
SELECT * FROM jsonb_merge('{"n": 1.5}', '{"n": 1.50}', '{"n": 1.500}');
-- arrays: element by element while all are of one length
SELECT * FROM jsonb_merge('[1, 2, {"a": 3}]', '[10, 2, {"a": 3}]', '[1, 2, {"a": 30}]');
SELECT * FROM jsonb_merge('[1, 2]', '[10, 2]', '[11, 20]');
SELECT * FROM jsonb_merge('[1, 2]', '[1, 2, 3]', '[1, 2]');
SELECT * FROM jsonb_merge('[1, 2]', '[1, 2, 3]', '[0, 1, 2]');
-- NULL is a document that is not there
SELECT * FROM jsonb_merge(NULL, '{"a": 1}', '{"b": 2}');
SELECT * FROM jsonb_merge(NULL, '{"a": 1}', NULL);
SELECT * FROM jsonb_merge(NULL, '[1]', '[2]');
SELECT * FROM jsonb_merge('{"a": 1}', NULL, '{"a": 1}');
SELECT * FROM jsonb_merge('{"a": 1}', NULL, '{"a": 2}');
SELECT * FROM jsonb_merge('{"a": 1}', '{"a": 2}', NULL);
SELECT * FROM jsonb_merge('{"a": 1}', NULL, NULL);
SELECT * FROM jsonb_merge(NULL, NULL, NULL);
-- null is a value
SELECT * FROM jsonb_merge('{"a": 1}', '{"a": null}', '{"a": 1, "b": null}');

-- Whatever the three: who changed nothing gives way, and without conflicts the sides may change places.
SELECT count(*), bool_and(identical(f.merged, c.doc) AND f.conflicts = '{}') AS mine_unchanged,
    bool_and(identical(g.merged, b.doc) AND g.conflicts = '{}') AS theirs_unchanged,
    bool_and(identical(h.merged, b.doc) AND h.conflicts = '{}') AS both_alike
FROM dm.doc b, dm.doc c, jsonb_merge(b.doc, b.doc, c.doc) f, jsonb_merge(c.doc, b.doc, c.doc) g,
    jsonb_merge(c.doc, b.doc, b.doc) h;
SELECT count(*), bool_and(m.conflicts = n.conflicts) AS same_conflicts,
    bool_and(identical(m.merged, n.merged) OR m.conflicts <> '{}') AS same_result,
    bool_and(identical(m.merged, m.merged::text::jsonb)) AS as_built
FROM dm.doc a, dm.doc b, dm.doc c, jsonb_merge(a.doc, b.doc, c.doc) m, jsonb_merge(a.doc, c.doc, b.doc) n;

SET client_min_messages = warning;
DROP SCHEMA dm CASCADE;
