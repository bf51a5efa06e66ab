-- Bad input: each gets an ERROR with the right SQLSTATE, the argument named, and a hint.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA bi;
SET search_path = bi, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 5001;

CREATE TABLE bi.t (id integer PRIMARY KEY, a integer, doc jsonb, g integer GENERATED ALWAYS AS (a + 1) STORED,
    i integer GENERATED ALWAYS AS IDENTITY);
INSERT INTO bi.t (id, a, doc) VALUES (1, 1, '{}');
SELECT migsafe.fingerprint('bi.t') AS before
\gset

-- An unknown column in a transform; names are exact.
SELECT run_id FROM migsafe.run_safe('bi.t', '{"b": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"A": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"ctid": "1"}');
\echo :SQLSTATE

-- A transform that is none.
SELECT run_id FROM migsafe.run_safe('bi.t', '[]');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '"a"');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": 1}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": null}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": {}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": {"what": "1"}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": {"sql": "1", "value": 1}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": {"sql": 1}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"doc": {"patch": [], "merge": {}}}');
\echo :SQLSTATE
-- a patch that is none, or for a column that is not of type jsonb
SELECT run_id FROM migsafe.run_safe('bi.t', '{"doc": [{"op": "remove", "path": "/a"}, {"op": "drop", "path": "/b"}]}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"doc": {"patch": {"op": "remove", "path": "/a"}}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"doc": {"patch": [{"op": "remove", "path": "a"}]}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": [{"op": "remove", "path": "/a"}]}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": {"merge": {"a": null}}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"g": [{"op": "remove", "path": "/a"}]}');
\echo :SQLSTATE

-- An expression that does not parse, or has the wrong type.
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1 +"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": ""}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "nonesuch + 1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "no_such_function(a)"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "doc"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "''one''"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": {"value": "one"}}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "sum(a)"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "row_number() OVER ()"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "generate_series(1, 2)"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "(SELECT 1, 2)"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "$1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "DEFAULT"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "t.*"}');
\echo :SQLSTATE
-- an error that PostgreSQL finds when it plans
SELECT run_id FROM migsafe.run_safe('bi.t', '{"doc": "''{}''", "a": "1 / 0"}');
\echo :SQLSTATE
-- not an expression: nothing can be smuggled in
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1; DROP TABLE bi.t"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1 FROM bi.t"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1, 2"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1 UNION SELECT 2"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1 AS b"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1) FROM (SELECT 2"}');
\echo :SQLSTATE
-- a comment at the end is no harm
SELECT successful_rows FROM migsafe.run_safe('bi.t', '{"a": "2 -- two"}');
SELECT successful_rows FROM migsafe.run_safe('bi.t', '{"a": "/* one */ 1"}');

-- only_if is a predicate.
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', only_if => 'a');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', only_if => 'a >');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', only_if => '');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', only_if => 'true; DELETE FROM bi.t');
\echo :SQLSTATE

-- A transform of the key, of a generated column, of an identity column.
SELECT run_id FROM migsafe.run_safe('bi.t', '{"id": "id + 1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"g": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"i": "1"}');
\echo :SQLSTATE

-- A column whose change would change rows that no undo log knows.
CREATE TABLE bi.ref (id integer PRIMARY KEY, code integer UNIQUE,
    parent integer CONSTRAINT parent_of REFERENCES bi.ref (code) ON UPDATE CASCADE);
SELECT run_id FROM migsafe.run_safe('bi.ref', '{"code": "code + 1"}');
\echo :SQLSTATE
ALTER TABLE bi.ref DROP parent;
CREATE TABLE bi.by (code integer CONSTRAINT by_of REFERENCES bi.ref (code) ON UPDATE SET NULL);
SELECT run_id FROM migsafe.run_safe('bi.ref', '{"code": "code + 1"}');
\echo :SQLSTATE

