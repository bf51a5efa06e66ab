-- rollback_plan: what a rollback would do, row by row; and the rollback does what the plan said.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA plan;
SET search_path = plan, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 73001;

CREATE TABLE plan.account (id integer PRIMARY KEY, doc jsonb, points numeric, "a/b" text, twice numeric
    GENERATED ALWAYS AS (points * 2) STORED, other text);
CREATE FUNCTION plan.run() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
BEGIN
    TRUNCATE plan.account;
    INSERT INTO plan.account (id, doc, points, "a/b", other)
    SELECT g, '{"a": 1.50, "b": {"x": [1, 2]}}', g, 'text', 'other' FROM generate_series(1, 8) g;
    UPDATE plan.account SET "a/b" = NULL WHERE account.id = 3;
    id := (SELECT run_id FROM migsafe.run_safe('plan.account',
        '{"doc": [{"op": "replace", "path": "/a", "value": 2}, {"op": "add", "path": "/b/x/-", "value": 3}],
          "points": "CASE id WHEN 4 THEN NULL ELSE points + 0.50 END", "a/b": "coalesce(\"a/b\" || ''~'', ''new'')"}',
        name => 'plan'));
    UPDATE plan.account SET other = 'changed' WHERE account.id = 2;
    UPDATE plan.account SET doc = doc || '{"n": null}' WHERE account.id = 5;
    UPDATE plan.account SET points = 0 WHERE account.id = 6;
    UPDATE plan.account SET doc = '{"a": 1.50, "b": {"x": [1, 2]}}', points = 7, "a/b" = 'text' WHERE account.id = 7;
    DELETE FROM plan.account WHERE account.id = 8;
    RETURN id;
END
$$;

-- Only the columns that the run changed in the row; a generated one follows from them.
SELECT plan.run() AS run_id
\gset
SELECT * FROM migsafe.rollback_plan(:run_id, on_conflict => 'merge') ORDER BY key \gx
-- by name, and in part
SELECT key, outcome, reason FROM migsafe.rollback_plan('plan') ORDER BY key;
SELECT key, outcome, patch
FROM migsafe.rollback_plan('plan', rows => 'id < 3', columns => '{points}', keys => '[{"id": 2}, {"id": 3}]', batches => '{1}');
SELECT key, outcome, reason FROM migsafe.rollback_plan('plan', keys => '[{"id": 8}]', on_missing => 'stop');
-- from the last row that was written to the first, as the rollback goes; nothing is changed, locked or recorded
SELECT key FROM migsafe.rollback_plan('plan') LIMIT 3;
SELECT count(*) AS rollbacks FROM migsafe.run WHERE rollback_of = :run_id;
BEGIN;
SELECT count(*) AS planned FROM migsafe.rollback_plan('plan');
SELECT DISTINCT l.mode FROM pg_locks l WHERE l.relation = 'plan.account'::regclass AND l.pid = pg_backend_pid();
COMMIT;
BEGIN READ ONLY;
SELECT outcome, count(*) FROM migsafe.rollback_plan('plan') GROUP BY 1 ORDER BY 1;
SELECT total_rows, conflicts FROM migsafe.rollback('plan', dry_run => true);
SELECT migsafe.rollback('plan');
ROLLBACK;

-- The plan's patch over what is now leads to what the rollback makes of the row, under each policy.
CREATE FUNCTION plan.compare(run_id bigint, policy text, OUT total bigint, OUT written bigint, OUT as_planned bigint,
    OUT left_alone bigint, OUT counts_agree boolean) LANGUAGE plpgsql AS $$
DECLARE
    result record;
