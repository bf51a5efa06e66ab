-- Revert runners:table from pg
BEGIN;
SELECT * FROM migsafe.rollback('quota');
DROP TABLE account;
COMMIT;
