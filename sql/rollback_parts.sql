-- rollback in parts: rows, columns, keys, batches; what is left out stays as the run wrote it, and can be taken back later.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA parts;
SET search_path = parts, public;
ALTER SEQUENCE migsafe.run_id_seq RESTART 71001;

CREATE TABLE parts.account (id bigint PRIMARY KEY, owner text, signed date, doc jsonb, points integer,
    double integer GENERATED ALWAYS AS (points * 2) STORED, "Last Seen" text, untouched text DEFAULT 'u');
CREATE INDEX account_owner ON parts.account (owner);
CREATE FUNCTION parts.fill() RETURNS void LANGUAGE sql AS $$
    TRUNCATE parts.account;
    INSERT INTO parts.account (id, owner, signed, doc, points, "Last Seen")
    SELECT g, 'user ' || g % 3, date '2026-01-01' + g::integer, jsonb_build_object('v', 1.50), g, 'day ' || g
    FROM generate_series(1, 9) g;
$$;
CREATE FUNCTION parts.run() RETURNS bigint LANGUAGE sql AS $$
    SELECT parts.fill();
    SELECT run_id FROM migsafe.run_safe('parts.account',
        '{"doc": [{"op": "replace", "path": "/v", "value": 2}], "points": "points * 10",
          "Last Seen": "upper(\"Last Seen\")"}', batch_size => 3);
$$;
-- which rows are as the run wrote them, column by column
CREATE VIEW parts.standing AS
    SELECT string_agg(id::text, ',' ORDER BY id) FILTER (WHERE doc->>'v' = '2') AS doc,
           string_agg(id::text, ',' ORDER BY id) FILTER (WHERE points >= 10) AS points,
           string_agg(id::text, ',' ORDER BY id) FILTER (WHERE "Last Seen" LIKE 'DAY%') AS "Last Seen"
    FROM parts.account;
-- how many rows ended how
CREATE FUNCTION parts.counts(result jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(regexp_replace(name, '_rows$', '') || ' ' || (result->>name), ', ' ORDER BY n)
    FROM unnest('{total_rows,restored_rows,merged_rows,overwritten_rows,unchanged_rows,skipped_rows,missing_rows,conflicts}'
        ::text[]) WITH ORDINALITY names (name, n)
    WHERE n = 1 OR result->>name <> '0'
$$;

-- A predicate, by an index or not; its columns are those of the row as it is now.
SELECT parts.run() AS run_id
\gset
SELECT migsafe.fingerprint('parts.account') AS after_run
\gset
SELECT * FROM parts.standing;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'owner = ''user 1''', dry_run => true) r;
SELECT rollback_run_id AS part, parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'owner = ''user 1''') r
\gset
SELECT :'counts' AS counts;
SELECT * FROM parts.standing;
SET enable_seqscan = off;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'owner = ''user 2''') r;
RESET enable_seqscan;
SELECT * FROM parts.standing;
-- the run still stands, and its name is still taken; the rollback of a part is a run of its own
SELECT s.run_id = :run_id AS run, s.kind, s.status, s.total_rows, s.successful_rows, r.is_partial, r.terms
FROM migsafe.status s JOIN migsafe.run r USING (run_id) WHERE s.run_id BETWEEN :run_id AND 71999 ORDER BY s.run_id;
-- what the run changed counts as it is now, not as it was
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'points IN (3, 6)') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'points = 30 AND double = 60') r;
SELECT * FROM parts.standing;
-- redo a part
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:part) r;
SELECT * FROM parts.standing;
-- and the whole: what is as before already is unchanged
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id) r;
SELECT * FROM parts.standing;
SELECT status FROM migsafe.status WHERE run_id = :run_id;
-- the part can not be redone now: it would bring back a piece of a run that was taken back
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:part) r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:part + 1) r;
\echo :SQLSTATE