-- Targets that are none, for every function that takes one.
CREATE VIEW bi.v AS SELECT * FROM bi.t;
CREATE MATERIALIZED VIEW bi.mv AS SELECT * FROM bi.t;
CREATE SEQUENCE bi.s;
CREATE INDEX t_a ON bi.t (a);
CREATE TYPE bi.ct AS (a integer);
CREATE FOREIGN DATA WRAPPER regress_migsafe_fdw;
CREATE SERVER regress_migsafe_server FOREIGN DATA WRAPPER regress_migsafe_fdw;
CREATE FOREIGN TABLE bi.ft (id integer, a integer) SERVER regress_migsafe_server;
SELECT run_id FROM migsafe.run_safe('bi.v', '{"a": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.mv', '{"a": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.ft', '{"a": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.s', '{"last_value": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t_a', '{"a": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.ct', '{"a": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('pg_class', '{"relname": "''x''"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('information_schema.sql_features', '{"comments": "''x''"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('migsafe.run_commit', '{"failed_rows": "0"}');
\echo :SQLSTATE
SELECT 'migsafe_undo.run_' || run_id AS undo_log FROM migsafe.run_safe('bi.t', '{"a": "a"}')
\gset
\set VERBOSITY sqlstate
SELECT run_id FROM migsafe.run_safe(:'undo_log', '{"batch": "0"}');
SELECT row_count FROM migsafe.backup_table(:'undo_log');
\set VERBOSITY default
SELECT run_id FROM migsafe.run_safe('bi.nonesuch', '{"a": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe(1::regclass, '{"a": "1"}');
\echo :SQLSTATE
CREATE TABLE bi.parted (id integer, a integer) PARTITION BY LIST (id);
CREATE FOREIGN TABLE bi.parted_away PARTITION OF bi.parted FOR VALUES IN (1) SERVER regress_migsafe_server;
SELECT run_id FROM migsafe.run_safe('bi.parted', '{"a": "1"}');
\echo :SQLSTATE
CREATE TABLE bi.ruled (id integer PRIMARY KEY, a integer);
CREATE RULE no_update AS ON UPDATE TO bi.ruled DO INSTEAD NOTHING;
SELECT run_id FROM migsafe.run_safe('bi.ruled', '{"a": "1"}');
\echo :SQLSTATE
SELECT row_count FROM migsafe.backup_table('bi.v');
\echo :SQLSTATE
SELECT migsafe.fingerprint('bi.ft');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('pg_class', '[]');
\echo :SQLSTATE
SELECT backup_used FROM migsafe.restore('migsafe.backup');
\echo :SQLSTATE

-- A target whose replica identity would let an UPDATE fail.
SET client_min_messages = error;
CREATE TABLE bi.published (id integer, a integer);
INSERT INTO bi.published VALUES (1, 1);
CREATE PUBLICATION bi_published FOR TABLE bi.published;
SET client_min_messages = warning;
SELECT run_id FROM migsafe.run_safe('bi.published', '{"a": "2"}');
\echo :SQLSTATE
ALTER TABLE bi.published REPLICA IDENTITY FULL;
SELECT successful_rows FROM migsafe.run_safe('bi.published', '{"a": "2"}');
DROP PUBLICATION bi_published;
-- an undo log would be published as well
SET client_min_messages = error;
CREATE PUBLICATION bi_all FOR ALL TABLES;
SET client_min_messages = warning;
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "2"}');
\echo :SQLSTATE
DROP PUBLICATION bi_all;

-- Negative or zero sizes.
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', batch_size => 0);
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', batch_size => -1);
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', max_errors => -1);
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', notice_every => 0);
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', notice_every => -5);
\echo :SQLSTATE

-- Names that would be taken for a run_id.
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', name => '42');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', name => '');
\echo :SQLSTATE

-- Checks.
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '{}');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '"not_null"');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[1]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t',
    '[{"check": "not_null", "column": "a"}, {"check": "not_nul", "column": "a"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "not_null"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "not_null", "column": "a", "pth": "/a"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "not_null", "columns": ["a", "b"]}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "not_null", "columns": []}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "not_null", "columns": [1]}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "not_null", "columns": null}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "not_null", "column": "a", "columns": ["doc"]}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "not_null", "column": "a", "severity": "fatal"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "type", "column": "doc"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "type", "column": "doc", "type": "text"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "type", "column": "a", "type": "object"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "has", "column": "doc"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "has", "column": "doc", "path": "a"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "lacks", "column": "doc", "path": "/a~3"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "lacks", "column": "a", "path": "/a"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "expression"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "expression", "expression": "a +"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "expression", "expression": "a"}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "expression", "expression": 1}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "has", "column": "doc", "path": 1}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "not_null", "column": "a", "name": {}}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": "not_null", "column": "a", "severity": null}]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', '[{"check": null}]');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', checks => '[{"check": "nonesuch"}]');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', checks => '{}');
