-- Checks before a run, and after a rollback: one of severity error that is not met changes nothing.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
SET client_min_messages = notice;
CREATE SCHEMA pre;
ALTER SEQUENCE migsafe.run_id_seq RESTART 15001;
CREATE TABLE pre.t (id integer PRIMARY KEY, n integer);
INSERT INTO pre.t SELECT g, g FROM generate_series(1, 5) g;

-- Unmet: nothing is written, neither rows nor a record.
SELECT run_id FROM migsafe.run_safe('pre.t', '{"n": "n * 2"}', precondition => '[
    {"check": "unique", "column": "n"},
    {"check": "expression", "expression": "n < 4", "name": "all are small"},
    {"check": "exists", "index": "nonesuch"},
    {"check": "coverage", "expression": "n > 2", "at_least": 0.9} ]');
\echo :SQLSTATE
SELECT sum(n), (SELECT count(*) FROM migsafe.run WHERE target_schema = 'pre') AS records FROM pre.t;

-- A dry run tests it as well. A warning lets the run go on.
SELECT successful_rows FROM migsafe.run_safe('pre.t', '{"n": "n * 2"}', dry_run => true,
    precondition => '[{"check": "expression", "expression": "n < 4"}]');
\echo :SQLSTATE
SELECT successful_rows FROM migsafe.run_safe('pre.t', '{"n": "n * 2"}', dry_run => true,
    precondition => '[{"check": "unique", "column": "n"}]');
SELECT successful_rows, checks_result FROM migsafe.run_safe('pre.t', '{"n": "n * 2"}', name => 'doubled',
    precondition => '[{"check": "expression", "expression": "n < 4", "severity": "warning"},
                      {"check": "query", "query": "SELECT max(n) FROM pre.t", "at_most": 5}]',
    checks => '[{"check": "query", "query": "SELECT max(n) FROM pre.t", "equals": 10},
                {"check": "coverage", "expression": "n > 2", "at_least": 0.8}]');
SELECT precondition FROM migsafe.run WHERE name = 'doubled';

-- A name runs once: then the precondition is not tested again, but has to be the same.
SELECT successful_rows FROM migsafe.run_safe('pre.t', '{"n": "n * 2"}', name => 'doubled',
    precondition => '[{"check": "expression", "expression": "n < 4", "severity": "warning"},
                      {"check": "query", "query": "SELECT max(n) FROM pre.t", "at_most": 5}]',
    checks => '[{"check": "query", "query": "SELECT max(n) FROM pre.t", "equals": 10},
                {"check": "coverage", "expression": "n > 2", "at_least": 0.8}]');
SELECT successful_rows FROM migsafe.run_safe('pre.t', '{"n": "n * 2"}', name => 'doubled',
    checks => '[{"check": "query", "query": "SELECT max(n) FROM pre.t", "equals": 10},
                {"check": "coverage", "expression": "n > 2", "at_least": 0.8}]');
\echo :SQLSTATE

-- Malformed ones name the argument.
SELECT run_id FROM migsafe.run_safe('pre.t', '{"n": "n"}', precondition => '[{"check": "nonesuch"}]');
\echo :SQLSTATE
SELECT run_id FROM migsafe.run_safe('pre.t', '{"n": "n"}', precondition => '{}');
\echo :SQLSTATE

-- After a rollback: the table as it would be is tested, and an unmet check leaves the run standing.
SELECT restored_rows FROM migsafe.rollback('doubled', checks => '[{"check": "expression", "expression": "n > 1"}]');
\echo :SQLSTATE
SELECT sum(n), (SELECT status FROM migsafe.status WHERE name = 'doubled') FROM pre.t;
SELECT restored_rows FROM migsafe.rollback('doubled', dry_run => true,
    checks => '[{"check": "expression", "expression": "n > 1"}]');
SELECT restored_rows FROM migsafe.rollback('doubled', checks => '[{"check": "nonesuch"}]');
\echo :SQLSTATE
SELECT restored_rows FROM migsafe.rollback('doubled', checks => '[
    {"check": "expression", "expression": "n > 1", "severity": "warning"}, {"check": "unique", "column": "n"}]');
SELECT r.checks, c.checks_result FROM migsafe.run r JOIN migsafe.run_commit c USING (run_id)
WHERE r.kind = 'rollback' AND r.target_schema = 'pre';
SELECT sum(n) FROM pre.t;

DROP TABLE pre.t;
DROP SCHEMA pre;
