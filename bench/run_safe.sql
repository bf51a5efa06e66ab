-- The table and the contestants of bench/run_safe; each works on a fresh copy of the table.
-- Variables: rows.
\ir data.sql
\ir trigger_log.sql

-- three columns that change, and one that the migration leaves alone
CREATE TABLE bench.source (day date PRIMARY KEY, raw_data jsonb, aggregated_by_user jsonb NOT NULL,
    aggregated_by_model jsonb NOT NULL, aggregated_by_provider jsonb NOT NULL, cached_at timestamptz);
INSERT INTO bench.source
SELECT date '1900-01-01' + i, bench.entities('raw', i, 6), bench.entities('user', i, 6), bench.entities('model', i, 6),
       bench.entities('provider', i, 6), '2025-01-01'
FROM generate_series(1, :rows) i;
VACUUM ANALYZE bench.source;

CREATE FUNCTION bench.fresh() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS bench.daily_usage_cache, bench.before, bench.log;
    PERFORM bench.drop_undo_logs();
    CREATE TABLE bench.daily_usage_cache (LIKE bench.source INCLUDING ALL);
    INSERT INTO bench.daily_usage_cache SELECT * FROM bench.source;
    ANALYZE bench.daily_usage_cache;
END
$$;
CREATE FUNCTION bench.fresh_logged() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench.fresh();
    PERFORM bench.log_changes('bench.daily_usage_cache');
END
$$;

CREATE FUNCTION bench.flatten(document jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN :pure_sql;

-- The script that teams write today: for each row the old values aside, a test whether it is to be migrated, a
-- subtransaction, an UPDATE by key, a progress row. (Their count(*) of the table every 50 rows, which would be
-- quadratic, is left out.)
CREATE FUNCTION bench.plpgsql_loop() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r record;
    row_before jsonb;
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS migration_progress (
        day date PRIMARY KEY, status text NOT NULL, error_message text, processed_at timestamp DEFAULT now(),
        row_before jsonb);
    TRUNCATE migration_progress;
    FOR r IN SELECT day, raw_data, aggregated_by_user, aggregated_by_model, aggregated_by_provider
             FROM bench.daily_usage_cache ORDER BY day LOOP
        BEGIN
            row_before := jsonb_build_object(
                'raw_data', r.raw_data, 'aggregated_by_user', r.aggregated_by_user,
                'aggregated_by_model', r.aggregated_by_model, 'aggregated_by_provider', r.aggregated_by_provider);
            UPDATE bench.daily_usage_cache SET
                aggregated_by_user = bench.flatten(r.aggregated_by_user),
                aggregated_by_model = bench.flatten(r.aggregated_by_model),
                aggregated_by_provider = bench.flatten(r.aggregated_by_provider)
            WHERE day = r.day;
            INSERT INTO migration_progress (day, status) VALUES (r.day, 'SUCCESS');
        EXCEPTION WHEN OTHERS THEN
            INSERT INTO migration_progress (day, status, error_message, row_before)
            VALUES (r.day, 'ERROR', SQLERRM, row_before);
        END;
    END LOOP;
END
$$;

SELECT 'CREATE TABLE bench.before AS SELECT day, '
           || string_agg(name, ', ') || ' FROM bench.daily_usage_cache; ' AS copy,
       'UPDATE bench.daily_usage_cache SET '
           || string_agg(format('%1$I = bench.flatten(%1$I)', name), ', ') AS update_sql,
       'UPDATE bench.daily_usage_cache SET '
           || string_agg(format('%1$I = migsafe.jsonb_patch(%1$I, %2$L, extensions => true)', name, :'patch'), ', ')
           AS update_patch,
       jsonb_object_agg(name, format('bench.flatten(%I)', name)) AS sql_transform,
       jsonb_object_agg(name, :'patch'::jsonb) AS patch_transform
FROM unnest('{aggregated_by_user,aggregated_by_model,aggregated_by_provider}'::text[]) name
\gset

INSERT INTO bench.contestant (task, name, documents, prepare, work)
SELECT 'migrate', name, 3 * :rows, coalesce(prepare, 'SELECT bench.fresh()'), work
FROM (VALUES
    ('run_safe', format('SELECT migsafe.run_safe(%L, %L)', 'bench.daily_usage_cache', :'sql_transform')),
    ('run_safe_patch', format('SELECT migsafe.run_safe(%L, %L)', 'bench.daily_usage_cache', :'patch_transform')),
    ('run_online', format('CALL migsafe.run_online(%L, %L)', 'bench.daily_usage_cache', :'sql_transform')),
    ('run_online_patch', format('CALL migsafe.run_online(%L, %L)', 'bench.daily_usage_cache', :'patch_transform')),
    ('loop', 'SELECT bench.plpgsql_loop()'),
    ('triggers', :'update_sql'),
    ('update_sql', :'update_sql'),
    ('update_patch', :'update_patch'),
    ('update_and_copy', :'copy' || :'update_sql'),
    ('update_patch_and_copy', :'copy' || :'update_patch')) AS contestant (name, work)
    LEFT JOIN (VALUES ('triggers', 'SELECT bench.fresh_logged()')) AS preparation (name, prepare) USING (name);

INSERT INTO bench.comparison (task, one, other, goal, wal_goal) VALUES
    ('migrate', 'run_safe', 'loop', '<= 0.6', NULL),
    ('migrate', 'run_safe', 'update_and_copy', '<= 1.15', '<= 1.1'),
    ('migrate', 'run_safe', 'update_sql', '', NULL),
    ('migrate', 'run_safe_patch', 'loop', '<= 0.25', NULL),
    ('migrate', 'run_safe_patch', 'update_sql', '<= 0.5', NULL),
    ('migrate', 'run_safe_patch', 'update_patch_and_copy', '<= 1.15', '<= 1.1'),
    ('migrate', 'run_safe_patch', 'update_patch', '', NULL),
    ('migrate', 'run_online', 'run_safe', '', NULL),
    ('migrate', 'run_online_patch', 'run_safe_patch', '', NULL),
    ('migrate', 'triggers', 'run_safe', '', NULL);
