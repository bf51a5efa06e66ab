-- What is to become of a row. Changes no data: it defines a function for the checks, and the psql
-- variables that migrate.sql, validate.sql and rollback.sql pass on:
--     run_name   the run's name (kept if it is set already)
--     transform  column -> JSON Patch or SQL expression
--     only_if    which rows need it; all others are SKIPPED
--     checks     what must hold before the run may end

-- The tokens of one column in the new structure: by user, by model and by provider they must agree.
CREATE OR REPLACE FUNCTION total_tokens(doc jsonb)
RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum((n #>> '{}')::numeric), 0) FROM jsonb_path_query(doc, '$.*.totalTokens') AS n
$$;

\if :{?run_name}
\else
    \set run_name fix-daily-usage-token-breakdowns
\endif

-- One column, as a JSON Patch; * is each of its entities (a user, a model, a provider).
--     {"requests": 4, "tokenBreakdown": {"prompt": "8", "completion": 2, "total": 10}}
--  -> {"requests": 4, "promptTokens": 8, "completionTokens": 2, "totalTokens": 10}
-- What is there is moved, what is missing becomes 0, a string becomes the number that it spells.
-- Before tokenBreakdown goes, it must be empty: whatever we do not know of fails its row, and is not lost.
SELECT $$[
    {"op": "move", "from": "/*/tokenBreakdown/prompt",     "path": "/*/promptTokens",     "optional": true},
    {"op": "move", "from": "/*/tokenBreakdown/completion", "path": "/*/completionTokens", "optional": true},
    {"op": "move", "from": "/*/tokenBreakdown/total",      "path": "/*/totalTokens",      "optional": true},
    {"op": "move", "from": "/*/tokenBreakdown/cached",     "path": "/*/cachedTokens",     "optional": true},

    {"op": "default", "path": "/*/promptTokens",     "value": 0},
    {"op": "default", "path": "/*/completionTokens", "value": 0},
    {"op": "default", "path": "/*/totalTokens",      "value": 0},

    {"op": "cast", "path": "/*/promptTokens",     "to": "number"},
    {"op": "cast", "path": "/*/completionTokens", "to": "number"},
    {"op": "cast", "path": "/*/totalTokens",      "to": "number"},

    {"op": "test",   "path": "/*/tokenBreakdown", "value": {}, "optional": true},
    {"op": "remove", "path": "/*/tokenBreakdown", "optional": true}
]$$ AS flatten
\gset

SELECT
format($${
    "raw_data":               %1$s,
    "aggregated_by_user":     %1$s,
    "aggregated_by_model":    %1$s,
    "aggregated_by_provider": %1$s,
    "updated_at":             "now()"
}$$, :'flatten') AS transform,

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
