CREATE FUNCTION migsafe.row_hash(fields record) RETURNS bytea
LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_row_hash';
COMMENT ON FUNCTION migsafe.row_hash(record) IS 'the 128-bit hash of the stored images of the fields of a row';