-- Other predicates: a subquery, a function of the caller's schema, a comment at the end, NULL and false alike.
SELECT parts.run() AS run_id
\gset
CREATE TABLE parts.chosen (id bigint);
INSERT INTO parts.chosen VALUES (1), (2), (99);
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id IN (SELECT id FROM chosen) -- theirs') r;
SELECT parts.counts(to_jsonb(r))
FROM migsafe.rollback(:run_id, rows => 'EXISTS (SELECT FROM chosen c WHERE c.id = account.id)') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'CASE id WHEN 4 THEN true WHEN 5 THEN NULL END') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'signed BETWEEN ''2026-01-08'' AND ''2026-01-09''') r;
SELECT * FROM parts.standing;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'NULL') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'false') r;
-- mistakes in it
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => '') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id = ') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'true) OR (true') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'nowhere = 1') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'points') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'count(*) > 0') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'generate_series(1, 2) = 1') r;
\echo :SQLSTATE
-- one that fails on a row, and one that writes
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => '1 / (id - 7) > 0') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => '(doc->>''v'')::jsonb->''x'' = owner::jsonb', dry_run => true) r;
\echo :SQLSTATE
CREATE FUNCTION parts.writes(bigint) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO parts.chosen VALUES ($1); RETURN true; END $$;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'writes(id)') r;
\echo :SQLSTATE
SELECT count(*) FROM parts.chosen;
SELECT * FROM parts.standing;

-- Columns: exactly named, without quotes.
SELECT parts.run() AS run_id
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{points}') r;
SELECT * FROM parts.standing;
SELECT DISTINCT double = points * 2 AS generated_anew FROM parts.account;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{"Last Seen",points}', rows => 'id < 4') r;
SELECT * FROM parts.standing;
-- one that the run did not change gives nothing to take back
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{untouched}') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{doc,doc}') r;
SELECT * FROM parts.standing;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{last seen}') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{double}') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{ctid}') r;
\echo :SQLSTATE
ALTER TABLE parts.account ADD since integer;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{since}') r;
\echo :SQLSTATE
ALTER TABLE parts.account DROP since;

