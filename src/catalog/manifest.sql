-- Since PostgreSQL 18 NOT NULL is a constraint as well ('n'), and may be NOT VALID. Here it is a property of the column
-- in every version, and only where it holds for all rows, so that an export can be imported into any of them.
CREATE FUNCTION migsafe.table_manifest(target regclass) RETURNS jsonb
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
