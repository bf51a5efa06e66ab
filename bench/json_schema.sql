-- The documents and the contestants of bench/json_schema: counts of the documents that pass a test.  Variables: rows.
\ir data.sql
\ir schema.sql
\ir plpgsql_validator.sql

-- All documents lie in their rows: those of 6 entities as they are, those of 60 compressed.
CREATE TABLE bench.entities_6 (document jsonb) WITH (toast_tuple_target = 8160);
CREATE TABLE bench.entities_60 (LIKE bench.entities_6) WITH (toast_tuple_target = 8160);
INSERT INTO bench.entities_6 SELECT bench.entities('user', i, 6) FROM generate_series(1, :rows) i;
INSERT INTO bench.entities_60 SELECT bench.entities('user', i, 60) FROM generate_series(1, greatest(:rows / 10, 1)) i;
VACUUM ANALYZE bench.entities_6, bench.entities_60;

SELECT $$jsonb_typeof(document) = 'object'$$ AS jsonb_typeof,
       format('migsafe.jsonb_matches_schema(%L, document)', :'schema') AS matches_schema,
       format('migsafe.jsonb_matches_schema(%L, document)', :'without_pattern') AS matches_schema_without_pattern,
       format('migsafe.jsonb_conforms(%L, document)', :'schema') AS conforms,
       format('NOT document @? %L', 'strict $ ? (@.type() != "object" || exists(@.* ? (' || :'wrong_entity' || ')))')
           AS jsonpath,
       format('bench.plpgsql_matches(%1$L, document, %1$L)', :'schema') AS plpgsql,
       format('bench.plpgsql_matches_six_keywords(%L, document)', :'schema') AS plpgsql_six_keywords,
       'length(document::text) > 0' AS text_output
\gset

-- Who is fast must also be right, of documents that match and of those that a mutation keeps or spoils.
CREATE TABLE bench.mutation (path text[], value jsonb, matches boolean, matches_without_pattern boolean);
INSERT INTO bench.mutation VALUES
    ('{user_3,name}', '"another"', true, true),
    ('{user_3,requests}', '12.00', true, true),
    ('{user_3,cost}', '0', true, true),
    ('{user_3,successRate}', '0.5', true, true),
    ('{user_7}', '{}', false, false),
    ('{}', '{}', true, true),
    ('{}', '[]', false, false),
    ('{}', '"text"', false, false),
    ('{user_1}', NULL, true, true),
    ('{user_1}', 'null', false, false),
    ('{user_2}', '[]', false, false),
    ('{user_3,name}', NULL, false, false),
    ('{user_3,tokenBreakdown}', NULL, false, false),
    ('{user_3,tokenBreakdown}', '[1]', false, false),
    ('{user_3,name}', '5', false, false),
    ('{user_3,requests}', '"5"', false, false),
    ('{user_3,requests}', '5.5', false, false),
    ('{user_6,requests}', '-1', false, false),
    ('{user_3,cost}', '-0.0001', false, false),
    ('{user_3,cost}', 'true', false, false),
    ('{user_3,successRate}', '0.4999', false, false),
    ('{user_3,lastSeen}', '"2025-01-01"', false, true),
    ('{user_3,lastSeen}', '"2025-01-01T00:00:00Z "', false, true),
    ('{user_3,lastSeen}', '20250101', false, false),
    ('{user_6,note}', '"not foreseen"', false, false),
    ('{user_6,tokenBreakdown,note}', '1', false, false),
    ('{user_6,tokenBreakdown,total}', NULL, false, false),
    ('{user_6,tokenBreakdown,total}', '1.5', false, false),
    ('{user_6,tokenBreakdown,total}', '-1', false, false);

CREATE FUNCTION bench.mutated(document jsonb, mutation bench.mutation) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN CASE WHEN mutation.path = '{}' THEN mutation.value
            WHEN mutation.value IS NULL THEN document #- mutation.path
            ELSE jsonb_set(document, mutation.path, mutation.value) END;

CREATE FUNCTION bench.require_verdict(contestant text, document jsonb, verdict boolean, expected boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF verdict IS DISTINCT FROM expected THEN
        RAISE EXCEPTION '% says % where % is right', contestant, verdict, expected
            USING DETAIL = format('The document is %s.', document);
    END IF;
    RETURN true;
END
$$;

SELECT bool_and(bench.require_verdict('jsonb_matches_schema', document, :matches_schema, matches)),
       bool_and(bench.require_verdict('jsonb_matches_schema', document, :matches_schema_without_pattern,
                                      matches_without_pattern)),
       bool_and(bench.require_verdict('jsonb_conforms', document, :conforms, matches)),
       bool_and(bench.require_verdict('jsonpath', document, :jsonpath, matches)),
       bool_and(bench.require_verdict('PL/pgSQL', document, :plpgsql, matches)),
       bool_and(bench.require_verdict('PL/pgSQL of six keywords', document, :plpgsql_six_keywords, matches))
FROM ((SELECT * FROM bench.entities_6 LIMIT 100) UNION ALL (SELECT * FROM bench.entities_60 LIMIT 5)) originals (original),
     bench.mutation m, LATERAL bench.mutated(original, m) document;

-- PL/pgSQL gets a hundredth of the documents.
INSERT INTO bench.contestant (task, name, documents, work)
SELECT task, name, greatest(available / divisor, 1),
       format('SELECT count(*) FROM %s WHERE %s',
              CASE divisor WHEN 1 THEN 'bench.' || task
                           ELSE format('(SELECT * FROM bench.%I LIMIT %s) documents', task,
                                       greatest(available / divisor, 1)) END, predicate)
FROM (VALUES
    ('jsonb_typeof', :'jsonb_typeof', 1),
    ('matches_schema', :'matches_schema', 1),
    ('matches_schema without pattern', :'matches_schema_without_pattern', 1),
    ('conforms', :'conforms', 1),
    ('jsonpath', :'jsonpath', 1),
    ('length of text', :'text_output', 1),
    ('plpgsql', :'plpgsql', 100),
    ('plpgsql of six keywords', :'plpgsql_six_keywords', 100)) AS contestant (name, predicate, divisor),
    LATERAL (VALUES ('entities_6', :rows), ('entities_60', greatest(:rows / 10, 1))) AS task (task, available);

INSERT INTO bench.comparison (task, one, other, goal) VALUES
    ('entities_6', 'matches_schema', 'jsonb_typeof', '<= 7'),
    ('entities_6', 'plpgsql', 'matches_schema', '>= 300'),
    ('entities_60', 'plpgsql', 'matches_schema', ''),
    ('entities_6', 'plpgsql of six keywords', 'matches_schema', ''),
    ('entities_6', 'jsonpath', 'matches_schema', ''),
    ('entities_60', 'jsonpath', 'matches_schema', ''),
    ('entities_60', 'matches_schema', 'jsonb_typeof', ''),
    ('entities_6', 'length of text', 'matches_schema', ''),
    ('entities_60', 'length of text', 'matches_schema', '');
