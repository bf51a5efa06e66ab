-- What is to become of a row. Changes no data: it defines three functions, and the psql variables
-- that migrate.sql, validate.sql and rollback.sql pass on:
--     run_name   the run's name (kept if it is set already)
--     transform  column -> SQL expression
--     only_if    which rows need it; all others are SKIPPED
--     checks     what must hold before the run may end

-- One token count: a number stays as it is (12.50 keeps its zero), a string becomes the number
-- that it spells, null means that nothing was counted.
CREATE OR REPLACE FUNCTION token_count(entity text, field text, value jsonb)
RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    CASE jsonb_typeof(value)
        WHEN 'number' THEN RETURN value;
        WHEN 'null' THEN RETURN '0';
        WHEN 'string' THEN
            IF value #>> '{}' ~ '^-?[0-9]+([.][0-9]+)?$' THEN
                RETURN to_jsonb((value #>> '{}')::numeric);
            END IF;
        ELSE NULL;
    END CASE;
    RAISE EXCEPTION '"%": tokenBreakdown.% is no number: %', entity, field, value
        USING ERRCODE = 'invalid_text_representation';
END
$$;

-- One entity (a user, a model, a provider): tokenBreakdown is flattened, everything else is kept.
--     {"requests": 4, "tokenBreakdown": {"prompt": 8, "completion": 2, "total": 10}}
--  -> {"requests": 4, "promptTokens": 8, "completionTokens": 2, "totalTokens": 10}
-- A member of tokenBreakdown that nobody told us about is kept too: "cached" -> "cachedTokens".
CREATE OR REPLACE FUNCTION fix_entity(name text, entity jsonb)
RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    breakdown jsonb := entity -> 'tokenBreakdown';
BEGIN
    IF jsonb_typeof(entity) <> 'object' THEN
        RAISE EXCEPTION '"%" is no object, but of type %', name, jsonb_typeof(entity)
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is %s.', entity);
    END IF;
    CASE jsonb_typeof(breakdown)
        WHEN 'object' THEN NULL;
        WHEN 'null' THEN breakdown := '{}';
        ELSE
            IF breakdown IS NULL THEN   -- no tokenBreakdown: new structure, or no usage
                RETURN entity;
            END IF;
            RAISE EXCEPTION '"%": tokenBreakdown is no object, but of type %', name, jsonb_typeof(breakdown)
                USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It is %s.', breakdown);
    END CASE;
    RETURN (entity - 'tokenBreakdown')
        || '{"promptTokens": 0, "completionTokens": 0, "totalTokens": 0}'
        || (SELECT coalesce(jsonb_object_agg(key || 'Tokens', token_count(name, key, value)), '{}')
            FROM jsonb_each(breakdown));
END
$$;

-- One column: every entity in it.
CREATE OR REPLACE FUNCTION fix_breakdown(doc jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT coalesce(jsonb_object_agg(key, fix_entity(key, value)), '{}') FROM jsonb_each(doc)
$$;

-- The tokens of one column in the new structure: by user, by model and by provider they must agree.
CREATE OR REPLACE FUNCTION total_tokens(doc jsonb)
RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum((n #>> '{}')::numeric), 0) FROM jsonb_path_query(doc, '$.*.totalTokens') AS n
$$;

\if :{?run_name}
\else
    \set run_name fix-daily-usage-token-breakdowns
\endif

SELECT
$${
    "raw_data":               "fix_breakdown(raw_data)",
    "aggregated_by_user":     "fix_breakdown(aggregated_by_user)",
    "aggregated_by_model":    "fix_breakdown(aggregated_by_model)",
    "aggregated_by_provider": "fix_breakdown(aggregated_by_provider)",
    "updated_at":             "now()"
}$$ AS transform,

-- The old structure in any of the four columns ($.* is every entity of a column).
$$     raw_data               @? '$.*.tokenBreakdown'
    OR aggregated_by_user     @? '$.*.tokenBreakdown'
    OR aggregated_by_model    @? '$.*.tokenBreakdown'
    OR aggregated_by_provider @? '$.*.tokenBreakdown' $$ AS only_if,

-- A failing check undoes the whole run, unless its severity is "warning".
$$[
    {"name": "no null values", "check": "not_null",
     "columns": ["raw_data", "aggregated_by_user", "aggregated_by_model", "aggregated_by_provider"]},
    {"name": "every document is an object", "check": "type", "type": "object",
     "columns": ["raw_data", "aggregated_by_user", "aggregated_by_model", "aggregated_by_provider"]},
    {"name": "no old token breakdown left", "check": "lacks", "path": "/*/tokenBreakdown", "severity": "warning",
     "columns": ["raw_data", "aggregated_by_user", "aggregated_by_model", "aggregated_by_provider"]},
    {"name": "users, models, providers agree", "check": "expression",
     "expression": "total_tokens(aggregated_by_user) = total_tokens(aggregated_by_model) AND total_tokens(aggregated_by_model) = total_tokens(aggregated_by_provider)"}
]$$ AS checks
\gset
