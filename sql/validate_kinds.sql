-- validate_jsonb: every kind of check beside those of sql/validate.sql, each with what it means to pass and to fail.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA vk;
SET search_path = vk, public;

CREATE TABLE vk.users (id integer PRIMARY KEY, email text, plan text, doc jsonb) WITH (autovacuum_enabled = off);
INSERT INTO vk.users VALUES
    (1, 'a@example.org', 'free', '{"a": 1, "b": {"c": "x"}}'),
    (2, 'b@example.org', 'free', '{"a": "1"}'),
    (3, 'a@example.org', 'pro', '{"b": []}'),
    (4, NULL, NULL, '[1]'),
    (5, NULL, 'pro', NULL);
CREATE TABLE vk.usage (key_id integer, day date, model text, tokens numeric, cost double precision, extra json,
    PRIMARY KEY (key_id, day)) WITH (autovacuum_enabled = off);
INSERT INTO vk.usage VALUES
    (1, '2025-09-01', 'm1', 100, 1.5, '{"n": 1}'),
    (1, '2025-09-02', 'm1', 200, 2.5, '{"n": 2}'),
    (2, '2025-09-01', 'm2', 300, 3.5, NULL),
    (9, '2025-09-01', NULL, 400, NULL, '{"n": 4}');

-- type, has and lacks take several types and several places; all the places, and one of the types, must do.
SELECT name, passed, failed_rows, sample_keys FROM migsafe.validate_jsonb('vk.users', '[
    {"check": "type", "column": "doc", "type": ["object", "array"]},
    {"check": "type", "column": "doc", "type": ["object"]},
    {"check": "has", "column": "doc", "paths": ["/a", "/b"]},
    {"check": "has", "column": "doc", "paths": "/a"},
    {"check": "lacks", "column": "doc", "paths": ["/a", "/*/c"]} ]');

-- unique: rows that share their values. NULLs are distinct, as in a unique index, unless said otherwise.
SELECT name, passed, total_rows, failed_rows, sample_keys FROM migsafe.validate_jsonb('vk.users', '[
    {"check": "unique", "column": "id"},
    {"check": "unique", "column": "email"},
    {"check": "unique", "column": "email", "nulls": "not distinct"},
    {"check": "unique", "columns": ["email", "plan"]},
    {"check": "unique", "column": "doc", "severity": "warning"} ]');
CREATE TABLE vk.many (id integer PRIMARY KEY, v integer);
INSERT INTO vk.many SELECT g, g / 50 FROM generate_series(100, 199) g;
SELECT failed_rows, sample_keys FROM migsafe.validate_jsonb('vk.many', '[{"check": "unique", "column": "v"}]');
CREATE TABLE vk.bag (a integer);
INSERT INTO vk.bag VALUES (1), (2), (1);
SELECT failed_rows, sample_keys FROM migsafe.validate_jsonb('vk.bag', '[{"check": "unique", "column": "a"}]');

-- foreign_key: rows that refer to none of another table. A NULL refers to nothing; without referenced columns it is
-- the primary key that is meant. A view will do, and so do types that can be compared.
CREATE VIEW vk.plans AS SELECT 'free' AS name UNION ALL SELECT 'basic';
SELECT name, passed, total_rows, failed_rows, sample_keys FROM migsafe.validate_jsonb('vk.usage', '[
    {"check": "foreign_key", "column": "key_id", "references": "vk.users"},
    {"check": "foreign_key", "column": "tokens", "references": "many", "referenced_column": "id"},
    {"check": "foreign_key", "columns": ["key_id", "day"], "references": "vk.usage"} ]');
SELECT name, passed, failed_rows, sample_keys FROM migsafe.validate_jsonb('vk.users',
    '[{"check": "foreign_key", "columns": ["plan"], "references": "plans", "referenced_columns": ["name"]}]');

