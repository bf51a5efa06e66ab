\echo Use "CREATE EXTENSION migsafe" to load this file. \quit

CREATE SCHEMA migsafe;
COMMENT ON SCHEMA migsafe IS 'data migrations that can be undone, isolate bad rows, and are observable';
GRANT USAGE ON SCHEMA migsafe TO PUBLIC;

CREATE SCHEMA migsafe_undo;
COMMENT ON SCHEMA migsafe_undo IS 'undo logs of migsafe: each belongs to the owner of its target';
GRANT USAGE ON SCHEMA migsafe_undo TO PUBLIC;

CREATE FUNCTION migsafe.row_hash(fields record) RETURNS bytea
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_row_hash';
COMMENT ON FUNCTION migsafe.row_hash(record) IS 'the 128-bit hash of the stored images of the fields of a row';

CREATE FUNCTION migsafe.is_newer(transaction xid, snapshot pg_snapshot) RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_is_newer';
COMMENT ON FUNCTION migsafe.is_newer(xid, pg_snapshot) IS
'was this transaction, of a row that can be seen now, not visible to the snapshot? A transaction of long ago may be taken for one';

-- The record of runs and backups. Written by migsafe's own functions only; readable, row by row, by those who may read
-- the target. Nothing here refers to a table by OID alone: an OID counts where system_identifier and extension_oid are
-- those of today; after a dump and restore, which makes the extension anew, the name does, if the table belongs to the
-- same owner.

CREATE FUNCTION migsafe.target_of(target_oid oid, target_schema name, target_name name, system_identifier bigint,
                                  extension_oid oid, target_owner name)
RETURNS oid LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_target_of';
COMMENT ON FUNCTION migsafe.target_of(oid, name, name, bigint, oid, name) IS
'the table that a record of migsafe means: by OID where it was written, by name and owner where it was restored; NULL if it is gone';

CREATE FUNCTION migsafe.may_read(target_oid oid, target_schema name, target_name name, system_identifier bigint,
                                 extension_oid oid, target_owner name)
RETURNS boolean LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_may_read';
COMMENT ON FUNCTION migsafe.may_read(oid, name, name, bigint, oid, name) IS
'may the current user read every row of the table that a record of migsafe means?';

CREATE SEQUENCE migsafe.run_id_seq AS bigint;
CREATE SEQUENCE migsafe.backup_id_seq AS bigint;
CREATE SEQUENCE migsafe.backup_set_seq AS bigint;

CREATE TABLE migsafe.run (
    run_id            bigint PRIMARY KEY,
    kind              text NOT NULL CHECK (kind IN ('run', 'rollback', 'restore')),
    name              text CHECK (name !~ '^[0-9]+$' AND name <> ''),
    target_schema     name NOT NULL,
    target_name       name NOT NULL,
    target_oid        oid NOT NULL,
    system_identifier bigint NOT NULL,
    extension_oid     oid NOT NULL,
    target_owner      name NOT NULL,
    transform         jsonb,
    only_if           text,
    checks            jsonb,
    max_errors        bigint,
    batch_size        integer,
    undo_schema       name,
    undo_name         name,
    undo_columns      jsonb,
    rollback_of       bigint,
    backup_id         bigint,
    restore_mode      text,
    run_by            name NOT NULL,
    run_by_oid        oid NOT NULL,
    started_at        timestamptz NOT NULL,
    backend_pid       integer NOT NULL,
    precondition      jsonb,
    online            boolean NOT NULL DEFAULT false,
    settings          jsonb NOT NULL,
    terms             jsonb,
    is_partial        boolean NOT NULL DEFAULT false,
    pruned_at         timestamptz
);
CREATE INDEX run_name_idx ON migsafe.run (name);
CREATE INDEX run_rollback_of_idx ON migsafe.run (rollback_of);
COMMENT ON TABLE migsafe.run IS 'one row for each run, rollback and restore: what was asked for';
COMMENT ON COLUMN migsafe.run.undo_columns IS 'the columns of the target as the undo log has them';
COMMENT ON COLUMN migsafe.run.settings IS 'the settings under which its expressions were written';
COMMENT ON COLUMN migsafe.run.terms IS 'of a rollback: what it was to take back, and what to do about conflicts';
COMMENT ON COLUMN migsafe.run.is_partial IS 'is it a rollback of a part of a run?';
COMMENT ON COLUMN migsafe.run.pruned_at IS 'when migsafe.prune() dropped its undo log';

CREATE TABLE migsafe.run_commit (
    run_id          bigint PRIMARY KEY,
    total_rows      bigint NOT NULL,
    successful_rows bigint NOT NULL,
    failed_rows     bigint NOT NULL,
    skipped_rows    bigint NOT NULL,
    skipped         jsonb NOT NULL,
    batches         integer NOT NULL,
    undo_rows       bigint NOT NULL,
    undo_hash       text NOT NULL,
    checks_result   jsonb,
    finished_at     timestamptz NOT NULL,
    elapsed         interval NOT NULL,
    snapshot        pg_snapshot,
    CHECK (total_rows = successful_rows + failed_rows + skipped_rows)
);
COMMENT ON TABLE migsafe.run_commit IS
'written by a run''s own transaction at its end: a run whose row here can be seen has committed';
COMMENT ON COLUMN migsafe.run_commit.undo_hash IS 'the hash of the content of its undo log';
COMMENT ON COLUMN migsafe.run_commit.snapshot IS 'rows of transactions that this snapshot does not see came after the run';

CREATE TABLE migsafe.committed_error (
    run_id     bigint NOT NULL,
    error_no   bigint NOT NULL,
    key        jsonb NOT NULL,
    sqlstate   text NOT NULL,
    message    text NOT NULL,
    detail     text,
    row_before jsonb,
    PRIMARY KEY (run_id, error_no)
);
COMMENT ON TABLE migsafe.committed_error IS
'the row errors that a run''s own transactions wrote: one row for each row of a target whose transform or write failed';

CREATE TABLE migsafe.backup (
    backup_id           bigint PRIMARY KEY,
    label               text,
    target_schema       name NOT NULL,
    target_name         name NOT NULL,
    target_oid          oid NOT NULL,
    system_identifier   bigint NOT NULL,
    extension_oid       oid NOT NULL,
    target_owner        name NOT NULL,
    backup_schema       name NOT NULL,
    backup_name         name NOT NULL,
    row_count           bigint NOT NULL,
    bytes               bigint NOT NULL,
    fingerprint         text NOT NULL,
    fingerprint_version integer NOT NULL,
    manifest            jsonb NOT NULL,
    runs_seen           bigint[] NOT NULL,
    created_at          timestamptz NOT NULL,
    created_by          name NOT NULL,
    kind                text NOT NULL DEFAULT 'backup' CHECK (kind IN ('backup', 'before restore')),
    backup_set          bigint,
    restore_run_id      bigint,
    pruned_at           timestamptz,
    CHECK ((kind = 'before restore') = (restore_run_id IS NOT NULL))
);
CREATE INDEX backup_target_idx ON migsafe.backup (target_oid);
CREATE INDEX backup_set_idx ON migsafe.backup (backup_set);
COMMENT ON COLUMN migsafe.backup.kind IS
'backup: a user asked for it. before restore: a restore took it first; no restore takes it unless it is named';
COMMENT ON COLUMN migsafe.backup.backup_set IS
'backups of one number were taken under one snapshot; NULL: by itself';
COMMENT ON COLUMN migsafe.backup.restore_run_id IS 'the restore before which the backup was taken';
COMMENT ON COLUMN migsafe.backup.runs_seen IS 'the committed runs of the target that the backup''s snapshot saw';
COMMENT ON COLUMN migsafe.backup.pruned_at IS 'when the copy was dropped by migsafe.prune()';
COMMENT ON TABLE migsafe.backup IS 'one row for each backup: the manifest that it is verified against';

