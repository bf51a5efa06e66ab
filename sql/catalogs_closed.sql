-- Nobody but a superuser writes the catalogs or moves the sequences by hand. What is tried follows from pg_depend: a new
-- table is tried as well.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS migsafe;
CREATE SCHEMA cc;
GRANT USAGE ON SCHEMA cc TO PUBLIC;
ALTER SEQUENCE migsafe.run_id_seq RESTART 16001;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 16001;
CREATE ROLE regress_migsafe_cc_nobody;
CREATE ROLE regress_migsafe_cc_owner;
CREATE ROLE regress_migsafe_cc_database;
CREATE ROLE regress_migsafe_cc_roles CREATEROLE CREATEDB REPLICATION;
CREATE ROLE regress_migsafe_cc_bypass BYPASSRLS;
CREATE ROLE regress_migsafe_cc_all IN ROLE pg_read_all_data, pg_write_all_data;
SELECT quote_ident(current_database()) AS database, pg_get_userbyid(datdba) AS database_owner
FROM pg_database WHERE datname = current_database()
\gset
ALTER DATABASE :database OWNER TO regress_migsafe_cc_database;

-- a row in most of them
CREATE TABLE cc.t (id integer PRIMARY KEY, a integer);
INSERT INTO cc.t SELECT g, g FROM generate_series(1, 3) g;
ALTER TABLE cc.t OWNER TO regress_migsafe_cc_owner;
GRANT CREATE ON SCHEMA cc TO regress_migsafe_cc_owner;
SET ROLE regress_migsafe_cc_owner;
SELECT row_count FROM migsafe.backup_table('cc.t');
CALL migsafe.run_online('cc.t', '{"a": "6 / (id - 1)"}')
\gset r_
SELECT migsafe.store_checks('cc', '[]');
SELECT migsafe.register_schema('urn:cc', 'true');
RESET ROLE;

CREATE VIEW cc.attempt AS
SELECT c.relname AS relation, c.relkind, v.verb, format(v.statement, c.oid::regclass, quote_ident(a.attname)) AS statement
FROM pg_class c
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'migsafe'
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
JOIN (VALUES ('rv', 'insert', 'INSERT INTO %s DEFAULT VALUES'), ('rv', 'update', 'UPDATE %s SET %s = NULL'),
             ('rv', 'delete', 'DELETE FROM %s'), ('r', 'truncate', 'TRUNCATE %s'),
             ('r', 'lock', 'LOCK TABLE %s IN ACCESS EXCLUSIVE MODE'),
             ('r', 'trigger', 'CREATE TRIGGER mine BEFORE INSERT ON %s EXECUTE FUNCTION suppress_redundant_updates_trigger()'),
             ('rv', 'rule', 'CREATE RULE mine AS ON INSERT TO %s DO NOTHING'),
             ('r', 'index', 'CREATE INDEX ON %s (%s)'), ('r', 'policy', 'CREATE POLICY mine ON %s USING (true)'),
             ('r', 'inherit', 'CREATE TABLE cc.inherits () INHERITS (%s)'),
             ('r', 'statistics', 'CREATE STATISTICS cc.mine ON (%2$s IS NULL) FROM %1$s'),
             ('r', 'refer', 'CREATE TABLE cc.refers (r bigint REFERENCES %s (%s))'),
             ('rvS', 'own', 'ALTER TABLE %s OWNER TO CURRENT_USER'), ('r', 'drop', 'DROP TABLE %s'),
             ('v', 'drop', 'DROP VIEW %s'), ('S', 'drop', 'DROP SEQUENCE %s'),
             ('S', 'nextval', 'SELECT nextval(%1$L)'), ('S', 'setval', 'SELECT setval(%1$L, 1)'),
             ('S', 'restart', 'ALTER SEQUENCE %s RESTART')) AS v (kinds, verb, statement) ON v.kinds ~ c.relkind
WHERE c.relkind <> 'c'
UNION ALL
SELECT n.nspname, 'n', v.verb, format(v.statement, n.nspname)
FROM pg_namespace n
JOIN (VALUES ('create a table', 'CREATE TABLE %I.mine (id integer)'),
             ('create a function', 'CREATE FUNCTION %I.mine() RETURNS integer LANGUAGE sql RETURN 1'),
             ('own', 'ALTER SCHEMA %I OWNER TO CURRENT_USER'), ('drop', 'DROP SCHEMA %I CASCADE'),
             ('drop the extension', 'DROP EXTENSION migsafe CASCADE')) AS v (verb, statement) ON true
WHERE n.nspname IN ('migsafe', 'migsafe_undo');
CREATE FUNCTION cc.outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    EXECUTE statement;
    GET DIAGNOSTICS n = ROW_COUNT;
    RAISE SQLSTATE 'OK000' USING MESSAGE = 'done, ' || n || ' rows';
EXCEPTION
    WHEN SQLSTATE 'OK000' THEN RETURN SQLERRM;
    WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE TABLE cc.result (role name, relation name, verb text, outcome text);
GRANT ALL ON cc.attempt, cc.result TO PUBLIC;
GRANT CREATE ON SCHEMA cc TO PUBLIC;
SELECT format('SET ROLE %I', rolname),
       'INSERT INTO cc.result SELECT current_user, relation, verb, cc.outcome(statement) FROM cc.attempt', 'RESET ROLE'
FROM pg_roles WHERE rolname ~ '^regress_migsafe_cc_' ORDER BY rolname
\gexec
SELECT count(*) > 900 AS attempts, count(DISTINCT relation) >= 20 AS relations FROM cc.result;
-- Not even a superuser can write the views, nor refer to what is not unique.
SELECT outcome, count(DISTINCT relation) AS relations FROM cc.result
WHERE outcome !~ '^42501|^done' GROUP BY outcome ORDER BY 1;
-- What was done. Policies hide each row from who may write all tables, so he changes nothing; but he moves the sequences,
-- as he may all others, and then numbers may be skipped, or given out twice, which is an ERROR.
SELECT role, verb, outcome, string_agg(relation, ' ' ORDER BY relation) AS relations
FROM cc.result WHERE outcome ~ '^done' GROUP BY role, verb, outcome ORDER BY 1, 2, 3;

-- BYPASSRLS means that no policy hides the rows: who has it reads all records.
SET ROLE regress_migsafe_cc_bypass;
SELECT count(*) FROM migsafe.row_error WHERE run_id = 16001;
RESET ROLE;

-- what was done to a sequence is not rolled back
ALTER SEQUENCE migsafe.run_id_seq RESTART 16009;
ALTER SEQUENCE migsafe.backup_id_seq RESTART 16009;
ALTER SEQUENCE migsafe.backup_set_seq RESTART 16009;
ALTER DATABASE :database OWNER TO :"database_owner";
DROP SCHEMA cc CASCADE;
SELECT migsafe.drop_checks('cc');
SELECT migsafe.unregister_schema('urn:cc');
SELECT format('DROP OWNED BY %I', rolname), format('DROP ROLE %I', rolname)
FROM pg_roles WHERE rolname ~ '^regress_migsafe_cc_' ORDER BY rolname
\gexec
