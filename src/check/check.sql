CREATE FUNCTION migsafe.validate_jsonb(target regclass, checks jsonb)
RETURNS TABLE (check_no integer, name text, kind text, severity text, passed boolean, total_rows bigint,
               failed_rows bigint, sample_keys jsonb, message text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_validate_jsonb';
COMMENT ON FUNCTION migsafe.validate_jsonb(regclass, jsonb) IS
'test every row of a table against a list of checks, in one scan; one row a check';
