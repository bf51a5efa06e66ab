-- Live runs: made for \watch 1.

CREATE FUNCTION migsafe.progress_bar(rows_done bigint, rows_total bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN (SELECT rpad(repeat('#', filled), 20, '.')
        FROM (SELECT floor(least(20, greatest(0, 20.0 * rows_done / nullif(rows_total, 0))))::integer) AS part (filled));
COMMENT ON FUNCTION migsafe.progress_bar(bigint, bigint) IS
'how much of the whole is done, in twenty characters; NULL if the whole is unknown or empty';

CREATE FUNCTION migsafe.lock_waited_for(pids integer[]) RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
RETURN (SELECT 'lock held by '
               || string_agg(CASE WHEN b.pid = 0 THEN 'a prepared transaction' ELSE 'pid ' || b.pid END, ', '
                             ORDER BY b.pid)
        FROM (SELECT DISTINCT unnest(pg_blocking_pids(p.pid)) FROM unnest(pids) AS p (pid)) AS b (pid)
        WHERE b.pid <> ALL (pids));
COMMENT ON FUNCTION migsafe.lock_waited_for(integer[]) IS
'who holds a lock that one of these processes waits for; NULL if they wait for none';

CREATE VIEW migsafe.progress WITH (security_invoker = true) AS
SELECT r.run_id, r.name, pg_catalog.format('%I.%I', r.target_schema, r.target_name) AS target,
       r.phase, r.rows_done, r.rows_total,
       pg_catalog.round(100.0 OPERATOR(pg_catalog.*) r.rows_done OPERATOR(pg_catalog./) nullif(r.rows_total, 0), 1)
           AS percent,
       migsafe.progress_bar(r.rows_done, r.rows_total) AS bar,
       pg_catalog.round(r.rows_per_second)::bigint AS rows_per_second,
       pg_catalog.make_interval(secs => pg_catalog.round(
           (r.rows_total OPERATOR(pg_catalog.-) r.rows_done)::double precision
           OPERATOR(pg_catalog./) nullif(r.rows_per_second, 0))) AS eta,
       r.errors, r.batch_size, coalesce(r.held_back_by, migsafe.lock_waited_for(r.pids)) AS waiting_for, r.pid
FROM (SELECT w.run_id, w.name, w.target_schema, w.target_name, w.phase, w.rows_done,
             CASE WHEN w.outcome IS NOT NULL THEN w.rows_done
                  ELSE greatest(w.rows_total, w.rows_done) END AS rows_total,
             w.rows_per_second, w.failed_rows AS errors, w.batch_size, NULL::text AS held_back_by,
             ARRAY[l.pid] AS pids, l.pid
      FROM migsafe.recorded_run w
      JOIN migsafe.live_run l ON l.run_id OPERATOR(pg_catalog.=) w.run_id
      UNION ALL
      SELECT n.run_id, n.name, n.target_schema, n.target_name,
             CASE WHEN o.stopped OPERATOR(pg_catalog.=) 'paused' THEN 'paused'
                  WHEN o.held_back_by IS NOT NULL THEN 'held back'
                  ELSE o.phase END,
             coalesce(p.seen, 0), greatest(o.rows_expected, p.seen),
             CASE WHEN o.stopped IS NULL THEN p.rows_per_second END, coalesce(p.failed, 0),
             p.batch_size, o.held_back_by,
             l.pid OPERATOR(pg_catalog.||) ARRAY(
                 SELECT k.pid FROM pg_catalog.pg_locks k
                 WHERE k.locktype OPERATOR(pg_catalog.=) 'advisory' AND k.objsubid OPERATOR(pg_catalog.=) 27908::smallint
                   AND k.granted AND k.pid IS NOT NULL
                   AND k.database OPERATOR(pg_catalog.=)
                       (SELECT d.oid FROM pg_catalog.pg_database d
                        WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
                   AND (k.classid::bigint OPERATOR(pg_catalog.<<) 32 OPERATOR(pg_catalog.|) k.objid::bigint)
                       OPERATOR(pg_catalog.>>) 16 OPERATOR(pg_catalog.=) n.run_id),
             l.pid
      FROM migsafe.run n
      JOIN migsafe.online_run o ON o.run_id OPERATOR(pg_catalog.=) n.run_id
      JOIN migsafe.live_run l ON l.run_id OPERATOR(pg_catalog.=) n.run_id
           -- else it is being taken back, by a run that holds both locks
           AND o.phase OPERATOR(pg_catalog.<>) 'done'
           AND NOT EXISTS (SELECT FROM migsafe.run b
                           JOIN migsafe.live_run k ON k.run_id OPERATOR(pg_catalog.=) b.run_id
                           WHERE b.rollback_of OPERATOR(pg_catalog.=) n.run_id)
      LEFT JOIN (SELECT q.run_id, sum(q.seen)::bigint AS seen, sum(q.failed)::bigint AS failed,
                        sum(CASE WHEN NOT q.done THEN q.rows_per_second END) AS rows_per_second,
                        max(CASE WHEN NOT q.done THEN q.batch_size END) AS batch_size
                 FROM migsafe.run_part q GROUP BY q.run_id) p ON p.run_id OPERATOR(pg_catalog.=) n.run_id) r
ORDER BY r.run_id;
COMMENT ON VIEW migsafe.progress IS 'one row for each run that is under way: how far it is, how fast, and what it waits for';
GRANT SELECT ON migsafe.progress TO PUBLIC;