-- coverage: the share of all rows for which the predicate is true; a NULL does not count. failed_rows are those that
-- are not covered; they are shown only if there are too many of them.
SELECT name, passed, total_rows, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('vk.users', '[
    {"check": "coverage", "expression": "email IS NOT NULL", "at_least": 0.6},
    {"check": "coverage", "expression": "email IS NOT NULL", "at_least": 0.600001},
    {"check": "coverage", "expression": "plan = ''free''", "at_most": 0.3},
    {"check": "coverage", "expression": "plan = ''free''", "at_least": 0.4, "at_most": 0.4},
    {"check": "coverage", "expression": "id > 1", "at_least": 1, "severity": "warning"} ]');
SELECT passed, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('vk.many',
    '[{"check": "coverage", "expression": "id % 3 = 0", "at_least": 0.34}]');
-- a row on which it raises an error is not covered
SELECT passed, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('vk.users',
    '[{"check": "coverage", "expression": "10 / (id - 3) IS NOT NULL", "at_least": 0.9},
      {"check": "coverage", "expression": "10 / (id - 3) IS NOT NULL", "at_least": 0.8}]');
CREATE TABLE vk.nothing (a integer);
SELECT passed, total_rows, failed_rows, message FROM migsafe.validate_jsonb('vk.nothing',
    '[{"check": "coverage", "expression": "false", "at_least": 1}]');

-- reconcile: rows paired with those of another table by key, and compared.
CREATE TABLE vk.csv (key_id bigint, day date, model text, tokens numeric, cost double precision, extra json);
INSERT INTO vk.csv SELECT * FROM vk.usage;
SELECT name, passed, total_rows, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('vk.usage',
    '[{"check": "reconcile", "reference": "vk.csv", "key": ["key_id", "day"]}]');
INSERT INTO vk.csv VALUES (3, '2025-09-01', 'm3', 1, 1, NULL), (3, '2025-09-02', 'm3', 1, 1, NULL);
DELETE FROM vk.csv WHERE key_id = 2;
UPDATE vk.csv SET tokens = tokens + 0.5, extra = '{"n":1}' WHERE key_id = 1;
UPDATE vk.csv SET model = 'm9' WHERE key_id = 9;
SELECT name, passed, total_rows, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('vk.usage', '[
    {"check": "reconcile", "reference": "vk.csv", "key": ["key_id", "day"], "name": "all"},
    {"check": "reconcile", "reference": "vk.csv", "key": ["key_id", "day"], "columns": [ "cost" ], "name": "cost"},
    {"check": "reconcile", "reference": "vk.csv", "key": ["key_id", "day"], "columns": ["tokens", "cost"],
     "tolerance": 0.5, "name": "tolerant"},
    {"check": "reconcile", "reference": "vk.csv", "key": ["key_id", "day"], "columns": ["tokens"],
     "tolerance": 0.49, "only": "differing", "name": "too far"},
    {"check": "reconcile", "reference": "vk.csv", "key": ["key_id", "day"], "only": ["missing_in_target"],
     "name": "missing in the database"},
    {"check": "reconcile", "reference": "vk.csv", "key": ["key_id", "day"], "columns": ["cost"],
     "where": "key_id < 9 -- old rows", "name": "some"} ]');
-- a key that is not unique, and one that is NULL, pair nothing that can be relied on
INSERT INTO vk.csv VALUES (9, '2025-09-01', 'm9', 400, NULL, NULL), (NULL, NULL, NULL, NULL, NULL, NULL);
SELECT passed, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('vk.usage',
    '[{"check": "reconcile", "reference": "vk.csv", "key": ["key_id", "day"], "only": "missing_in_reference"}]');
SELECT passed, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('vk.csv',
    '[{"check": "reconcile", "reference": "vk.usage", "key": ["key_id", "day"], "column": "cost"}]');