\echo :SQLSTATE

-- NULL where it makes no sense: the argument is named.
SELECT run_id FROM migsafe.run_safe(NULL, '{"a": "1"}');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', NULL);
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', max_errors => NULL);
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}', dry_run => NULL);
\echo :SQLSTATE
SELECT row_count FROM migsafe.backup_table(NULL);
\echo :SQLSTATE
SELECT verified FROM migsafe.verify_backup(NULL);
\echo :SQLSTATE
SELECT migsafe.fingerprint(NULL);
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb(NULL, '[]');
\echo :SQLSTATE
SELECT check_no FROM migsafe.validate_jsonb('bi.t', NULL);
\echo :SQLSTATE
SELECT status FROM migsafe.row_log(NULL);
\echo :SQLSTATE
SELECT status FROM migsafe.row_log(1, NULL);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback(NULL::bigint);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback(NULL::text);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback(1, dry_run => NULL);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback('a name', dry_run => NULL);
\echo :SQLSTATE
SELECT backup_used FROM migsafe.restore(NULL);
\echo :SQLSTATE
SELECT backup_used FROM migsafe.restore('bi.t', mode => NULL);
\echo :SQLSTATE
SELECT backup_used FROM migsafe.restore('bi.t', dry_run => NULL);
\echo :SQLSTATE
-- where it does make sense it means "not given"
SELECT successful_rows FROM migsafe.run_safe('bi.t', '{"a": "a"}', NULL, NULL, 10, NULL, NULL, NULL, false);

-- Runs, names, backups that are not there.
SELECT total_rows FROM migsafe.rollback(-1);
\echo :SQLSTATE
SELECT total_rows FROM migsafe.rollback('no such run');
\echo :SQLSTATE
SELECT status FROM migsafe.row_log(-1);
\echo :SQLSTATE
SELECT verified FROM migsafe.verify_backup(-1);
\echo :SQLSTATE
SELECT backup_used FROM migsafe.restore('bi.t');
\echo :SQLSTATE
SELECT backup_used FROM migsafe.restore('bi.t', -1);
\echo :SQLSTATE
SELECT backup_used FROM migsafe.restore('bi.t', mode => 'merge');
\echo :SQLSTATE

-- A read-only transaction.
BEGIN READ ONLY;
SELECT run_id FROM migsafe.run_safe('bi.t', '{"a": "1"}');
\echo :SQLSTATE
ROLLBACK;
BEGIN READ ONLY;
SELECT row_count FROM migsafe.backup_table('bi.t');
\echo :SQLSTATE
ROLLBACK;
BEGIN READ ONLY;
SELECT total_rows FROM migsafe.rollback(1);
\echo :SQLSTATE
ROLLBACK;
BEGIN READ ONLY;
SELECT backup_used FROM migsafe.restore('bi.t');
\echo :SQLSTATE
ROLLBACK;

-- Nothing of all this has changed the table.
SELECT migsafe.fingerprint('bi.t') = :'before' AS as_before;

DROP SCHEMA bi CASCADE;
DROP FOREIGN DATA WRAPPER regress_migsafe_fdw CASCADE;
