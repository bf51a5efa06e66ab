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
