-- Settings that code of users makes inside of migsafe end with the call, whoever calls: the next statement of the caller is
-- not to depend on them.  Each piece of code says once in a transaction that it sets something.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
RESET client_min_messages;
ALTER SEQUENCE migsafe.run_id_seq RESTART 94001;
CREATE SCHEMA ends;
CREATE FUNCTION ends.sets(code text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    so_far text := coalesce(current_setting('ends.set_by', true), '');
BEGIN
    IF strpos(so_far, '<' || code || '>') = 0 THEN
        RAISE NOTICE 'set by %', code;
        PERFORM set_config('ends.set_by', so_far || '<' || code || '>', false);
    END IF;
    RETURN true;
END
$$;
-- what the planner and an index may call
CREATE FUNCTION ends.same(n integer, code text) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ends.sets(code);
    RETURN n;
END
$$;
CREATE FUNCTION ends.trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ends.sets(TG_ARGV[0]);
    RETURN NEW;
END
$$;
CREATE FUNCTION ends.stays() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    left_over text := coalesce(current_setting('ends.set_by', true), '');
BEGIN
    PERFORM set_config('ends.set_by', '', false);
    RETURN CASE left_over WHEN '' THEN 'nothing' ELSE left_over END;
END
$$;

CREATE TABLE ends.item (id integer PRIMARY KEY, n integer,
    twice integer GENERATED ALWAYS AS (ends.same(2 * n, 'a generated column')) STORED,
    CHECK (ends.sets('a constraint') OR n IS NULL));
INSERT INTO ends.item VALUES (1, 1), (2, 2);
CREATE INDEX ON ends.item (ends.same(n, 'an index'));
CREATE INDEX ON ends.item (n) WHERE ends.same(n, 'a predicate of an index') > 0;
CREATE TRIGGER before BEFORE UPDATE ON ends.item FOR EACH ROW EXECUTE FUNCTION ends.trigger('a BEFORE trigger');
CREATE TRIGGER after AFTER UPDATE ON ends.item FOR EACH ROW EXECUTE FUNCTION ends.trigger('an AFTER trigger');
\set transform '{"n": "CASE WHEN ends.sets(''an expression'') THEN n + ends.same(1, ''a constant'') END"}'
\set only_if 'ends.sets(''only_if'')'
\set precondition '[{"check": "query", "query": "SELECT ends.sets(''a precondition'')", "equals": true}]'
\set checks '[{"check": "expression", "expression": "ends.sets(''a check'')"}]'
\set rows 'ends.sets(''a condition on rows'') AND id = ends.same(1, ''a constant in rows'')'
SELECT ends.stays() <> 'nothing' AS "an INSERT lets them stay";

SELECT successful_rows FROM migsafe.run_safe('ends.item', :'transform', only_if => :'only_if',
    precondition => :'precondition', checks => :'checks', dry_run => true);
SELECT ends.stays();
SELECT successful_rows, run_id FROM migsafe.run_safe('ends.item', :'transform', only_if => :'only_if',
    precondition => :'precondition', checks => :'checks') \gset
SELECT :successful_rows AS rows, ends.stays();
SELECT count(*) FROM migsafe.rollback_plan(:run_id, rows => :'rows');
SELECT ends.stays();
SELECT restored_rows FROM migsafe.rollback(:run_id, rows => :'rows');
SELECT ends.stays();
SELECT restored_rows FROM migsafe.rollback_runs(ARRAY[:run_id]);
SELECT ends.stays();

CALL migsafe.run_online('ends.item', :'transform', only_if => :'only_if', dry_run => true) \gset
SELECT ends.stays();
CALL migsafe.run_online('ends.item', :'transform', only_if => :'only_if', precondition => :'precondition',
    checks => :'checks', pace => '{"hold_while": "SELECT NOT ends.sets(''hold_while'')"}') \gset
SELECT :successful_rows AS rows, ends.stays();
CALL migsafe.rollback_online(:run_id, rows => :'rows', checks => :'checks') \gset
SELECT :restored_rows AS rows, ends.stays();
BEGIN;
SELECT migsafe.start('ends.item', :'transform', only_if => :'only_if', precondition => :'precondition') IS NOT NULL AS started;
SELECT ends.stays();
ROLLBACK;

SELECT passed FROM migsafe.validate_jsonb('ends.item', :'checks');
SELECT ends.stays();
SELECT constraint_name FROM migsafe.enforce('ends.item',
    '[{"check": "expression", "name": "enforced", "expression": "n <> ends.same(0, ''an enforced check'')"}]');
SELECT ends.stays();
SET client_min_messages = warning; -- there are names with dates in the others
SELECT row_count FROM migsafe.backup_table('ends.item');
UPDATE ends.item SET n = 9;
SELECT ends.stays() <> 'nothing' AS "an UPDATE lets them stay";
SELECT rows_changed FROM migsafe.restore('ends.item');
SELECT ends.stays();
DROP SCHEMA ends CASCADE;
