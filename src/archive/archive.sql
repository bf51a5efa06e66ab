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
