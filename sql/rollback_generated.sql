-- What a run computed from a generated column can be computed again, though the undo log has no such column.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA rbg;
SET search_path = rbg, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 97001;

CREATE TABLE rbg.account (doc jsonb, twice integer GENERATED ALWAYS AS (n * 2) STORED, id integer PRIMARY KEY, n integer)
    PARTITION BY RANGE (id);
CREATE TABLE rbg.low PARTITION OF rbg.account FOR VALUES FROM (0) TO (2);
CREATE TABLE rbg.high (id integer NOT NULL, n integer, doc jsonb, twice integer GENERATED ALWAYS AS (n * 2) STORED);
ALTER TABLE rbg.account ATTACH PARTITION rbg.high FOR VALUES FROM (2) TO (100);
INSERT INTO rbg.account (id, n, doc) VALUES (1, 1, '{"plan": "a"}'), (2, 2, '{"plan": "b"}'), (3, NULL, '{}');
SELECT run_id FROM migsafe.run_safe('rbg.account', '{"n": "n + 10", "doc": "doc || jsonb_build_object(''points'', twice)"}')
\gset
UPDATE rbg.account SET doc = doc || '{"seen": true}';
SELECT id, n, twice, doc FROM rbg.account ORDER BY id;
SELECT restored_rows, merged_rows, conflicts FROM migsafe.rollback(:run_id, on_conflict => 'merge');
SELECT id, n, twice, doc FROM rbg.account ORDER BY id;

DROP SCHEMA rbg CASCADE;
