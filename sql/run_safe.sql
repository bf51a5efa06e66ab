-- run_safe: transform the rows of a table; bad rows are isolated, every change can be undone.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA rs;
SET search_path = rs, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 2001;
CREATE FUNCTION rs.last_run() RETURNS bigint LANGUAGE sql RETURN (SELECT last_value FROM migsafe.run_id_seq);
RESET client_min_messages;

CREATE TABLE rs.usage (id integer PRIMARY KEY, day date, doc jsonb, total integer CHECK (total >= 0), note text)
    WITH (autovacuum_enabled = off);
CREATE FUNCTION rs.fill() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    TRUNCATE rs.usage;
    INSERT INTO rs.usage
        SELECT g, date '2025-01-01' + g, jsonb_build_object('n', g::text), 0, 'as it was' FROM generate_series(1, 10) g;
END $$;
SELECT rs.fill();

-- A transform gives an SQL expression for each column that is to change. Every row is accounted for.
SELECT run_id, total_rows, successful_rows, failed_rows, skipped_rows, skipped, batches, errors, samples, checks_result,
    note
FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer * 10", "note": "upper(note) || day"}',
    notice_every => 4);
SELECT id, day, doc, total, note FROM rs.usage ORDER BY id LIMIT 3;

-- What a value does not change is skipped and not written: the row stays where it is.
CREATE TEMPORARY TABLE place AS SELECT id, ctid AS place, xmin AS writer FROM rs.usage;
SELECT total_rows, successful_rows, failed_rows, skipped_rows, skipped, batches
FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer * 10"}');
SELECT count(*) AS rewritten FROM rs.usage u JOIN place p USING (id)
WHERE (u.ctid, u.xmin) IS DISTINCT FROM (p.place, p.writer);
SELECT successful_rows, skipped
FROM migsafe.run_safe('rs.usage', '{"total": "CASE WHEN id = 2 THEN 7 ELSE total END"}');
SELECT array_agg(id) AS rewritten FROM rs.usage u JOIN place p USING (id)
WHERE (u.ctid, u.xmin) IS DISTINCT FROM (p.place, p.writer);
-- Unchanged means the same bytes: jsonb takes 1.50 for equal to 1.5, migsafe does not.
SELECT successful_rows, skipped FROM migsafe.run_safe('rs.usage', '{"doc": "''1.50''"}');
SELECT successful_rows, skipped FROM migsafe.run_safe('rs.usage', '{"doc": "''1.5''"}');
SELECT successful_rows, skipped FROM migsafe.run_safe('rs.usage', '{"doc": "''1.5''"}');

-- only_if: rows for which it is not true are skipped, those where it is NULL included.
SELECT rs.fill();
UPDATE rs.usage SET day = NULL WHERE id = 10;
SELECT total_rows, successful_rows, skipped_rows, skipped
FROM migsafe.run_safe('rs.usage', '{"note": "''later''"}', only_if => 'day > ''2025-01-07''');
SELECT array_agg(id ORDER BY id) FROM rs.usage WHERE note = 'later';

-- A bad row costs that row only. It is recorded with the reason and with what it was.
SELECT rs.fill();
UPDATE rs.usage SET doc = '{"n": "three"}' WHERE id = 3;
UPDATE rs.usage SET doc = '{"n": "-6"}' WHERE id = 6;
SELECT run_id, total_rows, successful_rows, failed_rows, skipped_rows, jsonb_pretty(errors) AS errors
FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer", "note": "''moved''"}', notice_every => 3)
\gx
SELECT last_run() AS bad_run
\gset
SELECT error_no, key, sqlstate, message, detail, row_before
FROM migsafe.row_error WHERE run_id = :bad_run ORDER BY error_no
\gx
SELECT id, total, note FROM rs.usage ORDER BY id;
-- row_log: each row of the run. A SUCCESS shows the old values of what changed.
SELECT status, key, sqlstate, message, detail, row_before FROM migsafe.row_log(:bad_run);
SELECT successful_rows FROM migsafe.run_safe('rs.usage', '{"note": "''x''"}', only_if => 'id < 3');
SELECT status, key, sqlstate, row_before FROM migsafe.row_log(last_run(), include_skipped => true)
ORDER BY status, (key->>'id')::integer;
-- run_summary: as percentages
SELECT status, count, percentage FROM migsafe.run_summary(:bad_run);
SELECT status, count, percentage FROM migsafe.run_summary(-1);
-- one row among many is neither 0.00, nor are the others 100.00
CREATE TABLE many_rows AS SELECT i AS id FROM generate_series(1, 30000) i;
SELECT run_id AS many_run FROM migsafe.run_safe('many_rows', '{"id": "id / (id - 1)"}')
\gset
SELECT status, count, percentage FROM migsafe.run_summary(:many_run);
DROP TABLE many_rows;
-- status: a view for people
SELECT run_id, name, kind, target, status, total_rows, successful_rows, failed_rows, skipped_rows,
       started <= now() AS started, elapsed >= '0' AS elapsed
