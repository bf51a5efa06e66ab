-- What script/bench makes of the results of all benchmarks: its CSV as a table, the figures to hold, and views for its
-- summary, its picture and doc/performance.md.
CREATE SCHEMA bench;
CREATE TABLE bench.line (benchmark text, task text, name text, rows bigint, round integer, measure text, value numeric,
    least numeric, most numeric, goal text, met text);

-- The figures to hold, in words, and where they come from.
CREATE TABLE bench.promise (id integer GENERATED ALWAYS AS IDENTITY, part text, what text, benchmark text, task text, name text,
    measure text);
INSERT INTO bench.promise (part, what, benchmark, task, name, measure) VALUES
    ('design', 'transform of a 1.2 KB document: SQL / `jsonb_patch`', 'jsonb_patch', 'entities_6',
     'pure_sql / jsonb_patch', 'time'),
    ('design', '`run_safe` by patch, with undo log / bare `UPDATE` in SQL', 'run_safe', 'migrate',
     'run_safe_patch / update_sql', 'time'),
    ('design', '`run_safe` / the seeds'' loop, same SQL', 'run_safe', 'migrate', 'run_safe / loop', 'time'),
    ('design', '`run_safe` by patch / the seeds'' loop', 'run_safe', 'migrate', 'run_safe_patch / loop', 'time'),
    ('design', '`run_safe` / `UPDATE` + `CREATE TABLE AS`, same SQL', 'run_safe', 'migrate', 'run_safe / update_and_copy',
     'time'),
    ('design', '`run_safe` / `UPDATE` + `CREATE TABLE AS`, same patch', 'run_safe', 'migrate',
     'run_safe_patch / update_patch_and_copy', 'time'),
    ('design', 'surviving writing subtransactions, 0 to 10 % bad rows', 'transactions', 'runs',
     'surviving writing subtransactions', 'count'),
    ('design', 'transaction ids, batches of 2,000 rows, 0 to 10 % bad rows', 'transactions', 'runs',
     'transaction ids, batches of 2000 rows', 'count'),
    ('design', 'WAL of `run_safe` / `UPDATE` + `CREATE TABLE AS`, same SQL', 'run_safe', 'migrate',
     'run_safe / update_and_copy', 'WAL'),
    ('design', 'WAL of `run_safe` / `UPDATE` + `CREATE TABLE AS`, same patch', 'run_safe', 'migrate',
     'run_safe_patch / update_patch_and_copy', 'WAL'),
    ('design', 'memory of `run_safe`, most rows against a hundredth: MB more', 'growth', 'growth', 'run_safe', 'MB more'),
    ('design', 'memory of `run_online`, most rows against a hundredth: MB more', 'growth', 'growth', 'run_online', 'MB more'),
    ('design', 'JSON Schema, 1.2 KB, six entities / `jsonb_typeof`', 'json_schema', 'entities_6',
     'matches_schema / jsonb_typeof', 'time'),
    ('design', 'whole rollback, redo kept / `TRUNCATE` + `INSERT`', 'rollback', 'even, whole', 'rollback / truncate_insert',
     'time'),
    ('further', 'rollback of 1 % of the rows, that lie together / whole', 'rollback', 'even, whole', 'range / rollback', 'time'),
    ('further', 'rollback of 1 % of the rows, one in each hundred / whole', 'rollback', 'even, whole', 'rows / rollback', 'time'),
    ('further', 'the same by their keys / whole', 'rollback', 'even, whole', 'keys / rollback', 'time'),
    ('further', 'run and rollback by logging triggers / by migsafe', 'rollback', 'even, both', 'triggers / migsafe', 'time'),
    ('further', 'longest wait of a reader beside a rollback, ms', 'rollback', 'even, whole',
     'longest wait of a reader beside rollback', 'ms'),
    ('further', 'undo log of three of eight columns / backup', 'rollback', 'even, whole', 'undo log / backup', 'size'),
    ('further', 'JSON Schema in PL/pgSQL / `jsonb_matches_schema`', 'json_schema', 'entities_6', 'plpgsql / matches_schema',
     'time'),
    ('further', 'ten checks in one call / the schema check alone', 'checks', 'usage', 'ten / schema', 'time'),
    ('further', 'a run with / without the recorder: expression', 'recorder', 'expression', 'with / without', 'time'),
    ('further', 'a run with / without the recorder: patch', 'recorder', 'patch', 'with / without', 'time'),
    ('further', 'a run with / without the recorder: 1 % bad rows', 'recorder', '1 % bad rows', 'with / without', 'time'),
    ('further', '`run_online`, one worker / two: SQL', 'online', 'document_by_sql', 'online / online_2_workers', 'time'),
    ('further', '`run_online`, one worker / two: patch', 'online', 'document', 'online / online_2_workers', 'time'),
    ('further', 'memory of a rollback: MB more', 'growth', 'growth', 'rollback', 'MB more'),
    ('further', 'memory of a backup: MB more', 'growth', 'growth', 'backup', 'MB more'),
    ('further', 'memory of `validate_jsonb`: MB more', 'growth', 'growth', 'validate', 'MB more');

