-- 365 days of production-like usage, the same on every machine (chance is md5, not random()).
--
-- Old structure, of which 361 rows have at least one entity:
--     "u-01": {"username": .., "requests": 4, "spend": 1.50,
--              "tokenBreakdown": {"prompt": 800, "completion": 200, "total": 1000}}
-- New structure, which four days have already (day 8, 31, 62 and 97):
--     "u-01": {"username": .., "requests": 4, "spend": 1.50,
--              "promptTokens": 800, "completionTokens": 200, "totalTokens": 1000}
--
-- Odd, but fit for migration, as real data is: names beyond ASCII, counts as strings or with
-- decimals (12.50), a tokenBreakdown that is {}, an entity that is {} or has no tokenBreakdown,
-- members that only some days have (_v, cached).

-- A number from 0 to 16777215, always the same for the same text.
CREATE FUNCTION pg_temp.chance(seed text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT ('x' || left(md5(seed), 6))::bit(24)::integer
$$;

-- The token counts of one entity as the software of that day wrote them.
CREATE FUNCTION pg_temp.tokens(style text, prompt numeric, completion numeric)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE style
        WHEN 'new' THEN jsonb_build_object('promptTokens', prompt, 'completionTokens', completion,
                                           'totalTokens', prompt + completion)
        WHEN 'strings' THEN jsonb_build_object('tokenBreakdown', jsonb_build_object(
                                'prompt', prompt::text, 'completion', completion::text,
                                'total', (prompt + completion)::text))
        WHEN 'cached' THEN jsonb_build_object('_v', 2, 'tokenBreakdown', jsonb_build_object(
                                'prompt', prompt, 'completion', completion,
                                'total', prompt + completion, 'cached', div(prompt, 4)))
        ELSE jsonb_build_object('tokenBreakdown', jsonb_build_object(
                                'prompt', prompt, 'completion', completion,
                                'total', prompt + completion))
    END
$$;

INSERT INTO daily_usage_cache
WITH
day AS (
    SELECT i, date '2024-10-12' + (i - 1) AS date,
           CASE WHEN i IN (8, 31, 62, 97) THEN 'new'
                WHEN i % 30 = 4 THEN 'strings'
                WHEN i % 90 = 40 THEN 'cached'
                ELSE 'old' END AS style
    FROM generate_series(1, 365) AS i
),
usr (id, username) AS (VALUES
    ('u-01', 'alice'), ('u-02', 'bob'), ('u-03', E'Zo\u00eb M\u00fcller'), ('u-04', E'\u674e\u96f7'),
    ('u-05', 'o''brien "ob"'), ('u-06', 'svc-batch'), ('u-07', E'I\u015f\u0131k'), ('u-08', 'dora')
),
model (id, provider, price) AS (VALUES
    ('granite-3.3-8b', 'vllm', 0.0004), ('llama-3.1-70b', 'vllm', 0.0021),
    ('mistral-small', 'vllm', 0.0009), ('gpt-4o', 'openai', 0.0062),
    ('gpt-4o-mini', 'openai', 0.0003), ('claude-sonnet', 'anthropic', 0.0075)
),
fact AS (       -- who used which model on which day, and how much
    SELECT i, style, usr.id AS user_id, username, model.id AS model_id, provider,
           1 + pg_temp.chance(i || usr.id || model.id || 'requests') % 40 AS requests,
           pg_temp.chance(i || usr.id || model.id || 'prompt') % 90000
               + CASE WHEN i % 50 = 25 THEN 0.50 ELSE 0 END AS prompt,
           pg_temp.chance(i || usr.id || model.id || 'completion') % 30000 AS completion,
           price
    FROM day, usr, model
    WHERE pg_temp.chance(i || usr.id || model.id) % 4 = 0
       OR (usr.id = 'u-01' AND model.id = 'gpt-4o')
),
raw AS (        -- what the gateway answered: an entity for each user and model
    SELECT i, jsonb_object_agg(user_id || '/' || model_id,
                  jsonb_build_object('user', user_id, 'model', model_id, 'provider', provider,
                      'requests', requests, 'spend', round((prompt + completion) * price, 2))
                  || pg_temp.tokens(style, prompt, completion)) AS doc
    FROM fact GROUP BY i
),
by_user AS (
    SELECT i, jsonb_object_agg(user_id, jsonb_build_object('username', username,
                  'requests', requests, 'spend', spend, 'models', models)
                  || pg_temp.tokens(style, prompt, completion)) AS doc
    FROM (SELECT i, style, user_id, username, sum(requests) AS requests, sum(prompt) AS prompt,
                 sum(completion) AS completion, jsonb_agg(model_id ORDER BY model_id) AS models,
                 round(sum((prompt + completion) * price), 2) AS spend
          FROM fact GROUP BY i, style, user_id, username) AS f
    GROUP BY i
),
by_model AS (
    SELECT i, jsonb_object_agg(model_id, jsonb_build_object('provider', provider,
                  'requests', requests, 'spend', spend, 'users', users)
                  || pg_temp.tokens(style, prompt, completion)) AS doc
    FROM (SELECT i, style, model_id, provider, sum(requests) AS requests, sum(prompt) AS prompt,
                 sum(completion) AS completion, count(*) AS users,
                 round(sum((prompt + completion) * price), 2) AS spend
          FROM fact GROUP BY i, style, model_id, provider) AS f
    GROUP BY i
),
by_provider AS (
    SELECT i, jsonb_object_agg(provider, jsonb_build_object('requests', requests, 'spend', spend)
                  || pg_temp.tokens(style, prompt, completion)) AS doc
    FROM (SELECT i, style, provider, sum(requests) AS requests, sum(prompt) AS prompt,
                 sum(completion) AS completion,
                 round(sum((prompt + completion) * price), 2) AS spend
          FROM fact GROUP BY i, style, provider) AS f
    GROUP BY i
)
SELECT date,
       raw.doc,
       by_user.doc
           || CASE WHEN i % 45 = 10 THEN '{"u-09": {"username": "idle", "requests": 0, "tokenBreakdown": {}}}'
                   WHEN i % 60 = 20 THEN '{"u-10": {"username": "invited", "requests": 0}}'
                   ELSE '{}' END::jsonb,
       by_model.doc
           || CASE WHEN i % 60 = 50 THEN '{"unassigned": {}}' ELSE '{}' END::jsonb,
       by_provider.doc
           || CASE WHEN i % 60 = 15 THEN '{"on-premises": {"requests": 0, "tokenBreakdown": {}}}' ELSE '{}' END::jsonb,
       written_at, written_at
FROM day
JOIN raw USING (i) JOIN by_user USING (i) JOIN by_model USING (i) JOIN by_provider USING (i)
CROSS JOIN LATERAL (SELECT (date + 1 + time '02:15') AT TIME ZONE 'UTC' AS written_at) AS w
ORDER BY date;

DROP FUNCTION pg_temp.tokens(text, numeric, numeric);
DROP FUNCTION pg_temp.chance(text);
ANALYZE daily_usage_cache;