FROM migsafe.status WHERE run_id = :bad_run;

-- More than max_errors: everything is undone, and the ERROR says which rows failed.
SELECT rs.fill();
UPDATE rs.usage SET doc = '{"n": "bad"}' WHERE id > 7;
SELECT migsafe.fingerprint('rs.usage') AS before
\gset
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer"}', max_errors => 2);
\echo :SQLSTATE
SELECT migsafe.fingerprint('rs.usage') = :'before' AS as_before;
SELECT failed_rows, successful_rows FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer"}',
    max_errors => 3);
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer"}', max_errors => 0);
\echo :SQLSTATE
-- only the first ten row errors are shown one by one
UPDATE rs.usage SET doc = '{"n": "bad"}';
INSERT INTO rs.usage SELECT g, NULL, '{"n": "bad"}', 0 FROM generate_series(11, 12) g;
SELECT failed_rows, jsonb_array_length(errors) AS shown
FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer"}', max_errors => 100);
SELECT count(*) FROM migsafe.row_error WHERE run_id = last_run();

-- dry_run: every row is evaluated, constraints included; nothing is written.
SELECT rs.fill();
UPDATE rs.usage SET doc = '{"n": "three"}' WHERE id = 3;
UPDATE rs.usage SET doc = '{"n": "-6"}' WHERE id = 6;
SELECT migsafe.fingerprint('rs.usage') AS before
\gset
SELECT count(*) AS runs_before FROM migsafe.run
\gset
CREATE TEMPORARY TABLE dry AS
SELECT *
FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer", "note": "''moved''"}', only_if => 'id < 8',
                      checks => '[{"check": "not_null", "column": "day"}]', dry_run => true);
SELECT run_id, total_rows, successful_rows, failed_rows, skipped_rows, skipped, batches, checks_result, note FROM dry
\gx
SELECT e->'key' AS key, e->'sqlstate' AS sqlstate, e->'message' AS message FROM dry, jsonb_array_elements(errors) e;
SELECT s->'key' AS key, s->'before' AS before, s->'after' AS after FROM dry, jsonb_array_elements(samples) s;
SELECT migsafe.fingerprint('rs.usage') = :'before' AS as_before, count(*) = :runs_before AS no_run FROM migsafe.run;
SELECT successful_rows, jsonb_array_length(samples) AS samples, note
FROM migsafe.run_safe('rs.usage', '{"note": "''n''"}', dry_run => true);
-- it goes on past max_errors, and says that the run would not
SELECT total_rows, failed_rows, note FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer"}',
    max_errors => 1, dry_run => true);
-- and it works where nothing can be written at all
BEGIN READ ONLY;
SELECT total_rows, successful_rows FROM migsafe.run_safe('rs.usage', '{"note": "''n''"}', dry_run => true);
ROLLBACK;

-- Checks of the result: one of severity error undoes the run, a warning does not.
SELECT rs.fill();
SELECT migsafe.fingerprint('rs.usage') AS before
\gset
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "id"}', checks =>
    '[{"check": "expression", "expression": "total < 9", "name": "small totals"},
      {"check": "not_null", "column": "doc"}]');
\echo :SQLSTATE
SELECT migsafe.fingerprint('rs.usage') = :'before' AS as_before;
SELECT successful_rows, c FROM migsafe.run_safe('rs.usage', '{"total": "id"}', checks =>
    '[{"check": "expression", "expression": "total < 9", "name": "small totals", "severity": "warning"},
      {"check": "has", "column": "doc", "path": "/n"}]') r, jsonb_array_elements(r.checks_result) c;

-- A run that has a name is not repeated: the result is that of the first.
SELECT rs.fill();
SELECT run_id, total_rows, successful_rows
FROM migsafe.run_safe('rs.usage', '{"total": "total + 1"}', name => 'add one');
SELECT run_id, total_rows, successful_rows, failed_rows, skipped_rows, skipped, batches, elapsed > '0' AS elapsed
FROM migsafe.run_safe('rs.usage', '{"total": "total + 1"}', name => 'add one', max_errors => 3, batch_size => 5,
    notice_every => 5);
SELECT DISTINCT total FROM rs.usage;
-- Other arguments under that name are an ERROR that says what differs.
SELECT run_id FROM migsafe.run_safe('rs.usage', '{"total": "total + 2"}',
    only_if => 'true', checks => '[]', name => 'add one');
