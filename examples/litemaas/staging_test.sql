-- The staging test: all eight steps on 365 days, with the very files that production will run.
-- It ends in "VERDICT: PASS (8 of 8 steps)", or stops with an error that names the step.
-- It works in the schema litemaas_staging, which it drops at the end (after a failure it stays, to look at).

\set ON_ERROR_STOP on
\set QUIET on
\pset pager off
\pset footer off

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
DROP SCHEMA IF EXISTS litemaas_staging CASCADE;
RESET client_min_messages;
CREATE SCHEMA litemaas_staging;
SET search_path = litemaas_staging;

-- A name of its own for each rehearsal: the name of the real run stays free.
SELECT 'staging ' || to_char(clock_timestamp(), 'YYYYMMDD_HH24MISS_US') AS run_name
\gset

CREATE TABLE step (no integer PRIMARY KEY, title text NOT NULL, passed boolean NOT NULL DEFAULT false);

-- Something that must be true, else the step has failed.
CREATE FUNCTION expect(what text, truth boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    current step;
BEGIN
    SELECT * INTO current FROM step ORDER BY no DESC LIMIT 1;
    IF truth IS NOT TRUE THEN
        RAISE EXCEPTION 'VERDICT: FAIL in step % (%): not true: %', current.no, current.title, what;
    END IF;
    RETURN 'ok: ' || what;
END
$$;
\set print '\\g (format=unaligned tuples_only=on)'

\echo
\echo === Step 1 of 8: create production-like data
INSERT INTO step VALUES (1, 'create production-like data');
\ir schema.sql
\ir data.sql

-- What the application asks: the tokens of a user, of a model, of a provider, in the new structure.
CREATE VIEW user_breakdown AS
    SELECT date, user_id, entity ->> 'username' AS username,
           coalesce((entity ->> 'requests')::numeric, 0) AS requests,
           coalesce((entity ->> 'promptTokens')::numeric, 0) AS prompt_tokens,
           coalesce((entity ->> 'completionTokens')::numeric, 0) AS completion_tokens,
           coalesce((entity ->> 'totalTokens')::numeric, 0) AS total_tokens
    FROM daily_usage_cache, jsonb_each(aggregated_by_user) AS u (user_id, entity);
CREATE VIEW model_breakdown AS
    SELECT date, model, entity ->> 'provider' AS provider,
           coalesce((entity ->> 'totalTokens')::numeric, 0) AS total_tokens
    FROM daily_usage_cache, jsonb_each(aggregated_by_model) AS m (model, entity);
CREATE VIEW analytics AS
    SELECT date, coalesce(sum((entity ->> 'totalTokens')::numeric), 0) AS total_tokens,
           coalesce(sum((entity ->> 'spend')::numeric), 0) AS spend
    FROM daily_usage_cache, jsonb_each(aggregated_by_provider) AS p (provider, entity) GROUP BY date;

-- Kept for comparison: the table itself, and the sum of all tokens in either structure.
CREATE TABLE before_migration AS TABLE daily_usage_cache;
SELECT sum((tokens #>> '{}')::numeric) AS tokens_before
FROM daily_usage_cache, LATERAL (
    SELECT jsonb_path_query(aggregated_by_user, '$.*.tokenBreakdown.total')
    UNION ALL
    SELECT jsonb_path_query(aggregated_by_user, '$.*.totalTokens')) AS t (tokens)
\gset
SELECT migsafe.fingerprint('daily_usage_cache') AS fingerprint_before
\gset

SELECT expect('365 days', (SELECT count(*) = 365 AND max(date) - min(date) = 364 FROM daily_usage_cache)) :print
SELECT expect('before the migration the application misses tokens',
            (SELECT sum(total_tokens) < :tokens_before FROM user_breakdown)) :print
UPDATE step SET passed = true WHERE no = 1;

\echo
\echo === Step 2 of 8: backup
INSERT INTO step VALUES (2, 'backup');
\ir backup.sql
SELECT max(backup_id) AS backup_id FROM migsafe.backup
\gset
SELECT expect('the backup verifies: 365 rows, same fingerprint as the table',
            (SELECT verified AND actual_rows = 365 AND actual_fingerprint = :'fingerprint_before'
             FROM migsafe.verify_backup(:backup_id))) :print
UPDATE step SET passed = true WHERE no = 2;

\echo
\echo === Step 3 of 8: migration
INSERT INTO step VALUES (3, 'migration');
\ir migrate.sql
\set first_run_id :fix_run_id
SELECT expect('365 total, 361 successful, 0 failed, 4 skipped',
            (SELECT (status, total_rows, successful_rows, failed_rows, skipped_rows) = ('committed', 365, 361, 0, 4)
             FROM migsafe.status WHERE run_id = :first_run_id)) :print
UPDATE step SET passed = true WHERE no = 3;

\echo
\echo === Step 4 of 8: verify results
INSERT INTO step VALUES (4, 'verify results');
\ir validate.sql
SELECT expect('every check passes',
            (SELECT bool_and(passed) FROM migsafe.validate_jsonb('daily_usage_cache', :'checks'))) :print
SELECT expect('no row has the old structure', NOT EXISTS (SELECT FROM daily_usage_cache WHERE :only_if)) :print
SELECT expect('the four rows that had been migrated already are untouched',
            (SELECT count(*) = 4 FROM daily_usage_cache AS now JOIN before_migration AS old USING (date)
             WHERE now.*::text = old.*::text)) :print
SELECT expect('sum of tokens before = after, by user, by model, by provider',
            (SELECT sum(total_tokens(aggregated_by_user)) = :tokens_before
                AND sum(total_tokens(aggregated_by_model)) = :tokens_before
                AND sum(total_tokens(aggregated_by_provider)) = :tokens_before FROM daily_usage_cache)) :print
SELECT expect('every entity has its three counts, as numbers',
            NOT EXISTS (
                SELECT FROM daily_usage_cache,
                    LATERAL (VALUES (raw_data), (aggregated_by_user), (aggregated_by_model), (aggregated_by_provider)) AS c (doc),
                    LATERAL jsonb_each(doc) AS e (key, entity),
                    LATERAL (VALUES ('promptTokens'), ('completionTokens'), ('totalTokens')) AS m (member)
                WHERE jsonb_typeof(entity -> member) IS DISTINCT FROM 'number')) :print
-- As text, because jsonb calls 1.50 and 1.5 equal.
SELECT expect('whatever is not about tokens is as it was',
            NOT EXISTS (
                SELECT FROM before_migration AS old JOIN daily_usage_cache AS now USING (date),
                    LATERAL (VALUES (old.raw_data, now.raw_data),
                                    (old.aggregated_by_user, now.aggregated_by_user),
                                    (old.aggregated_by_model, now.aggregated_by_model),
                                    (old.aggregated_by_provider, now.aggregated_by_provider)) AS c (was, is_now),
                    LATERAL jsonb_each(was) AS e (key, entity)
                WHERE (entity - '{tokenBreakdown,promptTokens,completionTokens,totalTokens}'::text[])::text
                      IS DISTINCT FROM
                      ((is_now -> key) - CASE WHEN entity #> '{tokenBreakdown,cached}' IS NULL
                                              THEN '{promptTokens,completionTokens,totalTokens}'
                                              ELSE '{promptTokens,completionTokens,totalTokens,cachedTokens}'
                                         END::text[])::text)) :print
UPDATE step SET passed = true WHERE no = 4;

\echo
\echo === Step 5 of 8: test application
INSERT INTO step VALUES (5, 'test application');
\echo Tokens of January 2025, by user:
SELECT user_id, sum(requests) AS requests, sum(prompt_tokens) AS prompt_tokens,
       sum(completion_tokens) AS completion_tokens, sum(total_tokens) AS total_tokens
FROM user_breakdown WHERE date BETWEEN '2025-01-01' AND '2025-01-31' GROUP BY user_id ORDER BY total_tokens DESC LIMIT 3;
\echo By model:
SELECT model, provider, sum(total_tokens) AS total_tokens
FROM model_breakdown WHERE date BETWEEN '2025-01-01' AND '2025-01-31' GROUP BY 1, 2 ORDER BY total_tokens DESC LIMIT 3;
SELECT expect('all three views of the application find all tokens',
            (SELECT sum(total_tokens) FROM user_breakdown) = :tokens_before
            AND (SELECT sum(total_tokens) FROM model_breakdown) = :tokens_before
            AND (SELECT sum(total_tokens) FROM analytics) = :tokens_before) :print
SELECT expect('prompt and completion make up the total, for every user and day',
            (SELECT bool_and(prompt_tokens + completion_tokens = total_tokens) FROM user_breakdown)) :print
UPDATE step SET passed = true WHERE no = 5;

\echo
\echo === Step 6 of 8: rollback
INSERT INTO step VALUES (6, 'rollback');
\ir rollback.sql
SELECT expect('the run counts as rolled back',
            (SELECT status = 'rolled back' FROM migsafe.status WHERE run_id = :first_run_id)) :print
UPDATE step SET passed = true WHERE no = 6;

\echo
\echo === Step 7 of 8: verify restoration
INSERT INTO step VALUES (7, 'verify restoration');
SELECT :'fingerprint_before' AS fingerprint_before, migsafe.fingerprint('daily_usage_cache') AS fingerprint_now;
SELECT expect('the fingerprint is the one before the migration',
            migsafe.fingerprint('daily_usage_cache') = :'fingerprint_before') :print
SELECT expect('every row is, as text, what it was',
            (SELECT count(*) = 365 FROM daily_usage_cache AS now JOIN before_migration AS old USING (date)
             WHERE now.*::text = old.*::text)) :print
UPDATE step SET passed = true WHERE no = 7;

\echo
\echo === Step 8 of 8: run the migration again
INSERT INTO step VALUES (8, 'run the migration again');
-- After a rollback the same name does its work again ...
\ir migrate.sql
SELECT expect('it is a new run with the same figures',
            (SELECT run_id > :first_run_id
                AND (status, total_rows, successful_rows, failed_rows, skipped_rows) = ('committed', 365, 361, 0, 4)
             FROM migsafe.status WHERE run_id = :fix_run_id)) :print
SELECT expect('the application finds all tokens', (SELECT sum(total_tokens) = :tokens_before FROM analytics)) :print
-- ... and once it is done, the same call does nothing, and gives the same result.
SELECT count(*) AS runs_before, migsafe.fingerprint('daily_usage_cache') AS fingerprint_migrated FROM migsafe.status
\gset
SELECT run_id AS again_run_id, successful_rows AS again_successful_rows
FROM migsafe.run_safe('daily_usage_cache', :'transform', only_if => :'only_if', name => :'run_name', checks => :'checks')
\gset
SELECT expect('the same call again is no new run, gives the old result, changes nothing',
            :again_run_id = :fix_run_id AND :again_successful_rows = 361
            AND (SELECT count(*) = :runs_before FROM migsafe.status)
            AND migsafe.fingerprint('daily_usage_cache') = :'fingerprint_migrated') :print
UPDATE step SET passed = true WHERE no = 8;

\echo
SELECT count(*) AS steps_passed FROM step WHERE passed
\gset
SELECT expect('all eight steps passed', :steps_passed = 8) :print
SET client_min_messages = warning;
DROP SCHEMA litemaas_staging CASCADE;
RESET client_min_messages;
RESET search_path;
\unset run_name
\echo VERDICT: PASS (:steps_passed of 8 steps)
