-- What happened is derived, never believed: see doc/design.md.

CREATE FUNCTION migsafe.taken_back_by(run_id bigint, seen bigint[] DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    restored record;
    last record;
BEGIN
    -- the last exact restore of the target brought its state at the time of the backup
    SELECT s.run_id, b.runs_seen INTO restored
    FROM migsafe.run r
    JOIN migsafe.run s ON s.kind = 'restore' AND s.restore_mode = 'exact'
         AND s.run_id > r.run_id AND (seen IS NULL OR s.run_id = ANY (seen)) AND s.target_oid = r.target_oid
         AND s.system_identifier = r.system_identifier AND s.extension_oid = r.extension_oid
    JOIN migsafe.run_commit c ON c.run_id = s.run_id
    JOIN migsafe.backup b ON b.backup_id = s.backup_id
    WHERE r.run_id = taken_back_by.run_id
    ORDER BY s.run_id DESC LIMIT 1;

    -- the last of the run's rollbacks, of their rollbacks, and so on, since then
    WITH RECURSIVE family (run_id, depth) AS (
        SELECT taken_back_by.run_id, 0
        UNION ALL
        SELECT b.run_id, f.depth + 1 FROM family f
        JOIN migsafe.run b ON b.rollback_of = f.run_id AND b.kind = 'rollback'
        JOIN migsafe.run_commit c ON c.run_id = b.run_id)
    SELECT f.run_id, f.depth INTO last FROM family f
    WHERE f.depth > 0 AND (seen IS NULL OR f.run_id = ANY (seen)) AND f.run_id > coalesce(restored.run_id, 0)
    ORDER BY f.run_id DESC LIMIT 1;

    IF last.run_id IS NOT NULL THEN
        RETURN CASE WHEN last.depth % 2 = 1 THEN last.run_id END;
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

CREATE VIEW migsafe.status WITH (security_invoker = true) AS
SELECT r.run_id, r.name, r.kind,
       pg_catalog.format('%I.%I', r.target_schema, r.target_name) AS target,
       CASE WHEN (c.run_id IS NOT NULL OR r.online) AND migsafe.taken_back_by(r.run_id) IS NOT NULL THEN 'rolled back'
            WHEN c.run_id IS NOT NULL THEN 'committed'
            WHEN l.pid IS NOT NULL THEN 'running'
            ELSE 'interrupted' END AS status,
       c.total_rows, c.successful_rows, c.failed_rows, c.skipped_rows,
       r.started_at AS started,
       CASE WHEN c.run_id IS NOT NULL THEN c.elapsed
            WHEN l.pid IS NOT NULL THEN pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) r.started_at
       END AS elapsed
FROM migsafe.run r
LEFT JOIN migsafe.run_commit c ON c.run_id OPERATOR(pg_catalog.=) r.run_id
LEFT JOIN LATERAL (
    SELECT k.pid FROM pg_catalog.pg_locks k
    WHERE k.locktype OPERATOR(pg_catalog.=) 'advisory' AND k.objsubid OPERATOR(pg_catalog.=) 27906::smallint
      AND k.database OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database d
                                             WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
      AND k.classid OPERATOR(pg_catalog.=) ((r.run_id OPERATOR(pg_catalog.>>) 32)::bigint)::oid
      AND k.objid OPERATOR(pg_catalog.=) ((r.run_id OPERATOR(pg_catalog.&) 4294967295)::bigint)::oid
      AND k.granted
    LIMIT 1) l ON c.run_id IS NULL
ORDER BY r.run_id;
COMMENT ON VIEW migsafe.status IS
'every run that the current user may see: running, committed, rolled back (taken back since) or interrupted';
GRANT SELECT ON migsafe.status TO PUBLIC;

CREATE FUNCTION migsafe.run_summary(run_id bigint)
RETURNS TABLE (status text, count bigint, percentage numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT v.status, v.count, round(v.count * 100.0 / nullif(c.total_rows, 0), 2)
    FROM migsafe.run_commit c
    CROSS JOIN LATERAL (VALUES ('ERROR', c.failed_rows), ('SKIPPED', c.skipped_rows), ('SUCCESS', c.successful_rows))
        AS v (status, count)
    WHERE c.run_id = run_summary.run_id;
END;
COMMENT ON FUNCTION migsafe.run_summary(bigint) IS 'how many rows of a committed run ended how, with percentages';