BEGIN
    CREATE TEMPORARY TABLE planned ON COMMIT DROP AS
        SELECT * FROM migsafe.rollback_plan(compare.run_id, on_conflict => policy);
    CREATE TEMPORARY TABLE before ON COMMIT DROP AS SELECT id, to_jsonb(a) AS r FROM plan.account a;
    SELECT * INTO result FROM migsafe.rollback(compare.run_id, on_conflict => policy);
    SELECT count(*), count(p.patch),
           count(p.patch) FILTER (WHERE migsafe.jsonb_patch(p.now, coalesce(p.patch, '[]'))::text = n.r::text),
           count(*) FILTER (WHERE p.patch IS NULL AND to_jsonb(a) IS NOT DISTINCT FROM b.r)
    INTO total, written, as_planned, left_alone
    FROM planned p LEFT JOIN plan.account a ON a.id = (p.key->>'id')::integer LEFT JOIN before b USING (id)
    LEFT JOIN LATERAL (SELECT jsonb_object_agg(k, to_jsonb(a)->k) AS r FROM jsonb_object_keys(p.now) k) n ON true;
    counts_agree := (SELECT (count(*), count(*) FILTER (WHERE outcome = 'restored'), count(*) FILTER (WHERE outcome = 'merged'),
                             count(*) FILTER (WHERE outcome = 'overwritten'), count(*) FILTER (WHERE outcome = 'unchanged'),
                             count(*) FILTER (WHERE outcome = 'conflict'), count(*) FILTER (WHERE outcome = 'missing'))
                          = (result.total_rows, result.restored_rows, result.merged_rows, result.overwritten_rows,
                             result.unchanged_rows, result.skipped_rows, result.missing_rows) FROM planned);
END
$$;
SELECT plan.run() AS run_id
\gset
BEGIN; SELECT * FROM plan.compare(:run_id, 'skip'); ROLLBACK;
BEGIN; SELECT * FROM plan.compare(:run_id, 'overwrite'); ROLLBACK;
BEGIN; SELECT * FROM plan.compare(:run_id, 'merge'); ROLLBACK;
UPDATE plan.account SET doc = '{"a": 2, "b": {"x": [1, 2, 3]}}' WHERE id = 5;
UPDATE plan.account SET points = 6.50 WHERE id = 6;
BEGIN; SELECT * FROM plan.compare(:run_id, 'stop'); ROLLBACK;

-- Of a redo, too; of a table without a key the row of before the run stands for it.
SELECT rollback_run_id FROM migsafe.rollback(:run_id)
\gset
SELECT key, outcome, patch FROM migsafe.rollback_plan(:rollback_run_id) ORDER BY key;
CREATE TABLE plan.bag (a integer, b text);
INSERT INTO plan.bag VALUES (1, 'x'), (1, 'x'), (2, NULL);
SELECT run_id AS bag FROM migsafe.run_safe('plan.bag', '{"a": "a + 10"}')
\gset
UPDATE plan.bag SET b = 'y' WHERE a = 12;
INSERT INTO plan.bag VALUES (30, 'later');
SELECT * FROM migsafe.rollback_plan(:bag) ORDER BY outcome, key;
-- The list of conflicts names rows as the plan does, and so do the row errors of those that were not found.
BEGIN;
ALTER TABLE plan.bag ADD CHECK (b <> 'x' OR a > 10);
SELECT p.key, p.outcome, p.reason, c->'reason' = to_jsonb(p.reason) AS listed
FROM (SELECT DISTINCT key, outcome, reason FROM migsafe.rollback_plan(:bag)) p
LEFT JOIN (SELECT DISTINCT jsonb_array_elements(conflict_rows) FROM migsafe.rollback(:bag, dry_run => true)) r (c)
     ON c->'key' = p.key ORDER BY p.key;
-- what would be there, of each row that is: one that stays has no patch
SELECT now, migsafe.jsonb_patch(now, coalesce(patch, '[]')) AS afterwards FROM migsafe.rollback_plan(:bag)
WHERE now IS NOT NULL;
SELECT conflicts FROM migsafe.rollback(:bag, on_conflict => 'skip');
SELECT CASE WHEN p.key IS NULL THEN 'ctid' ELSE e.key::text END AS key, e.sqlstate, p.outcome
FROM migsafe.row_error e LEFT JOIN (SELECT DISTINCT key, outcome FROM migsafe.rollback_plan(:bag)) p ON p.key = e.key
WHERE e.run_id = (SELECT last_value FROM migsafe.run_id_seq) AND (p.key IS NOT NULL OR e.key ? 'ctid') ORDER BY e.error_no;
ROLLBACK;

