CREATE FUNCTION migsafe.pause(run_id bigint) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_pause';
COMMENT ON FUNCTION migsafe.pause(bigint) IS
'make an online run wait, from any session, at once; a batch under way is given up';

CREATE FUNCTION migsafe.resume(run_id bigint) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_resume';
COMMENT ON FUNCTION migsafe.resume(bigint) IS
'let a paused online run go on; one that nobody carries out goes on in a background worker, as the role that began it';

CREATE FUNCTION migsafe.cancel(run_id bigint) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_cancel';
COMMENT ON FUNCTION migsafe.cancel(bigint) IS
'end an online run where it stands; what it has done stays, and can be resumed or rolled back';

CREATE FUNCTION migsafe.set_pace(run_id bigint, pace jsonb) RETURNS jsonb
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_set_pace';
COMMENT ON FUNCTION migsafe.set_pace(bigint, jsonb) IS
'change the pace of an online run: the members that are passed; null gives a member its default. Returns the pace that holds';
