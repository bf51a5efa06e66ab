-- Random changes since the run.

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
	IF random() < 0.01 THEN
		TRUNCATE item;
	ELSE
		FOR r IN SELECT * FROM now_row ORDER BY n LOOP
			CALL change_row(r, how);
		END LOOP;
	END IF;
	FOR tag IN 501..500 + floor(random() * 4)::int LOOP
		CALL insert_row(tag);
	END LOOP;
	IF key_list() IS NULL AND random() < 0.3 THEN
		EXECUTE format('INSERT INTO item (%1$s) SELECT %1$s FROM item WHERE tag %% 5 = 0', stored_list());
	END IF;
END $$;

-- A column of this type, and what a row had there before the run; NULL: the run changed none.
CREATE FUNCTION any_old_value(wanted text, OUT name text, OUT value text) LANGUAGE sql AS $$
	SELECT c.name, e.before[place] FROM entry e JOIN item_column c ON e.before[place] IS DISTINCT FROM e.written[place]
	WHERE e.before[place] <> '' AND type = wanted ORDER BY random() LIMIT 1
$$;

-- Constraints that all rows meet now, but that a row did not meet before the run.
CREATE PROCEDURE narrow_domain() LANGUAGE plpgsql AS $$
DECLARE
	old record;
BEGIN
	SELECT * INTO old FROM any_old_value('narrow');
	IF old.value IS NOT NULL THEN
		EXECUTE format('ALTER DOMAIN narrow ADD CONSTRAINT since CHECK (VALUE::text <> %L)', old.value);
	END IF;
EXCEPTION WHEN check_violation THEN
	NULL;
END $$;

CREATE FUNCTION any_constraint() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	old record;
	c item_column;
BEGIN
	SELECT * INTO old FROM any_old_value(any_of('jsonb', 'jsonb', 'integer', 'text'));
	IF old.value IS NOT NULL AND random() < 0.7 THEN
		RETURN format('%I::text <> %L', old.name, old.value);
	END IF;
	SELECT * INTO c FROM item_column WHERE generated IS NULL AND NOT is_key AND kind IN ('document', 'integer')
		ORDER BY name IN (SELECT name FROM set_column) DESC, random() LIMIT 1;
	RETURN format(CASE c.kind WHEN 'integer' THEN '%I <> 3' ELSE any_of('NOT %I ? ''b''', 'jsonb_typeof(%I) = ''object''',
		'NOT %1$I @> ''{"a": {"n": 1}}'' OR %1$I ? ''c''', '%I IS NOT NULL') END, c.name);
END $$;

-- What each row must meet from now on; NULL if some do not.
CREATE FUNCTION add_constraint() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	predicate text = format('(%s) IS NOT FALSE', any_constraint());
BEGIN
	EXECUTE format('ALTER TABLE item ADD CONSTRAINT since CHECK (%s)', predicate);
	RETURN predicate;
EXCEPTION WHEN check_violation THEN
	RETURN NULL;
END $$;

-- What changes beside the rows.
CREATE PROCEDURE change_table() LANGUAGE plpgsql AS $$
BEGIN
	IF random() < 0.25 THEN
		UPDATE present SET constraint_since = add_constraint();
	END IF;
	IF random() < 0.4 THEN
		CALL narrow_domain();
	END IF;
	IF random() < 0.1 THEN
		ALTER TABLE item ADD added_since int DEFAULT 7;
	END IF;
END $$;
