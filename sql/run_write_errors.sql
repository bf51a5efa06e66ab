-- What only the write of a row can find: unique, exclusion and foreign key constraints, deferred ones included, and
-- triggers. The batch is split until the guilty rows stand alone; the others are migrated.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA rw;
SET search_path = rw, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 3001;
CREATE FUNCTION rw.last_run() RETURNS bigint LANGUAGE sql RETURN (SELECT last_value FROM migsafe.run_id_seq);

CREATE TABLE rw.ref (id integer PRIMARY KEY);
INSERT INTO rw.ref SELECT generate_series(1, 100);
CREATE TABLE rw.t (
    id integer PRIMARY KEY,
    u  integer CONSTRAINT one_u UNIQUE,
    f  integer CONSTRAINT f_of_ref REFERENCES rw.ref,
    r  int4range,
    n  integer DEFAULT 0,
    CONSTRAINT no_overlap EXCLUDE USING gist (r WITH &&)
) WITH (autovacuum_enabled = off);
CREATE FUNCTION rw.fill(rows integer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    TRUNCATE rw.t;
    INSERT INTO rw.t SELECT g, g, g, int4range(g * 10, g * 10 + 5), 0 FROM generate_series(1, rows) g;
END $$;

-- unique: two rows take the value of a row that the run does not touch
SELECT rw.fill(12);
SELECT total_rows, successful_rows, failed_rows, skipped_rows, skipped
FROM migsafe.run_safe('rw.t', '{"u": "CASE WHEN id IN (4, 9) THEN 1 ELSE u + 1000 END"}', only_if => 'id > 1');
SELECT key, sqlstate, message, detail, row_before FROM migsafe.row_error WHERE run_id = last_run();
SELECT array_agg(u ORDER BY id) FROM rw.t;
SELECT restored_rows, conflicts FROM migsafe.rollback(last_run());
SELECT array_agg(u ORDER BY id) FROM rw.t;

-- two rows that clash with one another only: the later one fails
SELECT total_rows, successful_rows, failed_rows
FROM migsafe.run_safe('rw.t', '{"u": "CASE WHEN id IN (4, 9) THEN 77 ELSE u + 100 END"}');
SELECT key, sqlstate FROM migsafe.row_error WHERE run_id = last_run();
SELECT array_agg(u ORDER BY id) FROM rw.t;

-- in batches of four, a clash across batches
SELECT rw.fill(12);
SELECT total_rows, successful_rows, failed_rows, batches
FROM migsafe.run_safe('rw.t', '{"u": "CASE WHEN id IN (1, 12) THEN 77 ELSE u + 100 END"}', batch_size => 4);
SELECT key FROM migsafe.row_error WHERE run_id = last_run();

-- more than max_errors: nothing is changed
SELECT rw.fill(12);
SELECT migsafe.fingerprint('rw.t') AS before
\gset
SELECT total_rows FROM migsafe.run_safe('rw.t', '{"u": "77"}', max_errors => 3);
\echo :SQLSTATE
SELECT migsafe.fingerprint('rw.t') = :'before' AS as_before;
-- all but one row fail
SELECT successful_rows, failed_rows FROM migsafe.run_safe('rw.t', '{"u": "77", "n": "1"}', max_errors => 11);
SELECT id, u, n FROM rw.t WHERE n = 1;

-- foreign key
SELECT rw.fill(12);
SELECT successful_rows, failed_rows
FROM migsafe.run_safe('rw.t', '{"f": "CASE WHEN id % 5 = 0 THEN 1000 + id ELSE f + 1 END"}');
SELECT key, sqlstate, message, detail FROM migsafe.row_error WHERE run_id = last_run() ORDER BY error_no;
SELECT array_agg(f ORDER BY id) FROM rw.t;

-- exclusion
SELECT rw.fill(6);
SELECT successful_rows, failed_rows
FROM migsafe.run_safe('rw.t', '{"r": "CASE WHEN id = 3 THEN ''[1,100)''::int4range ELSE r END", "n": "1"}');
SELECT key, sqlstate, message FROM migsafe.row_error WHERE run_id = last_run();
SELECT array_agg(n ORDER BY id) FROM rw.t;

-- a foreign key of another table: rows that are referenced, and those that it carries along
CREATE TABLE rw.code (id integer PRIMARY KEY, code integer UNIQUE) WITH (autovacuum_enabled = off);
CREATE TABLE rw.strict (code integer CONSTRAINT strict REFERENCES rw.code (code));
CREATE TABLE rw.along (code integer CONSTRAINT along REFERENCES rw.code (code) ON UPDATE CASCADE);
INSERT INTO rw.code SELECT g, g FROM generate_series(1, 4) g;
INSERT INTO rw.strict VALUES (2);
INSERT INTO rw.along VALUES (1), (3), (3);
SELECT run_id AS codes, successful_rows, failed_rows FROM migsafe.run_safe('rw.code', '{"code": "code + 10"}')
\gset
SELECT key, sqlstate, message FROM migsafe.row_error WHERE run_id = :codes;
SELECT array_agg(code ORDER BY id) FROM rw.code;
SELECT array_agg(code ORDER BY code) FROM rw.along;
SELECT restored_rows FROM migsafe.rollback(:codes);
SELECT array_agg(code ORDER BY code) FROM rw.along;

-- Deferred constraints fail in their batch, as row errors, and not at COMMIT; the caller's state stays as it was.
ALTER TABLE rw.t DROP CONSTRAINT one_u, DROP CONSTRAINT f_of_ref,
    ADD CONSTRAINT one_u UNIQUE (u) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT f_of_ref FOREIGN KEY (f) REFERENCES rw.ref DEFERRABLE INITIALLY DEFERRED;
SELECT rw.fill(12);
SELECT successful_rows, failed_rows FROM migsafe.run_safe('rw.t', '{"f": "CASE WHEN id = 5 THEN 999 ELSE f + 1 END"}');
SELECT key, sqlstate, message FROM migsafe.row_error WHERE run_id = last_run();
SELECT successful_rows, failed_rows
FROM migsafe.run_safe('rw.t', '{"u": "CASE WHEN id IN (5, 7) THEN 999 ELSE u END", "n": "n + 1"}');
SELECT key, sqlstate, message FROM migsafe.row_error WHERE run_id = last_run();
-- the swap of two unique values within a batch is what a deferrable constraint allows
SELECT rw.fill(4);
SELECT successful_rows, failed_rows FROM migsafe.run_safe('rw.t', '{"u": "5 - u"}');
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
SELECT successful_rows, failed_rows FROM migsafe.run_safe('rw.t', '{"f": "CASE WHEN id = 2 THEN 888 ELSE f + 1 END"}');
INSERT INTO rw.t VALUES (100, 100, 777, NULL); -- still deferred for the caller
DELETE FROM rw.t WHERE id = 100;
COMMIT;
BEGIN;
SELECT successful_rows, failed_rows FROM migsafe.run_safe('rw.t', '{"n": "n + 1"}');
INSERT INTO rw.t VALUES (100, 100, 777, NULL);
\set VERBOSITY terse
COMMIT;
\set VERBOSITY default
-- what the caller himself has pending stays pending
BEGIN;
INSERT INTO rw.t VALUES (100, 100, 777, NULL);
SELECT successful_rows, failed_rows FROM migsafe.run_safe('rw.t', '{"n": "n + 1"}', only_if => 'id < 100');
UPDATE rw.t SET f = 1 WHERE id = 100;
COMMIT;

-- A BEFORE trigger that raises; one that returns NULL suppresses the row; one that changes other columns.
CREATE TABLE rw.w (id integer PRIMARY KEY, a integer, b integer CHECK (b < 1000), seen integer DEFAULT 0,
    half integer GENERATED ALWAYS AS (a / 2) STORED)
    WITH (autovacuum_enabled = off);
INSERT INTO rw.w SELECT g, g, g FROM generate_series(1, 10) g;
CREATE FUNCTION rw.before() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF old.id = 2 THEN RAISE EXCEPTION 'not row %', old.id USING errcode = 'P0001', detail = 'It is holy.'; END IF;
    IF old.id IN (3, 4) THEN RETURN NULL; END IF;
    new.seen := old.seen + 1;
    IF old.id = 5 THEN new.b := 5000; END IF;
    RETURN new;
END $$;
CREATE TRIGGER before BEFORE UPDATE ON rw.w FOR EACH ROW EXECUTE FUNCTION rw.before();
SELECT migsafe.fingerprint('rw.w') AS before
\gset
SELECT run_id AS triggered, total_rows, successful_rows, failed_rows, skipped_rows, skipped
FROM migsafe.run_safe('rw.w', '{"a": "a * 100"}')
\gset t_
SELECT :t_total_rows AS total, :t_successful_rows AS successful, :t_failed_rows AS failed, :'t_skipped' AS skipped;
SELECT key, sqlstate, message, detail FROM migsafe.row_error WHERE run_id = :t_triggered ORDER BY error_no;
SELECT id, a, b, seen, half FROM rw.w ORDER BY id;
-- the before-image holds what the trigger changed; a rollback fires no trigger, and gives all of it back
SELECT key, row_before FROM migsafe.row_log(:t_triggered) WHERE status = 'SUCCESS' ORDER BY (key->>'id')::integer;
SELECT total_rows, restored_rows, conflicts FROM migsafe.rollback(:t_triggered);
SELECT migsafe.fingerprint('rw.w') = :'before' AS as_before;
-- CHECK constraints are left to the write where a BEFORE trigger may still change the row; a dry run says so
SELECT successful_rows, failed_rows, note FROM migsafe.run_safe('rw.w', '{"b": "5000"}',
    only_if => 'id > 7', dry_run => true);
DROP TRIGGER before ON rw.w;

-- An AFTER trigger that raises.
CREATE FUNCTION rw.after() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF new.id IN (6, 7) THEN RAISE EXCEPTION 'after row %', new.id; END IF;
    UPDATE rw.w SET seen = seen + 1 WHERE id = new.id AND seen = new.seen AND new.id <> 8;
    RETURN NULL;
END $$;
CREATE TRIGGER after AFTER UPDATE OF a ON rw.w FOR EACH ROW EXECUTE FUNCTION rw.after();
SELECT run_id AS triggered, total_rows, successful_rows, failed_rows, skipped_rows
FROM migsafe.run_safe('rw.w', '{"a": "a * 10"}', batch_size => 3)
\gset t_
SELECT :t_total_rows AS total, :t_successful_rows AS successful, :t_failed_rows AS failed, :t_skipped_rows AS skipped;
SELECT key, message FROM migsafe.row_error WHERE run_id = :t_triggered ORDER BY error_no;
SELECT id, a, seen FROM rw.w ORDER BY id;
-- ... and that changes the row once more: that is undone as well
SELECT key, row_before FROM migsafe.row_log(:t_triggered) WHERE status = 'SUCCESS' ORDER BY (key->>'id')::integer;
SELECT total_rows, restored_rows, conflicts FROM migsafe.rollback(:t_triggered);
SELECT migsafe.fingerprint('rw.w') = :'before' AS as_before;
DROP TRIGGER after ON rw.w;

-- An AFTER trigger that changes other rows of the target, which later batches have still to write: they are evaluated
-- as they are by then. Such changes are no part of the run, and a rollback leaves them.
CREATE TABLE rw.chain (id integer PRIMARY KEY, a integer, seen integer DEFAULT 0) WITH (autovacuum_enabled = off);
INSERT INTO rw.chain SELECT g, g FROM generate_series(1, 6) g;
CREATE FUNCTION rw.next_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE rw.chain SET seen = seen + 1 WHERE id = new.id + 3;
    RETURN NULL;
END $$;
CREATE TRIGGER next_row AFTER UPDATE OF a ON rw.chain FOR EACH ROW EXECUTE FUNCTION rw.next_row();
SELECT run_id AS chained, total_rows, successful_rows, batches
FROM migsafe.run_safe('rw.chain', '{"a": "a + 1000 + seen * 100"}', batch_size => 3)
\gset
SELECT :total_rows AS total, :successful_rows AS successful, :batches AS batches;
SELECT id, a, seen FROM rw.chain ORDER BY id;
SELECT restored_rows FROM migsafe.rollback(:chained);
SELECT id, a, seen FROM rw.chain ORDER BY id;
-- a WARNING tells of rows that the run itself does not write
SELECT successful_rows FROM migsafe.run_safe('rw.chain', '{"a": "0"}', only_if => 'id < 3');
DROP TABLE rw.chain;

-- A trigger that deletes the row.
CREATE FUNCTION rw.delete_it() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN DELETE FROM rw.w WHERE id = new.id; RETURN NULL; END $$;
CREATE TRIGGER delete_it AFTER UPDATE OF a ON rw.w FOR EACH ROW WHEN (new.id = 3) EXECUTE FUNCTION rw.delete_it();
SELECT successful_rows, failed_rows, skipped_rows FROM migsafe.run_safe('rw.w', '{"a": "0"}', only_if => 'id < 5');
SELECT key, sqlstate, message FROM migsafe.row_error WHERE run_id = last_run();
DROP TRIGGER delete_it ON rw.w;

-- Statement triggers with transition tables see each batch.
CREATE TABLE rw.seen (what text, rows bigint, sum bigint);
CREATE FUNCTION rw.statement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF tg_when = 'BEFORE' THEN
        INSERT INTO rw.seen VALUES ('before');
    ELSE
        INSERT INTO rw.seen SELECT 'after', count(*), sum(n.a - o.a) FROM new_rows n JOIN old_rows o USING (id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER statement_before BEFORE UPDATE ON rw.w FOR EACH STATEMENT EXECUTE FUNCTION rw.statement();
CREATE TRIGGER statement_after AFTER UPDATE ON rw.w REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION rw.statement();
SELECT successful_rows, batches FROM migsafe.run_safe('rw.w', '{"a": "a + 1"}', batch_size => 10);
SELECT what, rows, sum FROM rw.seen;
-- one that fails makes the batch fail as a whole: no row is guilty of that
DROP TRIGGER statement_before ON rw.w;
DROP TRIGGER statement_after ON rw.w;
CREATE FUNCTION rw.never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never on a %', tg_op; END $$;
CREATE TRIGGER never AFTER UPDATE ON rw.w FOR EACH STATEMENT EXECUTE FUNCTION rw.never();
SET statement_timeout = '10s';
\set VERBOSITY terse
SELECT total_rows FROM migsafe.run_safe('rw.w', '{"a": "a + 1"}', max_errors => 1000);
\echo :SQLSTATE
\set VERBOSITY default
RESET statement_timeout;
DROP TABLE rw.w;

-- A trigger cannot start a run on the table that is being migrated.
CREATE TABLE rw.inner (id integer PRIMARY KEY, a integer);
INSERT INTO rw.inner VALUES (1, 1);
CREATE FUNCTION rw.recurse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM migsafe.run_safe('rw.inner', '{"a": "7"}'); RETURN NULL; END $$;
CREATE TRIGGER recurse AFTER UPDATE ON rw.inner FOR EACH ROW EXECUTE FUNCTION rw.recurse();
SELECT failed_rows FROM migsafe.run_safe('rw.inner', '{"a": "2"}');
\echo :SQLSTATE

-- More runs in one transaction than it may have writing subtransactions.
CREATE TABLE rw.many (id integer PRIMARY KEY, a integer, u integer UNIQUE);
INSERT INTO rw.many SELECT g, 0, g FROM generate_series(1, 3) g;
BEGIN;
SELECT count(*) AS runs, sum(r.successful_rows) AS successful, sum(r.failed_rows) AS failed
FROM generate_series(1, 80) g,
     LATERAL migsafe.run_safe('rw.many', jsonb_build_object('a', 'a + 0 * ' || g || ' + 1')) r;
SELECT id, a FROM rw.many ORDER BY id;
-- a row that only the write finds bad is still isolated
SELECT successful_rows, failed_rows FROM migsafe.run_safe('rw.many', '{"u": "CASE id WHEN 2 THEN 1 ELSE u + 10 END"}',
    only_if => 'id > 1');
COMMIT;
SELECT id, a, u FROM rw.many ORDER BY id;
-- a batch a row: batches grow, so that 60 are not passed
CREATE TABLE rw.rows (id integer PRIMARY KEY, a integer);
INSERT INTO rw.rows SELECT g, 0 FROM generate_series(1, 1000) g;
SELECT successful_rows, batches <= 60 AS few_batches FROM migsafe.run_safe('rw.rows', '{"a": "id"}', batch_size => 1);
SELECT count(*) FROM rw.rows WHERE a = id;

-- A batch that fails only as a whole ends the run, though each of its parts could be written.
CREATE TABLE rw.guarded (id integer PRIMARY KEY, n integer);
INSERT INTO rw.guarded SELECT g, g FROM generate_series(1, 1000) g;
CREATE FUNCTION rw.not_so_many() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT count(*) FROM new_rows) > 8 THEN
        RAISE EXCEPTION 'more than 8 rows at once';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER guard AFTER UPDATE ON rw.guarded REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION rw.not_so_many();
SELECT total_rows FROM migsafe.run_safe('rw.guarded', '{"n": "n + 1"}');
SELECT count(*) AS as_before FROM rw.guarded WHERE n = id;

DROP SCHEMA rw CASCADE;
