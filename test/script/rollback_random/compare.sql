-- A rollback compared with the oracle: the plan, the dry run, the counts, each row, and what a redo makes of it.

-- what was tried how often
CREATE TABLE statistic (name text PRIMARY KEY, count bigint);

CREATE FUNCTION json_of(is_wanted boolean[], parts jsonb[]) RETURNS jsonb LANGUAGE sql
	RETURN (SELECT coalesce(jsonb_object_agg(name, parts[place]), '{}') FROM item_column
		WHERE is_wanted[place] AND parts IS NOT NULL);

-- Places that are of the key, or of the whole row if there is none.
CREATE FUNCTION naming() RETURNS boolean[] LANGUAGE sql
	RETURN (SELECT array_agg(generated IS NULL AND (is_key OR key_list() IS NULL) ORDER BY place) FROM item_column);

CREATE FUNCTION key_json(e entry, naming boolean[]) RETURNS jsonb LANGUAGE sql
	RETURN CASE WHEN e.key IS NULL THEN jsonb_build_object('row_before', json_of(naming, e.before_json))
		ELSE json_of(naming, e.written_json) END;

-- By place: is it one of these?
CREATE FUNCTION flags(places int[]) RETURNS boolean[] LANGUAGE sql
	RETURN (SELECT array_agg(place = ANY (places) ORDER BY place) FROM item_column);

CREATE FUNCTION stored() RETURNS boolean[] LANGUAGE sql
	RETURN (SELECT array_agg(generated IS NULL ORDER BY place) FROM item_column);

-- after: NULL where the row stays as it is
CREATE TYPE plan_row AS (key jsonb, outcome text, before jsonb, now jsonb, after jsonb);

CREATE FUNCTION expected_plan(t terms) RETURNS SETOF plan_row LANGUAGE sql AS $$
	SELECT key_json(e, naming), v.outcome, json_of(f, e.before_json), CASE WHEN r.n IS NOT NULL THEN json_of(f, r.json) END,
		CASE WHEN v.outcome IN ('restored', 'merged', 'overwritten') THEN json_of(f, v.final_json) END
	FROM naming() CROSS JOIN verdict v JOIN entry e ON e.id = v.entry LEFT JOIN now_row r USING (n)
	CROSS JOIN flags(places_of(e, t)) f
	UNION ALL
	SELECT json_of(naming(), json), 'newer', NULL, json_of(stored(), json), NULL FROM newer_rows() WHERE is_whole(t)
$$;

CREATE FUNCTION plan(t terms) RETURNS SETOF plan_row LANGUAGE sql AS $$
	SELECT CASE WHEN key ? 'row_before' THEN jsonb_build_object('row_before', (key -> 'row_before') - not_stored)
			ELSE key - not_stored END, outcome, before, CASE outcome WHEN 'newer' THEN now - not_stored ELSE now END,
		CASE WHEN patch IS NOT NULL THEN migsafe.jsonb_patch(now, patch) END
	FROM (SELECT array_agg(name) || '{added_since}' FROM item_column WHERE generated IS NOT NULL) g (not_stored),
		present, migsafe.rollback_plan(run_id, rows => t.rows, columns => t.columns, on_conflict => t.on_conflict,
		keys => t.keys, batches => t.batches, on_missing => t.on_missing)
$$;

-- As a list of problems; NULL: there is none.
CREATE FUNCTION compare(what text, got text, expected text) RETURNS text[] LANGUAGE sql
	RETURN CASE WHEN got IS DISTINCT FROM expected THEN ARRAY[format('%s: %s, expected: %s', what, got, expected)] END;

CREATE FUNCTION compare_plan(t terms) RETURNS text[] LANGUAGE sql RETURN (
	WITH expected AS MATERIALIZED (SELECT x::text AS r FROM expected_plan(t) x),
		got AS MATERIALIZED (SELECT x::text AS r FROM plan(t) x)
	SELECT array_agg(w || ' in the plan: ' || r) FROM ((SELECT 'missing' AS w, r FROM (TABLE expected EXCEPT ALL TABLE got) x)
		UNION ALL SELECT 'wrong', r FROM (TABLE got EXCEPT ALL TABLE expected) x) y);

-- total, restored, merged, overwritten, unchanged, skipped, missing, conflicts
CREATE FUNCTION expected_counts() RETURNS text LANGUAGE sql RETURN (SELECT concat_ws(' ', count(*),
	count(*) FILTER (WHERE outcome = 'restored'), count(*) FILTER (WHERE outcome = 'merged'),
	count(*) FILTER (WHERE outcome = 'overwritten'), count(*) FILTER (WHERE outcome = 'unchanged'),
	count(*) FILTER (WHERE outcome = 'conflict'), count(*) FILTER (WHERE outcome = 'missing'),
	coalesce(sum(obstacles), 0)) FROM verdict);

