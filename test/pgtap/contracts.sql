-- What may not change from one version to the next: signatures, results, volatility, privileges, columns.
\set QUIET on
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS migsafe;

BEGIN;
SELECT no_plan();

CREATE TEMPORARY TABLE contract (signature text, result text, volatility "char");
INSERT INTO contract VALUES
    ('backup_table(target regclass, label text DEFAULT NULL::text, backup_schema name DEFAULT NULL::name,'
     ' OUT backup_id bigint, OUT backup_table text, OUT row_count bigint, OUT bytes bigint, OUT fingerprint text)',
     'record', 'v'),
    ('verify_backup(backup_id bigint, OUT verified boolean, OUT expected_rows bigint, OUT actual_rows bigint,'
     ' OUT expected_fingerprint text, OUT actual_fingerprint text)',
     'record', 'v'),
    ('fingerprint(target regclass)', 'text', 'v'),
    ('prune(older_than interval DEFAULT ''7 days''::interval, keep_last integer DEFAULT 1, dry_run boolean DEFAULT true)',
     'TABLE(kind text, id bigint, target text, dropped boolean, reason text, table_name text,'
     ' finished_at timestamp with time zone, bytes bigint)', 'v'),
    ('export_backup(backup_id bigint, directory text,'
     ' OUT exported_to text, OUT row_count bigint, OUT bytes bigint, OUT fingerprint text)', 'record', 'v'),
    ('import_backup(directory text, backup_schema name DEFAULT NULL::name, target regclass DEFAULT NULL::regclass,'
     ' OUT backup_id bigint, OUT backup_table text, OUT row_count bigint, OUT bytes bigint, OUT fingerprint text)',
     'record', 'v'),
    ('run_safe(target regclass, transform jsonb, only_if text DEFAULT NULL::text, name text DEFAULT NULL::text,'
     ' max_errors bigint DEFAULT 10, batch_size integer DEFAULT NULL::integer, checks jsonb DEFAULT NULL::jsonb,'
     ' notice_every bigint DEFAULT NULL::bigint, dry_run boolean DEFAULT false,'
     ' precondition jsonb DEFAULT NULL::jsonb, OUT run_id bigint, OUT total_rows bigint, OUT successful_rows bigint,'
     ' OUT failed_rows bigint, OUT skipped_rows bigint, OUT skipped jsonb, OUT batches integer, OUT elapsed interval,'
     ' OUT errors jsonb, OUT samples jsonb, OUT checks_result jsonb, OUT note text)',
     'record', 'v'),
    ('validate_jsonb(target regclass, checks jsonb)',
     'TABLE(check_no integer, name text, kind text, severity text, passed boolean, total_rows bigint,'
     ' failed_rows bigint, sample_keys jsonb, message text)', 'v'),
    ('store_checks(name text, checks jsonb, replace boolean DEFAULT false)', 'void', 'v'),
    ('drop_checks(name text)', 'void', 'v'),
    ('enforce(target regclass, checks jsonb, validate boolean DEFAULT false)',
     'TABLE(constraint_name name, definition text, validated boolean)', 'v'),
    ('row_log(run_id bigint, include_skipped boolean DEFAULT false)',
     'TABLE(status text, key jsonb, sqlstate text, message text, detail text, row_before jsonb)', 'v'),
    ('progress_bar(rows_done bigint, rows_total bigint)', 'text', 'i'),
    ('lock_waited_for(pids integer[])', 'text', 'v'),
    ('run_summary(run_id bigint)', 'TABLE(status text, count bigint, percentage numeric)', 's'),
    ('rollback(run_id bigint, rows text DEFAULT NULL::text, columns name[] DEFAULT NULL::name[],'
     ' on_conflict text DEFAULT ''stop''::text, dry_run boolean DEFAULT false, keys jsonb DEFAULT NULL::jsonb,'
     ' batches integer[] DEFAULT NULL::integer[], on_missing text DEFAULT ''leave''::text,'
     ' checks jsonb DEFAULT NULL::jsonb, OUT rollback_run_id bigint, OUT total_rows bigint,'
     ' OUT restored_rows bigint, OUT merged_rows bigint, OUT overwritten_rows bigint, OUT unchanged_rows bigint,'
     ' OUT skipped_rows bigint, OUT missing_rows bigint, OUT conflicts bigint, OUT conflict_rows jsonb,'
     ' OUT elapsed interval)',
     'record', 'v'),
    ('rollback(name text, rows text DEFAULT NULL::text, columns name[] DEFAULT NULL::name[],'
     ' on_conflict text DEFAULT ''stop''::text, dry_run boolean DEFAULT false, keys jsonb DEFAULT NULL::jsonb,'
     ' batches integer[] DEFAULT NULL::integer[], on_missing text DEFAULT ''leave''::text,'
     ' checks jsonb DEFAULT NULL::jsonb, OUT rollback_run_id bigint, OUT total_rows bigint,'
     ' OUT restored_rows bigint, OUT merged_rows bigint, OUT overwritten_rows bigint, OUT unchanged_rows bigint,'
     ' OUT skipped_rows bigint, OUT missing_rows bigint, OUT conflicts bigint, OUT conflict_rows jsonb,'
     ' OUT elapsed interval)',
     'record', 'v'),
    ('rollback_plan(run_id bigint, rows text DEFAULT NULL::text, columns name[] DEFAULT NULL::name[],'
     ' on_conflict text DEFAULT ''stop''::text, keys jsonb DEFAULT NULL::jsonb,'
     ' batches integer[] DEFAULT NULL::integer[], on_missing text DEFAULT ''leave''::text)',
     'TABLE(key jsonb, outcome text, reason text, before jsonb, now jsonb, patch jsonb)', 'v'),
    ('rollback_plan(name text, rows text DEFAULT NULL::text, columns name[] DEFAULT NULL::name[],'
     ' on_conflict text DEFAULT ''stop''::text, keys jsonb DEFAULT NULL::jsonb,'
     ' batches integer[] DEFAULT NULL::integer[], on_missing text DEFAULT ''leave''::text)',
     'TABLE(key jsonb, outcome text, reason text, before jsonb, now jsonb, patch jsonb)', 'v'),
    ('rollback_runs(run_ids bigint[], on_conflict text DEFAULT ''stop''::text,'
     ' on_missing text DEFAULT ''leave''::text)',
     'TABLE(run_id bigint, rollback_run_id bigint, total_rows bigint, restored_rows bigint, merged_rows bigint,'
     ' overwritten_rows bigint, unchanged_rows bigint, skipped_rows bigint, missing_rows bigint, conflicts bigint,'
     ' conflict_rows jsonb, elapsed interval)', 'v'),
    ('run_online(IN target regclass, IN transform jsonb, IN only_if text DEFAULT NULL::text,'
     ' IN name text DEFAULT NULL::text, IN max_errors bigint DEFAULT 10, IN batch_size integer DEFAULT NULL::integer,'
     ' IN checks jsonb DEFAULT NULL::jsonb, IN notice_every bigint DEFAULT NULL::bigint,'
     ' IN dry_run boolean DEFAULT false, IN precondition jsonb DEFAULT NULL::jsonb, IN workers integer DEFAULT 1,'
     ' IN sweep boolean DEFAULT NULL::boolean, IN pace jsonb DEFAULT NULL::jsonb,'
     ' INOUT run_id bigint DEFAULT NULL::bigint, INOUT total_rows bigint DEFAULT NULL::bigint,'
     ' INOUT successful_rows bigint DEFAULT NULL::bigint, INOUT failed_rows bigint DEFAULT NULL::bigint,'
     ' INOUT skipped_rows bigint DEFAULT NULL::bigint, INOUT skipped jsonb DEFAULT NULL::jsonb,'
     ' INOUT not_visited bigint DEFAULT NULL::bigint, INOUT batches integer DEFAULT NULL::integer,'
     ' INOUT elapsed interval DEFAULT NULL::interval, INOUT errors jsonb DEFAULT NULL::jsonb,'
     ' INOUT samples jsonb DEFAULT NULL::jsonb, INOUT checks_result jsonb DEFAULT NULL::jsonb,'
     ' INOUT note text DEFAULT NULL::text)',
     NULL, 'v'),
    ('resume_online(IN run_id bigint, IN max_errors bigint DEFAULT NULL::bigint,'
     ' INOUT total_rows bigint DEFAULT NULL::bigint, INOUT successful_rows bigint DEFAULT NULL::bigint,'
     ' INOUT failed_rows bigint DEFAULT NULL::bigint, INOUT skipped_rows bigint DEFAULT NULL::bigint,'
     ' INOUT skipped jsonb DEFAULT NULL::jsonb, INOUT not_visited bigint DEFAULT NULL::bigint,'
     ' INOUT batches integer DEFAULT NULL::integer, INOUT elapsed interval DEFAULT NULL::interval,'
     ' INOUT errors jsonb DEFAULT NULL::jsonb, INOUT checks_result jsonb DEFAULT NULL::jsonb)',
     NULL, 'v'),
    ('rollback_online(IN run_id bigint, IN rows text DEFAULT NULL::text, IN columns name[] DEFAULT NULL::name[],'
     ' IN on_conflict text DEFAULT ''stop''::text, IN keys jsonb DEFAULT NULL::jsonb,'
     ' IN batches integer[] DEFAULT NULL::integer[], IN on_missing text DEFAULT ''leave''::text,'
     ' IN checks jsonb DEFAULT NULL::jsonb, IN pace jsonb DEFAULT NULL::jsonb,'
     ' INOUT rollback_run_id bigint DEFAULT NULL::bigint, INOUT total_rows bigint DEFAULT NULL::bigint,'
     ' INOUT restored_rows bigint DEFAULT NULL::bigint, INOUT unchanged_rows bigint DEFAULT NULL::bigint,'
     ' INOUT skipped_rows bigint DEFAULT NULL::bigint, INOUT missing_rows bigint DEFAULT NULL::bigint,'
     ' INOUT batch_count integer DEFAULT NULL::integer, INOUT elapsed interval DEFAULT NULL::interval,'
     ' INOUT checks_result jsonb DEFAULT NULL::jsonb)',
     NULL, 'v'),
    ('rollback_online(IN name text, IN rows text DEFAULT NULL::text, IN columns name[] DEFAULT NULL::name[],'
     ' IN on_conflict text DEFAULT ''stop''::text, IN keys jsonb DEFAULT NULL::jsonb,'
     ' IN batches integer[] DEFAULT NULL::integer[], IN on_missing text DEFAULT ''leave''::text,'
     ' IN checks jsonb DEFAULT NULL::jsonb, IN pace jsonb DEFAULT NULL::jsonb,'
     ' INOUT rollback_run_id bigint DEFAULT NULL::bigint, INOUT total_rows bigint DEFAULT NULL::bigint,'
     ' INOUT restored_rows bigint DEFAULT NULL::bigint, INOUT unchanged_rows bigint DEFAULT NULL::bigint,'
     ' INOUT skipped_rows bigint DEFAULT NULL::bigint, INOUT missing_rows bigint DEFAULT NULL::bigint,'
     ' INOUT batch_count integer DEFAULT NULL::integer, INOUT elapsed interval DEFAULT NULL::interval,'
     ' INOUT checks_result jsonb DEFAULT NULL::jsonb)',
     NULL, 'v'),
    ('work_on_run(IN run_id bigint, IN control bigint, IN place integer)', NULL, 'v'),
    ('start(target regclass, transform jsonb, only_if text DEFAULT NULL::text, name text DEFAULT NULL::text,'
     ' max_errors bigint DEFAULT 10, batch_size integer DEFAULT NULL::integer, checks jsonb DEFAULT NULL::jsonb,'
     ' notice_every bigint DEFAULT NULL::bigint, precondition jsonb DEFAULT NULL::jsonb, workers integer DEFAULT 1,'
     ' sweep boolean DEFAULT NULL::boolean, pace jsonb DEFAULT NULL::jsonb)',
     'bigint', 'v'),
    ('require_finished(run_id bigint, timeout interval DEFAULT NULL::interval)', 'bigint', 'v'),
    ('require_finished(name text, timeout interval DEFAULT NULL::interval)', 'bigint', 'v'),
    ('pause(run_id bigint)', 'text', 'v'),
    ('resume(run_id bigint)', 'text', 'v'),
    ('cancel(run_id bigint)', 'text', 'v'),
    ('set_pace(run_id bigint, pace jsonb)', 'jsonb', 'v'),
    ('restore(target regclass, backup_id bigint DEFAULT NULL::bigint, mode text DEFAULT ''exact''::text,'
     ' dry_run boolean DEFAULT false, backup_first boolean DEFAULT true, OUT restore_run_id bigint,'
     ' OUT backup_used bigint, OUT backup_taken bigint, OUT rows_changed bigint, OUT rows_inserted bigint,'
     ' OUT rows_deleted bigint, OUT fingerprint text, OUT elapsed interval)',
     'record', 'v'),
    ('backup_tables(targets regclass[], label text DEFAULT NULL::text, backup_schema name DEFAULT NULL::name)',
     'TABLE(target regclass, backup_set bigint, backup_id bigint, backup_table text, row_count bigint, bytes bigint,'
     ' fingerprint text)',
     'v'),
    ('restore_tables(targets regclass[], backup_set bigint DEFAULT NULL::bigint, mode text DEFAULT ''exact''::text,'
     ' dry_run boolean DEFAULT false, backup_first boolean DEFAULT true)',
     'TABLE(target regclass, restore_run_id bigint, backup_used bigint, backup_taken bigint, rows_changed bigint,'
     ' rows_inserted bigint, rows_deleted bigint, fingerprint text, elapsed interval)',
     'v'),
    ('jsonb_has_path(document jsonb, path text)', 'boolean', 'i'),
    ('jsonb_patch(document jsonb, patch jsonb, extensions boolean DEFAULT false)', 'jsonb', 'i'),
    ('jsonb_merge_patch(document jsonb, patch jsonb)', 'jsonb', 'i'),
    ('jsonb_diff(before jsonb, after jsonb)', 'jsonb', 'i'),
    ('jsonb_merge(base jsonb, mine jsonb, theirs jsonb, OUT merged jsonb, OUT conflicts text[])', 'record', 'i'),
    ('jsonb_matches_schema(schema jsonb, instance jsonb, assert_format boolean DEFAULT false)', 'boolean', 'i'),
    ('json_matches_schema(schema jsonb, instance json, assert_format boolean DEFAULT false)', 'boolean', 'i'),
    ('jsonb_schema_is_valid(schema jsonb)', 'boolean', 'i'),
    ('jsonb_conforms(schema jsonb, instance jsonb, assert_format boolean DEFAULT false)', 'boolean', 's'),
    ('jsonb_schema_errors(schema jsonb, instance jsonb, assert_format boolean DEFAULT false,'
     ' max_errors integer DEFAULT NULL::integer, OUT instance_path text,'
     ' OUT keyword_path text, OUT message text)',
     'SETOF record', 's'),
    ('bundle_schema(schema jsonb)', 'jsonb', 's'),
    ('register_schema(uri text, schema jsonb, replace boolean DEFAULT false)', 'void', 'v'),
    ('unregister_schema(uri text)', 'void', 'v'),
    ('apply_transform_patch(document jsonb, patch jsonb, subject text)', 'jsonb', 'i');