-- max_duration: the best of the runs is within the time. The query is read to its end, or until the time is over.
SELECT clock_timestamp() AS started
\gset
SELECT name, passed, total_rows, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('vk.users', '[
    {"check": "max_duration", "query": "SELECT * FROM users WHERE id = 1;", "milliseconds": 60000},
    {"check": "max_duration", "query": "SELECT pg_sleep(0.002)", "milliseconds": 1, "runs": 2},
    {"check": "max_duration", "query": "SELECT generate_series(1, 1000000000000)", "milliseconds": 20,
     "name": "endless"},
    {"check": "max_duration", "query": "SELECT count(*) FROM users, pg_sleep(60)", "milliseconds": 20, "runs": 2,
     "name": "no row for long"},
    {"check": "max_duration", "query": "SELECT 1 / (id - 1) FROM users", "milliseconds": 60000} ]');
SELECT clock_timestamp() - :'started' < '30 s' AS stopped_in_time;
-- a cancel from elsewhere ends the call; what the timer leaves behind cancels nothing
SET statement_timeout = '100 ms';
SELECT passed FROM migsafe.validate_jsonb('vk.users',
    '[{"check": "max_duration", "query": "SELECT pg_sleep(60)", "milliseconds": 60000}]');
\echo :SQLSTATE
RESET statement_timeout;
SELECT count(*) FROM generate_series(1, 50) g, migsafe.validate_jsonb('vk.users',
    '[{"check": "max_duration", "query": "SELECT pg_sleep(0.002)", "milliseconds": 1}]');

-- query: one value within bounds.
SELECT name, passed, total_rows, failed_rows, message FROM migsafe.validate_jsonb('vk.users', '[
    {"check": "query", "query": "SELECT count(*) FROM users", "equals": 5},
    {"check": "query", "query": "SELECT count(*) FROM users;", "at_least": 6},
    {"check": "query", "query": "SELECT avg(id) FROM users -- the mean", "between": [2.5, 3.5]},
    {"check": "query", "query": "SELECT max(id) FROM users", "between": [1, 4], "severity": "warning"},
    {"check": "query", "query": "SELECT sum(id) FROM users WHERE id > 5", "at_least": 0},
    {"check": "query", "query": "SELECT id FROM users WHERE id > 5", "at_most": 0},
    {"check": "query", "query": "SELECT 0.1::numeric + 0.2", "equals": 0.3},
    {"check": "query", "query": "VALUES (true)", "equals": true},
    {"check": "query", "query": "SELECT email FROM users WHERE id = 1", "equals": "b@example.org"},
    {"check": "query", "query": "SELECT 1 / (count(*) - 5) FROM users", "at_least": 0} ]');

-- exists: a column, index, constraint, foreign key or trigger of the target; anything else by its name in a query.
CREATE INDEX usage_model_idx ON vk.usage (model);
ALTER TABLE vk.usage ADD CONSTRAINT known_user FOREIGN KEY (key_id) REFERENCES vk.users NOT VALID,
    ADD CONSTRAINT positive CHECK (tokens > 0);
CREATE FUNCTION vk.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION vk.is_small(integer) RETURNS boolean LANGUAGE sql AS 'SELECT $1 < 3';
CREATE TRIGGER touch BEFORE UPDATE ON vk.usage FOR EACH ROW EXECUTE FUNCTION vk.touch();
CREATE SEQUENCE vk.numbers;
CREATE MATERIALIZED VIEW vk.totals AS SELECT sum(tokens) FROM vk.usage WITH NO DATA;
CREATE TYPE vk.mood AS ENUM ('ok');
SELECT name, passed, total_rows, failed_rows, sample_keys, message FROM migsafe.validate_jsonb('vk.usage', '[
    {"check": "exists", "column": ["key_id", "day"]},
    {"check": "exists", "column": ["key_id", "dya", "modle"]},
    {"check": "exists", "column": "tokens", "type": "numeric"},
    {"check": "exists", "column": ["day", "tokens"], "type": "numeric(10,2)"},
    {"check": "exists", "index": ["usage_model_idx", "usage_pkey"]},
    {"check": "exists", "index": "many_pkey"},
    {"check": "exists", "constraint": ["positive", "known_user"]},
    {"check": "exists", "foreign_key": ["positive", "known_user"]},
    {"check": "exists", "trigger": "touch"},
    {"check": "exists", "table": ["users", "vk.csv", "plans", "no_such.t"]},
    {"check": "exists", "view": ["plans", "vk.plans", "users"]},
    {"check": "exists", "materialized_view": "totals"},
    {"check": "exists", "function": ["is_small", "vk.is_small(integer)", "pg_catalog.abs", "lower"]},
    {"check": "exists", "function": ["is_small(text)", "vk.is_large", "public.is_small"]},
    {"check": "exists", "sequence": ["numbers", "vk.users"]},
    {"check": "exists", "type": ["mood", "text", "vk.no_mood"]},
    {"check": "exists", "extension": ["migsafe", "no_such_extension"]} ]');
