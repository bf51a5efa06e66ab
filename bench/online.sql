-- The tables and the contestants of bench/online; each works on a fresh copy of a table. "number" is an increment on
-- small rows, where the way counts; "document" a patch on documents of 1.2 KB, and "document_by_sql" the same in SQL,
-- where the transform does.
-- Variables: rows.
\ir data.sql

CREATE TABLE bench.number_source AS
SELECT i AS id, i AS n, repeat('x', 60) AS filler FROM generate_series(1, :rows) i;
CREATE TABLE bench.document_source AS
SELECT i AS id, bench.entities('user', i, 6) AS document FROM generate_series(1, :rows / 10) i;
CREATE VIEW bench.document_by_sql_source AS TABLE bench.document_source;

CREATE FUNCTION bench.fresh(task text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench.drop_undo_logs();
    DROP TABLE IF EXISTS bench.item;
    EXECUTE format('CREATE TABLE bench.item (LIKE bench.%I, PRIMARY KEY (id))', task || '_source');
    EXECUTE format('INSERT INTO bench.item SELECT * FROM bench.%I ORDER BY id', task || '_source');
END
$$;

CREATE TABLE bench.work (task text, name text, work text);
INSERT INTO bench.work
SELECT task, name, format(call, 'bench.item', transform)
FROM (VALUES
    ('number', jsonb_build_object('n', 'n + 1')),
    ('document', jsonb_build_object('document', :'patch'::jsonb)),
    ('document_by_sql', jsonb_build_object('document', :'pure_sql'::text))) AS task (task, transform),
    (VALUES
    ('run_safe', 'SELECT migsafe.run_safe(%L, %L)'),
    ('online', 'CALL migsafe.run_online(%L, %L)'),
    ('online_without_rest', 'CALL migsafe.run_online(%L, %L, pace => ''{"rest": 0}'')'),
    ('online_2_workers', 'CALL migsafe.run_online(%L, %L, workers => 2)')) AS contestant (name, call)
WHERE task <> 'document_by_sql' OR name <> 'online_without_rest';
INSERT INTO bench.work
SELECT 'number', 'update', 'UPDATE bench.item SET n = n + 1';
INSERT INTO bench.work
SELECT 'document', 'update',
       format('UPDATE bench.item SET document = migsafe.jsonb_patch(document, %L, extensions => true)', :'patch');

INSERT INTO bench.contestant (task, name, documents, prepare, work, vacuum)
SELECT task, name, CASE task WHEN 'number' THEN :rows ELSE :rows / 10 END, format('SELECT bench.fresh(%L)', task), work,
       'bench.item'
FROM bench.work;

INSERT INTO bench.comparison (task, one, other, goal) VALUES
    ('number', 'online', 'run_safe', ''),
    ('number', 'online_without_rest', 'run_safe', ''),
    ('number', 'online', 'update', ''),
    ('document', 'online', 'run_safe', ''),
    ('document', 'online_without_rest', 'run_safe', ''),
    ('document', 'online', 'online_2_workers', '>= 1.5'),
    ('document_by_sql', 'online', 'run_safe', ''),
    ('document_by_sql', 'online', 'online_2_workers', '>= 1.5');