SELECT is(count(p.oid), 1::bigint, 'migsafe.' || split_part(c.signature, ' ', 1) || '...)')
FROM contract c
LEFT JOIN pg_catalog.pg_proc p
    ON p.pronamespace = 'migsafe'::regnamespace AND p.provolatile = c.volatility
   AND format('%s(%s)', p.proname, pg_get_function_arguments(p.oid)) = c.signature
   AND pg_get_function_result(p.oid) IS NOT DISTINCT FROM c.result -- a procedure has none
GROUP BY c.signature ORDER BY c.signature;

-- What only migsafe's own SQL calls is free to change.
SELECT set_eq($$
    SELECT p.proname::text FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'migsafe'::regnamespace
      AND format('%s(%s)', p.proname, pg_get_function_arguments(p.oid)) NOT IN (SELECT signature FROM contract)
$$, ARRAY['row_hash', 'undo_hash', 'is_newer', 'target_of', 'may_read', 'taken_back_by', 'table_manifest',
    'retention', 'registered_schema_changed', 'type_manifest', 'collation_clause', 'sequence_clause', 'types_sql',
    'table_sql', 'indexes_sql', 'constraints_sql'], 'every other function is in the contract');

-- Functions of C and plpgsql run as the caller; what SQL they hold does not depend on his search_path.
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'migsafe'::regnamespace AND p.prosecdef
$$, 'no function is SECURITY DEFINER');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace = 'migsafe'::regnamespace AND l.lanname <> 'c'
      AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)
