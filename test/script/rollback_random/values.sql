-- Random values: few and awkward ones, so that changes meet.

CREATE FUNCTION any_of(VARIADIC choice text[]) RETURNS text LANGUAGE sql
	RETURN choice[1 + floor(random() * cardinality(choice))::int];

-- too long to be stored in its row, even compressed
CREATE FUNCTION long_text() RETURNS text LANGUAGE sql
	RETURN (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 200));

CREATE FUNCTION any_document(levels int) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	kind float = random();
	parts jsonb = CASE WHEN random() < 0.6 THEN '{}' ELSE '[]' END;
BEGIN
	IF levels = 0 OR kind < 0.3 THEN
		RETURN CASE WHEN random() < 0.002 THEN to_jsonb(long_text())
			ELSE any_of('null', '0', '1', '1.0', '1.00', '-2.50', 'true', '"x"', '"y"', '""')::jsonb END;
	END IF;
	FOR i IN 1..floor(random() * 4) LOOP
		parts = CASE jsonb_typeof(parts) WHEN 'array' THEN parts || jsonb_build_array(any_document(levels - 1))
			ELSE parts || jsonb_build_object(any_of('a', 'b', 'c', 'a/b'), any_document(levels - 1)) END;
	END LOOP;
	RETURN parts;
END $$;

CREATE FUNCTION any_object() RETURNS jsonb LANGUAGE sql
	RETURN jsonb_build_object(any_of('a', 'b', 'c'), any_document(2), any_of('a', 'b', 'c', 'm~n'), any_document(2),
		any_of('d', 'e'), any_document(1), any_of('f', 'g'), any_document(0));

-- A document with something changed at some place of it.
CREATE FUNCTION changed(document jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	place text;
BEGIN
	IF random() < 0.15 OR document IS NULL OR jsonb_typeof(document) NOT IN ('object', 'array') THEN
		RETURN CASE WHEN random() < 0.1 THEN NULL ELSE any_document(2) END;
	END IF;
	IF jsonb_typeof(document) = 'array' THEN
		place = floor(random() * (jsonb_array_length(document) + 1))::text;
		RETURN CASE WHEN random() < 0.2 THEN document - place::int
			ELSE jsonb_set(document, ARRAY[place], coalesce(changed(document -> place::int), 'null')) END;
	END IF;
	place = any_of('a', 'b', 'e', 'g', 'new',
		coalesce((SELECT k FROM jsonb_object_keys(document) k ORDER BY random() LIMIT 1), 'a'));
	RETURN CASE WHEN random() < 0.2 THEN document - place
		ELSE document || jsonb_build_object(place, changed(document -> place)) END;
END $$;

-- A value for a column of this kind, as text.
CREATE FUNCTION any_value(kind text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	document jsonb;
BEGIN
	IF random() < 0.1 THEN
		RETURN NULL;
	END IF;
	IF kind = 'narrow' THEN
		document = any_object();
		RETURN CASE WHEN document ? 'a' THEN document - 'b' ELSE document END;
	END IF;
	RETURN CASE kind
		WHEN 'document' THEN CASE WHEN random() < 0.75 THEN any_object() ELSE any_document(3) END::text
		WHEN 'integer' THEN floor(random() * 5)::text
		WHEN 'numeric' THEN any_of('0', '0.00', '1', '1.0', '1.00', '-2.5', '100', 'NaN')
		WHEN 'money' THEN any_of('0', '1.5', '-2.125', '100')
		WHEN 'text' THEN CASE WHEN random() < 0.03 THEN long_text()
			ELSE any_of('', 'x', 'y', 'é', 'null', repeat('long', 1000)) END
		WHEN 'json' THEN any_of('{"a": 1}', '{"a":1}', '{"a": 1.0}', '[ ]', 'null')
		WHEN 'float8' THEN any_of('0', '-0', '1.5', 'Infinity', '1e300')
		WHEN 'bytea' THEN any_of('', '\\x00', '\\x0001', '\\xff')
		WHEN 'integer[]' THEN any_of('{}', '{1}', '{1,NULL}', '[0:0]={1}', '{{1}}')
		WHEN 'time' THEN any_of('2024-01-01 00:00Z', '2024-02-29 12:00:00.123456Z', '1999-12-31 23:59Z', 'infinity')
		WHEN 'boolean' THEN any_of('true', 'false') END;
END $$;
