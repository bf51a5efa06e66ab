-- All checks in one call, under one snapshot; an ERROR at the end if one of them failed. Changes nothing.

\ir checks.sql

CREATE TEMPORARY TABLE verdict AS SELECT * FROM migsafe.validate_jsonb('tier_model_access', :'checks');
SELECT check_no AS no, name, passed, failed_rows AS failed, message FROM verdict ORDER BY check_no;

-- psql variables do not reach into DO: it reads the verdicts from the table.
DO $$
DECLARE
    failed text := (SELECT string_agg(name, ', ' ORDER BY check_no) FROM verdict
                    WHERE NOT passed AND severity = 'error');
BEGIN
    IF failed IS NOT NULL THEN
        RAISE EXCEPTION 'the migration is not as it should be: %', failed;
    END IF;
END $$;
DROP TABLE verdict;
