-- Random runs.

-- What the present run sets: expression is that of the transform, as SQL.
CREATE TABLE set_column (place int, name text, expression text, transform jsonb);

CREATE FUNCTION any_expression(c item_column) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	other text = (SELECT name FROM item_column WHERE name <> c.name
		ORDER BY name = 'derived' AND random() < 0.5 DESC, random() LIMIT 1);
BEGIN
	IF c.kind = 'document' AND random() < 0.6 AND EXISTS (SELECT FROM item_column WHERE name = 'derived') THEN
		RETURN format('(%I - ''a'') || jsonb_build_object(''other'', derived)', c.name);
	END IF;
	RETURN format(CASE c.kind
		WHEN 'document' THEN any_of('%1$I || ''{"a": 1.0}''', 'jsonb_set(%1$I, ''{a}'', ''{"n": 2}'')', '%1$I - ''a''',
			'jsonb_build_object(''was'', %1$I)', 'jsonb_build_object(''tag'', tag, ''other'', %2$I)',
			'''{"fixed": [1, 2.0]}''', 'NULL',
			'coalesce(%1$I, ''{}'') || jsonb_build_object(''other'', %2$I)',
			'(%1$I - ''b'') || jsonb_build_object(''z'', %1$I -> ''b'')',
			'to_jsonb(random())', 'coalesce(%1$I, ''{}'') || jsonb_build_object(''at'', clock_timestamp())')
		WHEN 'narrow' THEN any_of('%1$I || ''{"x": 1}''', '%1$I - ''c''', '%1$I - ''{d,e,f}''::text[]', '%1$I || ''{"a": 1}''', 'NULL')
		WHEN 'integer' THEN any_of('%1$I + 1', '0', 'NULL', '(random() * 1000000)::int', 'tag / (%1$I - 1)')
		WHEN 'numeric' THEN any_of('%1$I + 0.00', 'round(%1$I, 1)', '%1$I * 2', 'NULL')
		WHEN 'money' THEN any_of('%1$I + 0.5', '1.25', '0 - %1$I', 'tag')
		WHEN 'text' THEN any_of('upper(%1$I)', '%1$I || ''!''', 'md5(%2$I::text)', '''const''', 'NULL')
		WHEN 'time' THEN any_of('now()', 'clock_timestamp()', '%1$I + interval ''1 day''', 'NULL')
		WHEN 'json' THEN any_of('%1$I::jsonb::json', '''{"a": 1 }''', 'NULL')
		WHEN 'float8' THEN any_of('-%1$I', '%1$I + 1', '0', 'random()')
		WHEN 'bytea' THEN any_of('%1$I || ''\x00''', 'NULL', 'convert_to(%1$I::text, ''UTF8'')')
		WHEN 'integer[]' THEN any_of('%1$I || 1', 'ARRAY[tag]', '''{}''')
		ELSE any_of('NOT %1$I', 'true', '%1$I IS NULL') END, c.name, other);
END $$;

CREATE PROCEDURE set_by_expression(c item_column) LANGUAGE plpgsql AS $$
DECLARE
	expression text = any_expression(c);
BEGIN
	INSERT INTO set_column VALUES (c.place, c.name, expression, to_jsonb(expression));
END $$;

CREATE PROCEDURE set_by_patch(c item_column) LANGUAGE plpgsql AS $$
DECLARE
	patch jsonb = any_of('[{"op": "add", "path": "/*/n", "value": 1.50, "optional": true}]',
		'[{"op": "rename", "path": "/a", "to": "z", "optional": true}]',
		'[{"op": "move", "from": "/b", "path": "/c", "optional": true}, {"op": "remove", "path": "/a", "optional": true}]',
		'[{"op": "default", "path": "/c", "value": [1, {"x": null}]}]', '[{"op": "replace", "path": "/a", "value": "replaced"}]',
		'[{"op": "remove", "path": "/*/a", "optional": true}]',
		'[{"op": "copy", "from": "/a", "path": "/b", "optional": true}]')::jsonb;
BEGIN
	INSERT INTO set_column VALUES (c.place, c.name, format('migsafe.jsonb_patch(%I, %L, true)', c.name, patch), patch);
END $$;

CREATE PROCEDURE set_by_merge(c item_column) LANGUAGE plpgsql AS $$
DECLARE
	patch jsonb = any_of('{"a": null, "new": {"x": 1.0}}', '{"a": {"n": 1}, "b": {"a": null}}', '{"c": [1, 2, 3]}');
BEGIN
	INSERT INTO set_column VALUES (c.place, c.name, format('migsafe.jsonb_merge_patch(%I, %L)', c.name, patch),
		jsonb_build_object('merge', patch));
END $$;

CREATE PROCEDURE set_to_value(c item_column) LANGUAGE plpgsql AS $$
DECLARE
	document jsonb = any_object();
BEGIN
	INSERT INTO set_column VALUES (c.place, c.name, quote_literal(document), jsonb_build_object('value', document));
END $$;

CREATE PROCEDURE choose_transform() LANGUAGE plpgsql AS $$
DECLARE
	c item_column;
	documents int = floor(random() * 20);
BEGIN
	DELETE FROM set_column;
	FOR c IN SELECT * FROM item_column WHERE NOT is_key AND generated IS NULL AND name NOT IN ('tag', 'touches')
			AND (name <> 'touched_at' OR random() < 0.3) ORDER BY (kind = 'document') AND documents > 3 DESC, random()
			LIMIT 1 + floor(random() * 3) LOOP
		IF c.kind <> 'document' OR random() < 0.5 THEN
			CALL set_by_expression(c);
		ELSIF random() < 0.5 THEN
			CALL set_by_patch(c);
		ELSIF random() < 0.8 THEN
			CALL set_by_merge(c);
		ELSE
			CALL set_to_value(c);
		END IF;
	END LOOP;
END $$;

CREATE FUNCTION any_predicate() RETURNS text LANGUAGE sql RETURN
	any_of('tag % 2 = 0', 'tag % 3 <> 1', 'd1 ? ''a''', 'd1 IS NOT NULL', 'tag > 4', 'jsonb_typeof(d1) = ''object''', 'tag = 3',
		'tag IN (1, 11)');

CREATE FUNCTION transform() RETURNS jsonb LANGUAGE sql RETURN (SELECT jsonb_object_agg(name, transform) FROM set_column);