CREATE TYPE result AS (rollback_run_id bigint, counts text);

CREATE FUNCTION roll_back(t terms, dry_run boolean) RETURNS result LANGUAGE sql AS $$
	SELECT r.rollback_run_id, concat_ws(' ', total_rows, restored_rows, merged_rows, overwritten_rows, unchanged_rows,
		skipped_rows, missing_rows, conflicts)
	FROM present p, migsafe.rollback(p.run_id, rows => t.rows, columns => t.columns, on_conflict => t.on_conflict,
		dry_run => dry_run, keys => t.keys, batches => t.batches, on_missing => t.on_missing) r
$$;

CREATE FUNCTION images() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT ARRAY[%s]::text FROM item', column_values('%I::text', 'NULL'));
END $$;

-- Generated columns have to follow from the others.
CREATE FUNCTION wrong_generated() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	wrong text[];
BEGIN
	EXECUTE coalesce((SELECT format('SELECT array_agg(''generated: '' || %I) FROM item WHERE %1$I IS DISTINCT FROM (%s)',
		name, generated) FROM item_column WHERE generated IS NOT NULL), 'SELECT NULL::text[]') INTO wrong;
	RETURN wrong;
END $$;

CREATE FUNCTION compare_rows() RETURNS text[] LANGUAGE sql RETURN wrong_generated() || (
	WITH expected AS MATERIALIZED (SELECT coalesce(v.final, r.image)::text AS r FROM now_row r LEFT JOIN verdict v USING (n)),
		got AS MATERIALIZED (SELECT r FROM images() r)
	SELECT array_agg(w || ' row: ' || left(r, 2000))
	FROM ((SELECT 'missing' AS w, r FROM (TABLE expected EXCEPT ALL TABLE got) x)
		UNION ALL SELECT 'wrong', r FROM (TABLE got EXCEPT ALL TABLE expected) x) y);

-- Taken back itself, and that as well, and so on: either state to the byte.
CREATE FUNCTION check_redo(back bigint, before text, times int) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	state text[] = ARRAY[before, migsafe.fingerprint('item')::text];
	problems text[];
BEGIN
	FOR i IN 1..times LOOP
		SELECT rollback_run_id INTO back FROM migsafe.rollback(back);
		problems = problems || compare('redo ' || i, migsafe.fingerprint('item')::text, state[2 - i % 2]);
	END LOOP;
	RETURN problems;
EXCEPTION WHEN object_not_in_prerequisite_state THEN
	RETURN problems || ARRAY['redo: ' || sqlerrm];
END $$;

CREATE FUNCTION dry_run(t terms) RETURNS text[] LANGUAGE sql
	RETURN compare('dry run', (roll_back(t, true)).counts, expected_counts());

CREATE FUNCTION check_result(r result, before text, t terms) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
	RETURN compare('counts', r.counts, expected_counts()) || compare('stops', 'false', must_stop(t)::text)
		|| compare_rows()
		|| check_redo(r.rollback_run_id, before, CASE WHEN random() < 0.1 THEN 5 WHEN random() < 0.5 THEN 1 ELSE 0 END);
END $$;

-- Does all of it, and undoes it.
CREATE FUNCTION check_rollback(t terms) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	problems text[];
	before text = migsafe.fingerprint('item');
	r result;
BEGIN
	CALL judge_rows(t);
	INSERT INTO statistic SELECT t.on_conflict || ', ' || outcome, count(*) FROM expected_plan(t) GROUP BY 1
		ON CONFLICT (name) DO UPDATE SET count = statistic.count + excluded.count;
	problems = compare_plan(t) || CASE WHEN random() < 0.4 THEN dry_run(t) END;
	BEGIN
		r = roll_back(t, false);
		problems = problems || check_result(r, before, t);
		RAISE 'undo' USING ERRCODE = 'RB000';
	EXCEPTION
		WHEN object_not_in_prerequisite_state THEN
			problems = problems || compare('stops: ' || sqlerrm, 'true', must_stop(t)::text);
		WHEN SQLSTATE 'RB000' THEN
			NULL;
	END;
	RETURN (SELECT array_agg(format('%s: %s', t, p)) FROM unnest(problems) p);
END $$;
