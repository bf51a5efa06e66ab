CREATE FUNCTION migsafe.run_safe(
    target regclass, transform jsonb, only_if text DEFAULT NULL, name text DEFAULT NULL, max_errors bigint DEFAULT 10,
    batch_size integer DEFAULT NULL, checks jsonb DEFAULT NULL, notice_every bigint DEFAULT NULL,
    dry_run boolean DEFAULT false, precondition jsonb DEFAULT NULL,
    OUT run_id bigint, OUT total_rows bigint, OUT successful_rows bigint, OUT failed_rows bigint,
    OUT skipped_rows bigint, OUT skipped jsonb, OUT batches integer, OUT elapsed interval, OUT errors jsonb,
    OUT samples jsonb, OUT checks_result jsonb, OUT note text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_run_safe';
COMMENT ON FUNCTION migsafe.run_safe(regclass, jsonb, text, text, bigint, integer, jsonb, bigint, boolean, jsonb) IS
'transform the rows of a table in this transaction: bad rows isolated, every change recorded so that it can be undone';

CREATE FUNCTION migsafe.undo_hash(run_id bigint) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_undo_hash';
COMMENT ON FUNCTION migsafe.undo_hash(bigint) IS
'the hash of the content of a run''s undo log as it is now: the one that was recorded, unless it was altered';

CREATE FUNCTION migsafe.row_log(run_id bigint, include_skipped boolean DEFAULT false)
RETURNS TABLE (status text, key jsonb, sqlstate text, message text, detail text, row_before jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_row_log';
COMMENT ON FUNCTION migsafe.row_log(bigint, boolean) IS
'what became of each row of a run: SUCCESS with the old values of the changed columns, ERROR with the reason, SKIPPED';