\echo :SQLSTATE
CREATE TABLE rs.other (total integer);
SELECT run_id FROM migsafe.run_safe('rs.other', '{"total": "total + 1"}', name => 'add one');
-- A run that was rolled back, or undone, does not count; nor does a dry run.
SELECT restored_rows FROM migsafe.rollback('add one');
SELECT successful_rows FROM migsafe.run_safe('rs.usage', '{"total": "total + 2"}', name => 'add one', dry_run => true);
BEGIN;
SELECT successful_rows FROM migsafe.run_safe('rs.usage', '{"total": "total + 2"}', name => 'add one');
ROLLBACK;
SELECT successful_rows FROM migsafe.run_safe('rs.usage', '{"total": "total + 2"}', name => 'add one');
SELECT DISTINCT total FROM rs.usage;
-- a run with errors that has a name: its errors are part of the old result
UPDATE rs.usage SET doc = '{"n": "three"}' WHERE id = 3;
SELECT successful_rows, failed_rows, errors FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer"}',
    name => 'to n');
SELECT successful_rows, failed_rows, errors FROM migsafe.run_safe('rs.usage', '{"total": "(doc->>''n'')::integer"}',
    name => 'to n');

-- (f()).* calls a function once a column; it is one run all the same.
SELECT rs.fill();
SELECT count(*) AS runs_before FROM migsafe.run
\gset
SELECT total_rows, successful_rows, skipped FROM (SELECT (migsafe.run_safe('rs.usage', '{"total": "total + 1"}')).*) r;
SELECT count(*) - :runs_before AS runs FROM migsafe.run;
SELECT DISTINCT total FROM rs.usage;

-- A run is part of the caller's transaction; a savepoint rolled back takes the run with it.
BEGIN;
SAVEPOINT before;
SELECT run_id AS undone FROM migsafe.run_safe('rs.usage', '{"total": "5"}')
\gset
SELECT status FROM migsafe.status WHERE run_id = :undone;
ROLLBACK TO before;
SELECT count(*) AS runs FROM migsafe.run WHERE run_id = :undone;
SELECT DISTINCT total FROM rs.usage;
COMMIT;

-- The forms of a transform: an expression, {"sql": ...}, {"value": ...}.
SELECT rs.fill();
SELECT successful_rows FROM migsafe.run_safe('rs.usage', $$ {
    "doc":   {"value": {"text": "it's", "n": 1.50, "null": null}},
    "note":  {"value": "upper('not an expression')"},
    "total": {"sql": "id"},
    "day":   {"value": null} } $$, only_if => 'id = 1');
SELECT successful_rows FROM migsafe.run_safe('rs.usage', '{"doc": {"value": null}, "total": {"value": 12},
    "note": {"sql": "NULL"}}', only_if => 'id = 2');
SELECT id, day, doc, total, note FROM rs.usage WHERE id < 3 ORDER BY id;

-- All expressions see the row as it was, by column or by the table's name.
SELECT successful_rows FROM migsafe.run_safe('rs.usage',
    '{"total": "usage.id + 1", "note": "total::text || (usage).doc"}', only_if => 'usage.id = 3');
SELECT total, note FROM rs.usage WHERE id = 3;

-- Subqueries, functions of the caller's search_path, volatile functions.
CREATE TABLE rs.rate (id integer PRIMARY KEY, rate integer);
INSERT INTO rs.rate SELECT g, g * 100 FROM generate_series(1, 9) g;
CREATE FUNCTION rs.doubled(integer) RETURNS integer LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN 2 * (SELECT rate FROM rate r WHERE r.id = $1); END $$;
SELECT rs.fill();
SELECT successful_rows, skipped
FROM migsafe.run_safe('rs.usage', '{"total": "(SELECT r.rate FROM rate r WHERE r.id = usage.id)"}',
    only_if => 'id IN (SELECT r.id FROM rate r)');
SELECT successful_rows FROM migsafe.run_safe('rs.usage', '{"total": "doubled(id)"}', only_if => 'id < 3');
SELECT id, total FROM rs.usage ORDER BY id;
SELECT successful_rows FROM migsafe.run_safe('rs.usage',
    '{"note": "gen_random_uuid()::text", "day": "clock_timestamp()"}');
SELECT count(DISTINCT note) AS different FROM rs.usage;
-- a subquery over the target itself sees it as it was before the run
SELECT rs.fill();
SELECT successful_rows FROM migsafe.run_safe('rs.usage', '{"total": "(SELECT sum(u.total) + usage.id FROM usage u)"}',
    batch_size => 3);
SELECT array_agg(total ORDER BY id) FROM rs.usage;

