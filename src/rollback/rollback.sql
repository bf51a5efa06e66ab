CREATE FUNCTION migsafe.rollback(
    run_id bigint, dry_run boolean DEFAULT false, checks jsonb DEFAULT NULL,
    OUT rollback_run_id bigint, OUT total_rows bigint, OUT restored_rows bigint, OUT unchanged_rows bigint,
    OUT conflicts bigint, OUT conflict_rows jsonb, OUT elapsed interval)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback';
COMMENT ON FUNCTION migsafe.rollback(bigint, boolean, jsonb) IS
'take a run back from its undo log, row by row and byte for byte; stops at later changes to what it wrote';

CREATE FUNCTION migsafe.rollback(
    name text, dry_run boolean DEFAULT false, checks jsonb DEFAULT NULL,
    OUT rollback_run_id bigint, OUT total_rows bigint, OUT restored_rows bigint, OUT unchanged_rows bigint,
    OUT conflicts bigint, OUT conflict_rows jsonb, OUT elapsed interval)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback_by_name';
COMMENT ON FUNCTION migsafe.rollback(text, boolean, jsonb) IS 'take back the newest run of this name that still stands';
