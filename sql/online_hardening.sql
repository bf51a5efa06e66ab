-- Online runs where the world changes under them, and where others would meddle.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
RESET client_min_messages;
ALTER SEQUENCE migsafe.run_id_seq RESTART 35001;
CREATE SCHEMA oh;
SET search_path = oh, public;
CREATE FUNCTION oh.wait_until(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    met boolean;
BEGIN
    FOR i IN 1..1200 LOOP
        EXECUTE 'SELECT ' || condition INTO met;
        IF met THEN
            RETURN 'met';
        END IF;
        PERFORM pg_sleep(0.05);
    END LOOP;
    RETURN 'in vain';
END
$$;

-- A name is not taken by a run whose expressions are wrong.
CREATE TABLE oh.t (id integer PRIMARY KEY, n integer, spare text, doc jsonb);
INSERT INTO oh.t SELECT g, g, 'x', jsonb_build_object('n', g) FROM generate_series(1, 100) g;
CALL migsafe.run_online('t', '{"n": "nowhere + 1"}', name => 'typo');
CALL migsafe.run_online('t', '{"n": "n + 1"}', only_if => 'nowhere > 1', name => 'typo');
SELECT count(*) FROM migsafe.status WHERE name = 'typo';

-- A column that was dropped is missed once; who goes on then does so without it.
CALL migsafe.run_online('t', '{"n": "n + 1 / (id - 50)"}', name => 'drop', max_errors => 0, batch_size => 10)
\gset
SELECT max(run_id) AS run FROM migsafe.run
\gset
ALTER TABLE oh.t DROP COLUMN spare;
CALL migsafe.resume_online(:run, 1)
\gset r_
\echo :r_total_rows = :r_successful_rows + :r_failed_rows + :r_skipped_rows
CALL migsafe.rollback_online('drop')
\gset b_
\echo :b_restored_rows
SELECT count(*) FROM oh.t WHERE n <> id;

-- Expressions that release all advisory locks of the session do not make the run another's.
CREATE FUNCTION oh.unlock(n integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_unlock_all();
    RETURN n + 1;
END
$$;
CALL migsafe.run_online('t', '{"n": "unlock(n)"}', batch_size => 10)
\gset r_
\echo :r_successful_rows
SELECT count(*) FROM oh.t WHERE n <> id + 1;

-- Rows of a partition that was attached behind the run are not passed over in silence.
CREATE TABLE oh.p (id integer PRIMARY KEY, n integer) PARTITION BY RANGE (id);
CREATE TABLE oh.p1 PARTITION OF oh.p FOR VALUES FROM (1) TO (100);
CREATE TABLE oh.p2 PARTITION OF oh.p FOR VALUES FROM (200) TO (300);
CREATE TABLE oh.q (id integer PRIMARY KEY, n integer);
INSERT INTO oh.p SELECT g, 0 FROM generate_series(1, 99) g UNION ALL SELECT g, 0 FROM generate_series(200, 299) g;
INSERT INTO oh.q SELECT g, 0 FROM generate_series(100, 199) g;
CALL migsafe.run_online('p', '{"n": "n + 1 / (id - 250)"}', max_errors => 0, batch_size => 20, name => 'p')
\gset
SELECT max(run_id) AS run FROM migsafe.run
\gset
ALTER TABLE oh.p ATTACH PARTITION oh.q FOR VALUES FROM (100) TO (200);
CALL migsafe.resume_online(:run, 1)
\gset r_
\echo :r_total_rows :r_not_visited
-- With a sweep they are migrated, each row once.
CALL migsafe.run_online('p', '{"n": "n + 1"}', batch_size => 20, only_if => 'id <> 1', sweep => true)
\gset r_
\echo :r_total_rows :r_successful_rows :r_not_visited

-- Where the rows of a batch fail together, but none by itself, smaller batches find the guilty one.
CREATE TABLE oh.tr (id integer PRIMARY KEY, n integer DEFAULT 0, m integer DEFAULT 0, o integer DEFAULT 0);
INSERT INTO oh.tr SELECT g FROM generate_series(1, 60) g;
CREATE FUNCTION oh.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id % 30 = 0 THEN
        RAISE EXCEPTION 'no % ', NEW.id;
    END IF;
    IF NEW.m = OLD.m THEN
        UPDATE oh.tr SET m = m + 1 WHERE id = NEW.id;
        UPDATE oh.tr SET o = o + 1 WHERE id = NEW.id % 60 + 1;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER touch AFTER UPDATE OF n ON oh.tr FOR EACH ROW EXECUTE FUNCTION oh.touch();
SET client_min_messages = error;
CALL migsafe.run_online('tr', '{"n": "n + 1"}', batch_size => 20)
\gset r_
RESET client_min_messages;
\echo :r_successful_rows + :r_failed_rows
SELECT key FROM migsafe.row_error WHERE run_id = :r_run_id ORDER BY key ->> 'id';

-- Nobody else's rights: neither a superuser's, nor a member's.
CREATE ROLE oh_owner LOGIN;
CREATE ROLE oh_member LOGIN IN ROLE oh_owner;
GRANT USAGE, CREATE ON SCHEMA oh TO oh_owner;
CREATE TABLE oh.theirs (id integer PRIMARY KEY, n integer, by text);
INSERT INTO oh.theirs SELECT g, g FROM generate_series(1, 20) g;
ALTER TABLE oh.theirs OWNER TO oh_owner;
SET ROLE oh_owner;
CALL migsafe.run_online('oh.theirs', '{"by": "current_user || 1 / (id - 5)"}', max_errors => 0, name => 'theirs');
SET ROLE oh_member;
SELECT max(run_id) AS run FROM migsafe.run
\gset
CALL migsafe.resume_online(:run, 1);
RESET ROLE;
CALL migsafe.resume_online(:run, 1);
CALL migsafe.run_online('oh.theirs', '{"by": "current_user || 1 / (id - 5)"}', max_errors => 1, name => 'theirs');
-- what needs no more rights than those to steer it: a worker goes on as that role
UPDATE migsafe.run SET max_errors = 1 WHERE run_id = :run;
SELECT migsafe.resume(:run);
SELECT oh.wait_until('(SELECT status = ''committed'' FROM migsafe.status WHERE name = ''theirs'')');
SELECT left(by, 8) AS by, count(*) FROM oh.theirs GROUP BY 1 ORDER BY 1;

-- A worker for somebody else's run takes the rights of that one: triggers of the target's owner would run as it.
CALL migsafe.run_online('oh.theirs', '{"n": "n + 1 + 0 / (id - 5)"}', max_errors => 0, name => 'ours');
SELECT max(run_id) AS run FROM migsafe.run
\gset
SET ROLE oh_owner;
SELECT migsafe.resume(:run);
SELECT migsafe.cancel(:run);
RESET ROLE;

-- Plans of queries on a table run its owner's code: never as a superuser.
CREATE FUNCTION oh.noted(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF current_user <> 'oh_owner' THEN
        RAISE EXCEPTION 'run as %', current_user;
    END IF;
    RETURN 1;
END
$$;
SET ROLE oh_owner;
CREATE INDEX ON oh.theirs (n) WHERE id > oh.noted(1);
CALL migsafe.run_online('oh.theirs', '{"n": "n + 1"}')
\gset r_
\echo :r_successful_rows
SELECT restored_rows FROM migsafe.rollback(:r_run_id);
RESET ROLE;

-- A backup that was restored since may have brought rows back: no going on, but back.
CREATE TABLE oh.b (id integer PRIMARY KEY, n integer);
INSERT INTO oh.b SELECT g, g FROM generate_series(1, 50) g;
CALL migsafe.run_online('b', '{"n": "n + 1 + 0 / (id - 30)"}', max_errors => 0, batch_size => 10, name => 'b')
\gset
SET client_min_messages = warning;
SELECT backup_id FROM migsafe.backup_table('b')
\gset
UPDATE oh.b SET n = -1 WHERE id = 50;
SELECT * FROM migsafe.restore('b')
\gset
RESET client_min_messages;
SELECT max(run_id) AS b_run FROM migsafe.run WHERE name = 'b'
\gset
CALL migsafe.resume_online(:b_run);
SELECT restored_rows FROM migsafe.rollback('b');
SELECT count(*) FROM oh.b WHERE n <> id;

-- Neither after a restore that keeps what is new: it does not take the run back, but some of its rows. One that was only
-- tried forbids nothing.
CREATE TABLE oh.k (id integer PRIMARY KEY, n integer);
INSERT INTO oh.k SELECT g, g FROM generate_series(1, 50) g;
SET client_min_messages = warning;
SELECT row_count FROM migsafe.backup_table('k');
CALL migsafe.run_online('k', '{"n": "n + 1 + 0 / (id - 30)"}', max_errors => 0, batch_size => 10, name => 'k')
\gset
SELECT max(run_id) AS k_run FROM migsafe.run WHERE name = 'k'
\gset
INSERT INTO oh.k VALUES (51, 51);
SELECT rows_changed > 0 AS some FROM migsafe.restore('k', mode => 'keep_new', dry_run => true);
CALL migsafe.resume_online(:k_run, 0);
SELECT rows_changed > 0 AS some FROM migsafe.restore('k', mode => 'keep_new');
RESET client_min_messages;
SELECT count(*), count(*) FILTER (WHERE n <> id) AS changed FROM oh.k;
CALL migsafe.resume_online(:k_run, 1);
SELECT status FROM migsafe.status WHERE run_id = :k_run;
SELECT count(*) FILTER (WHERE n <> id) AS changed FROM oh.k;
SELECT restored_rows, unchanged_rows > 0 AS some FROM migsafe.rollback('k');

-- Only workers are told where the shared memory is.
CALL migsafe.work_on_run(:b_run, 1, 50000000);

SET client_min_messages = warning;
DROP SCHEMA oh CASCADE;
DROP OWNED BY oh_owner CASCADE;
DROP ROLE oh_member, oh_owner;
