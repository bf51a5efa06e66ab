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
