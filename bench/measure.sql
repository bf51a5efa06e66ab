-- How contestants are measured, and what is made of it: medians, ratios round by round, and figures with their goals.
SET client_min_messages = warning;
CREATE EXTENSION migsafe;
CREATE SCHEMA bench;

-- In each round "prepare" is executed, the table that "vacuum" names, or all of them where it is '', is vacuumed, "work"
-- is measured, and "afterwards" is executed.  One that is "alone" works in a session of its own, whose memory is
-- sampled.
CREATE TABLE bench.contestant (id integer GENERATED ALWAYS AS IDENTITY, task text, name text, documents bigint,
    prepare text, vacuum text, work text NOT NULL, afterwards text, alone boolean NOT NULL DEFAULT false);
CREATE TABLE bench.result (task text, name text, documents bigint, round integer, seconds numeric, wal_bytes bigint,
    xids bigint, undo_bytes bigint, memory_kb bigint);

-- Ratios to report, of the time that a document takes and, where "wal_goal" is not NULL, of WAL.  A goal is '<= NUMBER'
-- or '>= NUMBER'; '' is none.
CREATE TABLE bench.comparison (task text, one text, other text, goal text NOT NULL DEFAULT '', wal_goal text);

-- Figures that are no ratios of contestants.  Of a count the greatest value is the figure, of other measures the median.
CREATE TABLE bench.observation (task text, name text, measure text, value numeric, goal text NOT NULL DEFAULT '');

CREATE FUNCTION bench.start() RETURNS void LANGUAGE sql AS $$
    CHECKPOINT;
    SELECT set_config('bench.lsn', pg_current_wal_insert_lsn()::text, false),
           set_config('bench.xid', pg_snapshot_xmax(pg_current_snapshot())::text, false),
           set_config('bench.started', clock_timestamp()::text, false);
$$;

CREATE FUNCTION bench.finish(contestant bench.contestant, round integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO bench.result
    SELECT contestant.task, contestant.name, contestant.documents, round,
           extract(epoch FROM clock_timestamp() - current_setting('bench.started')::timestamptz),
           pg_current_wal_insert_lsn() - current_setting('bench.lsn')::pg_lsn,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint - current_setting('bench.xid')::bigint,
           (SELECT pg_total_relation_size(format('%I.%I', undo_schema, undo_name)::regclass)
            FROM migsafe.run WHERE contestant.name ~ '^(run_safe|(run_)?online)' ORDER BY run_id DESC LIMIT 1)
$$;

-- What runs before have left would take room, and time to vacuum.
CREATE FUNCTION bench.drop_undo_logs() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    undo text;
BEGIN
    FOR undo IN SELECT format('%I.%I', undo_schema, undo_name) FROM migsafe.run WHERE undo_name IS NOT NULL LOOP
        EXECUTE 'DROP TABLE IF EXISTS ' || undo;
    END LOOP;
END
$$;

CREATE VIEW bench.ratio AS
SELECT task, a.name AS one, b.name AS other, measure,
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ratio)::numeric, 3) AS median, round(min(ratio), 3) AS least,
       round(max(ratio), 3) AS most
FROM bench.result a JOIN bench.result b USING (task, round),
     LATERAL (VALUES ('time', (a.seconds / a.documents) / (b.seconds / b.documents)),
                     ('WAL', a.wal_bytes::numeric / nullif(b.wal_bytes, 0))) ratios (measure, ratio)
GROUP BY task, a.name, b.name, measure;

CREATE FUNCTION bench.met(value numeric, goal text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE left(goal, 2) WHEN '<=' THEN value <= substr(goal, 4)::numeric
                          WHEN '>=' THEN value >= substr(goal, 4)::numeric END;

CREATE VIEW bench.figure AS
SELECT task, name, measure, value, least, most, goal, bench.met(value, goal) AS met
FROM (SELECT task, one || ' / ' || other AS name, measure, median AS value, least, most,
             CASE measure WHEN 'time' THEN goal ELSE wal_goal END AS goal
      FROM bench.ratio JOIN bench.comparison USING (task, one, other)
      UNION ALL
      SELECT task, name, measure, round(CASE measure WHEN 'count' THEN max(value)
                                        ELSE percentile_cont(0.5) WITHIN GROUP (ORDER BY value)::numeric END, 3),
             round(min(value), 3), round(max(value), 3), goal
      FROM bench.observation GROUP BY task, name, measure, goal) figures
WHERE goal IS NOT NULL;
