-- A restore of a table with partitions, or of one of them: what it makes of runs of the others.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA kin;
SET search_path = kin, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 77001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 7541;
CREATE TABLE kin.p (id integer PRIMARY KEY, n integer) PARTITION BY RANGE (id);
CREATE TABLE kin.p1 PARTITION OF kin.p FOR VALUES FROM (1) TO (5) PARTITION BY RANGE (id);
CREATE TABLE kin.p1a PARTITION OF kin.p1 FOR VALUES FROM (1) TO (5);
CREATE TABLE kin.p2 PARTITION OF kin.p FOR VALUES FROM (5) TO (9);
INSERT INTO kin.p SELECT g, g FROM generate_series(1, 8) g;
CREATE VIEW kin.state AS
SELECT name, kind, target, status FROM migsafe.status WHERE run_id >= 77001 AND target LIKE 'kin.%' AND status <> 'failed';

-- The restore of the parent takes back runs of partitions that its backup has not seen, and only those.
SELECT run_id FROM migsafe.run_safe('kin.p1', '{"n": "n * 2"}', name => 'before');
SELECT run_id FROM migsafe.run_safe('kin.p1', '{"n": "n * 3"}', name => 'undone before')
\gset
SELECT restored_rows FROM migsafe.rollback('undone before');
SELECT backup_id AS parents FROM migsafe.backup_table('kin.p', label => 'of the parent')
\gset
SELECT run_id FROM migsafe.run_safe('kin.p1', '{"n": "n + 100"}', name => 'of a partition');
SELECT run_id FROM migsafe.run_safe('kin.p1a', '{"n": "n + 1000"}', name => 'of its partition');
SELECT rows_changed FROM migsafe.restore('kin.p');
SELECT * FROM kin.state;
SELECT * FROM migsafe.rollback('of a partition');
-- so they can be run once more
SELECT successful_rows FROM migsafe.run_safe('kin.p1', '{"n": "n + 100"}', name => 'of a partition');

-- A restore of a partition takes back no run of the parent, but says what has become of it.
SELECT backup_id FROM migsafe.backup_table('kin.p1', label => 'of a partition');
SELECT run_id FROM migsafe.run_safe('kin.p', '{"n": "-n"}', name => 'of the parent');
SELECT rows_changed FROM migsafe.restore('kin.p1');
SET client_min_messages = notice;
SELECT rows_changed FROM migsafe.restore('kin.p1');
SET client_min_messages = warning;
SELECT * FROM kin.state WHERE name IN ('of the parent', 'of a partition');
-- What a restore of the parent had taken back stays so when a backup from after it is restored.
SELECT run_id FROM migsafe.run_safe('kin.p2', '{"n": "n + 7"}', name => 'of the other');
SELECT rows_changed FROM migsafe.restore('kin.p', :parents);
SELECT backup_id FROM migsafe.backup_table('kin.p2', label => 'after');
SELECT run_id FROM migsafe.run_safe('kin.p2', '{"n": "n + 8"}', name => 'of the other again');
SELECT rows_changed FROM migsafe.restore('kin.p2');
SELECT * FROM kin.state WHERE name LIKE 'of the other%';

-- A table that became a partition since was not restored with the parent; one that is none any more was.
CREATE TABLE kin.p3 (id integer PRIMARY KEY, n integer);
INSERT INTO kin.p3 SELECT g, g FROM generate_series(9, 12) g;
SELECT run_id FROM migsafe.run_safe('kin.p3', '{"n": "n + 1"}', name => 'of a stranger');
SELECT run_id FROM migsafe.run_safe('kin.p2', '{"n": "n + 1"}', name => 'of one that leaves');
SELECT rows_changed FROM migsafe.restore('kin.p', :parents);
ALTER TABLE kin.p DETACH PARTITION kin.p2;
ALTER TABLE kin.p ATTACH PARTITION kin.p3 FOR VALUES FROM (9) TO (13);
SELECT * FROM kin.state WHERE name IN ('of a stranger', 'of one that leaves');

-- Of a backup of which nobody knows which runs of partitions it has seen, nothing is claimed.
SELECT run_id FROM migsafe.run_safe('kin.p1', '{"n": "n + 1"}', name => 'not known');
UPDATE migsafe.backup SET related_runs_seen = NULL WHERE backup_id = :parents;
BEGIN;
ALTER TABLE kin.p DETACH PARTITION kin.p3;
ALTER TABLE kin.p ATTACH PARTITION kin.p2 FOR VALUES FROM (5) TO (9);
SELECT rows_changed FROM migsafe.restore('kin.p', :parents);
SET client_min_messages = notice;
SELECT rows_changed FROM migsafe.restore('kin.p', :parents);
SET client_min_messages = warning;
SELECT * FROM kin.state WHERE name = 'not known';
ROLLBACK;

DROP SCHEMA kin CASCADE;