CREATE TABLE migsafe.stored_checks (
        name              text PRIMARY KEY CHECK (name <> ''),
    checks             jsonb NOT NULL,
    owner             name NOT NULL,
    owner_oid         oid NOT NULL,
    system_identifier bigint NOT NULL,
    extension_oid     oid NOT NULL,
    stored_at         timestamptz NOT NULL
);
COMMENT ON TABLE migsafe.stored_checks IS
'one row for each stored list of checks: it runs with the rights of the one who uses it, not of its owner';

ALTER TABLE migsafe.run ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.run_commit ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.committed_error ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.backup ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.stored_checks ENABLE ROW LEVEL SECURITY;

CREATE POLICY readers_of_the_target ON migsafe.run FOR SELECT
    USING (migsafe.may_read(target_oid, target_schema, target_name, system_identifier, extension_oid, target_owner));
CREATE POLICY readers_of_the_target ON migsafe.backup FOR SELECT
    USING (migsafe.may_read(target_oid, target_schema, target_name, system_identifier, extension_oid, target_owner));
-- the policy of migsafe.run decides
CREATE POLICY readers_of_the_target ON migsafe.run_commit FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = run_commit.run_id));
CREATE POLICY readers_of_the_target ON migsafe.committed_error FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = committed_error.run_id));

CREATE POLICY everybody ON migsafe.stored_checks FOR SELECT USING (true);

GRANT SELECT ON migsafe.run, migsafe.run_commit, migsafe.committed_error, migsafe.backup, migsafe.stored_checks
    TO PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('migsafe.run', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.run_commit', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.committed_error', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.backup', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.stored_checks', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.run_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.backup_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.backup_set_seq', '');

-- Online runs: what they were asked for beyond migsafe.run, and how far they have come. What a batch did, and that it
-- was done, commit together.

CREATE TABLE migsafe.online_run (
    run_id        bigint PRIMARY KEY,
    background    boolean NOT NULL,
    workers       integer NOT NULL CHECK (workers > 0),
    pace          jsonb NOT NULL,
    sweep         boolean NOT NULL,
    notice_every  bigint,
    began_in      pg_snapshot,
    tables        oid[],
    phase         text NOT NULL
                  CHECK (phase IN ('pending', 'rows', 'deferred rows', 'new rows', 'checks', 'done')),
    stopped       text CHECK (stopped IN ('paused', 'cancelled', 'failed')),
    sqlstate      text,
    message       text,
    detail        text,
    rows_expected bigint,
    not_visited   bigint NOT NULL DEFAULT 0,
    control       bigint,
    held_back_by  text
);
COMMENT ON TABLE migsafe.online_run IS 'one row for each run in batches that commit: its pace, and where it stands';
COMMENT ON COLUMN migsafe.online_run.began_in IS 'rows of transactions that this snapshot does not see came after the run''s start';
COMMENT ON COLUMN migsafe.online_run.tables IS 'the tables that held the target''s rows then: those of others came after it, too';
COMMENT ON COLUMN migsafe.online_run.stopped IS 'why it does not go on by itself, if it was stopped';
COMMENT ON COLUMN migsafe.online_run.control IS 'the shared memory of the backend that carries it out';
COMMENT ON COLUMN migsafe.online_run.held_back_by IS 'what it waits for between two batches';

CREATE TABLE migsafe.run_part (
    run_id          bigint NOT NULL,
    part            integer NOT NULL,
    first_key       text[],
    last_key        text[],
    last_done       text[],
    done            boolean NOT NULL DEFAULT false,
    seen            bigint NOT NULL DEFAULT 0,
    written         bigint NOT NULL DEFAULT 0,
    failed          bigint NOT NULL DEFAULT 0,
    only_if         bigint NOT NULL DEFAULT 0,
    unchanged       bigint NOT NULL DEFAULT 0,
    deleted         bigint NOT NULL DEFAULT 0,
    suppressed      bigint NOT NULL DEFAULT 0,
    batches         integer NOT NULL DEFAULT 0,
    retries         bigint NOT NULL DEFAULT 0,
    batch_size      bigint,
    rows_per_second double precision,
    undo_hash       text NOT NULL DEFAULT '00000000000000000000000000000000',
    updated_at      timestamptz,
    PRIMARY KEY (run_id, part),
    CHECK (seen = written + failed + only_if + unchanged + deleted + suppressed)
) WITH (fillfactor = 50);
COMMENT ON TABLE migsafe.run_part IS 'the parts of the key range of an online run: how far each has come, and what became of its rows';
COMMENT ON COLUMN migsafe.run_part.first_key IS 'the part holds the rows after this key; NULL: from the first one on';
COMMENT ON COLUMN migsafe.run_part.last_key IS 'up to this one';
COMMENT ON COLUMN migsafe.run_part.last_done IS 'what is behind this key is done, but for deferred rows';
COMMENT ON COLUMN migsafe.run_part.undo_hash IS 'the hash of the content of what it has added to the undo log';

CREATE TABLE migsafe.deferred_row (
    run_id   bigint NOT NULL,
    key      text[] NOT NULL,
    reason   text NOT NULL CHECK (reason IN ('locked', 'new')),
    tried_at timestamptz NOT NULL
);
-- by hash: a key may be too long, as text, for an entry of an index
CREATE INDEX deferred_row_key_idx ON migsafe.deferred_row (run_id, pg_catalog.hash_array_extended(key, 0));
COMMENT ON TABLE migsafe.deferred_row IS 'rows that an online run has put off: locked by others, or inserted behind it';

ALTER TABLE migsafe.online_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.run_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.deferred_row ENABLE ROW LEVEL SECURITY;

-- the policy of migsafe.run decides
CREATE POLICY readers_of_the_target ON migsafe.online_run FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = online_run.run_id));
CREATE POLICY readers_of_the_target ON migsafe.run_part FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = run_part.run_id));
CREATE POLICY readers_of_the_target ON migsafe.deferred_row FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = deferred_row.run_id));

GRANT SELECT ON migsafe.online_run, migsafe.run_part, migsafe.deferred_row TO PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('migsafe.online_run', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.run_part', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.deferred_row', '');

-- What the recorder has committed about runs whose own transaction has not: see doc/design.md. Once that transaction has
-- committed, its own records count, and these are deleted; where it never does, they stay.