-- Keys.
SELECT parts.run() AS run_id
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 1}, {"id": 9}, {"id": "5"}, {"id": 77}]') r;
SELECT * FROM parts.standing;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 2}, {"id": 2}]') r;
SELECT * FROM parts.standing;
-- mistakes in them
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '{"id": 2}') r;
\echo :SQLSTATE
\set VERBOSITY terse
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[2]') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[]') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => 'null') r;
\echo :SQLSTATE
\set VERBOSITY default
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 1}, {"Id": 1}]') r;
\echo :SQLSTATE
\set VERBOSITY terse
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": null}]') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 1, "owner": "x"}]') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{}]') r;
\echo :SQLSTATE
\set VERBOSITY default
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 1}, {"id": "one"}]') r;
\echo :SQLSTATE
-- of two columns, of other types, of domains, and with names that have to be quoted
CREATE TABLE parts.two (area text, "No." integer, n integer, PRIMARY KEY (area, "No."));
INSERT INTO parts.two SELECT a, g, g FROM generate_series(1, 3) g, unnest('{north,"so''uth"}'::text[]) a;
SELECT run_id FROM migsafe.run_safe('parts.two', '{"n": "n + 10"}')
\gset
SELECT parts.counts(to_jsonb(r))
FROM migsafe.rollback(:run_id, keys => '[{"area": "so''uth", "No.": 2}, {"No.": 1, "area": "north"}]') r;
SELECT * FROM parts.two WHERE n < 10 ORDER BY 1;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"area": "north"}]') r;
\echo :SQLSTATE
CREATE DOMAIN parts.mail AS text CHECK (value LIKE '%@%');
CREATE TABLE parts.uuids (u uuid PRIMARY KEY, n integer);
CREATE TABLE parts.mails (m parts.mail PRIMARY KEY, n integer);
CREATE TABLE parts.moments (t timestamptz, x numeric, n integer, PRIMARY KEY (t, x));
INSERT INTO parts.uuids VALUES ('00000000-0000-0000-0000-000000000001', 1), ('00000000-0000-0000-0000-00000000000a', 2);
INSERT INTO parts.mails VALUES ('a@b', 1), ('A@b', 2);
INSERT INTO parts.moments VALUES ('2026-01-01 00:00+00', 1.50, 1), ('2026-01-01 00:00+00', 2, 2);
SELECT (SELECT run_id FROM migsafe.run_safe('parts.uuids', '{"n": "n + 10"}')) AS uuids,
       (SELECT run_id FROM migsafe.run_safe('parts.mails', '{"n": "n + 10"}')) AS mails,
       (SELECT run_id FROM migsafe.run_safe('parts.moments', '{"n": "n + 10"}')) AS moments
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:uuids, keys => '[{"u": "00000000-0000-0000-0000-00000000000A"}]') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:mails, keys => '[{"m": "a@b"}]') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:moments, keys => '[{"t": "2026-01-01T01:00:00+01:00", "x": 1.5}]') r;
SELECT u FROM parts.uuids WHERE n < 10;
SELECT m FROM parts.mails WHERE n < 10;
SELECT x FROM parts.moments WHERE n < 10;
\set VERBOSITY terse
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:uuids, keys => '[{"u": "1"}]') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:mails, keys => '[{"m": "nobody"}]') r;
\echo :SQLSTATE
\set VERBOSITY default
-- a table without one
CREATE TABLE parts.bag (a integer, b text);
INSERT INTO parts.bag VALUES (1, 'x'), (1, 'x'), (2, 'y');
SELECT run_id FROM migsafe.run_safe('parts.bag', '{"a": "a + 10"}')
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"a": 1}]') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'b = ''x''') r;
SELECT * FROM parts.bag ORDER BY 1;
-- its rows are known by what the run left of them, and those that are back already by what they were before it; as many as
-- there are
UPDATE parts.bag SET b = 'z' WHERE ctid = (SELECT min(ctid) FROM parts.bag WHERE b = 'x');
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id) r;
\echo :SQLSTATE
UPDATE parts.bag SET b = 'x' WHERE b = 'z';
SELECT key, outcome, now, patch FROM migsafe.rollback_plan(:run_id) ORDER BY key->'row_before'->'a';
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'true', dry_run => true) r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id) r;
SELECT * FROM parts.bag ORDER BY 1;
-- whichever of equal rows has come back; and what another entry wrote is not taken for a row that is back
CREATE TABLE parts.alike (a integer, b integer);
INSERT INTO parts.alike SELECT g, 0 FROM generate_series(1, 8) g;
SELECT run_id FROM migsafe.run_safe('parts.alike', '{"a": "CASE WHEN a <= 4 THEN 9 ELSE a + 1 END"}', batch_size => 2)
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, batches => '{1}') r;
UPDATE parts.alike SET b = 1 WHERE a = 8;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'skip') r;
SELECT * FROM parts.alike ORDER BY 1;

-- Batches, and everything together.
SELECT parts.run() AS run_id
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, batches => '{2,2,99}') r;
SELECT * FROM parts.standing;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id < 9', columns => '{doc,points}',
    keys => '[{"id": 1}, {"id": 7}, {"id": 9}]', batches => '{3}') r;
SELECT * FROM parts.standing;
SELECT terms FROM migsafe.run WHERE run_id = (SELECT last_value FROM migsafe.run_id_seq);
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id) r;
SELECT * FROM parts.standing;

-- Taken back in parts, redone part by part: as after the run, byte for byte.
SELECT parts.run() AS run_id
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id < 5') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{doc}') r;
SELECT last_value AS newest FROM migsafe.run_id_seq
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:newest) r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:newest - 1) r;
SELECT migsafe.fingerprint('parts.account') = :'after_run' AS as_after_run;
SELECT run_id - :run_id AS after, kind, status FROM migsafe.status WHERE run_id BETWEEN :run_id AND 71999 ORDER BY run_id;

-- A name: a part that was taken back does not free it, the whole does.
SELECT run_id FROM migsafe.run_safe('parts.account', '{"points": "points + 1"}', name => 'plus one')
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback('plus one', rows => 'id = 1') r;
SET client_min_messages = notice;
SELECT run_id = :run_id AS same, total_rows FROM migsafe.run_safe('parts.account', '{"points": "points + 1"}', name => 'plus one');
SET client_min_messages = warning;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback('plus one') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback('plus one', rows => 'id = 1') r;
\echo :SQLSTATE

-- In batches that commit: the same parts; and what forbids others meanwhile.
SELECT parts.run() AS run_id
\gset
CALL migsafe.rollback_online(:run_id, rows => 'id < 6', columns => '{doc,points}', batches => '{2,3}',
    pace => '{"batch_size": 1}')
\gset online_
SELECT :online_total_rows AS total, :online_restored_rows AS restored, :online_unchanged_rows AS unchanged,
       :online_skipped_rows AS skipped, :online_missing_rows AS missing;
SELECT * FROM parts.standing;
SELECT status, terms FROM migsafe.status JOIN migsafe.run USING (run_id) WHERE run_id = :online_rollback_run_id;
SELECT status FROM migsafe.status WHERE run_id = :run_id;
CALL migsafe.rollback_online(:run_id, keys => '[{"id": 4}, {"id": 9}]', columns => '{Last Seen}')
\gset online_
SELECT :online_total_rows AS total, :online_restored_rows AS restored;
SELECT * FROM parts.standing;
-- one that fails on its way is resumed once the row is mended, and forbids others until then
CALL migsafe.rollback_online(:run_id, rows => '1 / (id - 7) < 1', pace => '{"batch_size": 1}');
\echo :SQLSTATE
SELECT run_id AS unfinished, status FROM migsafe.status WHERE run_id = (SELECT last_value FROM migsafe.run_id_seq)
\gset
SELECT :'status' AS status;
\set VERBOSITY sqlstate
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 1}]') r;
\set VERBOSITY default
UPDATE parts.account SET id = 70 WHERE id = 7;
CALL migsafe.resume_online(:unfinished)
\gset online_
SELECT :online_total_rows AS total, :online_successful_rows AS successful, :'online_skipped' AS skipped;
SELECT * FROM parts.standing;
-- mistakes are told before anything is recorded
CALL migsafe.rollback_online(:run_id, rows => 'nowhere = 1');
\echo :SQLSTATE
CALL migsafe.rollback_online(:run_id, keys => '[{"no": 1}]');
\echo :SQLSTATE
CALL migsafe.rollback_online(:run_id, columns => '{}');
\echo :SQLSTATE
SELECT count(*) AS recorded FROM migsafe.run WHERE run_id BETWEEN :unfinished + 1 AND 71999;

-- Lists that are empty, or hold NULL; words that are none.
SELECT parts.run() AS run_id
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{}') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{doc,NULL}') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, batches => '{}') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, batches => '{1,NULL}') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => 'ask') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_conflict => NULL) r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_missing => 'insert') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, on_missing => NULL) r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, dry_run => NULL) r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(NULL::bigint, rows => 'true') r;
\echo :SQLSTATE
SELECT * FROM parts.standing;

-- Rights: those of a whole rollback; the predicate runs as the caller.
CREATE ROLE parts_reader;
CREATE ROLE parts_writer;
GRANT USAGE ON SCHEMA parts TO parts_reader, parts_writer;
GRANT SELECT ON parts.account, parts.standing TO parts_reader, parts_writer;
GRANT UPDATE (doc, points, "Last Seen", owner) ON parts.account TO parts_writer;
SET ROLE parts_reader;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id = 1') r;
\echo :SQLSTATE
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id = 1', dry_run => true) r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id IN (SELECT id FROM chosen)', dry_run => true) r;
\echo :SQLSTATE
SET ROLE parts_writer;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'current_user = ''parts_writer'' AND id = 1') r;
RESET ROLE;
SELECT * FROM parts.standing;
-- a policy that hides rows from the caller is no way to take back a part
ALTER TABLE parts.account ENABLE ROW LEVEL SECURITY;
SET ROLE parts_writer;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id = 2') r;
\echo :SQLSTATE
RESET ROLE;
ALTER TABLE parts.account DISABLE ROW LEVEL SECURITY;

-- A search_path with traps in it: only the predicate sees them.
CREATE SCHEMA trap;
CREATE FUNCTION trap.trap(anyelement, anyelement) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'trapped'; RETURN true; END $$;
CREATE OPERATOR trap.= (LEFTARG = anyelement, RIGHTARG = anyelement, FUNCTION = trap.trap);
CREATE FUNCTION trap.trap(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'trapped'; RETURN true; END $$;
CREATE OPERATOR trap.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = trap.trap);
CREATE FUNCTION trap.get_bit(bytea, bigint) RETURNS integer LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'trapped'; RETURN 0; END $$;
CREATE FUNCTION trap.jsonb_to_recordset(jsonb) RETURNS SETOF record LANGUAGE plpgsql AS
    $$ BEGIN RAISE WARNING 'trapped'; END $$;
SET search_path = trap, pg_catalog, parts;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 2}]', batches => '{1}', columns => '{doc}') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id < 3', keys => '[{"id": 2}]') r;
RESET search_path;
SET search_path = parts, public;
DROP SCHEMA trap CASCADE;
SELECT * FROM parts.standing;

-- Names of 63 bytes, with quotes, and of other scripts.
CREATE TABLE parts."a ""table"", with a name of sixty-three bytes, as long as names are" (
    "Schlüssel, der mit Absicht lang ist, nämlich dreiundsechzig B" text PRIMARY KEY, "select ""x""" integer, "a\b{}" integer);
INSERT INTO parts."a ""table"", with a name of sixty-three bytes, as long as names are" VALUES ('{"k"}', 1, 1), ('b', 2, 2);
SELECT run_id FROM migsafe.run_safe('parts."a ""table"", with a name of sixty-three bytes, as long as names are"',
    '{"select \"x\"": "\"select \"\"x\"\"\" + 10", "a\\b{}": "5"}')
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => ARRAY['select "x"'],
    keys => '[{"Schlüssel, der mit Absicht lang ist, nämlich dreiundsechzig B": "{\"k\"}"}]',
    rows => '"select ""x""" > 10') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => ARRAY['a\b{}'], batches => '{1}') r;
TABLE parts."a ""table"", with a name of sixty-three bytes, as long as names are";
SELECT key FROM migsafe.rollback_plan(:run_id, rows => '"a\b{}" = 1') LIMIT 1;

-- Checks hold for the whole table, also after a part: one that fails undoes the part.
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => '"a\b{}" = 1',
    checks => '[{"check": "expression", "expression": "\"select \"\"x\"\"\" > 10"}]') r;
\echo :SQLSTATE

-- A row that is in the way of a part only if it is of that part.
SELECT parts.run() AS run_id
\gset
UPDATE parts.account SET points = 0 WHERE id = 8;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id <= 7') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{doc,"Last Seen"}') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{points}') r;
\echo :SQLSTATE
SELECT * FROM parts.standing;

-- A predicate never selects a row that is not there any more; keys and batches do.
SELECT parts.run() AS run_id
\gset
DELETE FROM parts.account WHERE id = 1;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'true', dry_run => true) r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, batches => '{1}', dry_run => true) r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 1}]') r;

-- A part that nothing is of: as a rule a slip, so a NOTICE says by what was asked.
SET client_min_messages = notice;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'owner = ''typo''', columns => '{doc,Last Seen}',
    batches => '{1,2}') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{untouched}', dry_run => true) r;