-- An expression that writes ends the run, whatever max_errors is: it is not a bad row.
SELECT rs.fill();
CREATE FUNCTION rs.writes(integer) RETURNS integer LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO rate VALUES ($1 + 100, 0); RETURN $1; END $$;
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.writes(id)"}', max_errors => 100);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "1"}', only_if => 'rs.writes(id) > 0');
\echo :SQLSTATE
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.writes(id)"}', dry_run => true);
\echo :SQLSTATE
-- also where it writes to a temporary table, which PostgreSQL allows in a read-only transaction, or to a sequence
CREATE TEMPORARY TABLE scratch (id integer);
CREATE SEQUENCE rs.counter;
CREATE FUNCTION rs.writes_temporary(integer) RETURNS integer LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO scratch VALUES ($1); RETURN $1; END $$;
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.writes_temporary(id)"}');
\echo :SQLSTATE
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "nextval(''rs.counter'')"}');
\echo :SQLSTATE
SELECT count(*) FROM scratch;
-- ... even where the function itself catches the error
CREATE FUNCTION rs.writes_quietly(integer) RETURNS integer LANGUAGE plpgsql AS
    $$ BEGIN BEGIN INSERT INTO rate VALUES ($1 + 100, 0); EXCEPTION WHEN OTHERS THEN NULL; END; RETURN $1; END $$;
SELECT successful_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.writes_quietly(id)"}');
SELECT count(*) AS rates FROM rs.rate;

-- Errors that are nobody's bad row end the run: lack of rights, of resources, a cancel.
CREATE FUNCTION rs.raises(state text) RETURNS integer LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION USING errcode = state, message = 'state ' || state; END $$;
SELECT failed_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.raises(''P0001'')"}', only_if => 'id = 1');
SELECT failed_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.raises(''23505'')"}', only_if => 'id = 1');
\set VERBOSITY terse
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.raises(''40001'')"}');
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.raises(''42501'')"}');
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.raises(''53200'')"}');
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.raises(''55P03'')"}');
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.raises(''57014'')"}');
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.raises(''58030'')"}');
SELECT total_rows FROM migsafe.run_safe('rs.usage', '{"total": "rs.raises(''XX000'')"}');
\echo :SQLSTATE
\set VERBOSITY default

-- An empty table is a run as well.
CREATE TABLE rs.empty (id integer);
SELECT total_rows, successful_rows, failed_rows, skipped_rows, batches FROM migsafe.run_safe('rs.empty', '{"id": "1"}');
SELECT status, count, percentage FROM migsafe.run_summary(last_run());

-- A json value that jsonb cannot hold is recorded as text.
CREATE TABLE rs.plain (id integer PRIMARY KEY, doc json, n integer);
INSERT INTO rs.plain VALUES (1, '{"a": "\u0000"}', 0), (2, '{"a":  1.0, "a": 2}', 1);
SELECT run_id AS plain, successful_rows, failed_rows
FROM migsafe.run_safe('rs.plain', '{"doc": "''{}''", "n": "1 / n"}')
\gset
SELECT key, row_before FROM migsafe.row_error WHERE run_id = :plain;
SELECT status, key, row_before FROM migsafe.row_log(:plain);
SELECT restored_rows FROM migsafe.rollback(:plain);
SELECT id, doc FROM rs.plain ORDER BY id;

-- The undo log lies in a schema of its own, typed as the target, readable for the target's owner only.
SELECT run_id AS logged FROM migsafe.run_safe('rs.usage', '{"doc": "''{}''", "note": "NULL"}')
\gset
SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute
WHERE attrelid = ('migsafe_undo.run_' || :logged)::regclass AND attnum > 0 ORDER BY attnum;
SELECT relowner = (SELECT relowner FROM pg_class WHERE oid = 'rs.usage'::regclass) AS same_owner,
       coalesce(relacl::text, 'owner only') !~ '[,{]=|,' AS owner_only
FROM pg_class WHERE oid = ('migsafe_undo.run_' || :logged)::regclass;

-- As whom, and under which settings, the expressions were evaluated.
CREATE ROLE regress_migsafe_writer NOLOGIN;
CREATE TABLE rs.kept (id integer PRIMARY KEY, day text);
INSERT INTO rs.kept VALUES (1, NULL);
GRANT USAGE ON SCHEMA rs TO regress_migsafe_writer;
GRANT SELECT, UPDATE ON rs.kept TO regress_migsafe_writer;
SET ROLE regress_migsafe_writer;
SET search_path = rs;
SET DateStyle = 'German, DMY';
SET "myapp.tenant" = 'acme';
SELECT run_id AS kept FROM migsafe.run_safe('kept', '{"day": "''2026-02-10''::date"}')
\gset
RESET DateStyle;
RESET search_path;
RESET "myapp.tenant";
SELECT run_by, run_by_oid::regrole, settings ->> 'search_path' AS search_path, settings ->> 'DateStyle' AS datestyle,
       settings ->> 'myapp.tenant' AS tenant, day
FROM migsafe.run, rs.kept WHERE run_id = :kept;
RESET ROLE;

SET client_min_messages = warning;
DROP SCHEMA rs CASCADE;
DROP ROLE regress_migsafe_writer;