$$, 'functions that are not in C pin their search_path');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'migsafe'::regnamespace AND p.proparallel <> 'u' AND p.provolatile = 'v'
$$, 'volatile functions are parallel unsafe');
SELECT set_eq($$
    SELECT p.proname::text, p.proisstrict FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'migsafe'::regnamespace AND p.provolatile = 'i' AND p.proparallel = 's'
$$, $$ VALUES ('jsonb_has_path', true), ('jsonb_patch', false), ('jsonb_merge_patch', false), ('jsonb_diff', true),
    ('jsonb_merge', false), ('apply_transform_patch', false), ('progress_bar', false), ('jsonb_matches_schema', false),
    ('json_matches_schema', false), ('jsonb_schema_is_valid', true) $$,
    'what works on its arguments alone is immutable and parallel safe; a NULL patch or schema, or an absent document, reaches it');
SELECT set_eq($$
    SELECT p.proname::text, p.proisstrict FROM pg_catalog.pg_proc p
    WHERE p.pronamespace = 'migsafe'::regnamespace AND p.provolatile = 's' AND p.proparallel = 's'
      AND p.proname LIKE ANY (ARRAY['%schema%', '%conforms%'])
$$, $$ VALUES ('jsonb_conforms', false), ('jsonb_schema_errors', false), ('bundle_schema', true) $$,
    'what asks the registered schemas is stable, and parallel safe');