SELECT * FROM migsafe.rollback_plan(:run_id, keys => '[{"id": 1000}]');
CALL migsafe.rollback_online(:run_id, batches => '{1000}')
\gset online_
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id = 2', dry_run => true) r; -- no word of a part that has rows
SET client_min_messages = warning;

-- What redoes a run that was taken back in parts: the ERROR names all of them, and the call in its hint does it.
CREATE FUNCTION parts.refused(run_id bigint, OUT detail text, OUT hint text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM migsafe.rollback(run_id);
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$;
SELECT parts.run() AS run_id
\gset
SELECT migsafe.fingerprint('parts.account') AS after_run
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id < 5') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, rows => 'id = 8', columns => '{doc}') r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, keys => '[{"id": 8}]', columns => '{doc}') r; -- nothing to redo
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id) r;
SELECT detail, hint, substring(hint FROM 'FROM migsafe.*;') AS redo FROM parts.refused(:run_id)
\gset
\echo :detail
\echo :hint
SELECT run_id, total_rows, restored_rows :redo
SELECT migsafe.fingerprint('parts.account') = :'after_run' AS as_after_run;
SELECT status FROM migsafe.status WHERE run_id = :run_id;
-- and where a redo has left rows as they were, most of the run stands again, by that redo
SELECT parts.run() AS run_id
\gset
SELECT migsafe.fingerprint('parts.account') AS after_run
\gset
SELECT rollback_run_id AS back, parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id) r
\gset
UPDATE parts.account SET points = -1 WHERE id = 9;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:back, on_conflict => 'skip') r;
SELECT detail, hint, substring(hint FROM 'FROM [^;]*;') AS undo, substring(hint FROM '.*(FROM .*)') AS redo
FROM parts.refused(:run_id)
\gset
\echo :detail
\echo :hint
SELECT * FROM parts.standing;
BEGIN;
SELECT total_rows, restored_rows :undo
SELECT * FROM parts.standing;
SELECT * FROM parts.refused(:run_id);
ROLLBACK;
UPDATE parts.account SET points = 9 WHERE id = 9;
SELECT total_rows, restored_rows, unchanged_rows :redo
SELECT migsafe.fingerprint('parts.account') = :'after_run' AS as_after_run;

