-- Which tables can be migrated: every kind, with the rollback proven by equal fingerprints.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA tg;
SET search_path = tg, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 4001;
CREATE FUNCTION tg.last_run() RETURNS bigint LANGUAGE sql RETURN (SELECT last_value FROM migsafe.run_id_seq);

-- A run and its rollback: what they did, and whether the table is then what it was.
CREATE FUNCTION tg.there_and_back(target regclass, transform jsonb, only_if text DEFAULT NULL,
    OUT total bigint, OUT successful bigint, OUT failed bigint, OUT skipped bigint,
    OUT changed boolean, OUT restored bigint, OUT as_before boolean)
LANGUAGE plpgsql AS $$
DECLARE
    before text := migsafe.fingerprint(target);
    run bigint;
BEGIN
    SELECT r.run_id, r.total_rows, r.successful_rows, r.failed_rows, r.skipped_rows
    INTO run, total, successful, failed, skipped
    FROM migsafe.run_safe(target, transform, only_if) r;
    changed := migsafe.fingerprint(target) <> before;
    SELECT r.restored_rows INTO restored FROM migsafe.rollback(run) r;
    as_before := migsafe.fingerprint(target) = before;
END $$;

-- A partitioned table whose partitions have their columns in other orders, and one more level.
CREATE TABLE tg.parted (id integer, region text, n integer, doc jsonb, PRIMARY KEY (id, region))
    PARTITION BY LIST (region);
CREATE TABLE tg.parted_n (doc jsonb, gone text, n integer, region text NOT NULL, id integer NOT NULL);
ALTER TABLE tg.parted_n DROP gone;
ALTER TABLE tg.parted ATTACH PARTITION tg.parted_n FOR VALUES IN ('n');
CREATE TABLE tg.parted_s PARTITION OF tg.parted FOR VALUES IN ('s') PARTITION BY RANGE (id);
CREATE TABLE tg.parted_s_1 PARTITION OF tg.parted_s FOR VALUES FROM (0) TO (100);
CREATE TABLE tg.parted_s_2 (region text NOT NULL, id integer NOT NULL, doc jsonb, n integer CHECK (n < 1000));
ALTER TABLE tg.parted_s ATTACH PARTITION tg.parted_s_2 FOR VALUES FROM (100) TO (200);
INSERT INTO tg.parted SELECT g, CASE g % 2 WHEN 0 THEN 'n' ELSE 's' END, g, jsonb_build_object('g', g)
FROM generate_series(96, 105) g;
SELECT * FROM tg.there_and_back('tg.parted', '{"n": "n * 2", "doc": "doc || jsonb_build_object(''region'', region)"}');
SELECT * FROM tg.there_and_back('tg.parted_s', '{"n": "n * 2"}');
SELECT * FROM tg.there_and_back('tg.parted_s_2', '{"doc": "NULL"}');
SELECT total_rows, successful_rows, failed_rows, errors
FROM migsafe.run_safe('tg.parted', '{"n": "CASE WHEN id = 103 THEN 5000 ELSE n + 1 END"}');
SELECT tableoid::regclass AS leaf, id, region, n FROM tg.parted ORDER BY id;
-- a row is not moved from one partition to another
SELECT run_id FROM migsafe.run_safe('tg.parted', '{"region": "''n''"}');
\echo :SQLSTATE
CREATE TABLE tg.no_key (region text, n integer) PARTITION BY LIST (region);
CREATE TABLE tg.no_key_a PARTITION OF tg.no_key FOR VALUES IN ('a');
CREATE TABLE tg.no_key_b PARTITION OF tg.no_key FOR VALUES IN ('b');
INSERT INTO tg.no_key VALUES ('a', 1), ('a', 1), ('b', 1);
SET client_min_messages = error; -- a WARNING would name the row by its place
SELECT successful_rows, failed_rows FROM migsafe.run_safe('tg.no_key', '{"region": "''b''", "n": "2"}');
SET client_min_messages = warning;
SELECT sqlstate, message FROM migsafe.row_error WHERE run_id = last_run() ORDER BY error_no;
SELECT tableoid::regclass AS leaf, n FROM tg.no_key ORDER BY 1, 2;
SELECT * FROM tg.there_and_back('tg.no_key', '{"n": "n + 1"}');

