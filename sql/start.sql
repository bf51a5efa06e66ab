-- Online runs from within a transaction: recorded by start(), carried out in the background after the commit, and
-- waited for by require_finished().
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
SET client_min_messages = notice;
ALTER SEQUENCE migsafe.run_id_seq RESTART 33001;
CREATE SCHEMA bg;
CREATE ROLE regress_migsafe_starter LOGIN;
CREATE ROLE regress_migsafe_other LOGIN;
CREATE ROLE regress_migsafe_nologin;
GRANT USAGE ON SCHEMA bg TO PUBLIC;
GRANT CREATE ON SCHEMA bg TO regress_migsafe_starter;

SET ROLE regress_migsafe_starter;
CREATE TABLE bg.t (id integer PRIMARY KEY, n integer, who text, tenant text, day text);
INSERT INTO bg.t SELECT g, g FROM generate_series(1, 5) g;
ANALYZE bg.t;
CREATE FUNCTION bg.shift(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 + 100';

-- As a file does it that a migration runner wraps into a transaction; the next file waits.
BEGIN;
SET LOCAL search_path = bg;
SET LOCAL DateStyle = 'German';
SET LOCAL TimeZone = 'Asia/Tokyo';
SET LOCAL myapp.tenant = 'acme';
SELECT migsafe.start('t', '{
    "n": "shift(n)", "who": "session_user || ''/'' || current_user", "tenant": "current_setting(''myapp.tenant'')",
    "day": "to_timestamp(86400 * 40 - 1)::text"}', name => 'first');
SELECT status FROM migsafe.status WHERE name = 'first';
SELECT migsafe.require_finished('first', timeout => '1 min');
ROLLBACK;
SELECT migsafe.require_finished('first');

BEGIN;
SET LOCAL search_path = bg;
SET LOCAL DateStyle = 'German';
SET LOCAL TimeZone = 'Asia/Tokyo';
SET LOCAL myapp.tenant = 'acme';
SELECT migsafe.start('t', '{
    "n": "shift(n)", "who": "session_user || ''/'' || current_user", "tenant": "current_setting(''myapp.tenant'')",
    "day": "to_timestamp(86400 * 40 - 1)::text"}', name => 'first');
COMMIT;
SELECT migsafe.require_finished('first', timeout => '1 min');
SELECT * FROM bg.t ORDER BY id;
SELECT run_id, name, status, total_rows, successful_rows FROM migsafe.status WHERE name = 'first';

-- It has the same arguments as run_online, but for dry_run.
SELECT a.name FROM (
    SELECT unnest(proargnames), unnest(proargmodes) FROM pg_proc WHERE oid::regproc = 'migsafe.run_online'::regproc)
    AS a (name, mode)
WHERE a.mode = 'i' AND a.name <> ALL (
    SELECT unnest(proargnames) FROM pg_proc WHERE oid::regproc = 'migsafe.start'::regproc);

-- Executed again, it is the same run; something else needs another name.
SET search_path = bg;
SELECT migsafe.start('t', '{
    "n": "shift(n)", "who": "session_user || ''/'' || current_user", "tenant": "current_setting(''myapp.tenant'')",
    "day": "to_timestamp(86400 * 40 - 1)::text"}', name => 'first');
RESET search_path;
SELECT migsafe.start('bg.t', '{"n": "n + 1"}', name => 'first');

-- By number as well; and runs in one transaction count.
SELECT run_id FROM migsafe.run_safe('bg.t', '{"n": "n + 1"}', name => 'atomic');
SELECT migsafe.require_finished('atomic'), migsafe.require_finished(33003);

-- Several on one table go in the order of their start, and each once.
BEGIN;
SELECT migsafe.start('bg.t', '{"n": "n * 2"}', name => 'double');
SELECT migsafe.start('bg.t', '{"n": "n + 1"}', name => 'increment');
SELECT migsafe.start('bg.t', '{"n": "n + 1"}', name => 'increment');
COMMIT;
SELECT migsafe.require_finished('increment', '1 min');
SELECT migsafe.require_finished('double');
SELECT id, n FROM bg.t ORDER BY id;

-- A savepoint takes it back.
BEGIN;
SAVEPOINT s;
SELECT migsafe.start('bg.t', '{"n": "0"}', name => 'taken back');
ROLLBACK TO s;
COMMIT;
SELECT migsafe.require_finished('taken back', '1 min');
SELECT migsafe.require_finished(33006, '1 min');

-- One that fails: what for, and what to do. Once the cause is gone, the same start() goes on with it.
SELECT migsafe.start('bg.t', '{"n": "1000 / (id - 4)"}', name => 'divides', max_errors => 0, batch_size => 2);
SELECT migsafe.require_finished('divides', '1 min');
-- Rows that failed count until max_errors is raised.
SELECT migsafe.start('bg.t', '{"n": "1000 / (id - 4)"}', name => 'divides', max_errors => 0, batch_size => 2);
\set VERBOSITY terse
SELECT migsafe.require_finished('divides', '1 min');
\set VERBOSITY default
SELECT migsafe.start('bg.t', '{"n": "1000 / (id - 4)"}', name => 'divides', max_errors => 1, batch_size => 2);
SELECT migsafe.require_finished('divides', '1 min');
SELECT id, n FROM bg.t ORDER BY id;
SELECT key, message FROM migsafe.row_error WHERE run_id = 33007;

-- One that was taken back does not count any more.
SELECT restored_rows FROM migsafe.rollback('divides');
SELECT migsafe.require_finished('divides', '1 min');

-- One that was cancelled stays so.
BEGIN;
SELECT migsafe.start('bg.t', '{"n": "n - 1"}', name => 'cancelled') AS cancelled \gset
SELECT migsafe.cancel(:cancelled);
COMMIT;
SELECT migsafe.require_finished('cancelled', '1 min');
SELECT migsafe.start('bg.t', '{"n": "n - 1"}', name => 'cancelled');
SELECT migsafe.require_finished('cancelled', '1 min');
CALL migsafe.resume_online(:cancelled) \gset
SELECT migsafe.require_finished('cancelled');

-- A session begins it, and the background ends it.
CALL migsafe.run_online('bg.t', '{"n": "n + 1000 / (id - 5)"}', name => 'taken over', max_errors => 0, batch_size => 2);
SELECT migsafe.require_finished('taken over', '1 min');
SELECT migsafe.start('bg.t', '{"n": "n + 1000 / (id - 5)"}', name => 'taken over', batch_size => 2);
SELECT migsafe.require_finished('taken over', '1 min');
SELECT id, n FROM bg.t ORDER BY id;

SELECT migsafe.start('bg.t', '{"n": "n + 1"}', name => 'last');
SELECT migsafe.require_finished('last', '1 min');

-- The new snapshot of each look does not depend on the transaction's.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM bg.t;
SELECT migsafe.require_finished('last');
COMMIT;

-- Who may not read the table learns whether the run has finished, and no more.
SELECT migsafe.start('bg.t', '{"n": "n / (id - 1)"}', name => 'secret', max_errors => 0);
SELECT migsafe.require_finished('secret', '1 min');
SET ROLE regress_migsafe_other;
SELECT migsafe.require_finished('secret', '1 min');

-- Nor may another role start it again: it would run as the first one.
RESET ROLE;
GRANT SELECT, UPDATE ON bg.t TO regress_migsafe_other, regress_migsafe_nologin;
SET ROLE regress_migsafe_other;
SELECT migsafe.start('bg.t', '{"n": "n / (id - 1)"}', name => 'secret', max_errors => 0);
RESET ROLE;

-- Where a dump was loaded nobody does: its numbers mean other columns and transactions there.
BEGIN;
UPDATE migsafe.run SET system_identifier = 0 WHERE name = 'secret';
SELECT migsafe.start('bg.t', '{"n": "n / (id - 1)"}', name => 'secret', max_errors => 0);
ROLLBACK;

-- What is not possible.
SET ROLE regress_migsafe_nologin;
SELECT migsafe.start('bg.t', '{"n": "n + 1"}');
RESET ROLE;
BEGIN READ ONLY;
SELECT migsafe.start('bg.t', '{"n": "n + 1"}');
ROLLBACK;
SELECT migsafe.start('bg.t', '{"n": "n + 1"}', workers => 0);
SELECT migsafe.start('bg.t', '{"n": "n + 1"}', name => '12');
SELECT migsafe.start(NULL, '{"n": "n + 1"}');
SELECT migsafe.start('bg.t', '{"m": "n + 1"}');
SELECT migsafe.require_finished(NULL);
SELECT migsafe.require_finished('first', '-1 s');
SELECT migsafe.require_finished(33999);

-- In a read-only transaction one may ask.
BEGIN READ ONLY;
SELECT migsafe.require_finished('first');
COMMIT;

SET client_min_messages = warning;
DROP SCHEMA bg CASCADE;
DROP OWNED BY regress_migsafe_starter, regress_migsafe_other, regress_migsafe_nologin;
DROP ROLE regress_migsafe_starter, regress_migsafe_other, regress_migsafe_nologin;