-- Untyped literals resolve.
SELECT lives_ok($$ PREPARE a AS SELECT * FROM migsafe.rollback('a name') $$, 'rollback of a literal is by name');
SELECT lives_ok($$ PREPARE b AS SELECT * FROM migsafe.rollback(1) $$, 'rollback of a number is by run_id');
SELECT lives_ok($$ PREPARE p AS SELECT * FROM migsafe.rollback_plan('a name') $$, 'a plan for a literal is by name');
SELECT lives_ok($$ PREPARE q AS SELECT * FROM migsafe.rollback_plan(1) $$, 'a plan for a number is by run_id');
SELECT lives_ok($$ PREPARE r AS SELECT * FROM migsafe.rollback_runs('{2, 1}') $$, 'rollback_runs of a literal');
SELECT lives_ok($$ PREPARE c AS SELECT * FROM migsafe.run_safe('pg_class', '{}') $$, 'run_safe of literals');
SELECT lives_ok($$ PREPARE d AS SELECT *
FROM migsafe.validate_jsonb('pg_class', '[]') $$, 'validate_jsonb of literals');
SELECT lives_ok($$ PREPARE j AS SELECT *
FROM migsafe.backup_tables('{pg_class}'), migsafe.restore_tables('{pg_class}') $$, 'sets of tables as literals');
SELECT lives_ok($$ PREPARE f AS SELECT migsafe.store_checks('a', '[]'), migsafe.drop_checks('a') $$,
    'stored checks of literals');