-- Inheritance: a child alone; a parent with its children.
CREATE TABLE tg.parent (id integer PRIMARY KEY, a text);
CREATE TABLE tg.child (extra text, PRIMARY KEY (id)) INHERITS (tg.parent);
CREATE TABLE tg.step_child (a text, b text, id integer PRIMARY KEY);
ALTER TABLE tg.step_child INHERIT tg.parent;
INSERT INTO tg.parent VALUES (1, 'p');
INSERT INTO tg.child VALUES (2, 'c', 'x'), (1, 'also 1', 'y');
INSERT INTO tg.step_child VALUES ('s', 'z', 3);
SELECT * FROM tg.there_and_back('tg.child', '{"a": "a || extra"}');
SELECT * FROM tg.there_and_back('tg.parent', '{"a": "a || id"}');
SELECT successful_rows FROM migsafe.run_safe('tg.parent', '{"a": "a || id"}');
SELECT tableoid::regclass AS leaf, id, a FROM tg.parent ORDER BY 1, 2;

-- A composite key.
CREATE TABLE tg.composite (a integer, b text, c integer, PRIMARY KEY (b, a));
INSERT INTO tg.composite SELECT g / 3, 'b' || g % 3, g FROM generate_series(1, 9) g;
SELECT * FROM tg.there_and_back('tg.composite', '{"c": "c + 1"}');
SELECT failed_rows, errors->0->'key' AS key FROM migsafe.run_safe('tg.composite', '{"c": "c / (c - 4)"}');
-- a unique index of NOT NULL columns does for a key; not if the run changes it
CREATE TABLE tg.uniq (a integer NOT NULL UNIQUE, b integer);
INSERT INTO tg.uniq SELECT g, g FROM generate_series(1, 3) g;
SELECT failed_rows, errors->0->'key' AS key FROM migsafe.run_safe('tg.uniq', '{"b": "1 / (a - 2)"}');
SELECT * FROM tg.there_and_back('tg.uniq', '{"a": "a + 10"}');
-- Nor one that tells values apart which are equal in all queries, by its collation or its operator class; one that tells
-- apart fewer does.
CREATE COLLATION tg.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TYPE tg.price AS (amount numeric);
CREATE TABLE tg.by_collation (k text COLLATE tg.any_case NOT NULL, n integer);
CREATE UNIQUE INDEX ON tg.by_collation (k COLLATE "C");
INSERT INTO tg.by_collation VALUES ('a', 1), ('A', 2), ('b', 3);
CREATE TABLE tg.by_image (k tg.price NOT NULL, n integer);
CREATE UNIQUE INDEX ON tg.by_image (k record_image_ops);
INSERT INTO tg.by_image VALUES (ROW(1.0), 1), (ROW(1.00), 2), (ROW(2), 3);
CREATE TABLE tg.by_more (k text NOT NULL, n integer);
CREATE UNIQUE INDEX ON tg.by_more (k COLLATE tg.any_case);
INSERT INTO tg.by_more VALUES ('a', 1), ('b', 2);
CREATE TABLE tg.by_pattern (k varchar NOT NULL, n integer);
CREATE UNIQUE INDEX ON tg.by_pattern (k varchar_pattern_ops);
INSERT INTO tg.by_pattern VALUES ('a', 1), ('b', 2);
SELECT t, r.* FROM unnest('{by_collation,by_image,by_more,by_pattern}'::text[]) t, tg.there_and_back(t::regclass, '{"n": "n + 10"}') r;
SELECT target_name, jsonb_path_exists(undo_columns, '$[*] ? (@.key == true)') AS by_key
FROM migsafe.run WHERE target_schema = 'tg' AND target_name LIKE 'by\_%' AND kind = 'run' ORDER BY run_id;
-- each of the two comes back by itself
SELECT run_id, successful_rows FROM migsafe.run_safe('tg.by_collation', '{"n": "n + 10"}')
\gset
SELECT restored_rows FROM migsafe.rollback(:run_id, rows => 'n = 12');
SELECT * FROM tg.by_collation ORDER BY n;