-- Rows that came after the run have no entry: inserted, with another key, or left alone by the run and changed.  All that
-- they are is shown, and the rollback leaves them alone.
CREATE TABLE plan.note (region text, no integer, doc jsonb, twice integer GENERATED ALWAYS AS (no * 2) STORED,
    PRIMARY KEY (region, no)) PARTITION BY LIST (region);
CREATE TABLE plan.note_north PARTITION OF plan.note FOR VALUES IN ('north');
CREATE TABLE plan.note_south (doc jsonb, gone integer, no integer NOT NULL, region text NOT NULL,
    twice integer GENERATED ALWAYS AS (no * 2) STORED);
ALTER TABLE plan.note_south DROP gone;
ALTER TABLE plan.note ATTACH PARTITION plan.note_south FOR VALUES IN ('south');
INSERT INTO plan.note SELECT r, n, '{"a": 1}' FROM unnest('{north,south}'::text[]) r, generate_series(1, 5) n;
BEGIN;
INSERT INTO plan.note VALUES ('north', 6), ('south', 6);
SAVEPOINT s;
INSERT INTO plan.note VALUES ('north', 7);
RELEASE s;
SELECT run_id FROM migsafe.run_safe('plan.note', '{"doc": {"merge": {"a": 2}}}', only_if => 'no <= 3')
\gset
COMMIT;
CREATE VIEW plan.newer AS SELECT p.key, p.outcome, p.before, p.now, p.patch FROM migsafe.rollback_plan(:run_id) p
WHERE p.outcome = 'newer';
SELECT count(*) FROM plan.newer;
INSERT INTO plan.note VALUES ('north', 10, '{"new": 1.50}'), ('south', 10, NULL);
BEGIN;
SAVEPOINT s;
INSERT INTO plan.note VALUES ('south', 11);
RELEASE s;
SAVEPOINT s;
INSERT INTO plan.note VALUES ('south', 12);
ROLLBACK TO s;
COMMIT;
UPDATE plan.note SET doc = '{"a": 4}' WHERE no = 4;
UPDATE plan.note SET no = 20 WHERE region = 'north' AND no = 3;
UPDATE plan.note SET region = 'south', no = 21 WHERE region = 'north' AND no = 5;
DELETE FROM plan.note WHERE region = 'south' AND no = 3;
INSERT INTO plan.note VALUES ('south', 3, '{"again": true}');
DELETE FROM plan.note WHERE region = 'north' AND no = 6;
SELECT * FROM plan.newer ORDER BY key;
SELECT key, outcome, reason FROM migsafe.rollback_plan(:run_id) WHERE outcome IN ('missing', 'conflict')
    OR outcome = 'newer' AND key->>'no' = '10' ORDER BY key;