ALTER TABLE vk.usage DISABLE TRIGGER touch;
ALTER TABLE vk.usage DROP CONSTRAINT known_user;
UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'vk.usage_model_idx'::regclass;
SELECT passed, message FROM migsafe.validate_jsonb('vk.usage', '[
    {"check": "exists", "trigger": "touch"}, {"check": "exists", "index": "usage_model_idx"},
    {"check": "exists", "foreign_key": "known_user"} ]');

-- Rows of partitions and of inheritance children count; the snapshot of all checks of a call is one.
CREATE TABLE vk.parent (id integer, ref integer);
CREATE TABLE vk.child (more text) INHERITS (vk.parent);
INSERT INTO vk.parent VALUES (1, 1), (2, 7);
INSERT INTO vk.child VALUES (1, 1, 'x'), (3, 8, 'x');
SELECT passed, total_rows, failed_rows, sample_keys FROM migsafe.validate_jsonb('vk.parent', '[
    {"check": "unique", "column": "id"}, {"check": "expression", "expression": "id < 3"},
    {"check": "foreign_key", "column": "ref", "references": "users"} ]');
CREATE TABLE vk.parted (id integer, ref integer) PARTITION BY RANGE (id);
CREATE TABLE vk.parted_1 PARTITION OF vk.parted FOR VALUES FROM (0) TO (10);
CREATE TABLE vk.parted_2 (ref integer, id integer);
ALTER TABLE vk.parted ATTACH PARTITION vk.parted_2 FOR VALUES FROM (10) TO (20);
INSERT INTO vk.parted VALUES (1, 1), (1, 2), (11, 7);
SELECT passed, total_rows, failed_rows, sample_keys FROM migsafe.validate_jsonb('vk.parted', '[
    {"check": "unique", "column": "id"}, {"check": "not_null", "column": "ref"},
    {"check": "foreign_key", "column": "ref", "references": "users"} ]');

-- a partition of the same name elsewhere
CREATE SCHEMA vk_elsewhere;
CREATE TABLE vk_elsewhere.parted_1 PARTITION OF vk.parted FOR VALUES FROM (20) TO (30);
INSERT INTO vk.parted VALUES (21, 1);
SELECT sample_keys FROM migsafe.validate_jsonb('vk.parted', '[{"check": "expression", "expression": "id = 11"}]');
DROP SCHEMA vk_elsewhere CASCADE;

-- Kinds that look at no row do not scan the table.
SELECT FROM pg_stat_force_next_flush();
SELECT pg_stat_get_numscans('vk.many'::regclass) AS scans_before
\gset
SELECT passed FROM migsafe.validate_jsonb('vk.many', '[{"check": "exists", "column": "v"},
    {"check": "query", "query": "SELECT 1", "equals": 1}]');
SELECT FROM pg_stat_force_next_flush();
SELECT pg_stat_get_numscans('vk.many'::regclass) - :scans_before AS scans;

