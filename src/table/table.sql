CREATE FUNCTION migsafe.row_hash(fields record) RETURNS bytea
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_row_hash';
COMMENT ON FUNCTION migsafe.row_hash(record) IS 'the 128-bit hash of the stored images of the fields of a row';

CREATE FUNCTION migsafe.is_newer(transaction xid, snapshot pg_snapshot) RETURNS boolean
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_is_newer';
COMMENT ON FUNCTION migsafe.is_newer(xid, pg_snapshot) IS
'was this transaction, of a row that can be seen now, not visible to the snapshot? A transaction of long ago may be taken for one';