SELECT lives_ok($$ PREPARE g AS SELECT * FROM migsafe.enforce('pg_class', '[]') $$, 'enforce of literals');
SELECT lives_ok($$ PREPARE i AS SELECT migsafe.start('pg_class', '{}'), migsafe.require_finished('a name'),
    migsafe.require_finished(1) $$, 'start and require_finished of literals');
SELECT lives_ok($$ PREPARE k AS SELECT * FROM migsafe.prune('30 days', 2) $$, 'prune of literals');
-- A CALL cannot be prepared; that it must not stand in a transaction block is found once it is resolved.
SELECT throws_ok(call, '25001', NULL, call || ' resolves')
FROM unnest(ARRAY['CALL migsafe.run_online(''pg_class'', ''{}'')', 'CALL migsafe.resume_online(1)',
    'CALL migsafe.rollback_online(''a name'')', 'CALL migsafe.rollback_online(1)']) call;
SELECT lives_ok($$ PREPARE e AS SELECT migsafe.jsonb_patch('{}', '[]'), migsafe.jsonb_patch('{}', '[]', true),
    migsafe.jsonb_merge_patch('{}', NULL), migsafe.jsonb_diff('{}', NULL), migsafe.jsonb_merge(NULL, '{}', NULL) $$,
    'jsonb functions of literals');
