-- What test/script/pg_upgrade.sh takes over into a new cluster: runs of all kinds, also some that were stopped on their
-- way, backups, stored checks, schemas, and what depends on functions of migsafe.  Executed as the owner of the schema.
CREATE TABLE t (gone int, id int PRIMARY KEY, doc jsonb, m mood, big text, r numrange, c regclass, a text, b text);
ALTER TABLE t DROP COLUMN gone; -- numbers of columns have a gap, which a dump would close
INSERT INTO t
SELECT g, jsonb_build_object('n', 1.50 * g), 'sad', repeat('x' || g, 3000), numrange(g, 1.50 * g), 'pg_class', 'a' || g, 'b' || g
FROM generate_series(1, 10) g;
CREATE TABLE bag (n numeric);
INSERT INTO bag VALUES (1.0), (1.0), (2.50);
CREATE TABLE parted (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (50);
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (50) TO (101);
INSERT INTO parted SELECT g, g FROM generate_series(1, 100) g;
CREATE TABLE online AS SELECT g AS id, g AS n FROM generate_series(1, 100) g;
CREATE TABLE interrupted AS TABLE online;
CREATE TABLE background AS TABLE online;
CREATE TABLE failed AS TABLE online;
CREATE TABLE half AS TABLE online;
CREATE TABLE old_name AS TABLE online;
CREATE TABLE restored AS TABLE online;
ALTER TABLE online ADD PRIMARY KEY (id);
ALTER TABLE interrupted ADD PRIMARY KEY (id);
ALTER TABLE background ADD PRIMARY KEY (id);
ALTER TABLE failed ADD PRIMARY KEY (id);
ALTER TABLE half ADD PRIMARY KEY (id);
ALTER TABLE old_name ADD PRIMARY KEY (id);
ALTER TABLE restored ADD PRIMARY KEY (id);

SELECT migsafe.backup_table(x::regclass, 'before')
FROM unnest(ARRAY['t', 'bag', 'parted', 'online', 'interrupted', 'background', 'failed', 'half', 'old_name', 'restored']) x;
SELECT migsafe.register_schema('urn:n', '{"properties": {"n": {"type": "number"}}}');
SELECT migsafe.store_checks('sound', '[{"check": "schema", "column": "doc", "schema": {"$ref": "urn:n"}}]');
SELECT migsafe.enforce('t', '[{"check": "type", "column": "doc", "type": "object"}]', validate => true);
ALTER TABLE t ADD CHECK (migsafe.jsonb_matches_schema('{"required": ["n"]}', doc));
CREATE INDEX ON t ((migsafe.jsonb_has_path(doc, '/n')));

SELECT migsafe.run_safe('t',
	'{"doc": "jsonb_build_object(''n'', 6 / (id - 3))", "m": "''ok''", "big": "reverse(big)", "r": "NULL", "c": "NULL"}',
	only_if => 'id < 9', name => 'with a key');
SELECT migsafe.run_safe('t', '{"b": "upper(b)"}', name => 'names');
SELECT migsafe.run_safe('bag', '{"n": "n * 2"}', name => 'without a key');
SELECT migsafe.run_safe('parted', '{"n": "n + 1"}', name => 'in parts');
SELECT migsafe.rollback('in parts', rows => 'id <= 30');
SELECT migsafe.run_safe('old_name', '{"n": "n + 1"}', name => 'renamed');
SELECT migsafe.run_safe('restored', '{"n": "n + 1"}', name => 'to be restored');
SELECT migsafe.run_safe('half', '{"n": "n + 1"}', name => 'half');
CALL migsafe.run_online('online', '{"n": "n + 1"}', batch_size => 20, name => 'online');

-- What is called otherwise later, or came later: in the cluster that pg_upgrade makes, OIDs, numbers of columns and
-- transaction ids still say what is meant.
ALTER TABLE old_name RENAME TO new_name;
INSERT INTO new_name VALUES (101, 0);
ALTER TABLE t RENAME a TO x;
ALTER TABLE t RENAME b TO a;
ALTER TABLE t RENAME x TO b;

-- Stopped on their way: by a row that fails, and by a conflict.
UPDATE half SET n = 0 WHERE id = 50;
