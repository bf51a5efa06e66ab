-- What has to become of each row, from the copies of the table.

-- What is to become of them.
CREATE TABLE verdict (entry bigint, n bigint, outcome text, obstacles int, final text[], final_json jsonb[]);

-- Of a rollback; key_texts: of its keys, as entries have them.
CREATE TYPE terms AS (on_conflict text, on_missing text, rows text, columns name[], keys jsonb, key_texts text[],
	batches int[]);

CREATE FUNCTION is_whole(t terms) RETURNS boolean LANGUAGE sql
	RETURN t.rows IS NULL AND t.columns IS NULL AND t.keys IS NULL AND t.batches IS NULL;

-- What the transform makes of one column of a row; no JSON if it fails.
CREATE FUNCTION transformed(image text[], expression text, type text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	made text;
BEGIN
	EXECUTE format('SELECT (%s)::%s::text FROM %s r', expression, type, typed('(SELECT 0 AS n, $1 AS image)')) INTO made
		USING image;
	RETURN made;
EXCEPTION WHEN data_exception OR integrity_constraint_violation OR invalid_parameter_value OR raise_exception THEN
	RETURN 'failed';
END $$;

-- What it makes of a row: a column that fails says nothing of the others.
CREATE FUNCTION transformed(image text[]) RETURNS text[] LANGUAGE sql
	RETURN (SELECT array_agg(CASE WHEN s.name IS NULL THEN image[i.place] ELSE transformed(image, expression, type) END
		ORDER BY i.place) FROM item_column i LEFT JOIN set_column s USING (name));

-- The values that the run wrote, as far as they can be told from what the undo log has: the old values of what it changed.
CREATE FUNCTION written_again(e entry, now text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	image text[] = now;
BEGIN
	FOR p IN 1..cardinality(now) LOOP
		IF e.before[p] IS DISTINCT FROM e.written[p] THEN
			image[p] = e.before[p];
		END IF;
	END LOOP;
	RETURN transformed(image);
END $$;

CREATE TYPE merged AS (document jsonb, possible boolean);

CREATE FUNCTION differ(a jsonb, b jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN a::text IS DISTINCT FROM b::text;

CREATE FUNCTION is_array(a jsonb, size int) RETURNS boolean LANGUAGE sql IMMUTABLE
	RETURN CASE WHEN jsonb_typeof(a) = 'array' THEN coalesce(jsonb_array_length(a) = size, true) ELSE false END;

-- NULL: there is none
CREATE FUNCTION merge3(base jsonb, mine jsonb, theirs jsonb) RETURNS merged LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	document jsonb;
	part merged;
	name text;
BEGIN
	IF NOT differ(mine, theirs) OR NOT differ(base, theirs) THEN
		RETURN (mine, true);
	ELSIF NOT differ(base, mine) THEN
		RETURN (theirs, true);
	ELSIF jsonb_typeof(mine) = 'object' AND jsonb_typeof(theirs) = 'object'
			AND coalesce(jsonb_typeof(base), 'object') = 'object' THEN
		document = '{}';
		FOR name IN SELECT jsonb_object_keys(mine || theirs) LOOP
			part = merge3(base -> name, mine -> name, theirs -> name);
			IF NOT part.possible THEN
				RETURN part;
			ELSIF part.document IS NOT NULL THEN
				document = document || jsonb_build_object(name, part.document);
			END IF;
		END LOOP;
		RETURN (document, true);
	ELSIF is_array(base, NULL) AND is_array(mine, jsonb_array_length(base)) AND is_array(theirs, jsonb_array_length(base)) THEN
		document = '[]';
		FOR i IN 0..jsonb_array_length(base) - 1 LOOP
			part = merge3(base -> i, mine -> i, theirs -> i);
			IF NOT part.possible THEN
				RETURN part;
			END IF;
			document = document || jsonb_build_array(part.document);
		END LOOP;
		RETURN (document, true);
	END IF;
	part = (NULL, false);
	RETURN part;
END $$;

-- What a merge makes of a column that was changed since.
CREATE FUNCTION merge_column(e entry, r now_row, c item_column, again text[]) RETURNS merged LANGUAGE plpgsql AS $$
DECLARE
	impossible merged = (NULL, false);
BEGIN
	IF c.type IN ('jsonb', 'narrow') AND again IS NOT NULL AND again[c.place] IS NOT DISTINCT FROM e.written[c.place] THEN
		RETURN merge3(e.written[c.place]::jsonb, e.before[c.place]::jsonb, r.image[c.place]::jsonb);
	END IF;
	RETURN impossible;
END $$;

CREATE FUNCTION written_once_more(e entry, r now_row) RETURNS text[] LANGUAGE sql
	RETURN (SELECT CASE WHEN provable THEN written_again(e, r.image) END FROM present);

-- Those of the columns that were changed since, and in which something of the run is left. What a trigger wrote does not
-- count where the run itself has left nothing.
CREATE FUNCTION unsettled(e entry, r now_row, places int[], changed int[]) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
	again text[] = CASE WHEN changed <> '{}' THEN written_once_more(e, r) END;
	set_places int[] = (SELECT array_agg(i.place) FROM item_column i JOIN set_column USING (name) WHERE i.place = ANY (places));
	settled int[] = '{}';
	c item_column;
	m merged;
BEGIN
	FOR c IN SELECT * FROM item_column i WHERE i.place = ANY (set_places) AND i.place = ANY (changed) LOOP
		m = merge_column(e, r, c, again);
		IF m.possible AND m.document::text IS NOT DISTINCT FROM r.image[c.place] THEN
			settled = settled || c.place;
		END IF;
	END LOOP;
	IF set_places IS NOT NULL AND NOT EXISTS (SELECT FROM unnest(set_places) p
			WHERE p <> ALL (settled) AND r.image[p] IS DISTINCT FROM e.before[p]) THEN
		RETURN '{}';
	END IF;
	RETURN (SELECT coalesce(array_agg(p), '{}') FROM unnest(changed) p WHERE p <> ALL (settled));
END $$;

-- What is left to decide of a row of which these columns were changed since.
CREATE FUNCTION merge_columns(e entry, r now_row, places int[], v verdict) RETURNS verdict LANGUAGE plpgsql AS $$
DECLARE
	again text[] = written_once_more(e, r);
	c item_column;
	m merged;
BEGIN
	FOR c IN SELECT i.* FROM item_column i JOIN set_column USING (name) WHERE i.place = ANY (places) LOOP
		m = merge_column(e, r, c, again);
		IF NOT m.possible THEN
			v.obstacles = v.obstacles + 1;
		END IF;
		v.final[c.place] = m.document::text;
		v.final_json[c.place] = coalesce(m.document, 'null');
	END LOOP;
	v.outcome = CASE WHEN v.obstacles > 0 THEN 'conflict' WHEN v.final IS DISTINCT FROM r.image THEN 'merged'
		ELSE 'unchanged' END;
	RETURN v;
END $$;

-- Of a row that is there.  places: of the columns that the run has changed, and that are to come back.
CREATE FUNCTION resolve(e entry, r now_row, places int[], policy text) RETURNS verdict LANGUAGE plpgsql AS $$
DECLARE
	v verdict = (e.id, r.n, NULL, 0, r.image, r.json);
	changed int[] = '{}';
	p int;
BEGIN
	changed = unsettled(e, r, places, (SELECT coalesce(array_agg(q), '{}') FROM unnest(places) q
		WHERE r.image[q] IS DISTINCT FROM e.written[q] AND r.image[q] IS DISTINCT FROM e.before[q]));
	FOREACH p IN ARRAY places LOOP
		IF r.image[p] IS NOT DISTINCT FROM e.written[p] OR policy = 'overwrite' AND p = ANY (changed) THEN
			v.final[p] = e.before[p];
			v.final_json[p] = e.before_json[p];
		END IF;
	END LOOP;
	IF changed = '{}' THEN
		v.outcome = CASE WHEN v.final IS DISTINCT FROM r.image THEN 'restored' ELSE 'unchanged' END;
	ELSIF policy = 'merge' THEN
		v = merge_columns(e, r, changed, v);
	ELSIF policy = 'overwrite' THEN
		v.outcome = 'overwritten';
	ELSE
		v.outcome = 'conflict';
		v.obstacles = cardinality(changed);
	END IF;
	RETURN v;
END $$;

CREATE FUNCTION is_narrow(document text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	RETURN document::narrow IS NOT DISTINCT FROM document::jsonb;
EXCEPTION WHEN check_violation THEN
	RETURN false;
END $$;

-- Values that are to be written, but that their domain does not take, or does not take any more.
CREATE FUNCTION count_refused(final text[], now text[]) RETURNS int LANGUAGE sql RETURN (SELECT count(*) FROM item_column
	WHERE type = 'narrow' AND final[place] IS DISTINCT FROM now[place] AND NOT is_narrow(final[place]));

CREATE FUNCTION resolve_within_constraints(e entry, r now_row, places int[], policy text) RETURNS verdict
LANGUAGE plpgsql AS $$
DECLARE
	v verdict = resolve(e, r, places, policy);
	predicate text = (SELECT constraint_since FROM present);
BEGIN
	IF v.outcome NOT IN ('restored', 'merged', 'overwritten') THEN
		RETURN v;
	END IF;
	v.obstacles = count_refused(v.final, r.image);
	IF v.obstacles = 0 AND predicate IS NOT NULL AND NOT meets(v.final, predicate) THEN
		v.obstacles = 1;
	END IF;
	IF v.obstacles > 0 THEN
		v.outcome = 'conflict';
	END IF;
	RETURN v;
END $$;

CREATE FUNCTION key_image(image text[]) RETURNS text[] LANGUAGE sql
	RETURN (SELECT array_agg(image[place]) FROM item_column WHERE is_key);

-- The columns that are to come back.
CREATE FUNCTION places_of(e entry, t terms) RETURNS int[] LANGUAGE sql
	RETURN (SELECT array_agg(place) FROM item_column WHERE generated IS NULL AND (t.columns IS NULL OR name = ANY (t.columns))
		AND e.before[place] IS DISTINCT FROM e.written[place]);

-- NULL: it is not about this row
CREATE FUNCTION judge(e entry, r now_row, t terms) RETURNS verdict LANGUAGE plpgsql AS $$
DECLARE
	places int[] = places_of(e, t);
	v verdict;
BEGIN
	IF places IS NULL OR t.rows IS NOT NULL AND (r.n IS NULL OR meets(r.image, t.rows) IS NOT TRUE) THEN
		RETURN NULL;
	ELSIF r.n IS NULL AND e.key IS NULL THEN
		v = (e.id, NULL, 'conflict', 1, NULL, NULL);
		RETURN v;
	ELSIF r.n IS NULL OR key_image(r.image) IS DISTINCT FROM key_image(e.written) THEN -- 1.0 is equal to 1.00, but another key
		v = (e.id, NULL, 'missing', (t.on_missing = 'stop')::int, NULL, NULL);
		RETURN v;
	END IF;
	v = resolve_within_constraints(e, r, places, t.on_conflict);
	IF v.outcome = 'conflict' THEN
		v.final = r.image;
		v.final_json = r.json;
	END IF;
	RETURN v;
END $$;

-- Rows without a key are known by all that the run left of them.  What a rollback of the whole does not find so may be back
-- already: then it is known by what it was before.
CREATE FUNCTION pairs(t terms) RETURNS TABLE (id bigint, n bigint) LANGUAGE sql AS $$
	WITH numbered_entry AS (
		SELECT *, CASE WHEN key IS NULL THEN row_number() OVER (PARTITION BY written ORDER BY whole_and_back, id) END AS i
		FROM (SELECT *, t.batches IS NULL AND t.rows IS NULL AND before IN (SELECT image FROM now_row) AS whole_and_back FROM entry) e),
	numbered_row AS (
		SELECT *, CASE WHEN key IS NULL THEN row_number() OVER (PARTITION BY image ORDER BY n) END AS i FROM now_row),
	found AS (SELECT e.id, r.n FROM numbered_entry e
		FULL JOIN numbered_row r ON coalesce(r.key, r.image::text) = coalesce(e.key, e.written::text) AND r.i IS NOT DISTINCT FROM e.i)
	SELECT id, coalesce(f.n, r.n) FROM found f
	LEFT JOIN (SELECT id, before, row_number() OVER (PARTITION BY before) AS i FROM found JOIN entry USING (id)
		WHERE found.n IS NULL AND key IS NULL AND t.batches IS NULL AND t.rows IS NULL) e USING (id)
	LEFT JOIN (SELECT n, image, row_number() OVER (PARTITION BY image) AS i FROM found JOIN now_row USING (n)
		WHERE found.id IS NULL) r ON r.image = e.before AND r.i = e.i
	WHERE id IS NOT NULL
$$;

CREATE PROCEDURE judge_rows(t terms) LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM verdict;
	INSERT INTO verdict SELECT v.* FROM pairs(t) p JOIN entry e USING (id) LEFT JOIN now_row r ON r.n = p.n
		CROSS JOIN LATERAL judge(e, r, t) v
	WHERE v.outcome IS NOT NULL AND (t.key_texts IS NULL OR e.key = ANY (t.key_texts))
		AND (t.batches IS NULL OR e.batch = ANY (t.batches));
END $$;

-- Does that stop the rollback?
CREATE FUNCTION must_stop(t terms) RETURNS boolean LANGUAGE sql
	RETURN EXISTS (SELECT FROM verdict
		WHERE outcome = 'conflict' AND t.on_conflict = 'stop' OR outcome = 'missing' AND t.on_missing = 'stop');

-- Rows that came after the run: without an entry, and not of the transaction that they were of at its end.
CREATE FUNCTION newer_rows() RETURNS SETOF now_row LANGUAGE sql
BEGIN ATOMIC
	SELECT * FROM now_row r WHERE key IS NOT NULL
		AND NOT EXISTS (SELECT FROM entry e WHERE e.key = r.key AND key_image(e.written) = key_image(r.image))
		AND NOT EXISTS (SELECT FROM after_run a WHERE a.key = r.key AND a.made_by = r.made_by);
END;
