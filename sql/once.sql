-- (f(...)).* is one call, however often the parser writes it; and two calls are two.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA oc;
CREATE TABLE oc.t (id integer PRIMARY KEY, n integer);
INSERT INTO oc.t VALUES (1, 0);
ALTER SEQUENCE migsafe.run_id_seq RESTART 13001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 13001;

-- In a query, in a view, in a function whose body is stored parsed, with volatile arguments.
SELECT successful_rows, failed_rows FROM (SELECT (migsafe.run_safe('oc.t', '{"n": "n + 1"}')).* OFFSET 0) x;
CREATE VIEW oc.backup AS SELECT (migsafe.backup_table('oc.t')).*;
SELECT backup_id, row_count FROM oc.backup;
SELECT count(*) FROM migsafe.backup WHERE target_schema = 'oc';
CREATE FUNCTION oc.migrate() RETURNS bigint LANGUAGE sql
BEGIN ATOMIC SELECT x.total_rows FROM (SELECT (migsafe.run_safe('oc.t', '{"n": "n + 1"}')).*) x; END;
SELECT oc.migrate();
CREATE FUNCTION oc.transform() RETURNS jsonb LANGUAGE plpgsql VOLATILE AS
$$ BEGIN PERFORM count(*) FROM oc.t; RETURN '{"n": "n + 1"}'; END $$;
SELECT total_rows FROM (SELECT (migsafe.run_safe('oc.t', oc.transform())).* OFFSET 0) x;
SELECT row_count FROM (SELECT (migsafe.backup_table('oc.t', clock_timestamp()::text)).* OFFSET 0) x;
SELECT count(*) FROM migsafe.backup WHERE target_schema = 'oc';
SELECT n AS three FROM oc.t;

-- Two calls in one statement, one call a row, a statement executed again, statements of PL/pgSQL that are alike.
SELECT (migsafe.run_safe('oc.t', '{"n": "n + 1"}')).total_rows, (migsafe.run_safe('oc.t', '{"n": "n + 1"}')).total_rows;
SELECT n AS five FROM oc.t;
SELECT (migsafe.run_safe('oc.t', '{"n": "n + 1"}')).total_rows FROM generate_series(1, 3);
SELECT n AS eight FROM oc.t;
PREPARE again AS SELECT total_rows FROM (SELECT (migsafe.run_safe('oc.t', '{"n": "n + 1"}')).* OFFSET 0) x;
EXECUTE again;
EXECUTE again;
SELECT n AS ten FROM oc.t;
DO $$
DECLARE
    r record;
BEGIN
    r := migsafe.run_safe('oc.t', '{"n": "n + 1"}');
    r := migsafe.run_safe('oc.t', '{"n": "n + 1"}');
    FOR i IN 1..2 LOOP
        r := migsafe.run_safe('oc.t', '{"n": "n + 1"}');
    END LOOP;
    SELECT (migsafe.run_safe('oc.t', '{"n": "n + 1"}')).* INTO r;
END
$$;
SELECT n AS fifteen FROM oc.t;

DROP SCHEMA oc CASCADE;
