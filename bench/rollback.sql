-- The tables and the contestants of bench/rollback; each works on a fresh copy, vacuumed as hours after the run. "item" has
-- one document of 1.2 KB, which the run changes with two small columns; "even" spreads as much over six documents, of
-- which the run changes three.
-- Variables: rows.
\ir data.sql

CREATE TABLE bench.source (id bigint PRIMARY KEY, user_id integer NOT NULL, day date NOT NULL, model text NOT NULL,
    document jsonb NOT NULL, requests integer NOT NULL, cost numeric NOT NULL, cached_at timestamptz);
CREATE INDEX ON bench.source (user_id);
INSERT INTO bench.source
SELECT i, i % 100, date '2025-01-01' + i % 365, 'model ' || i % 20, bench.entities('user', i, 6), i % 5000, i * 0.0125,
       '2025-01-01'
FROM generate_series(1, :rows) i;

CREATE TABLE bench.even (id bigint PRIMARY KEY, user_id integer NOT NULL, a jsonb, b jsonb, c jsonb, d jsonb, e jsonb,
    f jsonb);
INSERT INTO bench.even
SELECT i, i % 100, bench.entities('a', i, 1), bench.entities('b', i, 1), bench.entities('c', i, 1),
       bench.entities('d', i, 1), bench.entities('e', i, 1), bench.entities('f', i, 1)
FROM generate_series(1, :rows) i;

SELECT jsonb_build_object('document', :'patch'::jsonb, 'requests', 'requests + 1', 'cached_at', 'now()') AS transform,
       jsonb_build_object('a', :'patch'::jsonb, 'b', :'patch'::jsonb, 'c', :'patch'::jsonb) AS even_transform,
       format('document = migsafe.jsonb_patch(document, %L, extensions => true), requests = requests + 1,'
              ' cached_at = now()', :'patch') AS settings
\gset
SELECT format($$SELECT migsafe.run_safe('bench.item', %L, name => 'migration')$$, :'transform') AS run,
       'UPDATE bench.item SET ' || :'settings' AS update
\gset

CREATE FUNCTION bench.fresh() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    undo text;
BEGIN
    FOR undo IN SELECT format('%I.%I', undo_schema, undo_name) FROM migsafe.run WHERE undo_name IS NOT NULL LOOP
        EXECUTE 'DROP TABLE IF EXISTS ' || undo;
    END LOOP;
    DROP TABLE IF EXISTS bench.item, bench.backup, bench.log;
    CREATE TABLE bench.item (LIKE bench.source INCLUDING ALL);
    INSERT INTO bench.item SELECT * FROM bench.source ORDER BY id;
    CREATE TABLE bench.backup AS TABLE bench.item;
    ANALYZE bench.backup;
END
$$;

CREATE FUNCTION bench.migrated() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench.fresh();
    EXECUTE current_setting('bench.run');
END
$$;
SELECT format('ALTER DATABASE %I SET bench.run = %L', current_database(), :'run') \gexec

-- The way of E-Maj: triggers that log old and new rows and count changes, and a rollback that deletes every row that has
-- entries, and inserts the oldest of them. It is logged by the same triggers, so that it can be taken back as well.
CREATE SEQUENCE bench.entry;
CREATE SEQUENCE bench.change;
CREATE FUNCTION bench.log_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM nextval('bench.change');
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO bench.log SELECT OLD.*, 'UPD', 'OLD';
        INSERT INTO bench.log SELECT NEW.*, 'UPD', 'NEW', lastval();
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO bench.log SELECT OLD.*, 'DEL', 'OLD';
    ELSE
        INSERT INTO bench.log SELECT NEW.*, 'INS', 'NEW';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION bench.fresh_logged() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM bench.fresh();
    CREATE TABLE bench.log (LIKE bench.source, verb text NOT NULL, side text NOT NULL,
        entry bigint NOT NULL DEFAULT nextval('bench.entry'), changed timestamptz DEFAULT clock_timestamp(),
        xid bigint DEFAULT txid_current(), by_user text DEFAULT session_user, PRIMARY KEY (entry, side));
    CREATE TRIGGER log AFTER INSERT OR UPDATE OR DELETE ON bench.item FOR EACH ROW EXECUTE FUNCTION bench.log_row();
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
    INSERT INTO bench.item
    SELECT l.id, l.user_id, l.day, l.model, l.document, l.requests, l.cost, l.cached_at
    FROM bench.log l JOIN first USING (entry) WHERE l.side = 'OLD';
    ALTER TABLE bench.item ENABLE TRIGGER log;
END
$$;

INSERT INTO bench.contestant (task, name, documents, prepare, work, vacuum)
SELECT task, name, :rows, format('SELECT bench.%I()', state), work, 'bench.item'
FROM (VALUES
    ('whole', 'rollback', 'migrated', $$SELECT migsafe.rollback('migration')$$),
    ('whole', 'truncate_insert', 'migrated',
     'BEGIN; TRUNCATE bench.item; INSERT INTO bench.item SELECT * FROM bench.backup; COMMIT'),
    ('whole', 'blind_update', 'migrated',
     'UPDATE bench.item i SET document = b.document, requests = b.requests, cached_at = b.cached_at '
     'FROM bench.backup b WHERE b.id = i.id'),
    ('whole', 'keys', 'migrated',
     $$SELECT migsafe.rollback('migration', keys => (SELECT jsonb_agg(jsonb_build_object('id', id)) FROM bench.item
                                                     WHERE user_id = 7))$$),
    ('whole', 'rows', 'migrated', $$SELECT migsafe.rollback('migration', rows => 'user_id = 7')$$),
    ('both', 'migsafe', 'fresh', 'BEGIN; ' || :'run' || $$; COMMIT; SELECT migsafe.rollback('migration')$$),
    ('both', 'triggers', 'fresh_logged', 'BEGIN; ' || :'update' || '; COMMIT; CALL bench.roll_log_back(true)'),
    ('both', 'triggers_off', 'fresh_logged', 'BEGIN; ' || :'update' || '; COMMIT; CALL bench.roll_log_back(false)'))
    AS contestant (task, name, state, work);

-- how long a reader beside the one and the other waits at most
CREATE TABLE bench.wait (way text, round integer, reads bigint, longest interval, work interval);

-- Read row after row until the advisory lock is free.
CREATE PROCEDURE bench.read_meanwhile() LANGUAGE plpgsql AS $$
DECLARE
    rows bigint := (SELECT count(*) FROM bench.source);
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
CREATE FUNCTION bench.measure_size(source regclass, transform jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
BEGIN
    EXECUTE format('CREATE TABLE bench.sized (LIKE %1$s INCLUDING ALL); INSERT INTO bench.sized TABLE %1$s;'
                   'CREATE TABLE bench.whole AS TABLE %1$s', source);
    id := (SELECT run_id FROM migsafe.run_safe('bench.sized', transform));
    INSERT INTO bench.size
    SELECT source, pg_total_relation_size(format('%I.%I', undo_schema, undo_name)::regclass),
           pg_total_relation_size('bench.whole')
    FROM migsafe.run WHERE run_id = id;
    DROP TABLE bench.sized, bench.whole;
END
$$;
SELECT bench.measure_size('bench.source', :'transform'), bench.measure_size('bench.even', :'even_transform');
