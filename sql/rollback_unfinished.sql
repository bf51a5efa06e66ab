-- migsafe.rollback of online runs that were interrupted. (They are made by hand here: a run in one transaction whose
-- records become those of a run in batches that was stopped on its way.)
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA un;
RESET client_min_messages;
ALTER SEQUENCE migsafe.run_id_seq RESTART 14001;

CREATE TABLE un.item (id integer PRIMARY KEY, n numeric, note text) WITH (autovacuum_enabled = off);
INSERT INTO un.item SELECT g, g + 0.50, 'note ' || g FROM generate_series(1, 10) g;

-- All entries but one are of the first of two parts.
CREATE FUNCTION un.interrupt(id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE migsafe.run SET online = true WHERE run_id = id;
    INSERT INTO migsafe.online_run (run_id, background, workers, pace, sweep, phase)
    VALUES (id, false, 2, '{}', false, 'rows');
    INSERT INTO migsafe.run_part (run_id, part, seen, written, undo_hash)
    SELECT c.run_id, p, w, w, h
    FROM migsafe.run_commit c,
         LATERAL (VALUES (0, c.undo_rows - 1, c.undo_hash), (1, 1, repeat('0', 32))) part (p, w, h)
    WHERE c.run_id = id;
    DELETE FROM migsafe.run_commit WHERE run_id = id;
END
$$;
-- Each entry has its own hash: that of an undo log which has no other.
CREATE FUNCTION un.hash_entries(id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    log text := 'migsafe_undo.run_' || id;
    entry bigint;
BEGIN
    EXECUTE format('CREATE TEMP TABLE entries ON COMMIT DROP AS TABLE %s', log);
    FOR entry IN SELECT seq FROM entries LOOP
        EXECUTE format('TRUNCATE %s; INSERT INTO %1$s SELECT * FROM entries WHERE seq = %s', log, entry);
        UPDATE entries SET entry_hash = migsafe.undo_hash(id)::uuid WHERE seq = entry;
    END LOOP;
    EXECUTE format('TRUNCATE %s; INSERT INTO %1$s TABLE entries', log);
END
$$;
-- Those of calls that failed, which the recorder tells of, are not in migsafe.run.
CREATE FUNCTION un.statuses(first bigint) RETURNS TABLE (nth bigint, kind text, status text) LANGUAGE sql AS $$
    SELECT row_number() OVER (ORDER BY s.run_id), s.kind, s.status
    FROM migsafe.status s JOIN migsafe.run r ON r.run_id = s.run_id
    WHERE s.run_id >= first AND s.target LIKE 'un.%'
$$;

SELECT migsafe.fingerprint('un.item') AS before
\gset
SELECT run_id FROM migsafe.run_safe('un.item', '{"n": "n * 2"}', only_if => 'id <= 6', name => 'double')
\gset
SELECT un.interrupt(:run_id);
-- each part has its own numbers, with gaps
UPDATE migsafe_undo.run_:run_id SET seq = CASE WHEN key_1 = 6 THEN 4 ELSE 2 * key_1 + 1 END;
SELECT un.hash_entries(:run_id);
UPDATE migsafe.run_part SET undo_hash = migsafe.undo_hash(run_id) WHERE run_id = :run_id AND part = 0;
SELECT * FROM un.statuses(:run_id);
SELECT migsafe.fingerprint('un.item') AS halfway
\gset

-- It is found by its name, too.
SELECT total_rows, restored_rows, unchanged_rows, conflicts FROM migsafe.rollback('double', dry_run => true);

-- Its undo log must have what its batches have written.
BEGIN;
UPDATE migsafe.run_part SET written = written + 1, seen = seen + 1 WHERE run_id = :run_id AND part = 1;
\set VERBOSITY terse
SELECT total_rows FROM migsafe.rollback('double');
\set VERBOSITY default
\echo :SQLSTATE
ROLLBACK;

-- Conflicts are found as in any other run.
UPDATE un.item SET n = 0 WHERE id = 3;
SELECT total_rows FROM migsafe.rollback('double');
\echo :SQLSTATE
UPDATE un.item SET n = 7.00 WHERE id = 3;
SELECT migsafe.fingerprint('un.item') = :'halfway' AS as_halfway;

SELECT rollback_run_id AS back, total_rows, restored_rows, unchanged_rows, conflicts FROM migsafe.rollback('double')
\gset
\echo :total_rows :restored_rows :unchanged_rows :conflicts
SELECT migsafe.fingerprint('un.item') = :'before' AS as_before;
SELECT * FROM un.statuses(:run_id);
SELECT total_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback('double');
\echo :SQLSTATE

-- Taking the rollback back leaves the run where it was.
SELECT restored_rows FROM migsafe.rollback(:back);
SELECT migsafe.fingerprint('un.item') = :'halfway' AS as_halfway;
SELECT * FROM un.statuses(:run_id);
SELECT restored_rows FROM migsafe.rollback('double');
SELECT migsafe.fingerprint('un.item') = :'before' AS as_before;

-- A name is that of the newest run that stands, finished or not.
SELECT run_id AS finished FROM migsafe.run_safe('un.item', '{"n": "n + 1"}', name => 'again')
\gset
SELECT run_id AS unfinished FROM migsafe.run_safe('un.item', '{"n": "n + 1"}', only_if => 'id > 8')
\gset
SELECT un.interrupt(:unfinished);
UPDATE migsafe.run SET name = 'again' WHERE run_id = :unfinished;
SELECT restored_rows FROM migsafe.rollback('again');
SELECT restored_rows FROM migsafe.rollback('again');
SELECT migsafe.fingerprint('un.item') = :'before' AS as_before;

-- A rollback that was interrupted on its way: until it is finished, or taken back itself, no other takes the run back.
-- What another would do can be seen.
SELECT run_id FROM migsafe.run_safe('un.item', '{"n": "n + 100"}')
\gset
SELECT migsafe.fingerprint('un.item') AS after
\gset
SELECT rollback_run_id AS back FROM migsafe.rollback(:run_id)
\gset
SELECT un.interrupt(:back);
-- it had come from row 10 to row 5
UPDATE un.item SET n = n + 100 WHERE id < 5;
DELETE FROM migsafe_undo.run_:back WHERE key_1 < 5;
UPDATE migsafe.run_part SET seen = 5, written = 5, undo_hash = migsafe.undo_hash(run_id)
WHERE run_id = :back AND part = 0;
SELECT * FROM un.statuses(:run_id);
SELECT migsafe.fingerprint('un.item') AS halfway
\gset
SELECT total_rows FROM migsafe.rollback(:run_id);
\echo :SQLSTATE
CALL migsafe.rollback_online(:run_id, rows => 'true'); -- another part: the same one would go on
\echo :SQLSTATE
SELECT total_rows, restored_rows, unchanged_rows FROM migsafe.rollback(:run_id, dry_run => true);
SELECT migsafe.fingerprint('un.item') = :'halfway' AS as_halfway;

-- Taken back itself, it leaves a run that stands as a whole, and is taken back as a whole.
SELECT rollback_run_id AS redo, total_rows, restored_rows FROM migsafe.rollback(:back)
\gset
\echo :total_rows :restored_rows
SELECT migsafe.fingerprint('un.item') = :'after' AS as_after;
SELECT * FROM un.statuses(:run_id);
SELECT total_rows, restored_rows, unchanged_rows FROM migsafe.rollback(:run_id);
SELECT migsafe.fingerprint('un.item') = :'before' AS as_before;
SELECT * FROM un.statuses(:run_id);
-- After that the half is not redone: the run would stand by half.
BEGIN;
SELECT restored_rows, unchanged_rows FROM migsafe.rollback(:redo);
\echo :SQLSTATE
ROLLBACK;

-- A rollback that has stopped by itself, at a conflict in the row that it comes to last, is finished. Here the run is
-- unfinished as well: it is not resumed meanwhile.
CREATE TABLE un.long (id integer PRIMARY KEY, n integer) WITH (autovacuum_enabled = off);
INSERT INTO un.long SELECT g, g FROM generate_series(1, 1000) g;
SELECT migsafe.fingerprint('un.long') AS before
\gset
SELECT run_id FROM migsafe.run_safe('un.long', '{"n": "n + 10000"}', name => 'long')
\gset
SELECT migsafe.fingerprint('un.long') AS after
\gset
SELECT un.interrupt(:run_id);
UPDATE un.long SET n = 0 WHERE id = 1;
CALL migsafe.rollback_online('long', pace => '{"batch_size": 100}');
\echo :SQLSTATE
SELECT run_id AS back FROM migsafe.run WHERE rollback_of = :run_id
\gset
SELECT * FROM un.statuses(:run_id);
SELECT bool_or(n > 10000) AS some_are_as_after, bool_or(n BETWEEN 1 AND 1000) AS some_are_as_before FROM un.long;
UPDATE un.long SET n = 10001 WHERE id = 1;
SELECT total_rows FROM migsafe.rollback('long');
\echo :SQLSTATE
CALL migsafe.rollback_online(:run_id, rows => 'true'); -- another part: the same one would go on
\echo :SQLSTATE
CALL migsafe.resume_online(:run_id);
\echo :SQLSTATE
CALL migsafe.resume_online(:back)
\gset
\echo :total_rows :successful_rows
SELECT migsafe.fingerprint('un.long') = :'before' AS as_before;
SELECT * FROM un.statuses(:run_id);
SELECT restored_rows FROM migsafe.rollback(:back);
SELECT migsafe.fingerprint('un.long') = :'after' AS as_after;
SELECT * FROM un.statuses(:run_id);

DROP SCHEMA un CASCADE;
DELETE FROM migsafe.online_run;
DELETE FROM migsafe.run_part;
