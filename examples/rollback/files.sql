-- The table of scenarios 1 to 4: files of users, whose content is moved from a disk to an object store. The run writes
-- the name in the store and a checksum into each row.

\ir begin.sql
CREATE TABLE file (
    id        bigint PRIMARY KEY,
    owner     integer NOT NULL,
    name      text NOT NULL,
    uploaded  date NOT NULL,
    store_key text,
    checksum  text
);
CREATE INDEX ON file (owner, uploaded);

INSERT INTO file (id, owner, name, uploaded)
SELECT i, i % 100, 'list ' || i || '.csv', date '2026-01-01' + (i % 90)::integer FROM generate_series(1, :rows) i;
VACUUM ANALYZE file;

\set store '{"store_key": "format(''%s/%s'', owner, id)", "checksum": "md5(name)"}'
