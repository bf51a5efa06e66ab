CREATE FUNCTION migsafe.jsonb_has_path(document jsonb, path text) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'migsafe_jsonb_has_path';
COMMENT ON FUNCTION migsafe.jsonb_has_path(jsonb, text) IS
'is there a value at this JSON Pointer (RFC 6901)? * stands for every member or element, ~2 for a literal *';