-- No key at all, the same rows several times.
CREATE TABLE tg.bag (a integer, b jsonb) WITH (autovacuum_enabled = off);
INSERT INTO tg.bag SELECT g % 2, '{"v": 1.50}' FROM generate_series(1, 6) g;
INSERT INTO tg.bag VALUES (NULL, NULL), (NULL, NULL);
SELECT * FROM tg.there_and_back('tg.bag', '{"a": "coalesce(a, 0) + 5"}');
SELECT * FROM tg.there_and_back('tg.bag', '{"a": "7", "b": "NULL"}');
SET client_min_messages = error;
SELECT failed_rows, errors->0->>'message' AS message, errors->0->'key' ? 'ctid' AS key_is_place
FROM migsafe.run_safe('tg.bag', '{"a": "1 / coalesce(a, 1)"}', only_if => 'a IS DISTINCT FROM 1');
SET client_min_messages = warning;

-- Quoted names.
CREATE SCHEMA "tg ""2""";
CREATE TABLE "tg ""2"""."select * from" ("the ""key""" integer PRIMARY KEY, "CamelCase" text,
    "it's" jsonb, "ctid " integer);
INSERT INTO "tg ""2"""."select * from" VALUES (1, 'one', '{}', 1), (2, 'two', '{}', 2);
SELECT * FROM tg.there_and_back('"tg ""2"""."select * from"',
    '{"CamelCase": "upper(\"CamelCase\") || \"the \"\"key\"\"\"", "it''s": {"value": "it''s"},
        "ctid ": "\"select * from\".\"ctid \" + 1"}');
SELECT successful_rows FROM migsafe.run_safe('"tg ""2"""."select * from"', '{"CamelCase": "upper(\"CamelCase\") || \"the \"\"key\"\"\""}');
SELECT * FROM "tg ""2"""."select * from" ORDER BY 1;
SELECT status, key, row_before FROM migsafe.row_log(last_run(), include_skipped => true);
SELECT target FROM migsafe.status WHERE run_id = last_run();

-- Dropped, added, generated and identity columns.
CREATE TABLE tg.altered (gone integer, id integer GENERATED ALWAYS AS IDENTITY, gone_too text, a integer,
    doubled integer GENERATED ALWAYS AS (a * 2) STORED, b integer GENERATED BY DEFAULT AS IDENTITY, PRIMARY KEY (id));
INSERT INTO tg.altered (a) VALUES (1), (2), (3);
ALTER TABLE tg.altered DROP gone, DROP gone_too, ADD late integer DEFAULT 5;
SELECT * FROM tg.there_and_back('tg.altered', '{"a": "a + doubled + late", "late": "late + 1", "b": "b + 100"}');
SELECT successful_rows FROM migsafe.run_safe('tg.altered', '{"a": "a + doubled + late"}');
SELECT id, a, doubled, b, late FROM tg.altered ORDER BY id;
-- a row that was stored before the column came
CREATE TABLE tg.narrow (id integer PRIMARY KEY, a integer);
INSERT INTO tg.narrow VALUES (1, 1);
ALTER TABLE tg.narrow ADD b integer;
SELECT * FROM tg.there_and_back('tg.narrow', '{"b": "7"}');

