\echo Use "ALTER EXTENSION migsafe UPDATE TO '1.1.0'" to load this file. \quit

COMMENT ON FUNCTION migsafe.rollback_plan(bigint, text, name[], text, jsonb, integer[], text) IS
'what migsafe.rollback would do, row by row: the values from before the run, those of now, and the patch that leads from these to what would be there; and the rows that came after the run';

ALTER TABLE migsafe.backup
    ADD COLUMN imported_at timestamptz,
    ADD COLUMN imported_from jsonb,
    ADD COLUMN related_runs_seen bigint[],
    ADD CHECK ((imported_at IS NULL) = (imported_from IS NULL));
COMMENT ON COLUMN migsafe.backup.created_at IS 'when the rows were read, be it in another database';
COMMENT ON COLUMN migsafe.backup.imported_at IS 'when migsafe.import_backup() brought it';
COMMENT ON COLUMN migsafe.backup.imported_from IS 'which backup it was where it was exported';

CREATE TABLE migsafe.installation (
    system_identifier bigint NOT NULL,
    extension_oid     oid NOT NULL
);
COMMENT ON TABLE migsafe.installation IS
'one row: by what this installation of migsafe is known in its records; pg_upgrade keeps it, pg_dump leaves it out';
INSERT INTO migsafe.installation
SELECT s.system_identifier, e.oid FROM pg_catalog.pg_control_system() s, pg_catalog.pg_extension e
WHERE e.extname = 'migsafe';
ALTER TABLE migsafe.installation ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON migsafe.installation FOR SELECT USING (true);
GRANT SELECT ON migsafe.installation TO PUBLIC;

COMMENT ON COLUMN migsafe.backup.related_runs_seen IS
'the same of its partitions, of its parents and of inheritance children; NULL if nobody knows: it was imported, or is of version 1.0.0';

CREATE TABLE migsafe.undo_digest (
    run_id      bigint NOT NULL,
    first_entry bigint NOT NULL,
    blocks      bytea NOT NULL,
    PRIMARY KEY (run_id, first_entry)
);
-- hashes cannot be compressed
ALTER TABLE migsafe.undo_digest ALTER COLUMN blocks SET STORAGE EXTERNAL;
COMMENT ON TABLE migsafe.undo_digest IS
'in which blocks of the undo log of a run entries with certain keys lie; some entries to a row';
COMMENT ON COLUMN migsafe.undo_digest.first_entry IS 'the number of the first of them';
COMMENT ON COLUMN migsafe.undo_digest.blocks IS
'for each block in turn its number, how many of the entries are there, and a hash of the key of each: four bytes each';

ALTER TABLE migsafe.undo_digest ENABLE ROW LEVEL SECURITY;
-- the policy of migsafe.run decides
CREATE POLICY readers_of_the_target ON migsafe.undo_digest FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = undo_digest.run_id));
GRANT SELECT ON migsafe.undo_digest TO PUBLIC;

ALTER TABLE migsafe.run ADD COLUMN restored_tables oid[];
COMMENT ON COLUMN migsafe.run.restored_tables IS
'of a restore: the target with its partitions or inheritance children at that time; NULL if version 1.0.0 did it';

CREATE OR REPLACE FUNCTION migsafe.taken_back_by(run_id bigint, seen bigint[] DEFAULT NULL) RETURNS bigint
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
CREATE OR REPLACE VIEW migsafe.status WITH (security_invoker = true) AS
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

DROP FUNCTION migsafe.retention(timestamptz, integer);
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

ALTER TABLE migsafe.registered_schema ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON migsafe.registered_schema FOR SELECT USING (true);

CREATE OR REPLACE FUNCTION migsafe.table_manifest(target regclass) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN jsonb_build_object(
    'columns', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
            'not_null', a.attnotnull AND NOT EXISTS (
                SELECT FROM pg_constraint c WHERE c.conrelid = target AND c.contype = 'n' AND NOT c.convalidated
                                              AND c.conkey = ARRAY[a.attnum]),
            'default', pg_get_expr(d.adbin, d.adrelid), 'generated', nullif(a.attgenerated, ''),
            'identity', nullif(a.attidentity, ''), 'statistics_target', nullif(a.attstattarget, -1),
            'collation', migsafe.collation_clause(a.attcollation, t.typcollation),
            'compression', CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
            'storage', CASE WHEN a.attstorage <> t.typstorage THEN
                CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
                                  ELSE 'EXTENDED' END END,
            'identity_sequence', (
                SELECT migsafe.sequence_clause(s.objid) FROM pg_depend s
                WHERE s.classid = 'pg_class'::regclass AND s.refclassid = 'pg_class'::regclass
                  AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum AND s.deptype = 'i'))
            ORDER BY a.attnum), '[]')
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped),
    'enums', (
        SELECT jsonb_object_agg(format_type(t.oid, NULL),
                                (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder)
                                 FROM pg_enum e WHERE e.enumtypid = t.oid))
        FROM pg_type t
        WHERE t.typtype = 'e' AND EXISTS (
            SELECT FROM pg_attribute a JOIN pg_type c ON c.oid = a.atttypid
            WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped
              AND t.oid IN (c.oid, c.typelem, c.typbasetype))),
    'types', migsafe.type_manifest(target),
    'sequences', (
        SELECT jsonb_object_agg(format('%I.%I', n.nspname, c.relname),
                                'AS ' || format_type(s.seqtypid, NULL) || ' ' || migsafe.sequence_clause(c.oid))
        FROM pg_attrdef d
        JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
                        AND p.refclassid = 'pg_class'::regclass
        JOIN pg_sequence s ON s.seqrelid = p.refobjid
        JOIN pg_class c ON c.oid = p.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE d.adrelid = target),
    'indexes', (
        SELECT jsonb_agg(pg_get_indexdef(i.indexrelid) ORDER BY i.indexrelid::regclass::text)
        FROM pg_index i WHERE i.indrelid = target),
    'constraints', (
        SELECT jsonb_agg(jsonb_build_object('name', c.conname, 'definition', pg_get_constraintdef(c.oid))
                         ORDER BY c.conname)
        FROM pg_constraint c WHERE c.conrelid = target AND c.contype <> 'n'),
    'referenced_by', (
        SELECT jsonb_agg(jsonb_build_object('table', c.conrelid::regclass::text, 'name', c.conname,
                                            'definition', pg_get_constraintdef(c.oid)) ORDER BY c.conname)
        FROM pg_constraint c WHERE c.confrelid = target AND c.contype = 'f'),
    'triggers', (
        SELECT jsonb_agg(pg_get_triggerdef(t.oid) ORDER BY t.tgname)
        FROM pg_trigger t WHERE t.tgrelid = target AND NOT t.tgisinternal),
    'owner', (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = target),
    'privileges', (SELECT to_jsonb(c.relacl::text[]) FROM pg_class c WHERE c.oid = target));
COMMENT ON FUNCTION migsafe.table_manifest(regclass) IS
'the definition of a table as a backup records it: columns, types, sequences, indexes, constraints, triggers, owner, privileges';