CREATE TABLE migsafe.recorded_run (
    run_id            bigint PRIMARY KEY,
    kind              text NOT NULL,
    name              text,
    target_schema     name NOT NULL,
    target_name       name NOT NULL,
    target_oid        oid NOT NULL,
    system_identifier bigint NOT NULL,
    extension_oid     oid NOT NULL,
    target_owner      name NOT NULL,
    run_by            name NOT NULL,
    started_at        timestamptz NOT NULL,
    backend_pid       integer NOT NULL,
    xid               xid8 NOT NULL,
    phase             text NOT NULL,
    rows_total        bigint,
    rows_done         bigint NOT NULL DEFAULT 0,
    failed_rows       bigint NOT NULL DEFAULT 0,
    skipped_rows      bigint NOT NULL DEFAULT 0,
    batch_size        bigint,
    rows_per_second   double precision,
    outcome           text CHECK (outcome IN ('completed', 'failed')),
    sqlstate          text,
    message           text,
    detail            text,
    hint              text,
    recorded_at       timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    finished_at       timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE migsafe.recorded_run IS
'one row for each run, rollback and restore in one transaction that has not committed: how far it came, and how it ended';
COMMENT ON COLUMN migsafe.recorded_run.xid IS 'the transaction, or the subtransaction, of the run';
COMMENT ON COLUMN migsafe.recorded_run.rows_total IS 'an estimate';
COMMENT ON COLUMN migsafe.recorded_run.outcome IS
'how the call ended; completed says nothing of what became of its transaction';

CREATE TABLE migsafe.recorded_error (LIKE migsafe.committed_error INCLUDING INDEXES);
COMMENT ON TABLE migsafe.recorded_error IS 'the row errors of the runs in migsafe.recorded_run';

CREATE VIEW migsafe.row_error WITH (security_invoker = true) AS
SELECT c.run_id, c.error_no, c.key, c.sqlstate, c.message, c.detail, c.row_before
FROM migsafe.committed_error c
UNION ALL
SELECT e.run_id, e.error_no, e.key, e.sqlstate, e.message, e.detail, e.row_before
FROM migsafe.recorded_error e
WHERE NOT EXISTS (SELECT FROM migsafe.run r WHERE r.run_id OPERATOR(pg_catalog.=) e.run_id);
COMMENT ON VIEW migsafe.row_error IS
'one row for each row of a target whose transform or write failed, also in runs that did not commit';

ALTER TABLE migsafe.recorded_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE migsafe.recorded_error ENABLE ROW LEVEL SECURITY;

CREATE POLICY readers_of_the_target ON migsafe.recorded_run FOR SELECT
    USING (migsafe.may_read(target_oid, target_schema, target_name, system_identifier, extension_oid, target_owner));
-- the policy of migsafe.recorded_run decides
CREATE POLICY readers_of_the_target ON migsafe.recorded_error FOR SELECT
    USING (EXISTS (SELECT FROM migsafe.recorded_run r WHERE r.run_id = recorded_error.run_id));

GRANT SELECT ON migsafe.recorded_run, migsafe.recorded_error, migsafe.row_error TO PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('migsafe.recorded_run', '');
SELECT pg_catalog.pg_extension_config_dump('migsafe.recorded_error', '');

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

    -- the last of the run's rollbacks, of their rollbacks, and so on, since then; those that left nothing behind
    WITH RECURSIVE family (run_id, depth) AS (
        SELECT taken_back_by.run_id, 0
        UNION ALL
        SELECT b.run_id, f.depth + 1 FROM family f
        JOIN migsafe.run b ON b.rollback_of = f.run_id AND b.kind = 'rollback' AND NOT b.is_partial
        JOIN migsafe.run_commit c ON c.run_id = b.run_id AND c.failed_rows = 0)
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
       CASE WHEN c.run_id IS NULL THEN coalesce(o.message, w.message) END AS message
FROM (SELECT a.run_id, a.name, a.kind, a.target_schema, a.target_name, a.started_at, a.online
      FROM migsafe.run a
      UNION ALL
      SELECT b.run_id, b.name, b.kind, b.target_schema, b.target_name, b.started_at, false
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
                  d.extension_oid OPERATOR(pg_catalog.=)
                      (SELECT x.oid FROM pg_catalog.pg_extension x WHERE x.extname OPERATOR(pg_catalog.=) 'migsafe')
                  AND d.system_identifier OPERATOR(pg_catalog.=)
                      (SELECT s.system_identifier FROM pg_catalog.pg_control_system() s)
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

-- What a table's columns are made of, as a backup's manifest records it and an export writes it.

CREATE FUNCTION migsafe.collation_clause(used oid, of_type oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT format('%I.%I', n.nspname, c.collname)
        FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE c.oid = used AND used <> of_type);
COMMENT ON FUNCTION migsafe.collation_clause(oid, oid) IS
'what COLLATE has to say of a column or domain; NULL if it has the collation of its type';

CREATE FUNCTION migsafe.sequence_clause(sequence oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', s.seqstart, s.seqincrement,
                      s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END)
        FROM pg_sequence s WHERE s.seqrelid = sequence);
COMMENT ON FUNCTION migsafe.sequence_clause(oid) IS
'the options of a sequence, as CREATE SEQUENCE takes them';

CREATE FUNCTION migsafe.type_manifest(target regclass) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
WITH RECURSIVE used (oid, depth) AS (
    SELECT a.atttypid, 0 FROM pg_attribute a WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT part.oid, u.depth + 1
    FROM used u JOIN pg_type t ON t.oid = u.oid CROSS JOIN LATERAL (
        SELECT t.typelem WHERE t.typcategory = 'A'
        UNION ALL SELECT t.typbasetype
        UNION ALL SELECT a.atttypid FROM pg_attribute a
                  WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid
        UNION ALL SELECT r.rngtypid FROM pg_range r WHERE r.rngmultitypid = t.oid) part (oid)
    WHERE part.oid <> 0),
ordered AS (
    SELECT t.oid, t.typtype, t.typrelid, t.typbasetype, t.typtypmod, t.typnotnull, t.typdefaultbin, t.typcollation,
           n.nspname, format_type(t.oid, NULL) AS name, max(u.depth) AS depth, e.extname,
           CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range'
                          WHEN 'c' THEN CASE c.relkind WHEN 'c' THEN 'composite' ELSE 'row of a table' END
                          ELSE 'base' END AS kind
    FROM used u JOIN pg_type t ON t.oid = u.oid JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    LEFT JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
    LEFT JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    WHERE (t.typtype NOT IN ('b', 'm') OR t.typcategory <> 'A' AND t.typtype = 'b') AND t.oid >= 16384
    GROUP BY t.oid, n.nspname, e.extname, c.relkind)
SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
           'name', o.name, 'schema', o.nspname, 'kind', o.kind, 'extension', o.extname,
           'labels', CASE o.kind WHEN 'enum' THEN
               (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = o.oid) END,
           'fields', CASE WHEN o.typtype = 'c' THEN
               (SELECT jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
                FROM pg_attribute a WHERE a.attrelid = o.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END,
           'base', CASE o.kind WHEN 'domain' THEN format_type(o.typbasetype, o.typtypmod)
                               WHEN 'range' THEN (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r
                                                  WHERE r.rngtypid = o.oid) END,
           'definition', CASE WHEN o.extname IS NOT NULL THEN NULL ELSE CASE o.kind
               WHEN 'enum' THEN
                   (SELECT format('CREATE TYPE %s AS ENUM (%s)', o.name,
                                  coalesce(string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder), ''))
                    FROM pg_enum e WHERE e.enumtypid = o.oid)
               WHEN 'domain' THEN
                   (SELECT concat_ws(' ', format('CREATE DOMAIN %s AS %s', o.name,
                                                 format_type(o.typbasetype, o.typtypmod)),
                                     'COLLATE ' || migsafe.collation_clause(o.typcollation, b.typcollation),
                                     'DEFAULT ' || pg_get_expr(o.typdefaultbin, 0), CASE WHEN o.typnotnull THEN 'NOT NULL' END,
                                     string_agg('CONSTRAINT ' || quote_ident(k.conname) || ' ' ||
                                                -- CREATE DOMAIN takes no such one
                                                regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''),
                                                ' ' ORDER BY k.conname))
                    FROM pg_type b LEFT JOIN pg_constraint k ON k.contypid = o.oid
                    WHERE b.oid = o.typbasetype GROUP BY b.oid)
               WHEN 'composite' THEN
                   (SELECT format('CREATE TYPE %s AS (%s)', o.name, coalesce(string_agg(
                               concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                                         'COLLATE ' || migsafe.collation_clause(a.attcollation, f.typcollation)),
                               ', ' ORDER BY a.attnum), ''))
                    FROM pg_attribute a JOIN pg_type f ON f.oid = a.atttypid
                    WHERE a.attrelid = o.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
               WHEN 'range' THEN
                   (SELECT format('CREATE TYPE %s AS RANGE (%s)', o.name, concat_ws(', ',
                               'SUBTYPE = ' || format_type(r.rngsubtype, NULL),
                               (SELECT format('SUBTYPE_OPCLASS = %I.%I', n.nspname, c.opcname) FROM pg_opclass c
                                JOIN pg_namespace n ON n.oid = c.opcnamespace WHERE c.oid = r.rngsubopc),
                               'COLLATION = ' || migsafe.collation_clause(r.rngcollation, 0),
                               'SUBTYPE_DIFF = ' || nullif(r.rngsubdiff, 0)::regproc,
                               'MULTIRANGE_TYPE_NAME = ' || format_type(r.rngmultitypid, NULL)))
                    FROM pg_range r WHERE r.rngtypid = o.oid AND r.rngcanonical = 0)
               END END)) ORDER BY o.depth DESC, o.name)
