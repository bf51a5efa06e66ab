-- What happened is derived, never believed: see doc/design.md.

CREATE FUNCTION migsafe.taken_back_by(run_id bigint, seen bigint[] DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    restored record;
    last record;
BEGIN
    -- the last exact restore of the target, or of what it was a part of, brought its state at the time of the backup
    SELECT s.run_id, b.runs_seen || coalesce(b.related_runs_seen, '{}') AS runs_seen INTO restored
    FROM migsafe.run r
    JOIN migsafe.run s ON s.kind = 'restore' AND s.restore_mode = 'exact'
         AND s.run_id > r.run_id AND (seen IS NULL OR s.run_id = ANY (seen))
         AND s.system_identifier = r.system_identifier AND s.extension_oid = r.extension_oid
    JOIN migsafe.run_commit c ON c.run_id = s.run_id
    JOIN migsafe.backup b ON b.backup_id = s.backup_id
    WHERE r.run_id = taken_back_by.run_id
      AND (s.target_oid = r.target_oid OR r.target_oid = ANY (s.restored_tables) AND b.related_runs_seen IS NOT NULL)
    ORDER BY s.run_id DESC LIMIT 1;

    -- the last rollback since then in the family of the run: of itself, of what it has taken back, of their rollbacks, and
    -- so on; those that left nothing behind. Each has put all rows to the one or to the other side
    WITH RECURSIVE above (run_id, steps) AS (
        SELECT taken_back_by.run_id, 0
        UNION ALL
        SELECT b.rollback_of, a.steps + 1 FROM above a
        JOIN migsafe.run b ON b.run_id = a.run_id AND b.kind = 'rollback' AND NOT b.is_partial
        JOIN migsafe.run_commit c ON c.run_id = b.run_id AND c.failed_rows = 0),
    family (run_id, distance) AS (
        (SELECT a.run_id, -a.steps FROM above a ORDER BY a.steps DESC LIMIT 1)
        UNION ALL
        SELECT b.run_id, f.distance + 1 FROM family f
        JOIN migsafe.run b ON b.rollback_of = f.run_id AND b.kind = 'rollback' AND NOT b.is_partial
        JOIN migsafe.run_commit c ON c.run_id = b.run_id AND c.failed_rows = 0)
    SELECT f.run_id, f.distance INTO last FROM family f
    WHERE f.run_id > taken_back_by.run_id AND (seen IS NULL OR f.run_id = ANY (seen))
      AND f.run_id > coalesce(restored.run_id, 0)
    ORDER BY f.run_id DESC LIMIT 1;

    IF last.run_id IS NOT NULL THEN
        RETURN CASE WHEN last.distance % 2 <> 0 THEN last.run_id END;
    ELSIF restored.run_id IS NULL THEN
        RETURN NULL;
    ELSIF taken_back_by.run_id <> ALL (restored.runs_seen) THEN
        RETURN restored.run_id;
    END IF;
    RETURN migsafe.taken_back_by(taken_back_by.run_id, restored.runs_seen);
END
$$;
COMMENT ON FUNCTION migsafe.taken_back_by(bigint, bigint[]) IS
'the rollback or the restore by which this run no longer stands; NULL if it stands. With a list of runs: if only these had been';

CREATE VIEW migsafe.live_run WITH (security_invoker = true) AS
SELECT (k.classid::bigint OPERATOR(pg_catalog.<<) 32) OPERATOR(pg_catalog.|) k.objid::bigint AS run_id, k.pid
FROM pg_catalog.pg_locks k
WHERE k.locktype OPERATOR(pg_catalog.=) 'advisory' AND k.objsubid OPERATOR(pg_catalog.=) 27906::smallint AND k.granted
  AND k.database OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database d
                                         WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database());
COMMENT ON VIEW migsafe.live_run IS
'the runs whose lock is held, and by which process; NULL: by a prepared transaction';
GRANT SELECT ON migsafe.live_run TO PUBLIC;

CREATE VIEW migsafe.status WITH (security_invoker = true) AS
SELECT r.run_id, r.name, r.kind,
       pg_catalog.format('%I.%I', r.target_schema, r.target_name) AS target,
       CASE WHEN (c.run_id IS NOT NULL OR r.online) AND migsafe.taken_back_by(r.run_id) IS NOT NULL THEN 'rolled back'
            WHEN c.run_id IS NOT NULL THEN 'committed'
            WHEN l.run_id IS NOT NULL AND l.pid IS NULL THEN 'prepared'
            WHEN l.run_id IS NOT NULL AND o.stopped OPERATOR(pg_catalog.=) 'paused' THEN 'paused'
            -- the transaction that recorded it has its lock
            WHEN o.phase OPERATOR(pg_catalog.=) 'pending' AND o.control IS NULL AND o.stopped IS NULL THEN 'pending'
            WHEN l.run_id IS NOT NULL OR w.was_open THEN 'running'
            WHEN o.stopped OPERATOR(pg_catalog.<>) 'paused' THEN o.stopped
            WHEN o.phase OPERATOR(pg_catalog.=) 'pending' THEN 'pending'
            WHEN w.outcome OPERATOR(pg_catalog.=) 'failed' THEN 'failed'
            WHEN w.outcome OPERATOR(pg_catalog.=) 'completed' THEN 'aborted'
            ELSE 'interrupted' END AS status,
       coalesce(c.total_rows, p.seen, w.seen) AS total_rows,
       coalesce(c.successful_rows, p.written,
                w.seen OPERATOR(pg_catalog.-) w.failed_rows OPERATOR(pg_catalog.-) w.skipped_rows) AS successful_rows,
       coalesce(c.failed_rows, p.failed, w.failed_rows) AS failed_rows,
       coalesce(c.skipped_rows, p.skipped, w.skipped_rows) AS skipped_rows,
       r.started_at AS started,
       CASE WHEN c.run_id IS NOT NULL THEN c.elapsed
            WHEN l.run_id IS NOT NULL THEN pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) r.started_at
            ELSE coalesce(w.finished_at, p.updated_at) OPERATOR(pg_catalog.-) r.started_at
       END AS elapsed,
       CASE WHEN c.run_id IS NULL THEN coalesce(o.sqlstate, w.sqlstate) END AS sqlstate,
       CASE WHEN c.run_id IS NULL THEN coalesce(o.message, w.message) END AS message,
       r.rollback_of, r.is_partial
