-- What the runbook works on: the table of the guide, with fifteen totals that are no numbers.
CREATE EXTENSION migsafe;
CREATE TABLE orders (id integer PRIMARY KEY, region text NOT NULL, doc jsonb NOT NULL, currency text);
INSERT INTO orders
SELECT i, CASE WHEN i % 4 = 0 THEN 'us' ELSE 'eu' END,
       jsonb_build_object('total', CASE WHEN i % 400 = 7 THEN 'n/a' ELSE i % 50 || '.50' END,
                          'zip', (10000 + i % 900)::text)
FROM generate_series(1, 6000) i;
VACUUM ANALYZE orders;
