-- The documents and the contestants of bench/checks: calls of validate_jsonb.  Variables: rows.
\ir data.sql
\ir schema.sql

CREATE TABLE bench.usage (id integer PRIMARY KEY, day date NOT NULL, document jsonb) WITH (toast_tuple_target = 8160);
INSERT INTO bench.usage
SELECT i, date '2025-01-01' + i % 365, bench.entities('user', i, 6) FROM generate_series(1, :rows) i;
VACUUM ANALYZE bench.usage;

-- All are of one row at a time, and all are met.
SELECT jsonb_build_array(
           jsonb_build_object('check', 'schema', 'column', 'document', 'schema', :'schema'::jsonb),
           '{"check": "not_null", "columns": ["day", "document"]}'::jsonb,
           '{"check": "type", "column": "document", "type": "object"}'::jsonb,
           '{"check": "has", "column": "document", "path": "/user_6/tokenBreakdown/total"}'::jsonb,
           '{"check": "has", "column": "document", "path": "/user_1/cost"}'::jsonb,
           '{"check": "lacks", "column": "document", "path": "/user_1/promptTokens"}'::jsonb,
           '{"check": "lacks", "column": "document", "path": "/error"}'::jsonb,
           '{"check": "expression", "expression": "id > 0"}'::jsonb,
           '{"check": "expression", "expression": "day BETWEEN ''2025-01-01'' AND ''2025-12-31''"}'::jsonb,
           '{"check": "coverage", "expression": "document ? ''user_6''", "at_least": 0.99}'::jsonb) AS ten_checks
\gset

-- Who is fast must also be right.
CREATE FUNCTION bench.require_passed(checks jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    SELECT string_agg(concat_ws(': ', name, message), '; ') INTO wrong
    FROM migsafe.validate_jsonb('bench.usage', checks) WHERE NOT passed OR failed_rows > 0;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'checks fail that every row meets' USING DETAIL = wrong;
    END IF;
    RETURN true;
END
$$;
SELECT bench.require_passed(:'ten_checks');

INSERT INTO bench.contestant (task, name, documents, work)
SELECT 'usage', name, :rows, work
FROM (VALUES
    ('scan', 'SELECT count(*) FROM bench.usage'),
    ('jsonb_typeof', $$SELECT count(*) FROM bench.usage WHERE jsonb_typeof(document) = 'object'$$),
    ('type', format($$SELECT FROM migsafe.validate_jsonb('bench.usage', %L)$$,
                    jsonb_build_array(:'ten_checks'::jsonb -> 2))),
    ('schema', format($$SELECT FROM migsafe.validate_jsonb('bench.usage', %L)$$,
                      jsonb_build_array(:'ten_checks'::jsonb -> 0))),
    ('nine without schema', format($$SELECT FROM migsafe.validate_jsonb('bench.usage', %L)$$,
                                   :'ten_checks'::jsonb - 0)),
    ('ten', format($$SELECT FROM migsafe.validate_jsonb('bench.usage', %L)$$, :'ten_checks')),
    ('jsonpath', format('SELECT count(*) FILTER (WHERE document @? %L) FROM bench.usage',
                        'strict $ ? (@.type() != "object" || exists(@.* ? (' || :'wrong_entity' || ')))')),
    ('nine in SQL', $$SELECT count(*) FILTER (WHERE day IS NULL OR document IS NULL),
         count(*) FILTER (WHERE jsonb_typeof(document) <> 'object'),
         count(*) FILTER (WHERE document #> '{user_6,tokenBreakdown,total}' IS NULL),
         count(*) FILTER (WHERE document #> '{user_1,cost}' IS NULL),
         count(*) FILTER (WHERE document #> '{user_1,promptTokens}' IS NOT NULL),
         count(*) FILTER (WHERE document #> '{error}' IS NOT NULL), count(*) FILTER (WHERE NOT id > 0),
         count(*) FILTER (WHERE NOT day BETWEEN '2025-01-01' AND '2025-12-31'),
         count(*) FILTER (WHERE document ? 'user_6') >= 0.99 * count(*) FROM bench.usage$$),
    ('ten calls', (SELECT format('SELECT FROM %s', string_agg(format($$migsafe.validate_jsonb('bench.usage', %L) c%s$$,
                                                                     jsonb_build_array(c), n), ', '))
                   FROM jsonb_array_elements(:'ten_checks') WITH ORDINALITY c (c, n))))
    AS contestant (name, work);

-- Ten checks against one, the schema, which costs more than the other nine.  Against the cheapest check they say what a
-- check costs beside the scan.
INSERT INTO bench.comparison (task, one, other, goal) VALUES
    ('usage', 'ten', 'schema', '<= 2'),
    ('usage', 'ten', 'type', ''),
    ('usage', 'schema', 'type', ''),
    ('usage', 'ten calls', 'ten', ''),
    ('usage', 'jsonpath', 'schema', ''),
    ('usage', 'nine in SQL', 'nine without schema', '');