-- Whatever a predicate holds, it stays within its parentheses and sees nothing but the columns of its row.
SELECT name, failed_rows FROM migsafe.validate_jsonb('vk.users', '[
    {"check": "expression", "expression": "id < 3 -- and so on"},
    {"check": "expression", "expression": "id < 3 /* and so on */"},
    {"check": "expression", "expression": "false OR true"},
    {"check": "expression", "expression": "users.id > 0 AND \"users\".plan IS NULL"} ]');
CREATE TABLE vk.t (t integer, r integer, x integer, n integer, d integer, present integer);
INSERT INTO vk.t VALUES (1, 1, 1, 1, 1, 1), (2, 2, 2, 2, 2, 2);
SELECT kind, passed, failed_rows, message FROM migsafe.validate_jsonb('vk.t', '[
    {"check": "expression", "expression": "t = 1 AND t.t = r"},
    {"check": "unique", "columns": ["t", "n"]},
    {"check": "foreign_key", "columns": ["t", "r"], "references": "t", "referenced_columns": ["r", "t"]},
    {"check": "reconcile", "reference": "t", "key": ["t"], "columns": ["r", "x", "present"], "where": "t.t > 1 OR x = 1"},
    {"check": "query", "query": "SELECT count(*) FROM t", "equals": 2} ]');

-- Nor do operators of the search_path matter, but to what the user wrote.
CREATE SCHEMA vk_evil;
CREATE FUNCTION vk_evil.never(text, text) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'called'; END $$;
CREATE FUNCTION vk_evil.never(integer, integer) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'called'; END $$;
CREATE FUNCTION vk_evil.never("char", "char") RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'called'; END $$;
CREATE OPERATOR vk_evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = vk_evil.never);
CREATE OPERATOR vk_evil.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = vk_evil.never);
CREATE OPERATOR vk_evil.= (LEFTARG = "char", RIGHTARG = "char", FUNCTION = vk_evil.never);
CREATE OPERATOR vk_evil.<> (LEFTARG = "char", RIGHTARG = "char", FUNCTION = vk_evil.never);
SET search_path = vk_evil, vk, pg_catalog;
SELECT kind, passed, failed_rows, message FROM migsafe.validate_jsonb('vk.users', '[
    {"check": "type", "column": "doc", "type": ["object", "array"]},
    {"check": "unique", "column": "email"}, {"check": "foreign_key", "column": "id", "references": "users"},
    {"check": "reconcile", "reference": "users", "key": "id", "columns": ["email"]},
    {"check": "reconcile", "reference": "many", "key": "id", "columns": ["id"]},
    {"check": "exists", "table": ["users", "plans"]}, {"check": "exists", "trigger": "touch"},
    {"check": "exists", "function": ["is_small", "vk.is_small"]},
    {"check": "expression", "expression": "email = ''a''"} ]');
SET search_path = vk, public;
DROP SCHEMA vk_evil CASCADE;

-- They work in a read-only transaction; what a query would write is refused.
BEGIN READ ONLY;
SELECT bool_and(passed) FROM migsafe.validate_jsonb('vk.users', '[
    {"check": "unique", "column": "id"}, {"check": "query", "query": "SELECT 1", "equals": 1},
    {"check": "max_duration", "query": "SELECT 1", "milliseconds": 60000}, {"check": "exists", "table": "users"},
    {"check": "reconcile", "reference": "users", "key": "id"} ]');
COMMIT;
CREATE FUNCTION vk.writes() RETURNS integer LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO vk.bag VALUES (2); RETURN 1; END $$;
\set VERBOSITY sqlstate
SELECT passed FROM migsafe.validate_jsonb('vk.users', '[{"check": "query", "query": "SELECT writes()", "equals": 1}]');
SELECT passed FROM migsafe.validate_jsonb('vk.users',
    '[{"check": "max_duration", "query": "SELECT writes()", "milliseconds": 60000}]');
\set VERBOSITY default
SELECT count(*) FROM vk.bag;

