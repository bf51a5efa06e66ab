-- A hundred thousand customers whose quota is a string. Ten of them say "none". `changes` counts what was done to a row.

CREATE TABLE customer (
    id      bigint PRIMARY KEY,
    doc     jsonb NOT NULL,
    changes integer NOT NULL DEFAULT 0,
    visits  integer NOT NULL DEFAULT 0
);
INSERT INTO customer (id, doc)
SELECT i, jsonb_build_object('quota', CASE WHEN i % 10000 = 0 THEN 'none' ELSE i::text END, 'plan', 'basic')
FROM generate_series(1, 100000) i;
VACUUM ANALYZE customer;
