-- Rolled back and redone three times: the fingerprints from before and after the run alternate exactly, whatever the table
-- is like, in one transaction and in batches.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA redo;
SET search_path = redo, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 73501;

CREATE FUNCTION redo.state(target regclass, before text, after text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE migsafe.fingerprint(target) WHEN before THEN 'as before' WHEN after THEN 'as after' ELSE 'neither' END
$$;
-- Each rollback takes the one before it back; the last one leaves the table as it was after the run.
CREATE FUNCTION redo.alternate(target regclass, run bigint, before text)
RETURNS TABLE (step integer, total bigint, restored bigint, state text, run_is text) LANGUAGE plpgsql AS $$
DECLARE
    after constant text := migsafe.fingerprint(target);
    last bigint := run;
BEGIN
    FOR i IN 1..6 LOOP
        SELECT i, r.total_rows, r.restored_rows, r.rollback_run_id INTO step, total, restored, last
        FROM migsafe.rollback(last) r;
        state := redo.state(target, before, after);
        SELECT s.status INTO run_is FROM migsafe.status s WHERE s.run_id = run;
        RETURN NEXT;
    END LOOP;
END
$$;
-- the same in batches, and by turns
CREATE PROCEDURE redo.alternate_online(target regclass, run bigint, before text, by_turns boolean) LANGUAGE plpgsql AS $$
DECLARE
    after constant text := migsafe.fingerprint(target);
    last bigint := run;
    r_id bigint; total bigint; restored bigint; unchanged bigint; skipped bigint; missing bigint; batches integer;
    elapsed interval; checks jsonb;
BEGIN
    FOR i IN 1..6 LOOP
        IF by_turns AND i % 2 = 0 THEN
            SELECT r.rollback_run_id, r.restored_rows INTO last, restored FROM migsafe.rollback(last) r;
        ELSE
            CALL migsafe.rollback_online(last, pace => '{"batch_size": 100}', rollback_run_id => r_id, total_rows => total,
                restored_rows => restored, unchanged_rows => unchanged, skipped_rows => skipped, missing_rows => missing,
                batch_count => batches, elapsed => elapsed, checks_result => checks);
            last := r_id;
        END IF;
        RAISE WARNING '%: % rows, %', i, restored, redo.state(target, before, after);
    END LOOP;
END
$$;

-- Columns of all kinds: values that are equal and not the same, NULLs, long ones, a generated one; a trigger that changes
-- each row once more; rows that fail, and rows that are left out.
CREATE TABLE redo.account (id integer PRIMARY KEY, doc jsonb, amount numeric, note text, at timestamptz, tags text[],
    twice numeric GENERATED ALWAYS AS (amount * 2) STORED, touched integer DEFAULT 0);
CREATE FUNCTION redo.touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN new.touched := old.touched + 1; RETURN new; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON redo.account FOR EACH ROW EXECUTE FUNCTION redo.touch();
INSERT INTO redo.account
SELECT g, jsonb_build_object('v', 1.50, 'n', g), CASE WHEN g % 5 > 0 THEN g * 1.00 END,
       CASE g % 3 WHEN 0 THEN NULL WHEN 1 THEN repeat('short', g) ELSE (SELECT string_agg(md5(g || '.' || i), '')
           FROM generate_series(1, 100) i) END, '2026-01-01 00:00Z', CASE WHEN g % 2 = 0 THEN ARRAY[g::text, NULL] END
FROM generate_series(1, 200) g;
SELECT migsafe.fingerprint('redo.account') AS before
\gset
SELECT run_id, successful_rows, failed_rows, skipped_rows FROM migsafe.run_safe('redo.account', $${
    "doc": [{"op": "move", "from": "/v", "path": "/w"}], "amount": "round(amount, 1)", "note": "note || 10 / (id - 7)",
    "at": "NULL", "tags": "tags || 'x'::text"}$$, only_if => 'id % 50 > 0')
\gset
\echo :successful_rows :failed_rows :skipped_rows
SELECT * FROM redo.alternate('redo.account', :run_id, :'before');
CALL redo.alternate_online('redo.account', :run_id, :'before', true);
-- what was written in the end is what the run wrote
SELECT id, doc, amount, twice, length(note) AS note, at, tags, touched FROM redo.account WHERE id IN (1, 2, 6, 7) ORDER BY id;

-- Without a key: rows are found by their content, duplicates one by one.
CREATE TABLE redo.bag (a integer, doc jsonb);
INSERT INTO redo.bag SELECT g % 3, jsonb_build_object('v', 1.50) FROM generate_series(1, 12) g;
INSERT INTO redo.bag VALUES (NULL, NULL), (NULL, NULL), (1, '{"v": 1.5}');
SELECT migsafe.fingerprint('redo.bag') AS before
\gset
SELECT run_id FROM migsafe.run_safe('redo.bag', '{"a": "a / 2", "doc": {"merge": {"v": 2}}}', only_if => 'a IS DISTINCT FROM 0')
\gset
SELECT * FROM redo.alternate('redo.bag', :run_id, :'before');

-- Partitions, one with its columns in another order; and unique values that all move to the next row.
CREATE TABLE redo.part (id integer, place integer, doc jsonb, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE redo.part_1 PARTITION OF redo.part FOR VALUES FROM (1) TO (6);
CREATE TABLE redo.part_2 (doc jsonb, gone text, place integer, id integer NOT NULL);
ALTER TABLE redo.part_2 DROP gone;
ALTER TABLE redo.part ATTACH PARTITION redo.part_2 FOR VALUES FROM (6) TO (11);
ALTER TABLE redo.part_2 ADD UNIQUE (place);
INSERT INTO redo.part SELECT g, g, '{}' FROM generate_series(10, 1, -1) g;
SELECT migsafe.fingerprint('redo.part') AS before
\gset
SELECT run_id FROM migsafe.run_safe('redo.part', '{"place": "place + 1", "doc": {"value": [1.0]}}')
\gset
SELECT * FROM redo.alternate('redo.part', :run_id, :'before');
CALL redo.alternate_online('redo.part', :run_id, :'before', true);

-- An online run of two workers, taken back and redone in batches.
CREATE TABLE redo.item (id integer PRIMARY KEY, n numeric);
INSERT INTO redo.item SELECT g, g * 1.0 FROM generate_series(1, 600) g;
SELECT migsafe.fingerprint('redo.item') AS before
\gset
CALL migsafe.run_online('redo.item', '{"n": "n + 1.00"}', name => 'redone', workers => 2, pace => '{"batch_size": 100}')
\gset
CALL redo.alternate_online('redo.item', :run_id, :'before', false);

-- Of several runs together. The newest rollback is taken back first: that is the one of the oldest run.
CREATE TABLE redo.two (id integer PRIMARY KEY, n integer);
INSERT INTO redo.two SELECT g, g FROM generate_series(1, 20) g;
SELECT migsafe.fingerprint('redo.two') AS before
\gset
SELECT run_id AS one FROM migsafe.run_safe('redo.two', '{"n": "n + 10"}')
\gset
SELECT run_id AS two FROM migsafe.run_safe('redo.two', '{"n": "n * 10"}', only_if => 'id % 2 = 0')
\gset
CREATE FUNCTION redo.alternate_both(runs bigint[], before text) RETURNS TABLE (step integer, of_run bigint[], state text)
LANGUAGE plpgsql AS $$
DECLARE
    after constant text := migsafe.fingerprint('redo.two');
    first constant bigint := runs[1];
BEGIN
    FOR i IN 1..6 LOOP
        SELECT i, array_agg(r.run_id - first), array_agg(r.rollback_run_id) INTO step, of_run, runs FROM migsafe.rollback_runs(runs) r;
        state := redo.state('redo.two', before, after);
        RETURN NEXT;
    END LOOP;
END
$$;
SELECT * FROM redo.alternate_both(ARRAY[:one, :two], :'before');
DROP SCHEMA redo CASCADE;
