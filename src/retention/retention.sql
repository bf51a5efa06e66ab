-- Backups and undo logs, and what still needs them: see doc/design.md.

CREATE FUNCTION migsafe.retention(older_than timestamptz, keep_last integer)
RETURNS TABLE (kind text, id bigint, target_oid oid, target text, table_oid oid, finished_at timestamptz,
               unfinished boolean, backup_set bigint, reason text, loss text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE
    recorded AS (
        SELECT 'undo log' AS kind, r.run_id AS id, r.undo_schema AS table_schema, r.undo_name AS table_name,
               r.target_oid, r.target_schema, r.target_name, r.system_identifier, r.extension_oid, r.target_owner,
               greatest(r.started_at, c.finished_at) AS finished_at, NULL::name[] AS columns, NULL::bigint[] AS runs_seen,
               r.rollback_of, c.undo_rows, c.run_id IS NULL AS unfinished, NULL::text AS backup_kind, NULL::bigint AS backup_set,
               CASE WHEN c.run_id IS NULL THEN 'is not finished'
                    WHEN jsonb_path_exists(c.checks_result, '$[*] ? (@.passed == false)')
                    THEN 'has not passed all of its checks' END AS flaw
        FROM migsafe.run r LEFT JOIN migsafe.run_commit c ON c.run_id = r.run_id
        WHERE r.pruned_at IS NULL
        UNION ALL
        SELECT 'backup', b.backup_id, b.backup_schema, b.backup_name,
               b.target_oid, b.target_schema, b.target_name, b.system_identifier, b.extension_oid, b.target_owner,
               b.created_at, (SELECT array_agg((e.c ->> 'name')::name ORDER BY e.i)
                              FROM jsonb_array_elements(b.manifest -> 'columns') WITH ORDINALITY e (c, i)), b.runs_seen,
               NULL, NULL, false, CASE WHEN b.imported_at IS NULL THEN b.kind ELSE 'import' END, b.backup_set, NULL
        FROM migsafe.backup b
        -- a name may have been given anew once its table was gone: then the table is that of the last one
        WHERE b.pruned_at IS NULL
          AND NOT EXISTS (SELECT FROM migsafe.backup l WHERE l.backup_schema = b.backup_schema
                          AND l.backup_name = b.backup_name AND l.backup_id > b.backup_id)),
    present AS MATERIALIZED (
        SELECT e.kind, e.id, t.oid AS target_oid, e.finished_at, e.runs_seen, e.rollback_of, e.undo_rows, e.unfinished,
               e.backup_kind, e.backup_set, e.flaw,
               coalesce(t.oid::regclass::text, format('%I.%I', e.target_schema, e.target_name)) AS target,
               k.oid AS table_oid,
               CASE WHEN k.relkind <> 'r' OR e.columns <> (SELECT array_agg(a.attname ORDER BY a.attnum)
                                                           FROM pg_attribute a WHERE a.attrelid = k.oid AND a.attnum > 0)
                    THEN 'its table is not as migsafe made it'
                    WHEN pg_get_userbyid(k.relowner) <> e.target_owner
                         AND k.relowner <> (SELECT o.relowner FROM pg_class o WHERE o.oid = t.oid)
                    THEN 'its table has another owner'
                    WHEN EXISTS (SELECT FROM (VALUES ('pg_class'::regclass, k.oid), ('pg_type'::regclass, y.oid),
                                                     ('pg_type'::regclass, y.typarray)) AS v (class, object)
                                 JOIN pg_depend d ON d.refclassid = v.class AND d.refobjid = v.object AND d.deptype = 'n'
                                 LEFT JOIN pg_constraint c ON d.classid = 'pg_constraint'::regclass AND c.oid = d.objid
                                 WHERE c.conrelid IS DISTINCT FROM k.oid)
                    THEN 'other objects depend on its table' END AS obstacle
        FROM recorded e
        JOIN pg_namespace n ON n.nspname = e.table_schema AND NOT pg_is_other_temp_schema(n.oid)
        JOIN pg_class k ON k.relnamespace = n.oid AND k.relname = e.table_name
        LEFT JOIN pg_type y ON y.oid = k.reltype
        CROSS JOIN LATERAL (SELECT migsafe.target_of(e.target_oid, e.target_schema, e.target_name,
            e.system_identifier, e.extension_oid, e.target_owner)) AS t (oid)),
    -- runs that may have to be finished or taken back yet
    holder AS MATERIALIZED (
        SELECT p.id, p.rollback_of, p.target, p.unfinished, format('run %s %s', p.id, p.flaw) AS reason
        FROM present p
        WHERE p.flaw IS NOT NULL AND p.target_oid IS NOT NULL AND migsafe.taken_back_by(p.id) IS NULL
          -- nor can a rollback be of a run that another one has taken back meanwhile
          AND NOT (p.unfinished AND p.rollback_of IS NOT NULL AND migsafe.taken_back_by(p.rollback_of) IS NOT NULL)),
    needed AS (
        SELECT 'undo log' AS kind, h.id, h.rollback_of, h.unfinished, h.reason FROM holder h
        UNION
        -- a rollback without an undo log of its own may begin anew
        SELECT 'undo log', p.id, p.rollback_of, p.unfinished, format('run %s is not finished', r.run_id)
        FROM present p JOIN migsafe.run r ON r.rollback_of = p.id AND r.online
        WHERE p.kind = 'undo log' AND p.target_oid IS NOT NULL AND migsafe.taken_back_by(p.id) IS NULL
          AND migsafe.taken_back_by(r.run_id) IS NULL
          AND NOT EXISTS (SELECT FROM migsafe.run_commit c WHERE c.run_id = r.run_id)
        UNION
        -- to finish a rollback takes the undo log of what it takes back
        SELECT 'undo log', p.id, p.rollback_of, true, n.reason
        FROM needed n JOIN present p ON p.kind = 'undo log' AND p.id = n.rollback_of
        WHERE n.unfinished),
    -- the newest by number, and of those that were imported, which have a number of later, the newest by age
    needed_backup AS (
        SELECT DISTINCT ON (h.id, p.backup_kind = 'import') p.id, h.reason
        FROM holder h JOIN present p ON p.kind = 'backup' AND p.target = h.target AND h.id <> ALL (p.runs_seen)
        ORDER BY h.id, p.backup_kind = 'import', CASE p.backup_kind WHEN 'import' THEN p.finished_at END DESC, p.id DESC),
    -- a run, its rollbacks, what took those back, and so on: kept together, and known by the run that began them
    ancestor AS (
        SELECT p.id, p.id AS run_id, p.rollback_of FROM present p WHERE p.kind = 'undo log'
        UNION ALL
        SELECT a.id, r.run_id, r.rollback_of FROM ancestor a JOIN migsafe.run r ON r.run_id = a.rollback_of),
    kin AS (
        SELECT p.*, coalesce(a.run_id, p.id) AS family
        FROM present p
        LEFT JOIN (SELECT id, min(run_id) FROM ancestor GROUP BY id) AS a (id, run_id) ON p.kind = 'undo log' AND a.id = p.id),
    judged AS (
        SELECT k.*,
               coalesce(CASE k.kind WHEN 'undo log' THEN (SELECT min(n.reason) FROM needed n WHERE n.id = k.id)
                                    ELSE (SELECT min(n.reason) FROM needed_backup n WHERE n.id = k.id) END,
                        CASE WHEN dense_rank() OVER (PARTITION BY k.kind, k.backup_kind, k.target ORDER BY k.family DESC)
                                  <= retention.keep_last THEN 'kept by keep_last' END,
                        CASE WHEN k.finished_at > retention.older_than THEN 'kept by older_than' END) AS need
        FROM kin k),
    decided AS (
        SELECT j.*,
               coalesce(j.obstacle, j.need,
                        CASE j.kind WHEN 'undo log' THEN
                            'the undo log of run '
                            || max(j.id) FILTER (WHERE j.need IS NOT NULL) OVER (PARTITION BY j.kind, j.family)
                            || ' is kept' END) AS reason
        FROM judged j)
    SELECT p.kind, p.id, p.target_oid, p.target, p.table_oid, p.finished_at, p.unfinished, p.backup_set, p.reason,
           CASE WHEN p.reason IS NULL AND p.undo_rows > 0 AND p.target_oid IS NOT NULL
                     AND migsafe.taken_back_by(p.id) IS NULL
                THEN format('run %s stands and cannot be rolled back afterwards', p.id) END
    FROM decided p
    ORDER BY p.kind, p.id;
END;
COMMENT ON FUNCTION migsafe.retention(timestamptz, integer) IS
'internal: each backup and undo log that is there, why migsafe.prune() keeps it (NULL: nothing is against dropping it), and what would be lost with it';

CREATE FUNCTION migsafe.prune(
    older_than interval DEFAULT '7 days', keep_last integer DEFAULT 1, dry_run boolean DEFAULT true)
RETURNS TABLE (kind text, id bigint, target text, dropped boolean, reason text, table_name text,
               finished_at timestamptz, bytes bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_prune';
COMMENT ON FUNCTION migsafe.prune(interval, integer, boolean) IS
'drop old backups and undo logs, of all tables of the caller, that nothing needs any more; a dry run, the default, says which these would be';