FROM (SELECT a.run_id, a.name, a.kind, a.target_schema, a.target_name, a.started_at, a.online,
             a.rollback_of, CASE WHEN a.kind OPERATOR(pg_catalog.=) 'rollback' THEN a.is_partial END AS is_partial
      FROM migsafe.run a
      UNION ALL
      SELECT b.run_id, b.name, b.kind, b.target_schema, b.target_name, b.started_at, false, NULL, NULL
      FROM migsafe.recorded_run b
      WHERE NOT EXISTS (SELECT FROM migsafe.run a WHERE a.run_id OPERATOR(pg_catalog.=) b.run_id)) r
LEFT JOIN migsafe.run_commit c ON c.run_id OPERATOR(pg_catalog.=) r.run_id
LEFT JOIN migsafe.online_run o ON o.run_id OPERATOR(pg_catalog.=) r.run_id
LEFT JOIN (SELECT q.run_id, sum(q.seen)::bigint AS seen, sum(q.written)::bigint AS written,
                  sum(q.failed)::bigint AS failed,
                  sum(q.only_if OPERATOR(pg_catalog.+) q.unchanged OPERATOR(pg_catalog.+) q.deleted
                      OPERATOR(pg_catalog.+) q.suppressed)::bigint AS skipped,
                  max(q.updated_at) AS updated_at
           FROM migsafe.run_part q GROUP BY q.run_id) p ON p.run_id OPERATOR(pg_catalog.=) r.run_id
-- Its counts are of one moment, its errors may have been recorded later. And a transaction that ends between the
-- snapshot of this query and its look at the locks was open in that snapshot.
LEFT JOIN (SELECT d.*, greatest(d.rows_done, d.failed_rows OPERATOR(pg_catalog.+) d.skipped_rows) AS seen,
                  EXISTS (SELECT FROM migsafe.installation i
                          WHERE i.system_identifier OPERATOR(pg_catalog.=) d.system_identifier
                            AND i.extension_oid OPERATOR(pg_catalog.=) d.extension_oid)
                  AND NOT pg_catalog.pg_visible_in_snapshot(d.xid, pg_catalog.pg_current_snapshot()) AS was_open
           FROM migsafe.recorded_run d) w ON w.run_id OPERATOR(pg_catalog.=) r.run_id AND NOT r.online
LEFT JOIN migsafe.live_run l ON l.run_id OPERATOR(pg_catalog.=) r.run_id
ORDER BY r.run_id;
COMMENT ON VIEW migsafe.status IS
'every run that the current user may see, and what became of it: derived from what can be seen, never stuck';
GRANT SELECT ON migsafe.status TO PUBLIC;

CREATE FUNCTION migsafe.run_summary(run_id bigint)
RETURNS TABLE (status text, count bigint, percentage numeric)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = run_summary.run_id)
       AND EXISTS (SELECT FROM migsafe.recorded_run w WHERE w.run_id = run_summary.run_id) THEN
        RAISE object_not_in_prerequisite_state USING
            MESSAGE = format('run %s has not committed', run_summary.run_id),
            DETAIL = 'Its transaction was rolled back, or has not ended. What is known of it was recorded beside it.',
            HINT = format('See its counts in migsafe.status, and its row errors: '
                          'SELECT * FROM migsafe.row_error WHERE run_id = %s.', run_summary.run_id);
    END IF;
    RETURN QUERY
    SELECT v.status, v.count,
           -- a few rows among many are neither none nor all
           CASE WHEN v.count > 0 AND v.count < s.total_rows
                THEN greatest(0.01, least(99.99, round(v.count * 100.0 / s.total_rows, 2)))
                ELSE round(v.count * 100.0 / nullif(s.total_rows, 0), 2) END
    FROM migsafe.status s
    CROSS JOIN LATERAL (VALUES ('ERROR', s.failed_rows), ('SKIPPED', s.skipped_rows), ('SUCCESS', s.successful_rows))
        AS v (status, count)
    WHERE s.run_id = run_summary.run_id AND s.total_rows IS NOT NULL
      AND (EXISTS (SELECT FROM migsafe.run_commit c WHERE c.run_id = s.run_id)
           OR EXISTS (SELECT FROM migsafe.run_part p WHERE p.run_id = s.run_id));
END
$$;
COMMENT ON FUNCTION migsafe.run_summary(bigint) IS 'how many rows of a committed run, or of what an online run has committed so far, ended how, with percentages';
