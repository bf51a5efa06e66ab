-- Validators such as PL/pgSQL allows: they interpret the schema and call themselves for each member and element.  Both
-- stop at the first failure, and ask for a keyword only where the type of the instance allows it.

-- As much of draft 7 as validators in PL/pgSQL know: all of it but formats, $id, and references to other documents.
CREATE FUNCTION bench.plpgsql_matches(schema jsonb, instance jsonb, root jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    kind text := jsonb_typeof(instance);
    properties jsonb;
    patterns jsonb;
    rest jsonb;
    member text;
    content jsonb;
    keyword text;
    subschema jsonb;
    place bigint;
    known boolean;
BEGIN
    IF jsonb_typeof(schema) = 'boolean' THEN
        RETURN schema::boolean;
    END IF;
    IF schema ? '$ref' THEN
        RETURN bench.plpgsql_matches(
            root #> ARRAY(SELECT replace(replace(token, '~1', '/'), '~0', '~')
                          FROM unnest((string_to_array(schema ->> '$ref', '/'))[2:]) token),
            instance, root);
    END IF;
    -- Of a string, the operator ? says whether it is that one.
    IF schema ? 'type' AND NOT schema -> 'type' ? kind
       AND NOT (kind = 'number' AND schema -> 'type' ? 'integer' AND instance::numeric % 1 = 0) THEN
        RETURN false;
    END IF;
    IF schema ? 'enum' AND NOT schema -> 'enum' @> jsonb_build_array(instance)
       OR schema ? 'const' AND schema -> 'const' <> instance THEN
        RETURN false;
    END IF;
    IF schema ? 'not' AND bench.plpgsql_matches(schema -> 'not', instance, root) THEN
        RETURN false;
    END IF;
    IF schema ? 'allOf' THEN
        FOR subschema IN SELECT jsonb_array_elements(schema -> 'allOf') LOOP
            IF NOT bench.plpgsql_matches(subschema, instance, root) THEN
                RETURN false;
            END IF;
        END LOOP;
    END IF;
    IF schema ? 'anyOf' AND NOT EXISTS (SELECT FROM jsonb_array_elements(schema -> 'anyOf') branch
                                        WHERE bench.plpgsql_matches(branch, instance, root)) THEN
        RETURN false;
    END IF;
    IF schema ? 'oneOf' AND 1 <> (SELECT count(*) FROM jsonb_array_elements(schema -> 'oneOf') branch
                                  WHERE bench.plpgsql_matches(branch, instance, root)) THEN
        RETURN false;
    END IF;
    IF schema ? 'if' THEN
        keyword := CASE WHEN bench.plpgsql_matches(schema -> 'if', instance, root) THEN 'then' ELSE 'else' END;
        IF schema ? keyword AND NOT bench.plpgsql_matches(schema -> keyword, instance, root) THEN
            RETURN false;
        END IF;
    END IF;

    CASE kind
        WHEN 'number' THEN
            RETURN NOT (schema ? 'minimum' AND instance::numeric < (schema -> 'minimum')::numeric
                        OR schema ? 'maximum' AND instance::numeric > (schema -> 'maximum')::numeric
                        OR schema ? 'exclusiveMinimum' AND instance::numeric <= (schema -> 'exclusiveMinimum')::numeric
                        OR schema ? 'exclusiveMaximum' AND instance::numeric >= (schema -> 'exclusiveMaximum')::numeric
                        OR schema ? 'multipleOf' AND instance::numeric % (schema -> 'multipleOf')::numeric <> 0);
        WHEN 'string' THEN
            RETURN NOT (schema ? 'minLength' AND length(instance #>> '{}') < (schema -> 'minLength')::numeric
                        OR schema ? 'maxLength' AND length(instance #>> '{}') > (schema -> 'maxLength')::numeric
                        OR schema ? 'pattern' AND instance #>> '{}' !~ (schema ->> 'pattern'));
        WHEN 'array' THEN
            IF schema ? 'minItems' AND jsonb_array_length(instance) < (schema -> 'minItems')::numeric
               OR schema ? 'maxItems' AND jsonb_array_length(instance) > (schema -> 'maxItems')::numeric THEN
                RETURN false;
            END IF;
            IF schema ? 'uniqueItems' AND (schema -> 'uniqueItems')::boolean
               AND (SELECT count(*) <> count(DISTINCT item) FROM jsonb_array_elements(instance) item) THEN
                RETURN false;
            END IF;
            IF schema ? 'contains' AND NOT EXISTS (SELECT FROM jsonb_array_elements(instance) item
                                                   WHERE bench.plpgsql_matches(schema -> 'contains', item, root)) THEN
                RETURN false;
            END IF;
            IF schema ? 'items' THEN
                FOR content, place IN SELECT * FROM jsonb_array_elements(instance) WITH ORDINALITY LOOP
                    IF jsonb_typeof(schema -> 'items') <> 'array' THEN
                        subschema := schema -> 'items';
                    ELSE
                        subschema := coalesce(schema -> 'items' -> (place - 1)::integer, schema -> 'additionalItems',
                                              'true');
                    END IF;
                    IF NOT bench.plpgsql_matches(subschema, content, root) THEN
                        RETURN false;
                    END IF;
                END LOOP;
            END IF;
            RETURN true;
        WHEN 'object' THEN
            IF schema ? 'minProperties'
               AND (SELECT count(*) FROM jsonb_object_keys(instance)) < (schema -> 'minProperties')::numeric
               OR schema ? 'maxProperties'
               AND (SELECT count(*) FROM jsonb_object_keys(instance)) > (schema -> 'maxProperties')::numeric THEN
                RETURN false;
            END IF;
            IF schema ? 'required'
               AND NOT instance ?& ARRAY(SELECT jsonb_array_elements_text(schema -> 'required')) THEN
                RETURN false;
            END IF;
            IF schema ? 'dependencies' THEN
                FOR member, subschema IN SELECT * FROM jsonb_each(schema -> 'dependencies') LOOP
                    IF instance ? member
                       AND NOT (CASE jsonb_typeof(subschema)
                                    WHEN 'array' THEN instance ?& ARRAY(SELECT jsonb_array_elements_text(subschema))
                                    ELSE bench.plpgsql_matches(subschema, instance, root) END) THEN
                        RETURN false;
                    END IF;
                END LOOP;
            END IF;
            properties := coalesce(schema -> 'properties', '{}');
            patterns := schema -> 'patternProperties';
            rest := schema -> 'additionalProperties';
            FOR member, content IN SELECT * FROM jsonb_each(instance) LOOP
                IF schema ? 'propertyNames'
                   AND NOT bench.plpgsql_matches(schema -> 'propertyNames', to_jsonb(member), root) THEN
                    RETURN false;
                END IF;
                known := properties ? member;
                IF known AND NOT bench.plpgsql_matches(properties -> member, content, root) THEN
                    RETURN false;
                END IF;
                IF patterns IS NOT NULL THEN
                    FOR keyword, subschema IN SELECT * FROM jsonb_each(patterns) LOOP
                        IF member ~ keyword THEN
                            known := true;
                            IF NOT bench.plpgsql_matches(subschema, content, root) THEN
                                RETURN false;
                            END IF;
                        END IF;
                    END LOOP;
                END IF;
                IF NOT known AND rest IS NOT NULL AND NOT bench.plpgsql_matches(rest, content, root) THEN
                    RETURN false;
                END IF;
            END LOOP;
            RETURN true;
        ELSE
            RETURN true;
    END CASE;
END
$$;

-- No more than the keywords of schema.sql: less than any such validator has to do.
CREATE FUNCTION bench.plpgsql_matches_six_keywords(schema jsonb, instance jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    kind text := jsonb_typeof(instance);
    properties jsonb;
    rest jsonb;
    member text;
    content jsonb;
BEGIN
    IF jsonb_typeof(schema) = 'boolean' THEN
        RETURN schema::boolean;
    END IF;
    IF schema ? 'type' AND NOT schema -> 'type' ? kind
       AND NOT (kind = 'number' AND schema -> 'type' ? 'integer' AND instance::numeric % 1 = 0) THEN
        RETURN false;
    END IF;
    CASE kind
        WHEN 'number' THEN
            RETURN NOT schema ? 'minimum' OR instance::numeric >= (schema -> 'minimum')::numeric;
        WHEN 'string' THEN
            RETURN NOT schema ? 'pattern' OR instance #>> '{}' ~ (schema ->> 'pattern');
        WHEN 'object' THEN
            IF schema ? 'required'
               AND NOT instance ?& ARRAY(SELECT jsonb_array_elements_text(schema -> 'required')) THEN
                RETURN false;
            END IF;
            properties := coalesce(schema -> 'properties', '{}');
            rest := coalesce(schema -> 'additionalProperties', 'true');
            FOR member, content IN SELECT * FROM jsonb_each(instance) LOOP
                IF NOT bench.plpgsql_matches_six_keywords(coalesce(properties -> member, rest), content) THEN
                    RETURN false;
                END IF;
            END LOOP;
            RETURN true;
        ELSE
            RETURN true;
    END CASE;
END
$$;
