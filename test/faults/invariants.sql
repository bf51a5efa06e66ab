-- What must hold whatever has happened, once nobody is at work: faults.violation() has one row for each thing that does
-- not. It knows the targets by faults.base: tables whose first two columns are id and n, and whose runs do n + 1. So each
-- undo log says what each n must be: one more for each entry of a run, one less for each of its rollback, and so on.

CREATE SCHEMA faults;

CREATE TABLE faults.base (
    target regclass NOT NULL,
    id     integer NOT NULL,
    n      integer NOT NULL,
    since  bigint NOT NULL DEFAULT 0, -- runs up to this one did not meet the row
    PRIMARY KEY (target, id)
);
COMMENT ON TABLE faults.base IS 'the rows of the targets, as they are without any run';

CREATE TABLE faults.print (target regclass PRIMARY KEY, fingerprint text NOT NULL);

CREATE FUNCTION faults.add_target(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO faults.base (target, id, n) SELECT %L, id, n FROM %s', target, target);
    INSERT INTO faults.print VALUES (target, migsafe.fingerprint(target));
END $$;

-- The last exact restore is a new beginning: run_id is the restore's.
CREATE FUNCTION faults.beginning(OUT target regclass, OUT run_id bigint, OUT backup_table text, OUT fingerprint text)
RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (p.target) p.target, coalesce(r.run_id, 0), quote_ident(b.backup_schema) || '.' || quote_ident(b.backup_name),
           coalesce(b.fingerprint, p.fingerprint)
    FROM faults.print p
    LEFT JOIN (migsafe.run r JOIN migsafe.run_commit USING (run_id) JOIN migsafe.backup b USING (backup_id))
        ON r.target_oid = p.target AND r.kind = 'restore' AND r.restore_mode = 'exact'
    ORDER BY p.target, r.run_id DESC NULLS LAST
$$;

CREATE FUNCTION faults.first_row() RETURNS SETOF faults.base LANGUAGE plpgsql AS $$
DECLARE
    b record;
BEGIN
    FOR b IN SELECT * FROM faults.beginning() LOOP
        IF b.run_id = 0 THEN
            RETURN QUERY SELECT * FROM faults.base f WHERE f.target = b.target;
        ELSE
            RETURN QUERY EXECUTE format('SELECT $1, id, n, $2 FROM %s', b.backup_table) USING b.target, b.run_id;
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION faults.row_now(OUT target regclass, OUT id integer, OUT n integer) RETURNS SETOF record
LANGUAGE plpgsql AS $$
BEGIN
    FOR target IN SELECT p.target FROM faults.print p LOOP
        RETURN QUERY EXECUTE format('SELECT $1, id, n FROM %s', target) USING target;
    END LOOP;
END $$;

CREATE FUNCTION faults.undo_entry(OUT run_id bigint, OUT target regclass, OUT id integer, OUT seq bigint)
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM migsafe.run u WHERE u.kind <> 'restore' AND u.pruned_at IS NULL LOOP
        RETURN QUERY EXECUTE format('SELECT $1, $2::regclass, key_1, seq FROM %I.%I', r.undo_schema, r.undo_name)
            USING r.run_id, r.target_oid;
    END LOOP;
END $$;

-- What an entry of the run has added to n.
CREATE VIEW faults.effect AS
    WITH RECURSIVE e (run_id, effect) AS (
        SELECT r.run_id, 1 FROM migsafe.run r WHERE r.kind = 'run'
        UNION ALL
        SELECT r.run_id, -e.effect FROM migsafe.run r JOIN e ON r.rollback_of = e.run_id)
    SELECT * FROM e;

CREATE FUNCTION faults.number(hex text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    number numeric = 0;
BEGIN
    FOR i IN 0..3 LOOP
        number = number * 4294967296 + ('x' || substr(hex, 1 + 8 * i, 8))::bit(32)::bigint;
    END LOOP;
    RETURN number;
END $$;

CREATE FUNCTION faults.violation_of_status() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('run %s is %s', s.run_id, s.status)
    FROM migsafe.status s LEFT JOIN migsafe.run r USING (run_id)
    WHERE s.status <> ALL (CASE WHEN r.run_id IS NULL THEN ARRAY['interrupted', 'failed', 'aborted']
                                WHEN r.online THEN ARRAY['pending', 'cancelled', 'failed', 'interrupted', 'committed', 'rolled back']
                                ELSE ARRAY['committed', 'rolled back'] END)
    UNION ALL
    SELECT format('run %s: %s of %s parts are done, its phase is %s, %s rows are deferred, %s has committed', o.run_id,
                  p.done, p.parts, o.phase, d.rows, coalesce(c.run_id::text, 'nothing'))
    FROM migsafe.online_run o
    LEFT JOIN migsafe.run_commit c USING (run_id)
    CROSS JOIN LATERAL (SELECT count(*) AS parts, count(*) FILTER (WHERE q.done) AS done
                        FROM migsafe.run_part q WHERE q.run_id = o.run_id) p
    CROSS JOIN LATERAL (SELECT count(*) AS rows FROM migsafe.deferred_row q WHERE q.run_id = o.run_id) d
    WHERE (c.run_id IS NOT NULL) <> (o.phase = 'done') OR o.phase = 'done' AND (p.done < p.parts OR d.rows > 0)
    UNION ALL
    SELECT format('%s has run %s, which is not recorded', t.name, t.run_id)
    FROM (SELECT 'run_commit', run_id FROM migsafe.run_commit UNION SELECT 'online_run', run_id FROM migsafe.online_run
          UNION SELECT 'run_part', run_id FROM migsafe.run_part UNION SELECT 'deferred_row', run_id FROM migsafe.deferred_row
          UNION SELECT 'undo_digest', run_id FROM migsafe.undo_digest
          UNION SELECT 'committed_error', run_id FROM migsafe.committed_error) t (name, run_id)
    WHERE NOT EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = t.run_id)
    UNION ALL
    SELECT format('recorded_error has run %s, recorded_run does not', e.run_id) FROM migsafe.recorded_error e
    WHERE NOT EXISTS (SELECT FROM migsafe.recorded_run r WHERE r.run_id = e.run_id)
$$;

CREATE FUNCTION faults.violation_of_counts() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('run %s: %s rows, %s + %s + %s, %s row errors', s.run_id, s.total_rows, s.successful_rows, s.failed_rows,
                  s.skipped_rows, e.errors)
    FROM migsafe.status s
    CROSS JOIN LATERAL (SELECT count(*) AS errors FROM migsafe.committed_error e WHERE e.run_id = s.run_id) e
    WHERE EXISTS (SELECT FROM migsafe.run r WHERE r.run_id = s.run_id)
      AND (s.total_rows <> s.successful_rows + s.failed_rows + s.skipped_rows OR s.kind = 'run' AND e.errors <> s.failed_rows)
$$;

CREATE FUNCTION faults.violation_of_undo_logs() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    SELECT format('undo log of run %s: %s', r.run_id, CASE WHEN t.found THEN 'should have gone' ELSE 'is gone' END)
    FROM migsafe.run r
    CROSS JOIN LATERAL (SELECT to_regclass(format('%I.%I', r.undo_schema, r.undo_name)) IS NOT NULL AS found) t
    WHERE r.kind <> 'restore' AND (r.pruned_at IS NULL) <> t.found
    UNION ALL
    SELECT format('%s belongs to no run', c.oid::regclass) FROM pg_class c
    WHERE c.relnamespace = 'migsafe_undo'::regnamespace AND c.relkind = 'r'
      AND NOT EXISTS (SELECT FROM migsafe.run r WHERE r.undo_name = c.relname);
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT format('undo log of run %s: %s entries of %s recorded, %s keys and %s numbers twice, hash %s of %s', r.run_id, e.entries,
                  w.entries, e.entries - e.keys, e.entries - e.numbers, faults.number(migsafe.undo_hash(r.run_id)), w.hash)
    FROM migsafe.run r
    CROSS JOIN LATERAL (SELECT count(*) AS entries, count(DISTINCT u.id) AS keys, count(DISTINCT u.seq) AS numbers
                        FROM faults.undo_entry() u WHERE u.run_id = r.run_id) e
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(v.entries), 0) AS entries,
               coalesce(sum(faults.number(v.hash)), 0) % 340282366920938463463374607431768211456 AS hash -- 2 ^ 128
        FROM (SELECT c.undo_rows, c.undo_hash FROM migsafe.run_commit c WHERE c.run_id = r.run_id
              UNION ALL
              SELECT p.written, p.undo_hash FROM migsafe.run_part p WHERE p.run_id = r.run_id
              AND NOT EXISTS (SELECT FROM migsafe.run_commit c WHERE c.run_id = r.run_id)) v (entries, hash)) w
    WHERE r.kind <> 'restore' AND r.pruned_at IS NULL
      AND (e.entries <> w.entries OR e.entries > e.keys OR e.entries > e.numbers
           OR faults.number(migsafe.undo_hash(r.run_id)) <> w.hash);