-- Places that do not fit into work_mem lie in a file, of which nothing is left.
CREATE TABLE parts.many (id integer PRIMARY KEY, n integer);
INSERT INTO parts.many SELECT g, g FROM generate_series(1, 5000) g;
SELECT run_id FROM migsafe.run_safe('parts.many', '{"n": "n + 1"}')
\gset
SET work_mem = '64kB';
SELECT restored_rows FROM migsafe.rollback(:run_id, rows => 'id <= 4000');
SELECT restored_rows FROM migsafe.rollback(:run_id, keys => (SELECT jsonb_agg(jsonb_build_object('id', g)) FROM generate_series(1, 4500) g),
    on_conflict => 'skip');
RESET work_mem;

-- Without a key, rows of which some columns have come back are found no more: neither by what the run left, nor by what was
-- before it.  Rolled back itself, that part is out of the way.
CREATE TABLE parts.half (a integer, b text);
INSERT INTO parts.half VALUES (1, 'x'), (2, 'y');
SELECT run_id FROM migsafe.run_safe('parts.half', '{"a": "a + 10", "b": "b || b"}')
\gset
SELECT rollback_run_id AS half, restored_rows FROM migsafe.rollback(:run_id, columns => '{a}')
\gset
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, dry_run => true) r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id, columns => '{b}', dry_run => true) r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:half) r;
SELECT parts.counts(to_jsonb(r)) FROM migsafe.rollback(:run_id) r;
TABLE parts.half ORDER BY a;