-- Domains: their constraints are checked as the table's own.
CREATE DOMAIN tg.percent AS integer CHECK (value BETWEEN 0 AND 100);
CREATE DOMAIN tg.some_text AS text NOT NULL CHECK (value <> '');
CREATE TABLE tg.domains (id integer PRIMARY KEY, p tg.percent, t tg.some_text);
INSERT INTO tg.domains VALUES (1, 1, 'a'), (2, 60, 'b'), (3, NULL, 'c');
SELECT * FROM tg.there_and_back('tg.domains', '{"p": "p + 1", "t": "t || ''!''"}');
SELECT successful_rows, failed_rows, errors->0->'sqlstate' AS sqlstate, errors->0->'message' AS message
FROM migsafe.run_safe('tg.domains', '{"p": "p * 2"}');
SELECT failed_rows, errors->0->'sqlstate' AS sqlstate, errors->0->'message' AS message
FROM migsafe.run_safe('tg.domains', '{"t": "NULL"}', only_if => 'id = 1');
SELECT failed_rows FROM migsafe.run_safe('tg.domains', '{"t": "''''"}', only_if => 'id = 1', dry_run => true);

-- Enums, arrays, composites, ranges of one's own.
CREATE TYPE tg.mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE tg.place AS (x numeric, y numeric, moods tg.mood[]);
CREATE TYPE tg.span AS RANGE (subtype = timestamptz);
CREATE TABLE tg.kinds (id integer PRIMARY KEY, m tg.mood, ms tg.mood[], p tg.place, ps tg.place[], matrix integer[][],
    s tg.span);
INSERT INTO tg.kinds VALUES
    (1, 'sad', '{sad,ok}', '(1.50,2,"{ok}")', ARRAY['(1.50,2,"{ok}")', NULL]::tg.place[], '[0:1][3:4]={{1,2},{3,4}}',
        '[2025-01-01, 2025-02-01)'),
    (2, NULL, '{}', NULL, NULL, NULL, 'empty');
SELECT * FROM tg.there_and_back('tg.kinds', $$ {"m": "'happy'", "ms": "ms || m", "p": "ROW(7, (p).y, NULL)",
    "ps": "'{}'", "matrix": "'{1}'", "s": "NULL"} $$);
-- 1.5 is not 1.50 within a composite either
SELECT * FROM tg.there_and_back('tg.kinds', $$ {"p": "ROW((p).x::numeric(9,1), (p).y, (p).moods)"} $$, 'id = 1');

-- Temporary and unlogged tables; what they leave is of their own kind.
CREATE TEMPORARY TABLE passing (id integer PRIMARY KEY, a integer);
CREATE UNLOGGED TABLE tg.light (id integer PRIMARY KEY, a integer);
INSERT INTO passing VALUES (1, 1), (2, 2);
INSERT INTO tg.light VALUES (1, 1), (2, 2);
SELECT * FROM tg.there_and_back('passing', '{"a": "a + 1"}');
SELECT c.relpersistence, n.oid = pg_my_temp_schema() AS is_temporary
FROM migsafe.run r JOIN pg_class c ON c.relname = r.undo_name JOIN pg_namespace n ON n.oid = c.relnamespace
    AND n.nspname = r.undo_schema
WHERE r.run_id = last_run();
SELECT * FROM tg.there_and_back('tg.light', '{"a": "a + 1"}');
SELECT relpersistence FROM pg_class WHERE oid = ('migsafe_undo.run_' || last_run())::regclass;

-- Values that are stored out of line, compressed or not.
CREATE TABLE tg.big (id integer PRIMARY KEY, plain text, squeezed text, doc jsonb, small integer);
ALTER TABLE tg.big ALTER plain SET STORAGE EXTERNAL;
INSERT INTO tg.big SELECT g, (SELECT string_agg(md5(g::text || i), '') FROM generate_series(1, 200) i),
    repeat('x' || g, 20000),
    (SELECT jsonb_object_agg('k' || i, md5(g::text || i)) FROM generate_series(1, 300) i), g
    FROM generate_series(1, 5) g;
SELECT * FROM tg.there_and_back('tg.big', '{"small": "small + 1"}');
SELECT * FROM tg.there_and_back('tg.big',
    '{"plain": "reverse(plain)", "squeezed": "squeezed || plain", "doc": "doc - ''k1''"}');
SELECT * FROM tg.there_and_back('tg.big', '{"plain": "plain || ''''", "doc": "doc || ''{}''"}');

-- Numerics within jsonb keep their scale, and rows with an updated_at trigger get back the old time.
CREATE TABLE tg.scales (id integer PRIMARY KEY, doc jsonb, total numeric
    GENERATED ALWAYS AS ((doc->>'n')::numeric) STORED,
    updated_at timestamptz DEFAULT '2025-01-01');