SELECT lives_ok($$ PREPARE h AS SELECT migsafe.jsonb_matches_schema('{}', '1'),
    migsafe.json_matches_schema('{}', '1', true), migsafe.jsonb_conforms('{}', NULL), migsafe.jsonb_schema_errors('{}', '1'),
    migsafe.jsonb_schema_is_valid('{}'), migsafe.bundle_schema('{}'), migsafe.register_schema('urn:a', '{}', true),
    migsafe.unregister_schema('urn:a') $$, 'schema functions of literals');

-- The catalogs: their columns, and who may do what.
SELECT columns_are('migsafe', 'status', ARRAY['run_id', 'name', 'kind', 'target', 'status', 'total_rows',
    'successful_rows', 'failed_rows',
    'skipped_rows', 'started', 'elapsed', 'sqlstate', 'message', 'rollback_of', 'is_partial']);
SELECT columns_are('migsafe', 'progress', ARRAY['run_id', 'name', 'target', 'phase', 'rows_done', 'rows_total',
    'percent', 'bar', 'rows_per_second', 'eta', 'errors', 'batch_size', 'waiting_for', 'pid']);
SELECT columns_are('migsafe', 'live_run', ARRAY['run_id', 'pid']);
SELECT columns_are('migsafe', 'row_error', ARRAY['run_id', 'error_no', 'key', 'sqlstate', 'message', 'detail',
    'row_before']);
SELECT columns_are('migsafe', 'registered_schema', ARRAY['uri', 'schema', 'owner', 'owner_oid',
    'system_identifier', 'extension_oid', 'registered_at']);
SELECT col_is_pk('migsafe', 'registered_schema', 'uri', 'primary key of registered_schema');
SELECT col_is_pk('migsafe', 'run', 'run_id', 'primary key of run');
SELECT col_is_pk('migsafe', 'run_commit', 'run_id', 'primary key of run_commit');
SELECT col_is_pk('migsafe', t, ARRAY['run_id', 'error_no']::name[], 'primary key of ' || t)
FROM unnest(ARRAY['committed_error', 'recorded_error']::name[]) t;
SELECT col_is_pk('migsafe', 'recorded_run', 'run_id', 'primary key of recorded_run');
SELECT col_is_pk('migsafe', 'online_run', 'run_id', 'primary key of online_run');
SELECT col_is_pk('migsafe', 'run_part', ARRAY['run_id', 'part']::name[], 'primary key of run_part');
SELECT col_is_pk('migsafe', 'undo_digest', ARRAY['run_id', 'first_entry']::name[], 'primary key of undo_digest');
SELECT col_is_pk('migsafe', 'backup', 'backup_id', 'primary key of backup');
SELECT columns_are('migsafe', 'backup', ARRAY['backup_id', 'label', 'target_schema', 'target_name', 'target_oid',
    'system_identifier', 'extension_oid', 'target_owner', 'backup_schema', 'backup_name', 'row_count', 'bytes',
    'fingerprint', 'fingerprint_version', 'manifest', 'runs_seen', 'created_at', 'created_by', 'kind', 'backup_set',
    'restore_run_id', 'pruned_at', 'imported_at', 'imported_from',
    'related_runs_seen']);
