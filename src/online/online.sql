CREATE PROCEDURE migsafe.run_online(
    target regclass, transform jsonb, only_if text DEFAULT NULL, name text DEFAULT NULL, max_errors bigint DEFAULT 10,
    batch_size integer DEFAULT NULL, checks jsonb DEFAULT NULL, notice_every bigint DEFAULT NULL,
    dry_run boolean DEFAULT false, precondition jsonb DEFAULT NULL, workers integer DEFAULT 1,
    sweep boolean DEFAULT NULL, pace jsonb DEFAULT NULL,
    INOUT run_id bigint DEFAULT NULL, INOUT total_rows bigint DEFAULT NULL, INOUT successful_rows bigint DEFAULT NULL,
    INOUT failed_rows bigint DEFAULT NULL, INOUT skipped_rows bigint DEFAULT NULL, INOUT skipped jsonb DEFAULT NULL,
    INOUT not_visited bigint DEFAULT NULL, INOUT batches integer DEFAULT NULL, INOUT elapsed interval DEFAULT NULL,
    INOUT errors jsonb DEFAULT NULL, INOUT samples jsonb DEFAULT NULL, INOUT checks_result jsonb DEFAULT NULL,
    INOUT note text DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_run_online';
COMMENT ON PROCEDURE migsafe.run_online(
    regclass, jsonb, text, text, bigint, integer, jsonb, bigint, boolean, jsonb, integer, boolean, jsonb,
    bigint, bigint, bigint, bigint, bigint, jsonb, bigint, integer, interval, jsonb, jsonb, jsonb, text) IS
'transform the rows of a table in batches that commit: can be watched, steered, resumed, and taken back';

CREATE PROCEDURE migsafe.resume_online(
    run_id bigint, max_errors bigint DEFAULT NULL,
    INOUT total_rows bigint DEFAULT NULL, INOUT successful_rows bigint DEFAULT NULL,
    INOUT failed_rows bigint DEFAULT NULL, INOUT skipped_rows bigint DEFAULT NULL, INOUT skipped jsonb DEFAULT NULL,
    INOUT not_visited bigint DEFAULT NULL, INOUT batches integer DEFAULT NULL, INOUT elapsed interval DEFAULT NULL,
    INOUT errors jsonb DEFAULT NULL, INOUT checks_result jsonb DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_resume_online';
COMMENT ON PROCEDURE migsafe.resume_online(
    bigint, bigint, bigint, bigint, bigint, bigint, jsonb, bigint, integer, interval, jsonb, jsonb) IS
'go on with an online run that was interrupted, paused, cancelled or stopped by an error, from where it had come to';

CREATE PROCEDURE migsafe.work_on_run(run_id bigint, control bigint, place integer)
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_work_on_run';
COMMENT ON PROCEDURE migsafe.work_on_run(bigint, bigint, integer) IS
'internal: what a background worker of an online run calls to carry out parts of it';

CREATE PROCEDURE migsafe.rollback_online(
    run_id bigint, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop',
    keys jsonb DEFAULT NULL, batches integer[] DEFAULT NULL, on_missing text DEFAULT 'leave',
    checks jsonb DEFAULT NULL, pace jsonb DEFAULT NULL,
    INOUT rollback_run_id bigint DEFAULT NULL, INOUT total_rows bigint DEFAULT NULL,
    INOUT restored_rows bigint DEFAULT NULL, INOUT unchanged_rows bigint DEFAULT NULL,
    INOUT skipped_rows bigint DEFAULT NULL, INOUT missing_rows bigint DEFAULT NULL,
    INOUT batch_count integer DEFAULT NULL, INOUT elapsed interval DEFAULT NULL, INOUT checks_result jsonb DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_rollback_online';
COMMENT ON PROCEDURE migsafe.rollback_online(
    bigint, text, name[], text, jsonb, integer[], text, jsonb, jsonb, bigint, bigint, bigint, bigint, bigint, bigint, integer,
    interval, jsonb) IS
'take a run back from its undo log or a part of it, in batches that commit; stops at later changes to what it wrote, unless told otherwise';

CREATE PROCEDURE migsafe.rollback_online(
    name text, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop',
    keys jsonb DEFAULT NULL, batches integer[] DEFAULT NULL, on_missing text DEFAULT 'leave',
    checks jsonb DEFAULT NULL, pace jsonb DEFAULT NULL,
    INOUT rollback_run_id bigint DEFAULT NULL, INOUT total_rows bigint DEFAULT NULL,
    INOUT restored_rows bigint DEFAULT NULL, INOUT unchanged_rows bigint DEFAULT NULL,
    INOUT skipped_rows bigint DEFAULT NULL, INOUT missing_rows bigint DEFAULT NULL,
    INOUT batch_count integer DEFAULT NULL, INOUT elapsed interval DEFAULT NULL, INOUT checks_result jsonb DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_rollback_online_by_name';
COMMENT ON PROCEDURE migsafe.rollback_online(
    text, text, name[], text, jsonb, integer[], text, jsonb, jsonb, bigint, bigint, bigint, bigint, bigint, bigint, integer,
    interval, jsonb) IS
'take back the newest run of this name that still stands, in batches that commit';
