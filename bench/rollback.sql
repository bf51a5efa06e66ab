-- The tables and the contestants of bench/rollback; each works on a fresh copy, vacuumed as hours after the run. Of a row
-- of 1.2 KB a run changes three of eight columns: of "even" three of six documents of one size, of "document" one that
-- is nearly all of the row, and two small columns.
-- Variables: rows.
\ir data.sql
\ir trigger_log.sql

CREATE TABLE bench.even (id bigint PRIMARY KEY, user_id integer NOT NULL, a jsonb, b jsonb, c jsonb, d jsonb, e jsonb,
    f jsonb);
CREATE INDEX ON bench.even (user_id);
INSERT INTO bench.even
SELECT i, i % 100, bench.entities('a', i, 1), bench.entities('b', i, 1), bench.entities('c', i, 1),
       bench.entities('d', i, 1), bench.entities('e', i, 1), bench.entities('f', i, 1)
FROM generate_series(1, :rows) i;

CREATE TABLE bench.document (id bigint PRIMARY KEY, user_id integer NOT NULL, day date NOT NULL, model text NOT NULL,
    document jsonb NOT NULL, requests integer NOT NULL, cost numeric NOT NULL, cached_at timestamptz);
CREATE INDEX ON bench.document (user_id);
INSERT INTO bench.document
SELECT i, i % 100, date '2025-01-01' + i % 365, 'model ' || i % 20, bench.entities('user', i, 6), i % 5000, i * 0.0125,
       '2025-01-01'
FROM generate_series(1, :rows) i;

-- What a run of each table is, as a transform and as UPDATE, and what puts the columns back from table b.
CREATE TABLE bench.source (name text PRIMARY KEY, run text, update text, old_values text);
INSERT INTO bench.source
SELECT name, format($$SELECT migsafe.run_safe('bench.item', %L, name => 'migration')$$, transform),
       'UPDATE bench.item SET ' || settings, old_values
FROM (SELECT 'even', jsonb_object_agg(c, :'patch'::jsonb),
             string_agg(format('%1$s = migsafe.jsonb_patch(%1$s, %2$L, extensions => true)', c, :'patch'), ', '),
             'a = b.a, b = b.b, c = b.c'
      FROM unnest(ARRAY['a', 'b', 'c']) c
      UNION ALL
      SELECT 'document',
             jsonb_build_object('document', :'patch'::jsonb, 'requests', 'requests + 1', 'cached_at', 'now()'),
             format('document = migsafe.jsonb_patch(document, %L, extensions => true), requests = requests + 1,'
                    ' cached_at = now()', :'patch'),
             'document = b.document, requests = b.requests, cached_at = b.cached_at'
     ) source (name, transform, settings, old_values);