-- Batches of an online run of two workers: their numbers have gaps, and each is a part as any other.
CREATE TABLE parts.wide (id integer PRIMARY KEY, n integer);
INSERT INTO parts.wide SELECT g, g FROM generate_series(1, 400) g;
CALL migsafe.run_online('parts.wide', '{"n": "n + 1"}', workers => 2, pace => '{"batch_size": 10}')
\gset
SELECT batch AS chosen FROM migsafe_undo.run_:run_id WHERE key_1 = 250
\gset
CREATE TABLE parts.of_batch AS SELECT key_1 AS id FROM migsafe_undo.run_:run_id WHERE batch = :chosen;
SELECT restored_rows = (SELECT count(*) FROM parts.of_batch) AS all_of_it, restored_rows < 400 AS not_all
FROM migsafe.rollback(:run_id, batches => ARRAY[:chosen]);
SELECT bool_and((n = id) = (id IN (SELECT id FROM parts.of_batch))) AS no_others FROM parts.wide;
SELECT total_rows, restored_rows + unchanged_rows AS back, unchanged_rows = (SELECT count(*) FROM parts.of_batch) AS those_were_back
FROM migsafe.rollback(:run_id, batches => (SELECT array_agg(DISTINCT batch) FROM migsafe_undo.run_:run_id));
SELECT count(*) FILTER (WHERE n = id) FROM parts.wide;

DROP SCHEMA parts CASCADE;
DROP ROLE parts_reader, parts_writer;