-- Figures without a promise come with the name that their benchmark gives them.
CREATE VIEW bench.kept AS
SELECT id, coalesce(part, 'further') AS part, coalesce(what, concat_ws(', ', benchmark, task, name, measure)) AS what,
       goal, trim_scale(value) AS value, trim_scale(least) AS least, trim_scale(most) AS most,
       CASE met WHEN 'yes' THEN 'met' WHEN 'no' THEN 'not met' ELSE 'not measured' END AS met
FROM bench.promise FULL JOIN (SELECT * FROM bench.line WHERE round IS NULL AND goal <> '') figure
     USING (benchmark, task, name, measure);

-- The medians of each contestant's rounds.
CREATE VIEW bench.median AS
SELECT benchmark, task, name, rows, max(round) AS rounds,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY value) FILTER (WHERE measure = 'seconds') AS seconds,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY value) FILTER (WHERE measure = 'seconds') / rows * 1e6 AS microseconds,
       (percentile_cont(0.5) WITHIN GROUP (ORDER BY value) FILTER (WHERE measure = 'WAL bytes'))::bigint AS wal,
       max(value) FILTER (WHERE measure = 'transaction ids')::bigint AS xids,
       max(value) FILTER (WHERE measure = 'undo log bytes')::bigint AS undo_log,
       max(value) FILTER (WHERE measure = 'memory kB')::bigint * 1024 AS memory
FROM bench.line WHERE round IS NOT NULL
GROUP BY benchmark, task, name, rows;

