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
