\echo Use "ALTER EXTENSION migsafe UPDATE TO '1.1.0'" to load this file. \quit

COMMENT ON FUNCTION migsafe.rollback_plan(bigint, text, name[], text, jsonb, integer[], text) IS
'what migsafe.rollback would do, row by row: the values from before the run, those of now, and the patch that leads from these to what would be there; and the rows that came after the run';