-- The contestants in words.
CREATE TABLE bench.word (id integer GENERATED ALWAYS AS IDENTITY, benchmark text, task text, name text, words text, ours boolean);
INSERT INTO bench.word (benchmark, task, name, words, ours) VALUES
    ('run_safe', 'migrate', 'update_sql', 'bare UPDATE, SQL', false),
    ('run_safe', 'migrate', 'update_and_copy', 'UPDATE + copy, SQL', false),
    ('run_safe', 'migrate', 'triggers', 'UPDATE with a trigger log, SQL', false),
    ('run_safe', 'migrate', 'loop', 'PL/pgSQL loop, SQL', false),
    ('run_safe', 'migrate', 'run_safe', 'run_safe, SQL', true),
    ('run_safe', 'migrate', 'run_online', 'run_online, SQL', true),
    ('run_safe', 'migrate', 'update_patch', 'bare UPDATE, jsonb_patch', false),
    ('run_safe', 'migrate', 'update_patch_and_copy', 'UPDATE + copy, jsonb_patch', false),
    ('run_safe', 'migrate', 'run_safe_patch', 'run_safe, patch', true),
    ('run_safe', 'migrate', 'run_online_patch', 'run_online, patch', true),
    ('rollback', 'even, whole', 'truncate_insert', 'TRUNCATE + INSERT from a backup', false),
    ('rollback', 'even, whole', 'blind_update', 'UPDATE … FROM a backup', false),
    ('rollback', 'even, whole', 'rollback', 'rollback', true),
    ('rollback', 'even, whole', 'keys', 'rollback of 1 %, by keys', true),
    ('rollback', 'even, whole', 'rows', 'rollback of 1 %, one in each hundred', true),
    ('rollback', 'even, whole', 'range', 'rollback of 1 %, that lies together', true),
    ('rollback', 'even, whole', 'update_rows', 'UPDATE … FROM a backup of 1 %, one in each hundred', false),
    ('rollback', 'even, whole', 'update_range', 'UPDATE … FROM a backup of 1 %, that lies together', false),
    ('rollback', 'even, whole', 'read_log', 'count(*) of the undo log', false),
    ('rollback', 'document, whole', 'truncate_insert', 'TRUNCATE + INSERT from a backup', false),
    ('rollback', 'document, whole', 'blind_update', 'UPDATE … FROM a backup', false),
    ('rollback', 'document, whole', 'rollback', 'rollback', true),
    ('rollback', 'even, both', 'triggers', 'run + rollback by logging triggers', false),
    ('rollback', 'even, both', 'triggers_off', 'the same, rollback not logged', false),
    ('rollback', 'even, both', 'migsafe', 'run_safe + rollback', true),
    ('jsonb_patch', 'entities_6', 'jsonb_set', 'PL/pgSQL with jsonb_set', false),
    ('jsonb_patch', 'entities_6', 'pure_sql', 'SQL with jsonb_object_agg', false),
    ('jsonb_patch', 'entities_6', 'jsonb_patch', 'jsonb_patch', true),
    ('jsonb_patch', 'entities_60', 'jsonb_set', 'PL/pgSQL with jsonb_set', false),
    ('jsonb_patch', 'entities_60', 'pure_sql', 'SQL with jsonb_object_agg', false),
    ('jsonb_patch', 'entities_60', 'jsonb_patch', 'jsonb_patch', true),
    ('json_schema', 'entities_6', 'plpgsql', 'PL/pgSQL', false),
    ('json_schema', 'entities_6', 'jsonpath', 'jsonpath', false),
    ('json_schema', 'entities_6', 'matches_schema', 'jsonb_matches_schema', true),
    ('json_schema', 'entities_6', 'jsonb_typeof', 'jsonb_typeof', false),
    ('json_schema', 'entities_60', 'plpgsql', 'PL/pgSQL', false),
    ('json_schema', 'entities_60', 'jsonpath', 'jsonpath', false),
    ('json_schema', 'entities_60', 'matches_schema', 'jsonb_matches_schema', true),
    ('json_schema', 'entities_60', 'jsonb_typeof', 'jsonb_typeof', false),
    ('checks', 'usage', 'jsonpath', 'the schema in jsonpath', false),
    ('checks', 'usage', 'schema', 'validate_jsonb: schema', true),
    ('checks', 'usage', 'nine in SQL', 'nine other checks, in SQL', false),
    ('checks', 'usage', 'nine without schema', 'validate_jsonb: nine others', true),
    ('checks', 'usage', 'ten', 'validate_jsonb: all ten', true),
    ('online', 'number', 'update', 'small rows: UPDATE', false),
    ('online', 'number', 'run_safe', 'small rows: run_safe', true),
    ('online', 'number', 'online', 'small rows: run_online', true),
    ('online', 'number', 'online_without_rest', 'small rows: run_online without rest', true),
    ('online', 'number', 'online_2_workers', 'small rows: run_online, two workers', true),
    ('online', 'document', 'update', '1.2 KB, patch: UPDATE', false),
    ('online', 'document', 'run_safe', '1.2 KB, patch: run_safe', true),
    ('online', 'document', 'online', '1.2 KB, patch: run_online', true),
    ('online', 'document', 'online_without_rest', '1.2 KB, patch: run_online without rest', true),
    ('online', 'document', 'online_2_workers', '1.2 KB, patch: run_online, two workers', true),
    ('online', 'document_by_sql', 'run_safe', '1.2 KB, SQL: run_safe', true),
    ('online', 'document_by_sql', 'online', '1.2 KB, SQL: run_online', true),
    ('online', 'document_by_sql', 'online_2_workers', '1.2 KB, SQL: run_online, two workers', true);
CREATE VIEW bench.told AS
SELECT id, words, ours, median.* FROM bench.word JOIN bench.median USING (benchmark, task, name);