FROM ordered o;
END;
COMMENT ON FUNCTION migsafe.type_manifest(regclass) IS
'the types that the columns of a table use, but for those of the server, each after those that it is made of';

CREATE FUNCTION migsafe.table_manifest(target regclass) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN jsonb_build_object(
    'columns', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
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
        FROM pg_constraint c WHERE c.conrelid = target),
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

CREATE FUNCTION migsafe.jsonb_has_path(document jsonb, path text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_jsonb_has_path';
COMMENT ON FUNCTION migsafe.jsonb_has_path(jsonb, text) IS
'is there a value at this JSON Pointer (RFC 6901)? * stands for every member or element, ~2 for a literal *';

-- Not STRICT: a NULL patch is an error, since it would make NULL of a column.
CREATE FUNCTION migsafe.jsonb_patch(document jsonb, patch jsonb, extensions boolean DEFAULT false) RETURNS jsonb
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_jsonb_patch';
COMMENT ON FUNCTION migsafe.jsonb_patch(jsonb, jsonb, boolean) IS
'apply a JSON Patch (RFC 6902); with extensions also stars in pointers, optional operations, rename, cast, default, wrap and unwrap';

CREATE FUNCTION migsafe.apply_transform_patch(document jsonb, patch jsonb, subject text) RETURNS jsonb
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_apply_transform_patch';
COMMENT ON FUNCTION migsafe.apply_transform_patch(jsonb, jsonb, text) IS
'jsonb_patch with extensions, as a run applies it: errors call the patch by its subject, a column of the transform';

CREATE FUNCTION migsafe.jsonb_merge_patch(document jsonb, patch jsonb) RETURNS jsonb
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_jsonb_merge_patch';
COMMENT ON FUNCTION migsafe.jsonb_merge_patch(jsonb, jsonb) IS
'apply a JSON Merge Patch (RFC 7396)';

CREATE FUNCTION migsafe.jsonb_diff(before jsonb, after jsonb) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_jsonb_diff';
COMMENT ON FUNCTION migsafe.jsonb_diff(jsonb, jsonb) IS
'a JSON Patch (RFC 6902) that makes of one document, byte for byte, the other';

-- Not STRICT: an absent document is a state that either side may have changed or left.
CREATE FUNCTION migsafe.jsonb_merge(base jsonb, mine jsonb, theirs jsonb, OUT merged jsonb, OUT conflicts text[])
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_jsonb_merge';
COMMENT ON FUNCTION migsafe.jsonb_merge(jsonb, jsonb, jsonb) IS
'three-way merge, place by place; where both changed a place differently, mine stands and its JSON Pointer is a conflict';

-- Not STRICT: a NULL schema is an error, since it would let everything pass.
CREATE FUNCTION migsafe.jsonb_matches_schema(schema jsonb, instance jsonb, assert_format boolean DEFAULT false)
RETURNS boolean LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'migsafe_jsonb_matches_schema';
COMMENT ON FUNCTION migsafe.jsonb_matches_schema(jsonb, jsonb, boolean) IS
'does a document match a JSON Schema that stands alone? fit for CHECK constraints';

CREATE FUNCTION migsafe.json_matches_schema(schema jsonb, instance json, assert_format boolean DEFAULT false)
RETURNS boolean LANGUAGE c IMMUTABLE PARALLEL SAFE COST 100
AS 'MODULE_PATHNAME', 'migsafe_json_matches_schema';
COMMENT ON FUNCTION migsafe.json_matches_schema(jsonb, json, boolean) IS
'does a document of type json match a JSON Schema that stands alone? fit for CHECK constraints';

CREATE FUNCTION migsafe.jsonb_schema_is_valid(schema jsonb) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_jsonb_schema_is_valid';
COMMENT ON FUNCTION migsafe.jsonb_schema_is_valid(jsonb) IS
'is this a JSON Schema of a known draft? references to other documents are not followed';

-- Schemas that others refer to by URI: never from the network.  Everybody may read and use them; each belongs to the
-- role that registered it.
CREATE TABLE migsafe.registered_schema (
        uri               text COLLATE "C" PRIMARY KEY,
    schema            jsonb NOT NULL,
    owner             name NOT NULL,
    owner_oid         oid NOT NULL,
    system_identifier bigint NOT NULL,
    extension_oid     oid NOT NULL,
    registered_at     timestamptz NOT NULL

);
COMMENT ON TABLE migsafe.registered_schema IS 'JSON Schemas that others refer to by these URIs';
GRANT SELECT ON migsafe.registered_schema TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('migsafe.registered_schema', '');

CREATE FUNCTION migsafe.registered_schema_changed() RETURNS trigger
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_registered_schema_changed';
COMMENT ON FUNCTION migsafe.registered_schema_changed() IS
'tells all sessions to forget what they compiled with registered schemas';
CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON migsafe.registered_schema
FOR EACH STATEMENT EXECUTE FUNCTION migsafe.registered_schema_changed();
-- also where a dump is loaded or changes are replicated
ALTER TABLE migsafe.registered_schema ENABLE ALWAYS TRIGGER changed;

CREATE FUNCTION migsafe.register_schema(uri text, schema jsonb, replace boolean DEFAULT false) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_register_schema';
COMMENT ON FUNCTION migsafe.register_schema(text, jsonb, boolean) IS
'make a JSON Schema known under a URI, by which others refer to it; the same one again does nothing';

CREATE FUNCTION migsafe.unregister_schema(uri text) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_unregister_schema';
COMMENT ON FUNCTION migsafe.unregister_schema(text) IS 'forget a registered JSON Schema';

CREATE FUNCTION migsafe.bundle_schema(schema jsonb) RETURNS jsonb
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_bundle_schema';
COMMENT ON FUNCTION migsafe.bundle_schema(jsonb) IS
'a JSON Schema with all registered ones that it refers to inside, so that it stands alone';

-- Not STRICT: a NULL schema is an error, since it would let everything pass.
CREATE FUNCTION migsafe.jsonb_conforms(schema jsonb, instance jsonb, assert_format boolean DEFAULT false)
RETURNS boolean LANGUAGE c STABLE PARALLEL SAFE COST 100 AS 'MODULE_PATHNAME', 'migsafe_jsonb_conforms';
COMMENT ON FUNCTION migsafe.jsonb_conforms(jsonb, jsonb, boolean) IS
'does a document match a JSON Schema, which may refer to registered ones?';

CREATE FUNCTION migsafe.jsonb_schema_errors(
        schema jsonb, instance jsonb, assert_format boolean DEFAULT false, max_errors integer DEFAULT NULL,
    OUT instance_path text, OUT keyword_path text, OUT message text)
RETURNS SETOF record LANGUAGE c STABLE PARALLEL SAFE ROWS 10 AS 'MODULE_PATHNAME', 'migsafe_jsonb_schema_errors';
COMMENT ON FUNCTION migsafe.jsonb_schema_errors(jsonb, jsonb, boolean, integer) IS
'one row for each place where a document fails a JSON Schema, which may refer to registered ones; none if it matches';

CREATE FUNCTION migsafe.validate_jsonb(target regclass, checks jsonb)
RETURNS TABLE (check_no integer, name text, kind text, severity text, passed boolean, total_rows bigint,
               failed_rows bigint, sample_keys jsonb, message text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_validate_jsonb';
COMMENT ON FUNCTION migsafe.validate_jsonb(regclass, jsonb) IS
'test every row of a table against a list of checks, in one scan; one row a check';

CREATE FUNCTION migsafe.store_checks(name text, checks jsonb, replace boolean DEFAULT false) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_store_checks';
COMMENT ON FUNCTION migsafe.store_checks(text, jsonb, boolean) IS
'keep a list of checks under a name, which may then stand wherever checks are passed';

CREATE FUNCTION migsafe.drop_checks(name text) RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_drop_checks';
COMMENT ON FUNCTION migsafe.drop_checks(text) IS 'forget a stored list of checks';

CREATE FUNCTION migsafe.enforce(target regclass, checks jsonb, validate boolean DEFAULT false)
RETURNS TABLE (constraint_name name, definition text, validated boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_enforce';
COMMENT ON FUNCTION migsafe.enforce(regclass, jsonb, boolean) IS
'make row-local checks into CHECK constraints: for new rows at once, for those that are there once validated';

CREATE FUNCTION migsafe.fingerprint(target regclass) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_fingerprint';
COMMENT ON FUNCTION migsafe.fingerprint(regclass) IS
'128 bits that are equal for two tables if, and only if for all that is practical, they hold the same rows';

CREATE FUNCTION migsafe.backup_table(
    target regclass, label text DEFAULT NULL, backup_schema name DEFAULT NULL,
    OUT backup_id bigint, OUT backup_table text, OUT row_count bigint, OUT bytes bigint, OUT fingerprint text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_backup_table';
COMMENT ON FUNCTION migsafe.backup_table(regclass, text, name) IS
'copy a table whole, prove that the copy is complete, and record what it was';

CREATE FUNCTION migsafe.verify_backup(
    backup_id bigint, OUT verified boolean, OUT expected_rows bigint, OUT actual_rows bigint,
    OUT expected_fingerprint text, OUT actual_fingerprint text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_verify_backup';
COMMENT ON FUNCTION migsafe.verify_backup(bigint) IS 'compare a backup with its manifest, by row count and fingerprint';

CREATE FUNCTION migsafe.restore(
    target regclass, backup_id bigint DEFAULT NULL, mode text DEFAULT 'exact', dry_run boolean DEFAULT false,
    backup_first boolean DEFAULT true,
    OUT restore_run_id bigint, OUT backup_used bigint, OUT backup_taken bigint, OUT rows_changed bigint,
    OUT rows_inserted bigint, OUT rows_deleted bigint, OUT fingerprint text, OUT elapsed interval)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_restore';
COMMENT ON FUNCTION migsafe.restore(regclass, bigint, text, boolean, boolean) IS
'put a table back as a backup has it, touching only rows that differ, and prove it by fingerprint; what is there now is backed up first';

CREATE FUNCTION migsafe.backup_tables(
    targets regclass[], label text DEFAULT NULL, backup_schema name DEFAULT NULL)
RETURNS TABLE (target regclass, backup_set bigint, backup_id bigint, backup_table text, row_count bigint, bytes bigint,
    fingerprint text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_backup_tables';
COMMENT ON FUNCTION migsafe.backup_tables(regclass[], text, name) IS
'back several tables up as they are at one moment, as a set that can be restored together';

CREATE FUNCTION migsafe.restore_tables(
    targets regclass[], backup_set bigint DEFAULT NULL, mode text DEFAULT 'exact', dry_run boolean DEFAULT false,
    backup_first boolean DEFAULT true)
RETURNS TABLE (target regclass, restore_run_id bigint, backup_used bigint, backup_taken bigint, rows_changed bigint,
    rows_inserted bigint, rows_deleted bigint, fingerprint text, elapsed interval)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_restore_tables';
COMMENT ON FUNCTION migsafe.restore_tables(regclass[], bigint, text, boolean, boolean) IS
'put several tables back as a set of backups has them, all or nothing; foreign keys between them are checked when all is written';

-- The .sql files of an export, from the manifest of a backup. All names in it are qualified already, and the definitions
-- are the server's own. No name stands in a comment, where a line break in it would end that.

CREATE FUNCTION migsafe.types_sql(manifest jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (
    SELECT coalesce(string_agg(DISTINCT CASE WHEN t.t->>'schema' <> 'public' AND t.t ? 'definition'
                                        THEN format(E'CREATE SCHEMA IF NOT EXISTS %I;\n', t.t->>'schema') END, ''), '')
        || coalesce(string_agg(DISTINCT format(E'CREATE EXTENSION IF NOT EXISTS %I;\n', t.t->>'extension'), '')
                    FILTER (WHERE t.t ? 'extension'), '')
        || coalesce(string_agg((t.t->>'definition') || E';\n', '' ORDER BY t.i), '')
        || CASE WHEN bool_or(NOT t.t ? 'definition' AND NOT t.t ? 'extension')
                THEN E'-- There are more types, which are not defined by SQL alone: see "types" in the MANIFEST.\n'
                ELSE '' END
    FROM jsonb_array_elements(CASE jsonb_typeof(manifest->'types') WHEN 'array' THEN manifest->'types' ELSE '[]' END)
        WITH ORDINALITY t (t, i));
COMMENT ON FUNCTION migsafe.types_sql(jsonb) IS 'the CREATE TYPE statements of an export';

CREATE FUNCTION migsafe.table_sql(manifest jsonb, schema name, name name) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (
    SELECT CASE WHEN schema <> 'public' AND schema !~ '^pg_temp' THEN format(E'CREATE SCHEMA IF NOT EXISTS %I;\n', schema) ELSE '' END
        || (SELECT coalesce(string_agg(format(E'CREATE SEQUENCE IF NOT EXISTS %s %s;\n', s.key, s.value), ''
                                       ORDER BY s.key), '')
            FROM jsonb_each_text(CASE jsonb_typeof(manifest->'sequences') WHEN 'object' THEN manifest->'sequences'
                                                                          ELSE '{}' END) s)
        || format(E'CREATE TABLE %I.%I (%s\n);\n', schema, name, string_agg(E'\n    ' || concat_ws(' ',
               quote_ident(c.c->>'name'), c.c->>'type', 'COMPRESSION ' || (c.c->>'compression'),
               'COLLATE ' || (c.c->>'collation'),
               CASE WHEN c.c->>'generated' IS NOT NULL THEN format('GENERATED ALWAYS AS (%s) STORED', c.c->>'default')
                    WHEN c.c->>'identity' IS NOT NULL THEN
                        format('GENERATED %s AS IDENTITY',
                               CASE c.c->>'identity' WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END)
                        || coalesce(format(' (%s)', c.c->>'identity_sequence'), '')
                    ELSE 'DEFAULT ' || (c.c->>'default') END,
               CASE WHEN (c.c->>'not_null')::boolean THEN 'NOT NULL' END), ',' ORDER BY c.i))
        || coalesce(string_agg(format(E'ALTER TABLE %I.%I ALTER COLUMN %I SET STORAGE %s;\n', schema, name, c.c->>'name',
                                      c.c->>'storage'), '' ORDER BY c.i) FILTER (WHERE c.c->>'storage' IS NOT NULL), '')
        || coalesce(string_agg(format(E'ALTER TABLE %I.%I ALTER COLUMN %I SET STATISTICS %s;\n', schema, name,
                                      c.c->>'name', c.c->>'statistics_target'), '' ORDER BY c.i)
                    FILTER (WHERE c.c->>'statistics_target' IS NOT NULL), '')
    FROM jsonb_array_elements(manifest->'columns') WITH ORDINALITY c (c, i));
COMMENT ON FUNCTION migsafe.table_sql(jsonb, name, name) IS 'the CREATE TABLE statement of an export, and what it needs';

CREATE FUNCTION migsafe.indexes_sql(manifest jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (
    SELECT coalesce(string_agg(i.d || E';\n', '' ORDER BY i.n), '')
    FROM jsonb_array_elements_text(CASE jsonb_typeof(manifest->'indexes') WHEN 'array' THEN manifest->'indexes'
                                                                          ELSE '[]' END) WITH ORDINALITY i (d, n)
    -- the index of a constraint has its name
    WHERE NOT EXISTS (
        SELECT FROM jsonb_array_elements(CASE jsonb_typeof(manifest->'constraints')
                                         WHEN 'array' THEN manifest->'constraints' ELSE '[]' END) c
        WHERE c->>'definition' ~ '^(PRIMARY KEY|UNIQUE|EXCLUDE) '
          AND (starts_with(i.d, format('CREATE UNIQUE INDEX %I ON ', c->>'name'))
               OR starts_with(i.d, format('CREATE INDEX %I ON ', c->>'name')))));
COMMENT ON FUNCTION migsafe.indexes_sql(jsonb) IS
'the CREATE INDEX statements of an export, but for indexes that belong to constraints';

CREATE FUNCTION migsafe.constraints_sql(manifest jsonb, schema name, name name, foreign_keys boolean) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN (
    SELECT coalesce(string_agg(format(E'ALTER TABLE %I.%I ADD CONSTRAINT %I %s;\n', schema, name, c.c->>'name',
                                      c.c->>'definition'), '' ORDER BY c.i), '')
    FROM jsonb_array_elements(CASE jsonb_typeof(manifest->'constraints') WHEN 'array' THEN manifest->'constraints'
                                                                         ELSE '[]' END) WITH ORDINALITY c (c, i)
    WHERE c.c->>'definition' <> 'TRIGGER' AND (c.c->>'definition' LIKE 'FOREIGN KEY %') = foreign_keys);
COMMENT ON FUNCTION migsafe.constraints_sql(jsonb, name, name, boolean) IS
'the ALTER TABLE ... ADD CONSTRAINT statements of an export: the foreign keys, or the others';

CREATE FUNCTION migsafe.export_backup(
    backup_id bigint, directory text,
    OUT exported_to text, OUT row_count bigint, OUT bytes bigint, OUT fingerprint text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_export_backup';
COMMENT ON FUNCTION migsafe.export_backup(bigint, text) IS
'write a backup into a new folder on the server: its rows, the definition of its table, and a MANIFEST that proves both';

CREATE FUNCTION migsafe.import_backup(
    directory text, backup_schema name DEFAULT NULL, target regclass DEFAULT NULL,
    OUT backup_id bigint, OUT backup_table text, OUT row_count bigint, OUT bytes bigint, OUT fingerprint text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_import_backup';
COMMENT ON FUNCTION migsafe.import_backup(text, name, regclass) IS
'make a backup of what export_backup has written, in whatever database, after all of it has been verified';

CREATE FUNCTION migsafe.run_safe(
    target regclass, transform jsonb, only_if text DEFAULT NULL, name text DEFAULT NULL, max_errors bigint DEFAULT 10,
    batch_size integer DEFAULT NULL, checks jsonb DEFAULT NULL, notice_every bigint DEFAULT NULL,
    dry_run boolean DEFAULT false, precondition jsonb DEFAULT NULL,
    OUT run_id bigint, OUT total_rows bigint, OUT successful_rows bigint, OUT failed_rows bigint,
    OUT skipped_rows bigint, OUT skipped jsonb, OUT batches integer, OUT elapsed interval, OUT errors jsonb,
    OUT samples jsonb, OUT checks_result jsonb, OUT note text)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_run_safe';
COMMENT ON FUNCTION migsafe.run_safe(regclass, jsonb, text, text, bigint, integer, jsonb, bigint, boolean, jsonb) IS
'transform the rows of a table in this transaction: bad rows isolated, every change recorded so that it can be undone';

CREATE FUNCTION migsafe.undo_hash(run_id bigint) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_undo_hash';
COMMENT ON FUNCTION migsafe.undo_hash(bigint) IS
'the hash of the content of a run''s undo log as it is now: the one that was recorded, unless it was altered';

CREATE FUNCTION migsafe.row_log(run_id bigint, include_skipped boolean DEFAULT false)
RETURNS TABLE (status text, key jsonb, sqlstate text, message text, detail text, row_before jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_row_log';
COMMENT ON FUNCTION migsafe.row_log(bigint, boolean) IS
'what became of each row of a run: SUCCESS with the old values of the changed columns, ERROR with the reason, SKIPPED';

CREATE FUNCTION migsafe.rollback(
    run_id bigint, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop',
    dry_run boolean DEFAULT false, keys jsonb DEFAULT NULL, batches integer[] DEFAULT NULL,
    on_missing text DEFAULT 'leave', checks jsonb DEFAULT NULL,
    OUT rollback_run_id bigint, OUT total_rows bigint, OUT restored_rows bigint, OUT merged_rows bigint,
    OUT overwritten_rows bigint, OUT unchanged_rows bigint, OUT skipped_rows bigint, OUT missing_rows bigint,
    OUT conflicts bigint, OUT conflict_rows jsonb, OUT elapsed interval)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback';
COMMENT ON FUNCTION migsafe.rollback(bigint, text, name[], text, boolean, jsonb, integer[], text, jsonb) IS
'take a run back from its undo log, or a part of it, row by row and byte for byte; stops at later changes to what it wrote, unless told otherwise';

CREATE FUNCTION migsafe.rollback(
    name text, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop',
    dry_run boolean DEFAULT false, keys jsonb DEFAULT NULL, batches integer[] DEFAULT NULL,
    on_missing text DEFAULT 'leave', checks jsonb DEFAULT NULL,
    OUT rollback_run_id bigint, OUT total_rows bigint, OUT restored_rows bigint, OUT merged_rows bigint,
    OUT overwritten_rows bigint, OUT unchanged_rows bigint, OUT skipped_rows bigint, OUT missing_rows bigint,
    OUT conflicts bigint, OUT conflict_rows jsonb, OUT elapsed interval)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback_by_name';
COMMENT ON FUNCTION migsafe.rollback(text, text, name[], text, boolean, jsonb, integer[], text, jsonb) IS
'take back the newest run of this name that still stands, or a part of it';

CREATE FUNCTION migsafe.rollback_plan(
    run_id bigint, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop', keys jsonb DEFAULT NULL,
    batches integer[] DEFAULT NULL, on_missing text DEFAULT 'leave')
RETURNS TABLE (key jsonb, outcome text, reason text, before jsonb, now jsonb, patch jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback_plan';
COMMENT ON FUNCTION migsafe.rollback_plan(bigint, text, name[], text, jsonb, integer[], text) IS
'what migsafe.rollback would do, row by row: the values from before the run, those of now, and the patch that leads from these to what would be there';

CREATE FUNCTION migsafe.rollback_plan(
    name text, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop', keys jsonb DEFAULT NULL,
    batches integer[] DEFAULT NULL, on_missing text DEFAULT 'leave')
RETURNS TABLE (key jsonb, outcome text, reason text, before jsonb, now jsonb, patch jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback_plan_by_name';
COMMENT ON FUNCTION migsafe.rollback_plan(text, text, name[], text, jsonb, integer[], text) IS
'the same for the newest run of this name that still stands';

CREATE FUNCTION migsafe.rollback_runs(
    run_ids bigint[], on_conflict text DEFAULT 'stop', on_missing text DEFAULT 'leave')
RETURNS TABLE (run_id bigint, rollback_run_id bigint, total_rows bigint, restored_rows bigint, merged_rows bigint,
    overwritten_rows bigint, unchanged_rows bigint, skipped_rows bigint, missing_rows bigint, conflicts bigint,
    conflict_rows jsonb, elapsed interval)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_rollback_runs';
COMMENT ON FUNCTION migsafe.rollback_runs(bigint[], text, text) IS
'take several runs back together, the newest first: all of them or none';

CREATE PROCEDURE migsafe.run_online(
    target regclass, transform jsonb, only_if text DEFAULT NULL, name text DEFAULT NULL, max_errors bigint DEFAULT 10,
    batch_size integer DEFAULT NULL, checks jsonb DEFAULT NULL, notice_every bigint DEFAULT NULL,
    dry_run boolean DEFAULT false, precondition jsonb DEFAULT NULL, workers integer DEFAULT 1,
    sweep boolean DEFAULT NULL, pace jsonb DEFAULT NULL,
    INOUT run_id bigint DEFAULT NULL, INOUT total_rows bigint DEFAULT NULL, INOUT successful_rows bigint DEFAULT NULL,
    INOUT failed_rows bigint DEFAULT NULL, INOUT skipped_rows bigint DEFAULT NULL, INOUT skipped jsonb DEFAULT NULL,
    INOUT not_visited bigint DEFAULT NULL, INOUT batches integer DEFAULT NULL, INOUT elapsed interval DEFAULT NULL,
    INOUT errors jsonb DEFAULT NULL, INOUT samples jsonb DEFAULT NULL, INOUT checks_result jsonb DEFAULT NULL,
    INOUT note text DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_run_online';
COMMENT ON PROCEDURE migsafe.run_online(
    regclass, jsonb, text, text, bigint, integer, jsonb, bigint, boolean, jsonb, integer, boolean, jsonb,
    bigint, bigint, bigint, bigint, bigint, jsonb, bigint, integer, interval, jsonb, jsonb, jsonb, text) IS
'transform the rows of a table in batches that commit: can be watched, steered, resumed, and taken back';

CREATE PROCEDURE migsafe.resume_online(
    run_id bigint, max_errors bigint DEFAULT NULL,
    INOUT total_rows bigint DEFAULT NULL, INOUT successful_rows bigint DEFAULT NULL,
    INOUT failed_rows bigint DEFAULT NULL, INOUT skipped_rows bigint DEFAULT NULL, INOUT skipped jsonb DEFAULT NULL,
    INOUT not_visited bigint DEFAULT NULL, INOUT batches integer DEFAULT NULL, INOUT elapsed interval DEFAULT NULL,
    INOUT errors jsonb DEFAULT NULL, INOUT checks_result jsonb DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_resume_online';
COMMENT ON PROCEDURE migsafe.resume_online(
    bigint, bigint, bigint, bigint, bigint, bigint, jsonb, bigint, integer, interval, jsonb, jsonb) IS
'go on with an online run that was interrupted, paused, cancelled or stopped by an error, from where it had come to';

CREATE PROCEDURE migsafe.work_on_run(run_id bigint, control bigint, place integer)
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_work_on_run';
COMMENT ON PROCEDURE migsafe.work_on_run(bigint, bigint, integer) IS
'internal: what a background worker of an online run calls to carry out parts of it';

CREATE PROCEDURE migsafe.rollback_online(
    run_id bigint, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop',
    keys jsonb DEFAULT NULL, batches integer[] DEFAULT NULL, on_missing text DEFAULT 'leave',
    checks jsonb DEFAULT NULL, pace jsonb DEFAULT NULL,
    INOUT rollback_run_id bigint DEFAULT NULL, INOUT total_rows bigint DEFAULT NULL,
    INOUT restored_rows bigint DEFAULT NULL, INOUT unchanged_rows bigint DEFAULT NULL,
    INOUT skipped_rows bigint DEFAULT NULL, INOUT missing_rows bigint DEFAULT NULL,
    INOUT batch_count integer DEFAULT NULL, INOUT elapsed interval DEFAULT NULL, INOUT checks_result jsonb DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_rollback_online';
COMMENT ON PROCEDURE migsafe.rollback_online(
    bigint, text, name[], text, jsonb, integer[], text, jsonb, jsonb, bigint, bigint, bigint, bigint, bigint, bigint, integer,
    interval, jsonb) IS
'take a run back from its undo log or a part of it, in batches that commit; stops at later changes to what it wrote, unless told otherwise';

CREATE PROCEDURE migsafe.rollback_online(
    name text, rows text DEFAULT NULL, columns name[] DEFAULT NULL, on_conflict text DEFAULT 'stop',
    keys jsonb DEFAULT NULL, batches integer[] DEFAULT NULL, on_missing text DEFAULT 'leave',
    checks jsonb DEFAULT NULL, pace jsonb DEFAULT NULL,
    INOUT rollback_run_id bigint DEFAULT NULL, INOUT total_rows bigint DEFAULT NULL,
    INOUT restored_rows bigint DEFAULT NULL, INOUT unchanged_rows bigint DEFAULT NULL,
    INOUT skipped_rows bigint DEFAULT NULL, INOUT missing_rows bigint DEFAULT NULL,
    INOUT batch_count integer DEFAULT NULL, INOUT elapsed interval DEFAULT NULL, INOUT checks_result jsonb DEFAULT NULL)
LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_rollback_online_by_name';
COMMENT ON PROCEDURE migsafe.rollback_online(
    text, text, name[], text, jsonb, integer[], text, jsonb, jsonb, bigint, bigint, bigint, bigint, bigint, bigint, integer,
    interval, jsonb) IS
'take back the newest run of this name that still stands, in batches that commit';

CREATE FUNCTION migsafe.pause(run_id bigint) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_pause';
COMMENT ON FUNCTION migsafe.pause(bigint) IS
'make an online run wait, from any session, at once; a batch under way is given up';

CREATE FUNCTION migsafe.resume(run_id bigint) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_resume';
COMMENT ON FUNCTION migsafe.resume(bigint) IS
'let a paused online run go on; one that nobody carries out goes on in a background worker, as the role that began it';

CREATE FUNCTION migsafe.cancel(run_id bigint) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_cancel';
COMMENT ON FUNCTION migsafe.cancel(bigint) IS
'end an online run where it stands; what it has done stays, and can be resumed or rolled back';

CREATE FUNCTION migsafe.set_pace(run_id bigint, pace jsonb) RETURNS jsonb
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_set_pace';
COMMENT ON FUNCTION migsafe.set_pace(bigint, jsonb) IS
'change the pace of an online run: the members that are passed; null gives a member its default. Returns the pace that holds';

CREATE FUNCTION migsafe.start(
    target regclass, transform jsonb, only_if text DEFAULT NULL, name text DEFAULT NULL, max_errors bigint DEFAULT 10,
    batch_size integer DEFAULT NULL, checks jsonb DEFAULT NULL, notice_every bigint DEFAULT NULL,
    precondition jsonb DEFAULT NULL, workers integer DEFAULT 1, sweep boolean DEFAULT NULL, pace jsonb DEFAULT NULL)
RETURNS bigint LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_start';
COMMENT ON FUNCTION migsafe.start(
    regclass, jsonb, text, text, bigint, integer, jsonb, bigint, jsonb, integer, boolean, jsonb) IS
'record an online run, which a background worker carries out once this transaction has committed; returns its run_id';

CREATE FUNCTION migsafe.require_finished(name text, timeout interval DEFAULT NULL)
RETURNS bigint LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_require_finished_name';
COMMENT ON FUNCTION migsafe.require_finished(text, interval) IS
'an error unless the run of this name has finished and stands, with its progress; timeout: wait so long for it first';

CREATE FUNCTION migsafe.require_finished(run_id bigint, timeout interval DEFAULT NULL)
RETURNS bigint LANGUAGE c AS 'MODULE_PATHNAME', 'migsafe_require_finished_id';
COMMENT ON FUNCTION migsafe.require_finished(bigint, interval) IS
'an error unless this run has finished and stands, with its progress; timeout: wait so long for it first';

-- Backups and undo logs, and what still needs them: see doc/design.md.

CREATE FUNCTION migsafe.retention(older_than timestamptz, keep_last integer)
RETURNS TABLE (kind text, id bigint, target_oid oid, target text, table_oid oid, finished_at timestamptz,
               unfinished boolean, backup_set bigint, reason text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE
    recorded AS (
        SELECT 'undo log' AS kind, r.run_id AS id, r.undo_schema AS table_schema, r.undo_name AS table_name,
               r.target_oid, r.target_schema, r.target_name, r.system_identifier, r.extension_oid, r.target_owner,
               greatest(r.started_at, c.finished_at) AS finished_at, NULL::name[] AS columns, NULL::bigint[] AS runs_seen,
               r.rollback_of, c.run_id IS NULL AS unfinished, NULL::text AS backup_kind, NULL::bigint AS backup_set,
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
               NULL, false, b.kind, b.backup_set, NULL
        FROM migsafe.backup b
        -- a name may have been given anew once its table was gone: then the table is that of the last one
        WHERE b.pruned_at IS NULL
          AND NOT EXISTS (SELECT FROM migsafe.backup l WHERE l.backup_schema = b.backup_schema
                          AND l.backup_name = b.backup_name AND l.backup_id > b.backup_id)),
    present AS MATERIALIZED (
        SELECT e.kind, e.id, t.oid AS target_oid, e.finished_at, e.runs_seen, e.rollback_of, e.unfinished, e.backup_kind,
               e.backup_set, e.flaw,
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
        WHERE p.flaw IS NOT NULL AND p.target_oid IS NOT NULL AND migsafe.taken_back_by(p.id) IS NULL),
    needed AS (
        SELECT 'undo log' AS kind, h.id, h.rollback_of, h.unfinished, h.reason FROM holder h
        UNION
        -- to finish a rollback takes the undo log of what it takes back
        SELECT 'undo log', p.id, p.rollback_of, true, n.reason
        FROM needed n JOIN present p ON p.kind = 'undo log' AND p.id = n.rollback_of
        WHERE n.unfinished),
    needed_backup AS (
        SELECT (SELECT max(p.id) FROM present p
                WHERE p.kind = 'backup' AND p.target = h.target AND h.id <> ALL (p.runs_seen)) AS id, h.reason
        FROM holder h)
    SELECT p.kind, p.id, p.target_oid, p.target, p.table_oid, p.finished_at, p.unfinished, p.backup_set,
           coalesce(p.obstacle,
                    CASE p.kind WHEN 'undo log' THEN (SELECT min(n.reason) FROM needed n WHERE n.id = p.id)
                                ELSE (SELECT min(n.reason) FROM needed_backup n WHERE n.id = p.id) END,
                    CASE WHEN row_number() OVER (PARTITION BY p.kind, p.backup_kind, p.target ORDER BY p.id DESC)
                              <= retention.keep_last THEN 'kept by keep_last' END,
                    CASE WHEN p.finished_at > retention.older_than THEN 'kept by older_than' END) AS reason
    FROM present p
    ORDER BY p.kind, p.id;
END;
COMMENT ON FUNCTION migsafe.retention(timestamptz, integer) IS
'internal: each backup and undo log that is there, and why migsafe.prune() keeps it; NULL: nothing is against dropping it';

CREATE FUNCTION migsafe.prune(
    older_than interval DEFAULT '7 days', keep_last integer DEFAULT 1, dry_run boolean DEFAULT true)
RETURNS TABLE (kind text, id bigint, target text, dropped boolean, reason text, table_name text,
               finished_at timestamptz, bytes bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'migsafe_prune';
COMMENT ON FUNCTION migsafe.prune(interval, integer, boolean) IS
'drop old backups and undo logs, of all tables of the caller, that nothing needs any more; a dry run, the default, says which these would be';
