-- Event triggers do not fire for what migsafe creates and drops with the rights of the owner of the catalogs: their
-- functions would run with these. They do for what it does as the caller.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
ALTER SEQUENCE migsafe.run_id_seq RESTART 18001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 18001;
CREATE ROLE regress_migsafe_et;
CREATE SCHEMA et AUTHORIZATION regress_migsafe_et;
CREATE FUNCTION et.note() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE WARNING '% fired % as %', tg_tag, tg_event, current_user;
END
$$;
SET ROLE regress_migsafe_et;
CREATE TABLE et.t (id integer PRIMARY KEY, a integer);
INSERT INTO et.t SELECT g, g FROM generate_series(1, 3) g;
RESET ROLE;
CREATE EVENT TRIGGER regress_migsafe_start ON ddl_command_start EXECUTE FUNCTION et.note();
CREATE EVENT TRIGGER regress_migsafe_end ON ddl_command_end EXECUTE FUNCTION et.note();
CREATE EVENT TRIGGER regress_migsafe_drop ON sql_drop EXECUTE FUNCTION et.note();
SET ROLE regress_migsafe_et;
CREATE TABLE et.fires ();
SELECT row_count FROM migsafe.backup_table('et.t');
SELECT successful_rows FROM migsafe.run_safe('et.t', '{"a": "a + 1"}');
SELECT restored_rows FROM migsafe.rollback(18001);
UPDATE et.t SET a = 0;
SELECT rows_changed FROM migsafe.restore('et.t');
SELECT constraint_name FROM migsafe.enforce('et.t', '[{"check": "not_null", "column": "a"}]', validate => true);
SELECT kind, id, dropped FROM migsafe.prune('0s', 0, dry_run => false);
RESET ROLE;
DROP EVENT TRIGGER regress_migsafe_start;
DROP EVENT TRIGGER regress_migsafe_end;
DROP EVENT TRIGGER regress_migsafe_drop;
SET client_min_messages = error;
DROP SCHEMA et CASCADE;
DROP ROLE regress_migsafe_et;
