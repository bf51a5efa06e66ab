-- A domain that has become another since the run: values that it does not take any more are conflicts.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA rbd;
SET search_path = rbd, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 96001;

CREATE DOMAIN rbd.settings AS jsonb;
CREATE DOMAIN rbd.level AS integer;
CREATE TABLE rbd.account (id integer PRIMARY KEY, doc rbd.settings, l rbd.level, note text);
INSERT INTO rbd.account VALUES (1, '{"old": 1}', 1, 'a'), (2, '{"old": 2, "v": 2}', 2, 'b'), (3, '{"v": 2}', 3, 'c');
SELECT run_id FROM migsafe.run_safe('rbd.account', '{"doc": "doc || ''{\"v\": 3}''", "l": "l + 10"}')
\gset
ALTER DOMAIN rbd.settings ADD CONSTRAINT has_version CHECK (VALUE ? 'v');
ALTER DOMAIN rbd.level ADD CONSTRAINT not_three CHECK (VALUE <> 3);

SELECT key, outcome, reason, patch FROM migsafe.rollback_plan(:run_id) ORDER BY key->'id';
SELECT restored_rows, conflicts FROM migsafe.rollback(:run_id, dry_run => true);
SELECT restored_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
SELECT id, doc, l FROM rbd.account ORDER BY id;

-- whatever is said about later changes
UPDATE rbd.account SET l = 99 WHERE id IN (2, 3);
BEGIN;
SELECT restored_rows, overwritten_rows, skipped_rows, conflicts FROM migsafe.rollback(:run_id, on_conflict => 'overwrite');
SELECT id, doc, l FROM rbd.account ORDER BY id;
ROLLBACK;
-- only what is to come back is tried
SELECT restored_rows, skipped_rows, conflicts FROM migsafe.rollback(:run_id, on_conflict => 'skip', columns => '{doc}');
SELECT id, doc, l FROM rbd.account ORDER BY id;

DROP SCHEMA rbd CASCADE;
