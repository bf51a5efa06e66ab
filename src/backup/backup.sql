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
