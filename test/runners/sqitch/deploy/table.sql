-- Deploy runners:table to pg
BEGIN;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE TABLE account (id integer PRIMARY KEY, doc jsonb NOT NULL, mail text);
INSERT INTO account SELECT n, jsonb_build_object('mail', 'A@B' || n, 'quota', n::text) FROM generate_series(1, 1000) n;
SELECT * FROM migsafe.run_safe('account',
    '{"doc": [{"op": "cast", "path": "/quota", "to": "number"}]}', name => 'quota');
COMMIT;