-- A whole verification in one call: the table is there, its foreign keys and indexes, data covered and balanced, the
-- compatibility view and the function work, a lookup is quick, and no row is an orphan.
CREATE TABLE vk.tier (id integer PRIMARY KEY, code text NOT NULL);
CREATE TABLE vk.model (id integer PRIMARY KEY, name text, active boolean NOT NULL);
CREATE TABLE vk.tier_model (id integer PRIMARY KEY, tier_id integer NOT NULL, model_id integer NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    CONSTRAINT tier_model_tier_fkey FOREIGN KEY (tier_id) REFERENCES vk.tier,
    CONSTRAINT tier_model_model_fkey FOREIGN KEY (model_id) REFERENCES vk.model);
CREATE INDEX tier_model_tier_idx ON vk.tier_model (tier_id);
CREATE INDEX tier_model_model_idx ON vk.tier_model (model_id);
CREATE VIEW vk.v_model_tier AS SELECT m.name, t.code FROM vk.tier_model tm JOIN vk.model m ON m.id = tm.model_id
    JOIN vk.tier t ON t.id = tm.tier_id WHERE tm.enabled;
CREATE FUNCTION vk.models_for_tier(tier text) RETURNS SETOF text LANGUAGE sql STABLE AS
    'SELECT name FROM vk.v_model_tier v WHERE v.code = tier';
INSERT INTO vk.tier VALUES (1, 'free'), (2, 'pro');
INSERT INTO vk.model SELECT g, 'model ' || g, true FROM generate_series(1, 10) g;
INSERT INTO vk.tier_model SELECT g, 1 + g % 2, 1 + g % 9, true FROM generate_series(1, 40) g;
SELECT check_no, name, passed, message FROM migsafe.validate_jsonb('vk.model', '[
    {"check": "exists", "table": "vk.tier_model", "name": "table exists"},
    {"check": "query", "query": "SELECT count(*) FROM pg_constraint WHERE conrelid = ''vk.tier_model''::regclass AND contype = ''f''",
     "equals": 2, "name": "foreign keys"},
    {"check": "query", "query": "SELECT count(*) FROM pg_indexes WHERE schemaname = ''vk'' AND tablename = ''tier_model''",
     "at_least": 3, "name": "indexes"},
    {"check": "coverage", "expression": "EXISTS (SELECT FROM vk.tier_model tm WHERE tm.model_id = model.id)",
     "at_least": 0.8, "name": "coverage"},
    {"check": "query", "query": "SELECT max(n) - min(n) FROM (SELECT count(*) AS n FROM vk.tier_model GROUP BY tier_id) t",
     "at_most": 5, "name": "tiers balanced"},
    {"check": "query", "query": "SELECT count(*) FROM vk.v_model_tier", "equals": 40, "name": "compatibility view"},
    {"check": "query", "query": "SELECT count(*) FROM vk.models_for_tier(''pro'')", "at_least": 1, "name": "function"},
    {"check": "max_duration", "query": "SELECT * FROM vk.v_model_tier WHERE code = ''pro''", "milliseconds": 60000,
     "runs": 3, "name": "performance"},
    {"check": "query", "query": "SELECT count(*) FROM vk.tier_model tm WHERE NOT EXISTS (SELECT FROM vk.model m WHERE m.id = tm.model_id)",
     "equals": 0, "name": "no orphans"} ]');
SELECT check_no, name, passed, total_rows, failed_rows, message FROM migsafe.validate_jsonb('vk.tier_model', '[
    {"check": "exists", "foreign_key": ["tier_model_tier_fkey", "tier_model_model_fkey"]},
    {"check": "exists", "index": ["tier_model_tier_idx", "tier_model_model_idx", "tier_model_pkey"]},
    {"check": "foreign_key", "column": "tier_id", "references": "vk.tier"},
    {"check": "foreign_key", "column": "model_id", "references": "vk.model"} ]');

DROP SCHEMA vk CASCADE;
