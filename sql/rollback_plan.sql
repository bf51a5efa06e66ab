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
SELECT run_id FROM migsafe.run_safe('plan.bag', '{"a": "a + 10"}')
\gset
UPDATE plan.bag SET b = 'y' WHERE a = 12;
SELECT * FROM migsafe.rollback_plan(:run_id) ORDER BY outcome, key;

-- Errors are those of rollback; a plan that would stop is no error.
SELECT count(*) FROM migsafe.rollback_plan(0);
\echo :SQLSTATE
SELECT count(*) FROM migsafe.rollback_plan('no such run');
\echo :SQLSTATE
SELECT count(*) FROM migsafe.rollback_plan(NULL::bigint);
\echo :SQLSTATE
SELECT count(*) FROM migsafe.rollback_plan(:run_id, rows => 'a / 0 = 1');
\echo :SQLSTATE
SELECT count(*) FROM migsafe.rollback_plan('plan');
\echo :SQLSTATE
CREATE ROLE plan_stranger;
SET ROLE plan_stranger;
SELECT count(*) FROM migsafe.rollback_plan(:run_id);
\echo :SQLSTATE
RESET ROLE;
DROP ROLE plan_stranger;

DROP SCHEMA plan CASCADE;