END $$;

-- Where undo logs were pruned, nobody can tell any more.
CREATE FUNCTION faults.violation_of_rows() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM migsafe.run WHERE pruned_at IS NOT NULL) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH due AS (
        SELECT f.target, f.id, f.n + coalesce(sum(x.effect), 0) AS n
        FROM faults.first_row() f
        LEFT JOIN (faults.undo_entry() u JOIN faults.effect x USING (run_id))
            ON u.target = f.target AND u.id = f.id AND u.run_id > f.since
        GROUP BY f.target, f.id, f.n)
    SELECT format('%s: %s rows, the first %s, are not what the undo logs say: n is %s, should be %s', coalesce(d.target, i.target),
                  count(*), min(coalesce(d.id, i.id)), coalesce(min(i.n)::text, 'missing'), coalesce(min(d.n)::text, 'missing'))
    FROM due d FULL JOIN faults.row_now() i USING (target, id)
    WHERE i.n IS DISTINCT FROM d.n
    GROUP BY coalesce(d.target, i.target)
    UNION ALL
    SELECT format('run %s has committed, %s rows were neither written nor reported', c.run_id, count(*))
    FROM migsafe.run_commit c JOIN migsafe.run r USING (run_id)
    JOIN faults.first_row() f ON f.target = r.target_oid AND f.since < r.run_id
    WHERE r.kind = 'run'
      AND NOT EXISTS (SELECT FROM faults.undo_entry() u WHERE u.run_id = c.run_id AND u.id = f.id)
      AND NOT EXISTS (SELECT FROM migsafe.row_error e WHERE e.run_id = c.run_id AND (e.key ->> 'id')::integer = f.id)
    GROUP BY c.run_id;