INSERT INTO tg.scales VALUES (1, '{"n": 1.50}'), (2, '{"n": 1.5}'), (3, '{"n": 1e2}'), (4, '{"n": 0.000}');
CREATE FUNCTION tg.touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN new.updated_at := clock_timestamp(); RETURN new; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON tg.scales FOR EACH ROW EXECUTE FUNCTION tg.touch();
SELECT * FROM tg.there_and_back('tg.scales', '{"doc": "jsonb_build_object(''n'', (doc->>''n'')::numeric * 2)"}');
SELECT * FROM tg.there_and_back('tg.scales',
    '{"doc": "jsonb_build_object(''n'', trim_scale((doc->>''n'')::numeric))"}');
SELECT id, doc, total, updated_at = '2025-01-01' AS untouched FROM tg.scales ORDER BY id;

-- Every built-in type that a column can have: all columns are changed, and changed back.
CREATE TABLE tg.every (id integer PRIMARY KEY);
DO $$ BEGIN
    EXECUTE (SELECT 'ALTER TABLE tg.every ' || string_agg(format('ADD %I %s', 'c_' || typname, oid::regtype),
        ', ' ORDER BY typname)
        FROM pg_type t
        WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm') AND oid < 16384
          AND (typcategory <> 'A' OR typname IN ('int2vector', 'oidvector'))
          AND typname NOT IN ('aclitem', 'gtsvector', 'pg_node_tree', 'pg_ndistinct', 'pg_dependencies', 'pg_mcv_list',
                              'pg_brin_bloom_summary', 'pg_brin_minmax_multi_summary'));
