-- The documents and the contestants of bench/jsonb_patch: SELECTs that use one transform on each document.
-- Variables: rows.
\ir data.sql

-- The target keeps both columns in the row, so that fetching them costs no index scan: those of 6 entities as they are,
-- those of 60 compressed.
CREATE TABLE bench.entities_6 (document jsonb, flattened jsonb) WITH (toast_tuple_target = 8160);
CREATE TABLE bench.entities_60 (LIKE bench.entities_6) WITH (toast_tuple_target = 8160);
INSERT INTO bench.entities_6
SELECT document, :pure_sql FROM generate_series(1, :rows) i, bench.entities('user', i, 6) document;
INSERT INTO bench.entities_60
SELECT document, :pure_sql FROM generate_series(1, greatest(:rows / 10, 1)) i, bench.entities('user', i, 60) document;
VACUUM ANALYZE bench.entities_6, bench.entities_60;

CREATE FUNCTION bench.jsonb_set_loop(document jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    entity text;
    tokens text;
BEGIN
    FOR entity IN SELECT jsonb_object_keys(document) LOOP
        FOREACH tokens IN ARRAY '{prompt,completion,total}'::text[] LOOP
            document := jsonb_set(document, ARRAY[entity, tokens || 'Tokens'],
                                  document #> ARRAY[entity, 'tokenBreakdown', tokens]);
        END LOOP;
        document := document #- ARRAY[entity, 'tokenBreakdown'];
    END LOOP;
    RETURN document;
END
$$;

SELECT format('migsafe.jsonb_patch(document, %L, extensions => true)', :'patch') AS jsonb_patch,
       $$migsafe.jsonb_merge_patch(document, '{"note": {"kept": true}}')$$ AS merge_patch,
       $$document || '{"note": {"kept": true}}'$$ AS concatenation
\gset

-- Who is fast must also be right, byte by byte: = takes 1.0 for 1.00.
CREATE FUNCTION bench.require_image(contestant text, result jsonb, expected jsonb) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF result IS NULL OR NOT record_image_eq(ROW(result), ROW(expected)) THEN
        RAISE EXCEPTION '% differs from what is expected', contestant
            USING DETAIL = format('It is %s; expected is %s.', result, expected);
    END IF;
    RETURN true;
END
$$;
SELECT bool_and(bench.require_image('jsonb_patch', :jsonb_patch, :pure_sql)),
       bool_and(bench.require_image('merge_patch', :merge_patch, :concatenation)),
       bool_and(bench.require_image('diff', migsafe.jsonb_patch(document, migsafe.jsonb_diff(document, flattened)),
                                    flattened))
FROM (TABLE bench.entities_6 UNION ALL TABLE bench.entities_60) documents;
SELECT bool_and(bench.require_image('jsonb_set', bench.jsonb_set_loop(document), flattened)) FROM bench.entities_6;

-- jsonb_set is quadratic in the entities: of the larger documents it gets a twentieth.
INSERT INTO bench.contestant (task, name, documents, work)
SELECT task, name, documents,
       format('SELECT %s FROM (SELECT * FROM bench.%I LIMIT %s) documents', result, task, documents)
FROM (VALUES
    ('scan', 'sum(pg_column_size(document))', 1),
    ('detoast', $$count(*) FILTER (WHERE document ? 'no such key')$$, 1),
    ('pure_sql', format('sum(pg_column_size(%s))', :'pure_sql'), 1),
    ('jsonb_patch', format('sum(pg_column_size(%s))', :'jsonb_patch'), 1),
    ('jsonb_set', 'sum(pg_column_size(bench.jsonb_set_loop(document)))', 20),
    ('merge_patch', format('sum(pg_column_size(%s))', :'merge_patch'), 1),
    ('concatenation', format('sum(pg_column_size(%s))', :'concatenation'), 1),
    ('diff', 'sum(pg_column_size(migsafe.jsonb_diff(document, flattened)))', 1)) AS contestant (name, result, divisor),
    LATERAL (VALUES ('entities_6', :rows),
                    ('entities_60', greatest(:rows / 10 / divisor, 1))) AS task (task, documents);

INSERT INTO bench.comparison (task, one, other, goal)
SELECT task, one, other, CASE task WHEN 'entities_6' THEN goal ELSE '' END
FROM (VALUES ('pure_sql', 'jsonb_patch', '>= 15'), ('jsonb_set', 'jsonb_patch', ''), ('concatenation', 'merge_patch', ''))
     AS comparison (one, other, goal), unnest('{entities_6,entities_60}'::text[]) task;