END $$;

CREATE FUNCTION faults.violation_of_backups() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('backup %s: %s', b.backup_id, CASE WHEN b.pruned_at IS NULL THEN 'is gone' ELSE 'should have gone' END)
    FROM migsafe.backup b
    WHERE (b.pruned_at IS NULL) <> (to_regclass(format('%I.%I', b.backup_schema, b.backup_name)) IS NOT NULL)
    UNION ALL
    SELECT format('%s belongs to no backup', c.oid::regclass) FROM pg_class c
    WHERE c.relkind = 'r' AND c.relname ~ '_backup_\d{8}_\d{6}'
      AND NOT EXISTS (SELECT FROM migsafe.backup b WHERE b.backup_name = c.relname)
    UNION ALL
    SELECT format('backup %s: %s', b.backup_id, v)
    FROM migsafe.backup b CROSS JOIN LATERAL migsafe.verify_backup(b.backup_id) v
    WHERE b.pruned_at IS NULL AND to_regclass(format('%I.%I', b.backup_schema, b.backup_name)) IS NOT NULL AND NOT v.verified
    UNION ALL
    SELECT format('backup set %s has %s backups', b.backup_set, count(*)) FROM migsafe.backup b
    WHERE b.backup_set IS NOT NULL AND b.imported_at IS NULL GROUP BY b.backup_set HAVING count(*) <> (SELECT count(*) FROM faults.print)
$$;

CREATE FUNCTION faults.violation_of_leftovers() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('lock: %s %s of process %s', l.locktype, l.mode, l.pid) FROM pg_locks l
    LEFT JOIN pg_stat_activity a USING (pid)
    WHERE (l.locktype = 'advisory' OR l.relation IN (SELECT target FROM faults.print)) AND l.pid IS DISTINCT FROM pg_backend_pid()
      AND a.backend_type IS DISTINCT FROM 'autovacuum worker'
    UNION ALL
    SELECT format('prepared transaction %s', p.gid) FROM pg_prepared_xacts p
    UNION ALL
    SELECT format('process: %s', a.backend_type) FROM pg_stat_activity a WHERE a.backend_type LIKE 'migsafe%'
    UNION ALL
    SELECT format('run %s is live', l.run_id) FROM migsafe.live_run l
    UNION ALL
    SELECT format('temporary file %s', f.name) FROM pg_ls_tmpdir() f
    UNION ALL
    SELECT format('temporary relation %s', c.oid::regclass) FROM pg_class c WHERE c.relpersistence = 't'
    UNION ALL
    SELECT format('invalid index %s', i.indexrelid::regclass) FROM pg_index i WHERE NOT i.indisvalid
$$;

-- Heaps and indexes agree; where amcheck is not installed, this is not looked at.
CREATE FUNCTION faults.violation_of_indexes() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    i regclass;
BEGIN
    IF to_regprocedure('bt_index_check(regclass, boolean)') IS NULL THEN
        RETURN;
    END IF;
    FOR i IN SELECT x.indexrelid FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
             JOIN pg_class t ON t.oid = x.indrelid
             WHERE c.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
               AND (t.oid IN (SELECT target FROM faults.print) OR t.relnamespace = 'migsafe'::regnamespace) LOOP
        BEGIN
            PERFORM bt_index_check(i, true);
        EXCEPTION WHEN index_corrupted OR data_corrupted THEN
            RETURN NEXT format('index %s: %s', i, SQLERRM);
        END;
    END LOOP;
END $$;

CREATE FUNCTION faults.violation() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY SELECT faults.violation_of_status();
    RETURN QUERY SELECT faults.violation_of_counts();
    RETURN QUERY SELECT faults.violation_of_undo_logs();
    IF NOT FOUND THEN
        RETURN QUERY SELECT faults.violation_of_rows();
    END IF;
    RETURN QUERY SELECT faults.violation_of_backups();
    RETURN QUERY SELECT faults.violation_of_indexes();
    RETURN QUERY SELECT faults.violation_of_leftovers();
END $$;
