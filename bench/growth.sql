-- The table and the contestants of bench/growth: the same work on a hundredth of the rows, and on more of them up to all,
-- each in a session of its own.
-- Variables: rows.
\ir data.sql

CREATE TABLE bench.source AS
SELECT i AS id, i AS n, bench.entities('user', i, 1) AS document FROM generate_series(1, :rows) i;

CREATE FUNCTION bench.fresh(size bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    backup text;
BEGIN
    PERFORM bench.drop_undo_logs();
    FOR backup IN SELECT format('%I.%I', backup_schema, backup_name) FROM migsafe.backup LOOP
        EXECUTE 'DROP TABLE IF EXISTS ' || backup;
    END LOOP;
    DROP TABLE IF EXISTS bench.item;
    CREATE TABLE bench.item (LIKE bench.source, PRIMARY KEY (id));
    INSERT INTO bench.item SELECT * FROM bench.source WHERE id <= size;
END
$$;

SELECT jsonb_build_object('document', :'patch'::jsonb) AS transform,
       jsonb_build_array(jsonb_build_object('check', 'schema', 'column', 'document', 'schema', jsonb_build_object(
           'additionalProperties', '{"required": ["name", "requests"], "properties": {"cost": {"minimum": 0}}}'::jsonb)))
           AS checks
\gset
INSERT INTO bench.contestant (task, name, documents, prepare, vacuum, work, alone)
SELECT size || ' rows', name, size, concat_ws('; ', format('SELECT bench.fresh(%s)', size), before), 'bench.item', work, true
FROM unnest(ARRAY[:rows / 100, :rows / 32, :rows / 10, :rows * 10 / 32, :rows]) size, (VALUES
    ('update', NULL,
     format('UPDATE bench.item SET document = migsafe.jsonb_patch(document, %L, extensions => true)', :'patch')),
    ('run_safe', NULL, format('SELECT migsafe.run_safe(%L, %L)', 'bench.item', :'transform')),
    ('run_online', NULL, format('CALL migsafe.run_online(%L, %L)', 'bench.item', :'transform')),
    ('rollback', format('SELECT migsafe.run_safe(%L, %L)', 'bench.item', :'transform'),
     'SELECT migsafe.rollback((SELECT max(run_id) FROM migsafe.run))'),
    ('backup', NULL, $$SELECT migsafe.backup_table('bench.item')$$),
    ('validate', NULL, format('SELECT FROM migsafe.validate_jsonb(%L, %L)', 'bench.item', :'checks')))
    AS contestant (name, before, work)
ORDER BY size, name;