VACUUM (FREEZE) plan.note;
SELECT count(*) FROM plan.newer;
-- A part says nothing of them; nor do the counts.
SELECT count(*) FROM migsafe.rollback_plan(:run_id, rows => 'true') WHERE outcome = 'newer';
SELECT count(*) FROM migsafe.rollback_plan(:run_id, columns => '{doc}') WHERE outcome = 'newer';
SELECT count(*) FROM migsafe.rollback_plan(:run_id, keys => '[{"region": "north", "no": 1}]') WHERE outcome = 'newer';
SELECT count(*) FROM migsafe.rollback_plan(:run_id, batches => '{1}') WHERE outcome = 'newer';
SELECT total_rows, skipped_rows, missing_rows FROM migsafe.rollback(:run_id, on_conflict => 'skip', dry_run => true);
CREATE TABLE plan.newer_before AS SELECT * FROM plan.newer;
SELECT rollback_run_id FROM migsafe.rollback(:run_id, on_conflict => 'overwrite')
\gset
SELECT count(*), count(*) FILTER (WHERE to_jsonb(n) = b.now) AS as_they_were
FROM plan.newer_before b JOIN plan.note n ON n.region = b.key->>'region' AND n.no = (b.key->>'no')::integer;
-- Of a redo: those that came after the rollback.
SELECT count(*) FROM migsafe.rollback_plan(:rollback_run_id) WHERE outcome = 'newer';
INSERT INTO plan.note VALUES ('north', 30);
SELECT key, outcome, now FROM migsafe.rollback_plan(:rollback_run_id) WHERE outcome = 'newer';
-- Of an online run, and with a key that has no index any more.
CREATE TABLE plan.item (id numeric CONSTRAINT item_key PRIMARY KEY, n integer);
INSERT INTO plan.item SELECT g, g FROM generate_series(1, 6) g;
CALL migsafe.run_online('plan.item', '{"n": "n * 10"}', only_if => 'id < 5', name => 'items', batch_size => 2) \gset item_
INSERT INTO plan.item VALUES (7, 7);
UPDATE plan.item SET id = 2.00 WHERE id = 2;
UPDATE plan.item SET n = 0 WHERE id = 5;
ALTER TABLE plan.item DROP CONSTRAINT item_key, ALTER id DROP NOT NULL;
INSERT INTO plan.item VALUES (7, 70), (NULL, 8);
SELECT key, outcome, now FROM migsafe.rollback_plan('items') ORDER BY outcome, key, now;
-- A key that is equal, and written in another way, is another key: the row is missing under the one, and new under the other.
CREATE DOMAIN plan.ratio AS numeric CHECK (VALUE > 0);
CREATE TABLE plan.scaled (r plan.ratio, c char(3) COLLATE "C", n integer, PRIMARY KEY (r, c));
INSERT INTO plan.scaled VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4);
SELECT run_id AS scaled FROM migsafe.run_safe('plan.scaled', '{"n": "n * 10"}', only_if => 'r < 4')
\gset
UPDATE plan.scaled SET r = 2.00 WHERE r = 2;
DELETE FROM plan.scaled WHERE r = 3;
INSERT INTO plan.scaled VALUES (3, 'c', 30);
SELECT key, outcome, now FROM migsafe.rollback_plan(:scaled) ORDER BY key, outcome;
SELECT restored_rows, missing_rows FROM migsafe.rollback(:scaled);
SELECT * FROM plan.scaled ORDER BY r;
-- To see a plan needs the rights of one who reads all rows.
CREATE ROLE plan_reader;
GRANT USAGE ON SCHEMA plan TO plan_reader;
GRANT SELECT ON plan.item TO plan_reader;
SET ROLE plan_reader;
SELECT count(*) FROM migsafe.rollback_plan('items') WHERE outcome = 'newer';
RESET ROLE;
ALTER TABLE plan.item ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON plan.item USING (id < 3);
SET ROLE plan_reader;
SELECT count(*) FROM migsafe.rollback_plan('items');
\echo :SQLSTATE
RESET ROLE;
-- In another database nobody knows what came after.
UPDATE migsafe.run SET system_identifier = 1 WHERE name = 'items';
SELECT outcome, count(*) FROM migsafe.rollback_plan('items') GROUP BY 1;

-- Errors are those of rollback; a plan that would stop is no error.
SELECT count(*) FROM migsafe.rollback_plan(0);
\echo :SQLSTATE
SELECT count(*) FROM migsafe.rollback_plan('no such run');
\echo :SQLSTATE
SELECT count(*) FROM migsafe.rollback_plan(NULL::bigint);
\echo :SQLSTATE
SELECT count(*) FROM migsafe.rollback_plan(:bag, rows => 'a / 0 = 1');
\echo :SQLSTATE
SELECT count(*) FROM migsafe.rollback_plan('plan');
\echo :SQLSTATE
CREATE ROLE plan_stranger;
SET ROLE plan_stranger;
SELECT count(*) FROM migsafe.rollback_plan(:bag);
\echo :SQLSTATE
RESET ROLE;
DROP ROLE plan_stranger;

DROP SCHEMA plan CASCADE;
DROP ROLE plan_reader;
