-- json_schema.sql: what json_schema does in the database with the files in "suite_file" (those of the part "remotes"
-- are schemas, others groups of cases): it registers the schemas, runs the cases of :draft, whose schemas are of
-- :dialect unless they say otherwise, and prints a line for each file and each fault.

CREATE TEMPORARY TABLE refusal (name text, message text);

CREATE FUNCTION pg_temp.one_line(text) RETURNS text LANGUAGE sql
RETURN regexp_replace($1, '\s*\n\s*', ' ', 'g');

CREATE FUNCTION pg_temp.register(name text, schema json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM migsafe.register_schema('http://localhost:1234/' || name, schema::jsonb);
EXCEPTION WHEN others THEN
    INSERT INTO refusal VALUES (name, pg_temp.one_line(SQLERRM));
END $$;

-- json's own operators stop at \u0000: a character that no suite holds stands for it.
CREATE FUNCTION pg_temp.readable(content json) RETURNS json LANGUAGE sql
RETURN regexp_replace(content::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\uF8FF', 'g')::json;

-- A document as jsonb; or why jsonb cannot hold it: for \u0000, and for numbers beyond numeric.
CREATE FUNCTION pg_temp.stored(document json, OUT value jsonb, OUT problem text) LANGUAGE plpgsql AS $$
BEGIN
    IF strpos(document::text, '\uF8FF') > 0 THEN
        problem = '\u0000';
    ELSE
        value = document::jsonb;
    END IF;
EXCEPTION WHEN numeric_value_out_of_range THEN
    problem = SQLERRM;
END $$;

CREATE FUNCTION pg_temp.in_dialect(schema jsonb, dialect text) RETURNS jsonb LANGUAGE sql
RETURN CASE WHEN jsonb_typeof(schema) = 'object' AND NOT schema ? '$schema' AND dialect <> ''
    THEN schema || jsonb_build_object('$schema', dialect) ELSE schema END;

-- What is wrong with the answers to one case; NULL if nothing is.
CREATE FUNCTION pg_temp.fault(schema jsonb, instance jsonb, assert_format boolean, valid boolean) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    asked text;
    conforms boolean;
    faultless boolean;
    by_bundle boolean;
BEGIN
    asked = 'jsonb_conforms';
    conforms = migsafe.jsonb_conforms(schema, instance, assert_format);
    IF conforms IS DISTINCT FROM valid THEN
        RETURN format('says %s, not %s', coalesce(conforms::text, 'null'), coalesce(valid::text, 'null'));
    END IF;
    asked = 'jsonb_schema_errors';
    faultless = NOT EXISTS (SELECT FROM migsafe.jsonb_schema_errors(schema, instance, assert_format));
    IF faultless IS DISTINCT FROM valid THEN
        RETURN format('jsonb_schema_errors has %s', CASE WHEN faultless THEN 'no row' ELSE 'rows' END);
    END IF;
    asked = 'bundle_schema';
    by_bundle = migsafe.jsonb_matches_schema(migsafe.bundle_schema(schema), instance, assert_format);
    IF by_bundle IS DISTINCT FROM valid THEN
        RETURN format('the bundle says %s, not %s', coalesce(by_bundle::text, 'null'), valid::text);
    END IF;
    RETURN NULL;
EXCEPTION WHEN others THEN
    RETURN format('%s: ERROR %s: %s', asked, SQLSTATE, pg_temp.one_line(SQLERRM));
END $$;

SELECT pg_temp.register(name, content) FROM suite_file WHERE part = 'remotes' \g /dev/null

CREATE TEMPORARY TABLE outcome AS
SELECT part, name, g.ordinality AS group_number, t.ordinality AS test_number,
    pg_temp.one_line(format('%s: %s', g.value->>'description', t.value->>'description')) AS title,
    coalesce(schema.problem, instance.problem) AS unstorable,
    CASE WHEN coalesce(schema.problem, instance.problem) IS NULL
        THEN pg_temp.fault(pg_temp.in_dialect(schema.value, :'dialect'), instance.value, assert_format,
            (t.value->>'valid')::boolean)
    END AS fault
FROM suite_file, json_array_elements(pg_temp.readable(content)) WITH ORDINALITY g,
    json_array_elements(g.value->'tests') WITH ORDINALITY t,
    pg_temp.stored(g.value->'schema') schema, pg_temp.stored(t.value->'data') instance
WHERE part <> 'remotes';

SELECT format(CASE WHEN refused = 0 THEN 'ok - %s remotes: %s schemas'
    ELSE 'not ok - %s remotes: %3$s of %2$s schemas refused' END, :'draft', known, refused)
FROM (SELECT count(*) AS known, (SELECT count(*) FROM refusal) AS refused FROM suite_file WHERE part = 'remotes') r;

SELECT format('# %s: %s', name, message) FROM refusal ORDER BY name COLLATE "C";

CREATE TEMPORARY VIEW tally AS
SELECT part, name, count(*) FILTER (WHERE unstorable IS NULL) AS cases, count(fault) AS faults,
    count(unstorable) AS unstorable
FROM outcome GROUP BY ROLLUP (part, name);

-- A fault in an optional case is judged with the others of its draft, not with its file.
SELECT line
FROM (
    SELECT part, name, 0 AS group_number, 0 AS test_number, CASE
        WHEN faults = 0 THEN format('ok - %s %s: %s (%s cases)', :'draft', part, name, cases)
        ELSE format('%s - %s %s: %s (%s of %s cases fail)',
            CASE part WHEN 'optional' THEN 'partly' ELSE 'not ok' END, :'draft', part, name, faults, cases)
    END AS line
    FROM tally WHERE name IS NOT NULL
    UNION ALL
    SELECT part, name, group_number, test_number,
        format('# %s: %s', title, coalesce(fault, 'not storable: ' || unstorable))
    FROM outcome WHERE fault IS NOT NULL OR unstorable IS NOT NULL
) l
ORDER BY array_position('{required, optional, formats}', part), name COLLATE "C", group_number, test_number;

SELECT format('%s - %s optional: %s of %s cases, at least 95 %% wanted',
    CASE WHEN cases - faults >= cases * 0.95 THEN 'ok' ELSE 'not ok' END, :'draft', cases - faults, cases)
FROM tally WHERE part = 'optional' AND name IS NULL;

SELECT format('not ok - %s required: no cases', :'draft')
WHERE NOT EXISTS (SELECT FROM tally WHERE part = 'required' AND cases > 0);

SELECT format('# %s: %s; %s not storable', :'draft',
    (SELECT string_agg(format('%s %s of %s', part, cases - faults, cases), ', '
            ORDER BY array_position('{required, optional, formats}', part))
        FROM tally WHERE part IS NOT NULL AND name IS NULL), unstorable)
FROM tally WHERE part IS NULL;
