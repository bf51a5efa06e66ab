CREATE FUNCTION migsafe.validate_jsonb(target regclass, checks jsonb)
RETURNS TABLE (check_no integer, name text, kind text, severity text, passed boolean, total_rows bigint,
               failed_rows bigint, sample_keys jsonb, message text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_validate_jsonb';
COMMENT ON FUNCTION migsafe.validate_jsonb(regclass, jsonb) IS
'test every row of a table against a list of checks, in one scan; one row a check';

CREATE FUNCTION migsafe.store_checks(name text, checks jsonb, replace boolean DEFAULT false) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_store_checks';
COMMENT ON FUNCTION migsafe.store_checks(text, jsonb, boolean) IS
'keep a list of checks under a name, which may then stand wherever checks are passed';

CREATE FUNCTION migsafe.drop_checks(name text) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_drop_checks';
COMMENT ON FUNCTION migsafe.drop_checks(text) IS 'forget a stored list of checks';

CREATE FUNCTION migsafe.enforce(target regclass, checks jsonb, validate boolean DEFAULT false)
RETURNS TABLE (constraint_name name, definition text, validated boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_enforce';
COMMENT ON FUNCTION migsafe.enforce(regclass, jsonb, boolean) IS
'make row-local checks into CHECK constraints: for new rows at once, for those that are there once validated';
