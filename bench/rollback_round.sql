-- How long a reader waits while a table is rolled back, and while it is filled anew.
-- Variables: round. Writes into bench.wait.
\set QUIET on
\set work 'SELECT migsafe.rollback(''migration'')'
\set way rollback
\ir rollback_reader.sql
\set work 'BEGIN; TRUNCATE bench.item; INSERT INTO bench.item SELECT * FROM bench.backup; COMMIT'
\set way truncate_insert
\ir rollback_reader.sql
