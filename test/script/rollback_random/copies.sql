-- Three copies of the table: before the run, after it, and now.  Values are texts, and compared as such: 1.0 is not 1.00.
-- Generated columns are left out, since they follow from the others.

CREATE TABLE now_row (n bigint, tag int, key text, leaf oid, tid tid, made_by xid, image text[], json jsonb[]);
CREATE TABLE before_run (LIKE now_row);
CREATE TABLE after_run (LIKE now_row);

-- The rows that the run has changed.
CREATE TABLE entry (id bigint, tag int, key text, before text[], before_json jsonb[], written text[], written_json jsonb[],
	batch int);

-- the run that is to be taken back, and what has changed since; provable: can what it wrote be computed again?
CREATE TABLE present (run_id bigint, constraint_since text, provable boolean);

CREATE FUNCTION column_values(pattern text, generated text) RETURNS text LANGUAGE sql
	RETURN (SELECT string_agg(CASE WHEN c.generated IS NULL THEN format(pattern, name, type, place)
		ELSE column_values.generated END, ', ' ORDER BY place) FROM item_column c);

-- Equal keys have equal texts.
CREATE FUNCTION key_text() RETURNS text LANGUAGE sql
	RETURN (SELECT coalesce(string_agg(CASE kind WHEN 'numeric' THEN 'trim_scale(k)::text' ELSE name || '::text' END,
		' || ''/'' || ' ORDER BY place), 'NULL') FROM item_column WHERE is_key);

CREATE PROCEDURE copy_rows(copy text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('DELETE FROM %I', copy);
	EXECUTE format('INSERT INTO %I SELECT row_number() OVER (ORDER BY tag, image), r.* FROM (SELECT tag, %s, tableoid, ctid, xmin,
		ARRAY[%s] AS image, ARRAY[%s] FROM item) r', copy, key_text(), column_values('%I::text', 'NULL'),
		column_values('coalesce(to_jsonb(%I), ''null'')', 'NULL'));
END $$;

-- Without a key, rows that have one tag are all alike before the run.
CREATE PROCEDURE find_entries() LANGUAGE sql AS $$
	DELETE FROM entry;
	INSERT INTO entry SELECT b.n, b.tag, a.key, b.image, b.json, a.image, a.json
	FROM (SELECT *, row_number() OVER (PARTITION BY tag ORDER BY image) AS i FROM before_run) b
	JOIN (SELECT *, row_number() OVER (PARTITION BY tag ORDER BY image) AS i FROM after_run) a
		ON a.key = b.key OR a.key IS NULL AND a.tag = b.tag AND a.i = b.i
	WHERE a.image IS DISTINCT FROM b.image;
$$;

-- A query for the rows of source, which has n and image, as typed columns; but their domain may not take old values any
-- more.
CREATE FUNCTION typed(source text) RETURNS text LANGUAGE sql
	RETURN format('(SELECT t.*%s FROM (SELECT n AS "row number", %s FROM %s s) t)',
		(SELECT string_agg(format(', %s AS %I', generated, name), '') FROM item_column WHERE generated IS NOT NULL),
		(SELECT string_agg(format('image[%s]::%s AS %I', place, CASE type WHEN 'narrow' THEN 'jsonb' ELSE type END, name), ', ') FROM item_column WHERE generated IS NULL),
		source);

CREATE FUNCTION meets(image text[], predicate text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	holds boolean;
BEGIN
	EXECUTE format('SELECT %s FROM %s r', predicate, typed('(SELECT 0 AS n, $1 AS image)')) INTO holds USING image;
	RETURN holds;
END $$;
