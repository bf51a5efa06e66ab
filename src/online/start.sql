CREATE FUNCTION migsafe.start(
    target regclass, transform jsonb, only_if text DEFAULT NULL, name text DEFAULT NULL, max_errors bigint DEFAULT 10,
    batch_size integer DEFAULT NULL, checks jsonb DEFAULT NULL, notice_every bigint DEFAULT NULL,
    precondition jsonb DEFAULT NULL, workers integer DEFAULT 1, sweep boolean DEFAULT NULL, pace jsonb DEFAULT NULL)
RETURNS bigint LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_start';
COMMENT ON FUNCTION migsafe.start(
    regclass, jsonb, text, text, bigint, integer, jsonb, bigint, jsonb, integer, boolean, jsonb) IS
'record an online run, which a background worker carries out once this transaction has committed; returns its run_id';

CREATE FUNCTION migsafe.require_finished(name text, timeout interval DEFAULT NULL)
RETURNS bigint LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_require_finished_name';
COMMENT ON FUNCTION migsafe.require_finished(text, interval) IS
'an error unless the run of this name has finished and stands, with its progress; timeout: wait so long for it first';

CREATE FUNCTION migsafe.require_finished(run_id bigint, timeout interval DEFAULT NULL)
RETURNS bigint LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_require_finished_id';
COMMENT ON FUNCTION migsafe.require_finished(bigint, interval) IS
'an error unless this run has finished and stands, with its progress; timeout: wait so long for it first';
