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

-- To log the changes of a table from now on, into a new bench.log.
CREATE FUNCTION bench.log_changes(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE IF EXISTS bench.log;
    EXECUTE format('CREATE TABLE bench.log (LIKE %s, verb text NOT NULL, side text NOT NULL,'
                   ' entry bigint NOT NULL DEFAULT nextval(''bench.entry''), changed timestamptz DEFAULT clock_timestamp(),'
                   ' xid bigint DEFAULT txid_current(), by_user text DEFAULT session_user, PRIMARY KEY (entry, side))', target);
    EXECUTE format('CREATE TRIGGER log AFTER INSERT OR UPDATE OR DELETE ON %s'
                   ' FOR EACH ROW EXECUTE FUNCTION bench.log_row()', target);
END
$$;
