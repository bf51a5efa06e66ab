-- What the benchmarks share: documents like those of examples/litemaas, the migration of one, as SQL and as a patch,
-- and how contestants are measured. Sets the variables pure_sql (an expression over "document") and patch.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;

-- about 200 bytes of text an entity
CREATE FUNCTION bench.entities(kind text, i integer, entities integer) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN (SELECT jsonb_object_agg(kind || '_' || k, jsonb_build_object(
            'name', kind || ' number ' || k, 'requests', (i * 7 + k * 13) % 5000,
            'cost', round((i % 97 + k) * 0.0125, 4), 'successRate', 0.9 + k * 0.01,
            'lastSeen', '2025-01-01T00:00:' || lpad((i % 60)::text, 2, '0') || 'Z',
            'tokenBreakdown', jsonb_build_object('prompt', i * 3 % 90000 + k, 'completion', i * 5 % 70000 + k,
                                                 'total', i * 3 % 90000 + i * 5 % 70000 + 2 * k)))
        FROM generate_series(1, entities) k);

-- the migration: in each entity the token breakdown becomes three members of its own
SELECT $$(SELECT jsonb_object_agg(key, (value - 'tokenBreakdown') || jsonb_build_object(
            'promptTokens', value #> '{tokenBreakdown,prompt}',
            'completionTokens', value #> '{tokenBreakdown,completion}',
            'totalTokens', value #> '{tokenBreakdown,total}'))
        FROM jsonb_each(document))$$ AS pure_sql,
       $$[{"op": "move", "from": "/*/tokenBreakdown/prompt", "path": "/*/promptTokens"},
          {"op": "move", "from": "/*/tokenBreakdown/completion", "path": "/*/completionTokens"},
          {"op": "move", "from": "/*/tokenBreakdown/total", "path": "/*/totalTokens"},
          {"op": "remove", "path": "/*/tokenBreakdown"}]$$ AS patch
\gset

-- Where "vacuum" is not NULL, round.sql vacuums the table that it names, or all, and executes the work at top level, where it may commit.
CREATE TABLE bench.contestant (id integer GENERATED ALWAYS AS IDENTITY, task text, name text, documents bigint,
    prepare text NOT NULL DEFAULT 'SELECT', work text NOT NULL, vacuum text);
CREATE TABLE bench.result (task text, name text, documents bigint, round integer, seconds numeric, wal_bytes bigint,
    xids bigint, undo_bytes bigint);

CREATE PROCEDURE bench.start() LANGUAGE plpgsql AS $$
BEGIN
    CHECKPOINT;
    PERFORM set_config('bench.started', clock_timestamp()::text, false),
            set_config('bench.lsn', pg_current_wal_insert_lsn()::text, false),
            set_config('bench.xid', pg_snapshot_xmax(pg_current_snapshot())::text, false);
END
$$;

CREATE PROCEDURE bench.finish(contestant bench.contestant, round integer) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO bench.result
    SELECT contestant.task, contestant.name, contestant.documents, round,
           extract(epoch FROM clock_timestamp() - current_setting('bench.started')::timestamptz),
           pg_current_wal_insert_lsn() - current_setting('bench.lsn')::pg_lsn,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint - current_setting('bench.xid')::bigint,
           (SELECT pg_total_relation_size(format('%I.%I', undo_schema, undo_name)::regclass)
            FROM migsafe.run WHERE contestant.name ~ '^(run_safe|online)' ORDER BY run_id DESC LIMIT 1);
    COMMIT;
END
$$;

CREATE PROCEDURE bench.measure(contestant bench.contestant, round integer) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE contestant.prepare;
    COMMIT;
    CALL bench.start();
    EXECUTE contestant.work;
    COMMIT;
    CALL bench.finish(contestant, round);
END
$$;

-- a document's time in one contestant against that in another of the same task, compared round by round
CREATE VIEW bench.ratio AS
SELECT task, a.name AS one, b.name AS other,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY time)::numeric, 3) AS median,
       round(min(time), 3) AS least, round(max(time), 3) AS most,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY wal)::numeric, 3) AS wal
FROM bench.result a JOIN bench.result b USING (task, round),
     LATERAL (SELECT (a.seconds / a.documents) / (b.seconds / b.documents) AS time,
                     a.wal_bytes::numeric / nullif(b.wal_bytes, 0) AS wal) ratio
GROUP BY task, a.name, b.name;
