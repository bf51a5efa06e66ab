-- Checks under a name: stored once, and used by validation, run and rollback wherever checks are passed.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA sc;
CREATE TABLE sc.t (id integer PRIMARY KEY, n integer, doc jsonb);
INSERT INTO sc.t SELECT g, g, '{}' FROM generate_series(1, 5) g;

SELECT migsafe.store_checks('complete', '[{"check": "not_null", "columns": ["n", "doc"]},
    {"check": "type", "column": "doc", "type": "object"}]');
SELECT migsafe.store_checks('small', '[{"check": "expression", "expression": "n < 5", "name": "small"}]');
SELECT name, checks, owner = current_user AS mine FROM migsafe.stored_checks
WHERE name IN ('complete', 'small') ORDER BY name;

-- A string names a list; its items take its place.
SELECT check_no, name, passed FROM migsafe.validate_jsonb('sc.t', '"complete"');
SELECT check_no, name, passed FROM migsafe.validate_jsonb('sc.t',
    '["small", {"check": "unique", "column": "n"}, "complete", "small"]');

-- In a run, its precondition, and a rollback. The record has the checks themselves.
SELECT run_id AS the_run, checks_result FROM migsafe.run_safe('sc.t', '{"n": "n - 1"}', name => 'stored',
    checks => '["complete", "small"]', precondition => '"complete"')
\gset
\echo :checks_result
SELECT checks, precondition FROM migsafe.run WHERE run_id = :the_run;
SELECT restored_rows FROM migsafe.rollback('stored', checks => '"small"');
SELECT restored_rows FROM migsafe.rollback('stored', checks => '"complete"');

-- Taken names, and lists that are no checks. What depends on a table is tested when it is used.
SELECT migsafe.store_checks('small', '[]');
\echo :SQLSTATE
SELECT migsafe.store_checks('small', '[{"check": "expression", "expression": "n < 9"}]', replace => true);
SELECT passed FROM migsafe.validate_jsonb('sc.t', '"small"');
SELECT migsafe.store_checks('', '[]');
\echo :SQLSTATE
SELECT migsafe.store_checks(NULL, '[]');
\echo :SQLSTATE
SELECT migsafe.store_checks('bad', '{"check": "not_null", "column": "n"}');
\echo :SQLSTATE
SELECT migsafe.store_checks('bad', '[{"check": "not_nul", "column": "n"}]');
\echo :SQLSTATE
SELECT migsafe.store_checks('bad', '[{"check": "not_null", "column": "n", "path": "/a"}]');
\echo :SQLSTATE
SELECT migsafe.store_checks('bad', '[1]');
\echo :SQLSTATE
SELECT migsafe.store_checks('bad', '["small"]');
\echo :SQLSTATE
SELECT migsafe.store_checks('bad', '"small"');
\echo :SQLSTATE
SELECT migsafe.store_checks('elsewhere', '[{"check": "not_null", "column": "n"}, {"check": "not_null", "column": "nn"}]');
SELECT passed FROM migsafe.validate_jsonb('sc.t', '[{"check": "not_null", "column": "n"}, "elsewhere"]');
\echo :SQLSTATE
SELECT migsafe.drop_checks('nonesuch');
\echo :SQLSTATE
BEGIN READ ONLY;
SELECT migsafe.store_checks('bad', '[]');
\echo :SQLSTATE
ROLLBACK;

-- Everybody may see and use a list, with his own rights; only its owner, or a member of that role, may change it.
CREATE ROLE regress_migsafe_owner;
CREATE ROLE regress_migsafe_member IN ROLE regress_migsafe_owner;
CREATE ROLE regress_migsafe_other;
CREATE TABLE sc.secret (id integer);
GRANT USAGE ON SCHEMA sc TO PUBLIC;
GRANT SELECT ON sc.t TO PUBLIC;
SET ROLE regress_migsafe_owner;
SELECT migsafe.store_checks('theirs', '[{"check": "query", "query": "SELECT count(*) FROM sc.secret", "equals": 0}]');
\set VERBOSITY terse
SELECT migsafe.store_checks('small', '[]', replace => true);
\echo :SQLSTATE
\set VERBOSITY default
RESET ROLE;
-- a superuser does not run what anybody has stored
SELECT passed FROM migsafe.validate_jsonb('sc.t', '"theirs"');
SELECT run_id FROM migsafe.run_safe('sc.t', '{"n": "n"}', checks => '["theirs"]');
GRANT SELECT ON sc.secret TO regress_migsafe_member;
SET ROLE regress_migsafe_member;
SELECT passed FROM migsafe.validate_jsonb('sc.t', '"theirs"');
SET ROLE regress_migsafe_other;
SELECT name, owner FROM migsafe.stored_checks WHERE name = 'theirs';
SELECT passed FROM migsafe.validate_jsonb('sc.t', '"complete"');
SELECT passed FROM migsafe.validate_jsonb('sc.t', '"theirs"');
\echo :SQLSTATE
SELECT migsafe.store_checks('theirs', '[]', replace => true);
\echo :SQLSTATE
SELECT migsafe.drop_checks('theirs');
\echo :SQLSTATE
DELETE FROM migsafe.stored_checks;
\echo :SQLSTATE
SET ROLE regress_migsafe_member;
SELECT migsafe.store_checks('theirs', '[]', replace => true);
SELECT owner, checks FROM migsafe.stored_checks WHERE name = 'theirs';
SELECT migsafe.drop_checks('theirs');
RESET ROLE;

SELECT migsafe.drop_checks(name) FROM migsafe.stored_checks WHERE name IN ('complete', 'small', 'elsewhere');
SELECT count(*) FROM migsafe.stored_checks;
DROP SCHEMA sc CASCADE;
DROP ROLE regress_migsafe_member, regress_migsafe_owner, regress_migsafe_other;
