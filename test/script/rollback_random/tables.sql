-- Random tables.

CREATE DOMAIN narrow AS jsonb CHECK (NOT (VALUE ? 'a' AND VALUE ? 'b'));

-- The columns of the present table.
CREATE TABLE item_column (place int, name text, type text, kind text, is_key boolean, generated text);

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.touched_at = clock_timestamp();
	RETURN NEW;
END $$;

CREATE FUNCTION count_touches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.touches = jsonb_build_object('n', random(), 'was', OLD.touches -> 'was' -> 'was', 'a', NEW.touches -> 'a');
	RETURN NEW;
END $$;

CREATE PROCEDURE add_column(name text, kind text, is_key boolean DEFAULT false, generated text DEFAULT NULL)
LANGUAGE sql AS $$
	INSERT INTO item_column SELECT (SELECT count(*) + 1 FROM item_column), name, CASE kind
		WHEN 'document' THEN 'jsonb' WHEN 'money' THEN 'numeric(12,3)'
		WHEN 'time' THEN 'timestamptz' ELSE kind END, kind, is_key, generated
$$;

-- All columns of the table but the key: one document at least, and the tag, which tells rows apart and no run changes.
CREATE PROCEDURE add_columns() LANGUAGE plpgsql AS $$
DECLARE
	source item_column;
BEGIN
	CALL add_column('tag', 'integer');
	CALL add_column('d1', 'document');
	FOR i IN 1..1 + floor(random() * 4)::int LOOP
		CALL add_column('c' || i, any_of('document', 'document', 'document', 'narrow', 'narrow', 'integer', 'numeric', 'money',
			'text', 'time', 'boolean', 'json', 'float8', 'bytea', 'integer[]'));
	END LOOP;
	IF random() < 0.35 THEN
		SELECT * INTO source FROM item_column WHERE kind IN ('document', 'integer') AND name <> 'tag'
			ORDER BY name = 'd1' AND random() < 0.6 DESC, random() LIMIT 1;
		CALL add_column('derived', 'text', false,
			format(CASE source.kind WHEN 'integer' THEN '(%I * 2)::text' ELSE '%I ->> ''a''' END, source.name));
		CALL add_column('behind', 'integer');
	END IF;
	IF random() < 0.25 THEN
		CALL add_column('touched_at', 'time');
	END IF;
	IF random() < 0.25 THEN
		CALL add_column('touches', 'document');
	END IF;
END $$;

CREATE PROCEDURE make_triggers() LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM item_column WHERE name = 'touched_at') THEN
		CREATE TRIGGER touch BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION touch();
	END IF;
	IF EXISTS (SELECT FROM item_column WHERE name = 'touches') THEN
		CREATE TRIGGER touches BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION count_touches();
	END IF;
END $$;

CREATE FUNCTION column_list(backwards boolean) RETURNS text LANGUAGE sql RETURN
	(SELECT string_agg(format('%I %s', name, type) || coalesce(' GENERATED ALWAYS AS (' || generated || ') STORED', ''), ', '
		ORDER BY CASE WHEN backwards THEN -place ELSE place END) FROM item_column);

CREATE FUNCTION key_list() RETURNS text LANGUAGE sql RETURN
	(SELECT string_agg(name, ', ' ORDER BY place) FROM item_column WHERE is_key);

CREATE FUNCTION is_partitioned() RETURNS boolean LANGUAGE sql
	RETURN (SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass('item'));

-- Two partitions, one of them with its columns in another order.
CREATE PROCEDURE make_partitions() LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE item (%s) PARTITION BY HASH (%s)', column_list(false), coalesce(key_list(), 'tag'));
	CREATE TABLE item_0 PARTITION OF item FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	EXECUTE format('CREATE TABLE item_1 (%s)', column_list(true));
	ALTER TABLE item ATTACH PARTITION item_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
END $$;

CREATE PROCEDURE make_table() LANGUAGE plpgsql AS $$
DECLARE
	key text = any_of('integer', 'integer', 'bigint', 'text', 'uuid', 'numeric', 'composite', 'composite', 'none');
BEGIN
	DROP TABLE IF EXISTS item;
	ALTER DOMAIN narrow DROP CONSTRAINT IF EXISTS since;
	DELETE FROM item_column;
	IF key = 'composite' THEN
		CALL add_column('k', 'integer', true);
		CALL add_columns();
		CALL add_column('k2', 'text', true);
	ELSIF key = 'none' THEN
		CALL add_columns();
	ELSE
		CALL add_column('k', key, true);
		CALL add_columns();
	END IF;
	IF random() < 0.2 THEN
		CALL make_partitions();
	ELSE
		EXECUTE format('CREATE TABLE item (dropped int, %s)', column_list(random() < 0.3));
		ALTER TABLE item DROP dropped;
	END IF;
	IF key = 'bigint' AND NOT is_partitioned() THEN
		ALTER TABLE item ALTER k SET NOT NULL, ADD UNIQUE (k);
	ELSIF key <> 'none' THEN
		EXECUTE format('ALTER TABLE item ADD PRIMARY KEY (%s)', key_list());
	END IF;
	CALL make_triggers();
END $$;

-- The value of a column for the row with that tag. What is long, and each run replaces, makes undo logs of several blocks.
CREATE FUNCTION value_for(c item_column, tag int) RETURNS text LANGUAGE sql RETURN CASE
	WHEN c.name = 'tag' THEN tag::text
	WHEN c.name = 'touches' THEN jsonb_build_object('a', tag, 'long', left(long_text(), 1500))::text
	WHEN c.name = 'k2' THEN any_of('x', 'y')
	WHEN c.is_key AND c.kind = 'uuid' THEN md5(tag::text)
	WHEN c.is_key AND c.kind = 'text' THEN 'key ' || tag
	WHEN c.is_key AND c.kind = 'numeric' THEN tag || '.0'
	WHEN c.is_key THEN tag::text
	ELSE any_value(c.kind) END;

-- attempt STATEMENT: constraints may be against it
CREATE PROCEDURE attempt(statement text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
EXCEPTION WHEN integrity_constraint_violation THEN
	NULL;
END $$;

CREATE PROCEDURE insert_row(tag int) LANGUAGE plpgsql AS $$
DECLARE
	statement text = (SELECT format('INSERT INTO item (%s) VALUES (%s)', string_agg(quote_ident(name), ', ' ORDER BY place),
		string_agg(quote_nullable(value_for(c, tag)) || '::' || type, ', ' ORDER BY place))
		FROM item_column c WHERE generated IS NULL);
BEGIN
	CALL attempt(statement);
END $$;

-- names of the columns that an INSERT may set
CREATE FUNCTION stored_list() RETURNS text LANGUAGE sql RETURN
	(SELECT string_agg(quote_ident(name), ', ' ORDER BY place) FROM item_column WHERE generated IS NULL);

CREATE PROCEDURE fill_table() LANGUAGE plpgsql AS $$
BEGIN
	FOR tag IN 1..CASE WHEN random() < 0.06 THEN 150 ELSE 5 + floor(random() ^ 2 * 25)::int END LOOP
		CALL insert_row(tag);
	END LOOP;
	IF key_list() IS NULL THEN
		EXECUTE format('INSERT INTO item (%1$s) SELECT %1$s FROM item WHERE tag %% 3 = 0', stored_list());
	END IF;
END $$;