END $$;
CREATE TABLE tg.value (type text, one text, two text);
INSERT INTO tg.value VALUES
    ('bit', '1', '0'), ('bool', 't', 'f'), ('box', '(1,1),(0,0)', '(2,2),(0,0)'), ('bpchar', 'a', 'b  '),
    ('bytea', '\x00ff', '\x'), ('char', 'a', 'b'), ('cid', '1', '2'), ('cidr', '10.0.0.0/8', '::/0'),
    ('circle', '<(1,1),2>', '<(0,0),0>'), ('date', '2025-01-01', '-infinity'),
    ('datemultirange', '{[2025-01-01,2025-02-01)}', '{}'), ('daterange', '[2025-01-01,2025-02-01)', 'empty'),
    ('float4', '1.1', 'NaN'), ('float8', '1.1', '-Infinity'), ('inet', '10.1.2.3/8', '::1'), ('int2', '1', '2'),
    ('int4', '1', '2'), ('int8', '1', '2'), ('int4range', '[1,2)', 'empty'), ('int8range', '[1,2)', '(,)'),
    ('int4multirange', '{[1,2)}', '{}'), ('int8multirange', '{[1,2),[5,7)}', '{}'),
    ('interval', '1 mon 2 days', '-3 hours'), ('json', '{"a":  1.50, "a": 2}', '{"a": 1.50, "a": 2}'),
    ('jsonb', '{"n": 1.50}', '{"n": 1.5}'), ('jsonpath', '$.a', '$.b[*]'), ('line', '{1,2,3}', '{3,2,1}'),
    ('lseg', '[(0,0),(1,1)]', '[(1,1),(0,0)]'), ('macaddr', '08:00:2b:01:02:03', '00:00:00:00:00:00'),
    ('macaddr8', '08:00:2b:01:02:03:04:05', '00:00:00:00:00:00:00:00'), ('money', '1.50', '-2.00'),
    ('name', 'a', 'b'), ('numeric', '1.50', '1.5'), ('nummultirange', '{[1.50,2)}', '{[1.5,2)}'),
    ('numrange', '[1.50,2)', '[1.5,2)'), ('oid', '1', '2'), ('oidvector', '1 2', '2'), ('int2vector', '1 2', '2'),
    ('path', '((0,0),(1,1))', '[(0,0),(1,1)]'), ('pg_lsn', '0/1', '1/0'), ('pg_snapshot', '1:2:', '2:2:'),
    ('txid_snapshot', '1:2:', '2:2:'), ('point', '(0,0)', '(-0,1)'), ('polygon', '((0,0),(1,1))', '((1,1),(0,0))'),
    ('refcursor', 'a', 'b'), ('regclass', 'pg_class', 'pg_type'), ('regcollation', '"C"', '"POSIX"'),
    ('regconfig', 'simple', 'english'), ('regdictionary', 'simple', 'english_stem'),
    ('regnamespace', 'pg_catalog', 'pg_toast'), ('regoper', '|/', '||/'),
    ('regoperator', '+(integer,integer)', '-(integer,integer)'), ('regproc', 'now', 'clock_timestamp'),
    ('regprocedure', 'now()', 'abs(integer)'), ('regrole', 'pg_monitor', 'pg_signal_backend'),
    ('regtype', 'integer', 'text'), ('text', 'a', ''), ('tid', '(0,1)', '(1,1)'), ('time', '01:02:03', '24:00'),
    ('timestamp', '2025-01-01', 'infinity'), ('timestamptz', '2025-01-01 00:00+00', 'infinity'),
    ('timetz', '01:02:03+04', '01:02:03+05'), ('tsmultirange', '{[2025-01-01,2025-02-01)}', '{}'),
    ('tsrange', '[2025-01-01,2025-02-01)', 'empty'), ('tstzmultirange', '{[2025-01-01,2025-02-01)}', '{}'),
    ('tstzrange', '[2025-01-01,2025-02-01)', 'empty'), ('tsquery', 'a & b', 'a'), ('tsvector', 'a:1 b:2', 'a'),
    ('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '00000000-0000-0000-0000-000000000000'), ('varbit', '101', ''),
    ('varchar', 'a', 'b'), ('xid', '1', '2'), ('xid8', '1', '2'), ('xml', '<a/>', '<a></a>');
SELECT attname AS without_values FROM pg_attribute
WHERE attrelid = 'tg.every'::regclass AND attnum > 1 AND substr(attname, 3) NOT IN (SELECT type FROM tg.value);
DO $$ BEGIN
    EXECUTE (SELECT format('INSERT INTO tg.every (id, %s) VALUES (1, %s)', string_agg(quote_ident('c_' || type),
        ', ' ORDER BY type),
                           string_agg(quote_literal(one), ', ' ORDER BY type))
        FROM tg.value);
END $$;
INSERT INTO tg.every (id) VALUES (2);
-- to other values, to NULL and from NULL
SELECT r.*
FROM (SELECT jsonb_object_agg('c_' || type, quote_literal(two)) FROM tg.value) t (transform),
     tg.there_and_back('tg.every', t.transform) r;
SELECT r.*
FROM (SELECT jsonb_object_agg('c_' || type, 'NULL') FROM tg.value) t (transform),
     tg.there_and_back('tg.every', t.transform) r;
-- a row unchanged is recognized, whatever the type
SELECT r.total_rows, r.successful_rows, r.skipped->'unchanged' AS unchanged
FROM (SELECT jsonb_object_agg('c_' || type, quote_ident('c_' || type)) FROM tg.value) t (transform),
     migsafe.run_safe('tg.every', t.transform) r;
-- and each of these values makes another fingerprint
SELECT count(*) AS types, count(*) FILTER (WHERE r.changed) AS told_apart,
    count(*) FILTER (WHERE r.as_before) AS as_before
FROM tg.value v, tg.there_and_back('tg.every', jsonb_build_object('c_' || v.type, quote_literal(v.two)), 'id = 1') r;
-- a backup of them, and a restore
SELECT row_count, fingerprint = migsafe.fingerprint('tg.every') AS same FROM migsafe.backup_table('tg.every');
SELECT r.successful_rows
FROM (SELECT jsonb_object_agg('c_' || type, 'NULL') FROM tg.value) t (transform),
     migsafe.run_safe('tg.every', t.transform) r;
SELECT rows_changed, rows_inserted, rows_deleted FROM migsafe.restore('tg.every');

DROP SCHEMA tg, "tg ""2""" CASCADE;
