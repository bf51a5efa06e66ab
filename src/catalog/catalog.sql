-- The record of runs and backups. Written by migsafe's own functions only; readable, row by row, by those who may read
-- the target. Nothing here refers to a table by OID alone: an OID counts where system_identifier and extension_oid are
-- those of migsafe.installation; after a dump and restore, which makes the extension anew, the name does, if the table
-- belongs to the same owner.

-- Its content must not be dumped, so that a database into which a dump is loaded has another one. What pg_upgrade makes
-- has the same: it takes tables over as they are, and keeps OIDs.
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
    pruned_at         timestamptz,
    restored_tables   oid[]
);
CREATE INDEX run_name_idx ON migsafe.run (name);
CREATE INDEX run_rollback_of_idx ON migsafe.run (rollback_of);
COMMENT ON TABLE migsafe.run IS 'one row for each run, rollback and restore: what was asked for';
COMMENT ON COLUMN migsafe.run.undo_columns IS 'the columns of the target as the undo log has them';
COMMENT ON COLUMN migsafe.run.settings IS 'the settings under which its expressions were written';
COMMENT ON COLUMN migsafe.run.terms IS 'of a rollback: what it was to take back, and what to do about conflicts';
COMMENT ON COLUMN migsafe.run.is_partial IS 'is it a rollback of a part of a run?';
COMMENT ON COLUMN migsafe.run.restored_tables IS
'of a restore: the target with its partitions or inheritance children at that time; NULL if version 1.0.0 did it';
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
    imported_at         timestamptz,
    imported_from       jsonb,
    related_runs_seen   bigint[],
    CHECK ((kind = 'before restore') = (restore_run_id IS NOT NULL)),
    CHECK ((imported_at IS NULL) = (imported_from IS NULL))
);
CREATE INDEX backup_target_idx ON migsafe.backup (target_oid);
CREATE INDEX backup_set_idx ON migsafe.backup (backup_set);
COMMENT ON COLUMN migsafe.backup.kind IS
'backup: a user asked for it. before restore: a restore took it first; no restore takes it unless it is named';
COMMENT ON COLUMN migsafe.backup.backup_set IS
'backups of one number were taken under one snapshot; NULL: by itself';
COMMENT ON COLUMN migsafe.backup.restore_run_id IS 'the restore before which the backup was taken';
COMMENT ON COLUMN migsafe.backup.created_at IS 'when the rows were read, be it in another database';
COMMENT ON COLUMN migsafe.backup.imported_at IS 'when migsafe.import_backup() brought it';
COMMENT ON COLUMN migsafe.backup.imported_from IS 'which backup it was where it was exported';
COMMENT ON COLUMN migsafe.backup.runs_seen IS 'the committed runs of the target that the backup''s snapshot saw';
COMMENT ON COLUMN migsafe.backup.related_runs_seen IS
'the same of its partitions, of its parents and of inheritance children; NULL if nobody knows: it was imported, or is of version 1.0.0';
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