SELECT columns_are('migsafe', 'installation', ARRAY['system_identifier', 'extension_oid']);
SELECT columns_are('migsafe', 'stored_checks', ARRAY['name', 'checks', 'owner', 'owner_oid', 'system_identifier',
    'extension_oid', 'stored_at']);
SELECT col_is_pk('migsafe', 'stored_checks', 'name', 'primary key of stored_checks');

CREATE ROLE regress_migsafe_tap;
SELECT schema_privs_are(s, 'regress_migsafe_tap', ARRAY['USAGE'], s || ': everybody may look up, nobody create')
FROM unnest(ARRAY['migsafe', 'migsafe_undo']::name[]) s;
SELECT table_privs_are('migsafe', t, 'regress_migsafe_tap', ARRAY['SELECT'], t || ': everybody may read, nobody write')
FROM unnest(ARRAY['run', 'run_commit', 'row_error', 'committed_error', 'recorded_run', 'recorded_error', 'online_run',
    'run_part', 'deferred_row', 'backup', 'status', 'progress', 'live_run', 'stored_checks',
    'registered_schema', 'installation', 'undo_digest']::name[]) t;
SELECT sequence_privs_are('migsafe', s, 'regress_migsafe_tap', '{}'::name[], s || ': nobody''s but migsafe''s')
FROM unnest(ARRAY['run_id_seq', 'backup_id_seq', 'backup_set_seq']::name[]) s;
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'migsafe'::regnamespace AND c.relkind = 'r' AND NOT c.relrowsecurity
$$, 'every catalog is under row-level security');
SELECT ok('security_invoker=true' = ANY (reloptions), relname || ' shows what its reader may see')
FROM pg_catalog.pg_class WHERE relnamespace = 'migsafe'::regnamespace AND relkind = 'v' ORDER BY relname;

-- Everything is explained, and everything is dumped, but for what is true of this database only.
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_catalog.pg_class c
    WHERE c.relnamespace = 'migsafe'::regnamespace AND c.relkind IN ('r', 'v') AND obj_description(c.oid,
        'pg_class') IS NULL
$$, 'every table and view has a comment');
SELECT is_empty($$
    SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.nspname IN ('migsafe', 'migsafe_undo')
        AND obj_description(n.oid, 'pg_namespace') IS NULL
$$, 'every schema has a comment');
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_catalog.pg_class c, pg_catalog.pg_extension e
    WHERE e.extname = 'migsafe' AND c.relnamespace = 'migsafe'::regnamespace AND c.relkind IN ('r', 'S')
        AND c.oid <> ALL (e.extconfig)
        AND c.oid <> ALL (ARRAY['migsafe.installation', 'migsafe.undo_digest']::regclass[])
$$, 'pg_dump takes the rows of every catalog that mean something elsewhere');
SELECT is_empty($$
    SELECT FROM pg_catalog.pg_extension WHERE 'migsafe.installation'::regclass = ANY (extconfig)
$$, 'but not that of the installation');
SELECT results_eq('SELECT system_identifier, extension_oid FROM migsafe.installation',
    $$ SELECT s.system_identifier, e.oid FROM pg_catalog.pg_control_system() s, pg_catalog.pg_extension e
       WHERE e.extname = 'migsafe' $$, 'which is known by where it was made');

-- What a run must add up to is a constraint of its record.
SELECT throws_ok($$ INSERT INTO migsafe.run_commit VALUES (-1, 3, 1, 1, 0, '{}', 1, 1, repeat('0', 32), NULL, now(), '0') $$, '23514',
    NULL,
    'rows seen = successful + failed + skipped');

SELECT * FROM finish();
ROLLBACK;