CREATE FUNCTION bench.fresh(source text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench.drop_undo_logs();
    DROP TABLE IF EXISTS bench.item, bench.backup, bench.log;
    EXECUTE format('CREATE TABLE bench.item (LIKE bench.%I INCLUDING ALL)', source);
    EXECUTE format('INSERT INTO bench.item SELECT * FROM bench.%I ORDER BY id', source);
    CREATE TABLE bench.backup AS TABLE bench.item;
END
$$;

CREATE FUNCTION bench.migrated(source text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench.fresh(source);
    EXECUTE (SELECT s.run FROM bench.source s WHERE s.name = source);
END
$$;

-- What to visit each entry costs by itself: a rollback of a part has to, to know that none was lost.
CREATE FUNCTION bench.read_undo_log() RETURNS void LANGUAGE plpgsql SET max_parallel_workers_per_gather = 0 AS $$
BEGIN
    EXECUTE (SELECT format('SELECT count(*) FROM %I.%I', undo_schema, undo_name) FROM migsafe.run ORDER BY run_id DESC LIMIT 1);
END
$$;

CREATE FUNCTION bench.fresh_logged(source text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench.fresh(source);
    PERFORM bench.log_changes('bench.item');
END
$$;
CREATE PROCEDURE bench.roll_log_back(logged boolean) LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE first ON COMMIT DROP AS SELECT id, min(entry) AS entry FROM bench.log GROUP BY id;
    ANALYZE first;
    IF NOT logged THEN
        ALTER TABLE bench.item DISABLE TRIGGER log;
    END IF;
    DELETE FROM bench.item USING first WHERE item.id = first.id;
    EXECUTE (SELECT format('INSERT INTO bench.item SELECT %s FROM bench.log l JOIN first USING (entry)'
                           ' WHERE l.side = ''OLD''', string_agg('l.' || quote_ident(attname), ', ' ORDER BY attnum))
             FROM pg_attribute WHERE attrelid = 'bench.item'::regclass AND attnum > 0);
    ALTER TABLE bench.item ENABLE TRIGGER log;
END
$$;

-- One row of 100: those of one user, who are all over the table; or of one range, which lie together, as what was written
-- on one day does.
SELECT jsonb_agg(jsonb_build_object('id', i))::text AS keys, format('id BETWEEN %s AND %s', :rows / 2 + 1, :rows / 2 + :rows / 100)
           AS range
FROM generate_series(7, :rows, 100) i
\gset
INSERT INTO bench.contestant (task, name, documents, prepare, work, vacuum)
SELECT s.name || ', ' || task, c.name, :rows, format('SELECT bench.%I(%L)', state, s.name), work,
       '' -- all tables
FROM bench.source s, LATERAL (VALUES
    ('whole', 'rollback', 'migrated', $$SELECT migsafe.rollback('migration')$$),
    ('whole', 'truncate_insert', 'migrated',
     'BEGIN; TRUNCATE bench.item; INSERT INTO bench.item SELECT * FROM bench.backup; COMMIT'),
    ('whole', 'blind_update', 'migrated',
     format('UPDATE bench.item i SET %s FROM bench.backup b WHERE b.id = i.id', s.old_values)),
    ('whole', 'keys', 'migrated', format('SELECT migsafe.rollback(%L, keys => %L)', 'migration', :'keys')),
    ('whole', 'rows', 'migrated', $$SELECT migsafe.rollback('migration', rows => 'user_id = 7')$$),
    ('whole', 'range', 'migrated', format('SELECT migsafe.rollback(%L, rows => %L)', 'migration', :'range')),
    ('whole', 'read_log', 'migrated', 'SELECT bench.read_undo_log()'),
    ('whole', 'update_rows', 'migrated',
     format('UPDATE bench.item i SET %s FROM bench.backup b WHERE b.id = i.id AND i.user_id = 7', s.old_values)),
    ('whole', 'update_range', 'migrated',
     format('UPDATE bench.item i SET %s FROM bench.backup b WHERE b.id = i.id AND i.%s', s.old_values, :'range')),
    ('both', 'migsafe', 'fresh', 'BEGIN; ' || s.run || $$; COMMIT; SELECT migsafe.rollback('migration')$$),
    ('both', 'triggers', 'fresh_logged', 'BEGIN; ' || s.update || '; COMMIT; CALL bench.roll_log_back(true)'),
    ('both', 'triggers_off', 'fresh_logged', 'BEGIN; ' || s.update || '; COMMIT; CALL bench.roll_log_back(false)'))
    AS c (task, name, state, work)
WHERE s.name = 'even' OR (c.task = 'whole' AND c.name IN ('rollback', 'truncate_insert', 'blind_update'));

-- how long a reader beside the one and the other waits at most
CREATE TABLE bench.wait (way text, round integer, reads bigint, longest interval, work interval);

-- Read row after row until the advisory lock is free.
CREATE PROCEDURE bench.read_meanwhile() LANGUAGE plpgsql AS $$
DECLARE
    rows bigint := (SELECT count(*) FROM bench.even);
    began timestamptz;
    done bigint := 0;
    most interval := '0';
BEGIN
    COMMIT;
    LOOP
        began := clock_timestamp();
        PERFORM FROM bench.item WHERE id = done * 7919 % rows + 1;
        most := greatest(most, clock_timestamp() - began);
        done := done + 1;
        COMMIT;
        PERFORM pg_sleep(0.001);
        EXIT WHEN pg_try_advisory_lock_shared(1);
    END LOOP;
    UPDATE bench.wait SET reads = done, longest = most WHERE longest IS NULL;
END
$$;

-- the undo log beside a whole backup
CREATE TABLE bench.size (name text, undo_bytes bigint, backup_bytes bigint);
DO $$
DECLARE
    source text;
BEGIN
    FOR source IN SELECT name FROM bench.source LOOP
        PERFORM bench.migrated(source);
        INSERT INTO bench.size
        SELECT source, pg_total_relation_size(format('%I.%I', undo_schema, undo_name)::regclass),
               pg_total_relation_size('bench.backup')
        FROM migsafe.run ORDER BY run_id DESC LIMIT 1;
    END LOOP;
END
$$;

INSERT INTO bench.comparison (task, one, other, goal) VALUES
    ('even, whole', 'rollback', 'truncate_insert', '<= 1.8'),
    ('even, whole', 'rollback', 'blind_update', ''),
    ('even, whole', 'blind_update', 'truncate_insert', ''),
    ('even, whole', 'keys', 'rollback', '<= 0.05'),
    ('even, whole', 'rows', 'rollback', '<= 0.05'),
    ('even, whole', 'range', 'rollback', '<= 0.05'),
    ('even, whole', 'read_log', 'rollback', ''),
    ('even, whole', 'update_rows', 'rollback', ''),
    ('even, whole', 'update_range', 'rollback', ''),
    ('even, both', 'triggers', 'migsafe', '>= 3'),
    ('even, both', 'triggers_off', 'migsafe', ''),
    ('document, whole', 'rollback', 'truncate_insert', ''),
    ('document, whole', 'rollback', 'blind_update', ''),
    ('document, whole', 'blind_update', 'truncate_insert', '');
