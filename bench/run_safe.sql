-- One round of bench/run_safe: each contestant on a fresh copy of the same table, in an order that turns with the round.
-- Variables: round. Prints nothing; writes into bench.result.
SET client_min_messages = warning;

CREATE FUNCTION bench.fresh() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS bench.daily_usage_cache, bench.before, bench.progress;
    CREATE TABLE bench.daily_usage_cache (LIKE bench.source INCLUDING ALL);
    INSERT INTO bench.daily_usage_cache SELECT * FROM bench.source;
END
$$;

CREATE PROCEDURE bench.measure(contestant text, work text, round integer) LANGUAGE plpgsql AS $$
DECLARE
    started timestamptz;
    lsn pg_lsn;
    xid bigint;
BEGIN
    PERFORM bench.fresh();
    COMMIT;
    ANALYZE bench.daily_usage_cache;
    COMMIT;
    CHECKPOINT;
    started := clock_timestamp();
    lsn := pg_current_wal_insert_lsn();
    xid := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
    EXECUTE work;
    COMMIT;
    INSERT INTO bench.result VALUES (contestant, round, extract(epoch FROM clock_timestamp() - started),
        pg_current_wal_insert_lsn() - lsn, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - xid,
        (SELECT pg_total_relation_size(format('%I.%I', undo_schema, undo_name)::regclass)
         FROM migsafe.run WHERE contestant = 'run_safe' ORDER BY run_id DESC LIMIT 1));
    COMMIT;
END
$$;

-- The script that teams write today: for each row the old values aside, a test whether it is to be migrated, a
-- subtransaction, an UPDATE by key, a progress row. (Their count(*) of the table every 50 rows, which would be quadratic,
-- is left out.)
CREATE FUNCTION bench.plpgsql_loop() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r record;
    row_before jsonb;
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS migration_progress (
        day date PRIMARY KEY, status text NOT NULL, error_message text, processed_at timestamp DEFAULT now(), row_before jsonb);
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

CREATE FUNCTION bench.update_and_copy() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TABLE bench.before AS
        SELECT day, aggregated_by_user, aggregated_by_model, aggregated_by_provider FROM bench.daily_usage_cache;
    UPDATE bench.daily_usage_cache SET
        aggregated_by_user = bench.flatten(aggregated_by_user),
        aggregated_by_model = bench.flatten(aggregated_by_model),
        aggregated_by_provider = bench.flatten(aggregated_by_provider);
END
$$;

SELECT CASE (:round + n) % 3
       WHEN 0 THEN format('CALL bench.measure(%L, %L, %s)', 'run_safe', $$
            SELECT migsafe.run_safe('bench.daily_usage_cache', '{
                "aggregated_by_user": "bench.flatten(aggregated_by_user)",
                "aggregated_by_model": "bench.flatten(aggregated_by_model)",
                "aggregated_by_provider": "bench.flatten(aggregated_by_provider)"}') $$, :round)
       WHEN 1 THEN format('CALL bench.measure(%L, %L, %s)', 'loop', 'SELECT bench.plpgsql_loop()', :round)
       ELSE format('CALL bench.measure(%L, %L, %s)', 'update_and_copy', 'SELECT bench.update_and_copy()', :round)
       END
FROM generate_series(0, 2) n \gexec

DROP FUNCTION bench.plpgsql_loop, bench.update_and_copy, bench.fresh;
DROP PROCEDURE bench.measure;
