-- What written_by_<version>.sql was made of by that version: runs of all kinds, one of which was taken back, row errors,
-- backups, stored checks and schemas.  Everything can be taken back to the backups.
CREATE SCHEMA shop;
CREATE TABLE shop.customer (id integer PRIMARY KEY, doc jsonb, note text);
INSERT INTO shop.customer
SELECT i, jsonb_build_object('mail', 'c' || i, 'quota', CASE i WHEN 3 THEN 'none' ELSE i || '.50' END), repeat('n', 10 * i)
FROM generate_series(1, 8) i;
CREATE TABLE shop.visit (day date, pages numeric);
INSERT INTO shop.visit VALUES ('2026-01-01', 1.50), ('2026-01-01', 1.50), ('2026-01-02', NULL);

SELECT migsafe.backup_table('shop.customer', 'before');
SELECT migsafe.backup_table('shop.visit', 'before');
SELECT migsafe.register_schema('https://shop.example/quota', '{"type": "number"}');
SELECT migsafe.store_checks('has mail', '[{"check": "has", "column": "doc", "path": "/mail"}]');

SELECT migsafe.run_safe('shop.customer', '{"doc": [{"op": "cast", "path": "/quota", "to": "number"}]}', name => 'quota');
SELECT migsafe.run_safe('shop.customer', '{"note": "upper(note)"}', name => 'taken back');
SELECT migsafe.rollback('taken back');
CALL migsafe.run_online('shop.customer', '{"note": "note || id"}', batch_size => 3, name => 'online');
SELECT migsafe.run_safe('shop.visit', '{"pages": "pages * 2"}', name => 'without a key');
