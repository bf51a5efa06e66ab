CREATE FUNCTION migsafe.rollback(
    run_id bigint, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop',
    dry_run boolean DEFAULT false, keys jsonb DEFAULT NULL, batches integer[] DEFAULT NULL,
    on_missing text DEFAULT 'leave', checks jsonb DEFAULT NULL,
    OUT rollback_run_id bigint, OUT total_rows bigint, OUT restored_rows bigint, OUT merged_rows bigint,
    OUT overwritten_rows bigint, OUT unchanged_rows bigint, OUT skipped_rows bigint, OUT missing_rows bigint,
    OUT conflicts bigint, OUT conflict_rows jsonb, OUT elapsed interval)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback';
COMMENT ON FUNCTION migsafe.rollback(bigint, text, name[], text, boolean, jsonb, integer[], text, jsonb) IS
'take a run back from its undo log, or a part of it, row by row and byte for byte; stops at later changes to what it wrote, unless told otherwise';

CREATE FUNCTION migsafe.rollback(
    name text, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop',
    dry_run boolean DEFAULT false, keys jsonb DEFAULT NULL, batches integer[] DEFAULT NULL,
    on_missing text DEFAULT 'leave', checks jsonb DEFAULT NULL,
    OUT rollback_run_id bigint, OUT total_rows bigint, OUT restored_rows bigint, OUT merged_rows bigint,
    OUT overwritten_rows bigint, OUT unchanged_rows bigint, OUT skipped_rows bigint, OUT missing_rows bigint,
    OUT conflicts bigint, OUT conflict_rows jsonb, OUT elapsed interval)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback_by_name';
COMMENT ON FUNCTION migsafe.rollback(text, text, name[], text, boolean, jsonb, integer[], text, jsonb) IS
'take back the newest run of this name that still stands, or a part of it';

CREATE FUNCTION migsafe.rollback_plan(
    run_id bigint, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop', keys jsonb DEFAULT NULL,
    batches integer[] DEFAULT NULL, on_missing text DEFAULT 'leave')
RETURNS TABLE (key jsonb, outcome text, reason text, before jsonb, now jsonb, patch jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback_plan';
COMMENT ON FUNCTION migsafe.rollback_plan(bigint, text, name[], text, jsonb, integer[], text) IS
'what migsafe.rollback would do, row by row: the values from before the run, those of now, and the patch that leads from these to what would be there; and the rows that came after the run';

CREATE FUNCTION migsafe.rollback_plan(
    name text, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop', keys jsonb DEFAULT NULL,
    batches integer[] DEFAULT NULL, on_missing text DEFAULT 'leave')
RETURNS TABLE (key jsonb, outcome text, reason text, before jsonb, now jsonb, patch jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback_plan_by_name';
COMMENT ON FUNCTION migsafe.rollback_plan(text, text, name[], text, jsonb, integer[], text) IS
'the same for the newest run of this name that still stands';

CREATE FUNCTION migsafe.rollback_runs(
    run_ids bigint[], on_conflict text DEFAULT 'stop', on_missing text DEFAULT 'leave')
RETURNS TABLE (run_id bigint, rollback_run_id bigint, total_rows bigint, restored_rows bigint, merged_rows bigint,
    overwritten_rows bigint, unchanged_rows bigint, skipped_rows bigint, missing_rows bigint, conflicts bigint,
    conflict_rows jsonb, elapsed interval)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback_runs';
COMMENT ON FUNCTION migsafe.rollback_runs(bigint[], text, text) IS
'take several runs back together, the newest first: all of them or none';
