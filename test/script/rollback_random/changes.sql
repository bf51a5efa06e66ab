-- Random changes since the run.

-- attempt STATEMENT: constraints may be against it
CREATE PROCEDURE attempt(statement text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
EXCEPTION WHEN integrity_constraint_violation THEN
	NULL;
END $$;

-- one column of one row
CREATE PROCEDURE change_column(c item_column, there text, before text, now text) LANGUAGE plpgsql AS $$
DECLARE
	value text = CASE
		WHEN random() < 0.15 THEN before
		WHEN random() < 0.1 THEN now
		WHEN c.type = 'jsonb' AND random() < 0.2 THEN changed(before::jsonb)::text
		WHEN c.type IN ('jsonb', 'narrow') AND random() < 0.9 THEN changed(now::jsonb)::text
		ELSE any_value(c.kind) END;
BEGIN
	CALL attempt(format('UPDATE item SET %I = %L::%s WHERE %s', c.name, value, c.type, there));
END $$;

CREATE PROCEDURE change_key(there text, tag int) LANGUAGE plpgsql AS $$
DECLARE
	c item_column;
BEGIN
	SELECT * INTO c FROM item_column WHERE name = 'k';
	CALL attempt(format('UPDATE item SET k = %s WHERE %s', CASE
		WHEN c.type = 'numeric' AND random() < 0.5 THEN 'k + 0.00'
		WHEN c.type = 'uuid' THEN format('%L', md5('new' || tag))
		WHEN c.type = 'text' THEN 'k || ''new'''
		ELSE 'k + 1000' END, there));
END $$;

-- deleted and inserted again with the same key, and other values
CREATE PROCEDURE replace_row(there text, tag int) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'DELETE FROM item WHERE ' || there;
	CALL insert_row(tag);
END $$;

-- how: how much is changed; 0: nothing
CREATE PROCEDURE change_row(r now_row, how float) LANGUAGE plpgsql AS $$
DECLARE
	there text = format('tableoid = %s AND ctid = %L', r.leaf, r.tid);
	kind float = random();
	before text[] = (SELECT image FROM before_run WHERE tag = r.tag LIMIT 1);
	c item_column;
BEGIN
	IF random() > how THEN
		RETURN;
	ELSIF kind < 0.06 THEN
		EXECUTE 'DELETE FROM item WHERE ' || there;
	ELSIF kind < 0.1 THEN
		CALL replace_row(there, r.tag);
	ELSIF kind < 0.15 AND key_list() IS NOT NULL THEN
		CALL change_key(there, r.tag);
	ELSE
		SELECT * INTO c FROM item_column WHERE NOT is_key AND generated IS NULL AND (name <> 'tag' OR random() < 0.1)
			ORDER BY name IN (SELECT name FROM set_column) AND random() < 0.7 DESC, random() LIMIT 1;
		CALL change_column(c, there, before[c.place], r.image[c.place]);
	END IF;
END $$;

CREATE PROCEDURE change_rows() LANGUAGE plpgsql AS $$
DECLARE
	how float = any_of('0', '0.2', '0.6', '1')::float;
	r now_row;
BEGIN
	FOR r IN SELECT * FROM now_row ORDER BY n LOOP
		CALL change_row(r, how);
	END LOOP;
	FOR tag IN 501..500 + floor(random() * 4)::int LOOP
		CALL insert_row(tag);
	END LOOP;
	IF key_list() IS NULL AND random() < 0.3 THEN
		EXECUTE format('INSERT INTO item (%1$s) SELECT %1$s FROM item WHERE tag %% 5 = 0', stored_list());
	END IF;
END $$;

-- A constraint that all rows meet now, though they may not have met it before the run; NULL: none.
CREATE FUNCTION add_constraint() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	c item_column;
	predicate text;
	holds boolean;
BEGIN
	SELECT * INTO c FROM item_column WHERE generated IS NULL AND NOT is_key AND kind IN ('document', 'integer', 'text', 'boolean')
		ORDER BY name IN (SELECT name FROM set_column) DESC, random() LIMIT 1;
	predicate = format(CASE c.kind WHEN 'integer' THEN '%I <> 3' WHEN 'text' THEN '%I <> ''x''' WHEN 'boolean' THEN '%I'
		ELSE any_of('NOT %I ? ''b''', 'jsonb_typeof(%I) = ''object''', 'NOT %1$I @> ''{"a": {"n": 1}}'' OR %1$I ? ''c''') END, c.name);
	EXECUTE format('SELECT bool_and((%s) IS NOT FALSE) FROM item', predicate) INTO holds;
	IF holds IS NOT TRUE THEN
		RETURN NULL;
	END IF;
	EXECUTE format('ALTER TABLE item ADD CONSTRAINT since CHECK (%s)', predicate);
	RETURN predicate;
END $$;
