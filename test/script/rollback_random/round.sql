-- A round: a table, a run, changes since, and rollbacks of it, each compared with the oracle.

CREATE TABLE statistic (name text PRIMARY KEY, count bigint);

CREATE TABLE problem (description text);

CREATE FUNCTION json_of(is_wanted boolean[], json jsonb[]) RETURNS jsonb LANGUAGE sql
	RETURN (SELECT coalesce(jsonb_object_agg(name, json[place]), '{}') FROM item_column WHERE is_wanted[place] AND json IS NOT NULL);

-- Places that are of the key, or of the whole row if there is none.
CREATE FUNCTION naming() RETURNS boolean[] LANGUAGE sql
	RETURN (SELECT array_agg(generated IS NULL AND (is_key OR key_list() IS NULL) ORDER BY place) FROM item_column);

CREATE FUNCTION key_json(e entry, naming boolean[]) RETURNS jsonb LANGUAGE sql
	RETURN json_of(naming, CASE WHEN e.key IS NULL THEN e.before_json ELSE e.written_json END);

CREATE FUNCTION flags(places int[]) RETURNS boolean[] LANGUAGE sql
	RETURN (SELECT array_agg(place = ANY (places) ORDER BY place) FROM item_column);

CREATE TYPE plan_row AS (key jsonb, outcome text, before jsonb, now jsonb, after jsonb);

CREATE FUNCTION expected_plan(t terms) RETURNS SETOF plan_row LANGUAGE sql AS $$
	SELECT key_json(e, naming), v.outcome, json_of(f, e.before_json), CASE WHEN r.n IS NOT NULL THEN json_of(f, r.json) END,
		CASE WHEN v.outcome IN ('restored', 'merged', 'overwritten') THEN json_of(f, v.final_json) END
	FROM naming() CROSS JOIN verdict v JOIN entry e ON e.id = v.entry LEFT JOIN now_row r USING (n) CROSS JOIN flags(places_of(e, t)) f
$$;

CREATE FUNCTION plan(t terms) RETURNS SETOF plan_row LANGUAGE sql AS $$
	SELECT key - ARRAY(SELECT name FROM item_column WHERE generated IS NOT NULL), outcome, before, now,
		CASE WHEN patch IS NOT NULL THEN migsafe.jsonb_patch(now, patch) END
	FROM present, migsafe.rollback_plan(run_id, rows => t.rows, columns => t.columns, on_conflict => t.on_conflict,
		keys => t.keys, batches => t.batches, on_missing => t.on_missing)
$$;

CREATE FUNCTION compare_plan(t terms) RETURNS text[] LANGUAGE sql RETURN (
	WITH expected AS MATERIALIZED (SELECT x::text AS r FROM expected_plan(t) x), got AS MATERIALIZED (SELECT x::text AS r FROM plan(t) x)
	SELECT array_agg(w || ' in the plan: ' || r) FROM ((SELECT 'missing' AS w, r FROM (TABLE expected EXCEPT ALL TABLE got) x)
		UNION ALL SELECT 'wrong', r FROM (TABLE got EXCEPT ALL TABLE expected) x) y);

-- total, restored, merged, overwritten, unchanged, skipped, missing, conflicts
CREATE FUNCTION expected_counts() RETURNS text LANGUAGE sql RETURN (SELECT concat_ws(' ', count(*),
	count(*) FILTER (WHERE outcome = 'restored'), count(*) FILTER (WHERE outcome = 'merged'), count(*) FILTER (WHERE outcome = 'overwritten'),
	count(*) FILTER (WHERE outcome = 'unchanged'), count(*) FILTER (WHERE outcome = 'conflict'), count(*) FILTER (WHERE outcome = 'missing'),
	coalesce(sum(obstacles), 0)) FROM verdict);

CREATE TYPE result AS (rollback_run_id bigint, counts text);

CREATE FUNCTION roll_back(t terms, dry_run boolean) RETURNS result LANGUAGE sql AS $$
	SELECT r.rollback_run_id, concat_ws(' ', total_rows, restored_rows, merged_rows, overwritten_rows, unchanged_rows, skipped_rows, missing_rows,
		conflicts)
	FROM present p, migsafe.rollback(p.run_id, rows => t.rows, columns => t.columns, on_conflict => t.on_conflict, dry_run => dry_run,
		keys => t.keys, batches => t.batches, on_missing => t.on_missing) r
$$;

CREATE FUNCTION compare(what text, got text, expected text) RETURNS text[] LANGUAGE sql
	RETURN CASE WHEN got IS DISTINCT FROM expected THEN ARRAY[format('%s: %s, expected: %s', what, got, expected)] END;

CREATE FUNCTION images() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT ARRAY[%s]::text FROM item', column_values('%I::text', 'NULL'));
END $$;

-- Generated columns have to follow from the others.
CREATE FUNCTION wrong_generated() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	wrong text[];
BEGIN
	EXECUTE coalesce((SELECT format('SELECT array_agg(''generated: '' || %I) FROM item WHERE %1$I IS DISTINCT FROM (%s)', name, generated)
		FROM item_column WHERE generated IS NOT NULL), 'SELECT NULL::text[]') INTO wrong;
	RETURN wrong;
END $$;

CREATE FUNCTION compare_rows() RETURNS text[] LANGUAGE sql RETURN wrong_generated() || (
	WITH expected AS MATERIALIZED (SELECT coalesce(v.final, r.image)::text AS r FROM now_row r LEFT JOIN verdict v USING (n)),
		got AS MATERIALIZED (SELECT r FROM images() r)
	SELECT array_agg(w || ' row: ' || left(r, 2000)) FROM ((SELECT 'missing' AS w, r FROM (TABLE expected EXCEPT ALL TABLE got) x)
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

CREATE FUNCTION dry_run(t terms) RETURNS text[] LANGUAGE sql RETURN compare('dry run', (roll_back(t, true)).counts, expected_counts());

CREATE FUNCTION check_result(r result, before text, t terms) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
	RETURN compare('counts', r.counts, expected_counts()) || compare('stops', 'false', must_stop(t)::text) || compare_rows()
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
	INSERT INTO statistic SELECT t.on_conflict || ', ' || outcome, count(*) FROM verdict GROUP BY 1
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

CREATE FUNCTION any_columns() RETURNS name[] LANGUAGE sql
	RETURN (SELECT array_agg(name) FROM item_column WHERE generated IS NULL AND random() < 0.5);

CREATE PROCEDURE find_batches() LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('UPDATE entry e SET batch = u.batch FROM migsafe_undo.run_%s u WHERE e.key = %s', (SELECT run_id FROM present),
		(SELECT string_agg(CASE kind WHEN 'numeric' THEN format('trim_scale(u.key_%s)::text', attnum) ELSE format('u.key_%s::text', attnum) END,
			' || ''/'' || ' ORDER BY place)
		FROM item_column JOIN pg_attribute ON attrelid = 'item'::regclass AND attname = name WHERE is_key));
END $$;

CREATE FUNCTION with_keys(t terms) RETURNS terms LANGUAGE plpgsql AS $$
BEGIN
	SELECT jsonb_agg(key_json(e, naming)), array_agg(key) INTO t.keys, t.key_texts FROM entry e, naming() WHERE random() < 0.5;
	RETURN t;
END $$;

CREATE FUNCTION any_part() RETURNS terms LANGUAGE plpgsql AS $$
DECLARE
	t terms;
	has_key boolean = key_list() IS NOT NULL;
	kind float = random();
BEGIN
	t.on_conflict = any_of('stop', 'skip', 'overwrite', 'merge');
	t.on_missing = any_of('leave', 'leave', 'stop');
	t.rows = CASE WHEN kind < 0.5 THEN any_predicate() END;
	t.columns = CASE WHEN kind BETWEEN 0.3 AND 0.7 THEN any_columns() END;
	IF has_key AND kind BETWEEN 0.6 AND 0.9 THEN
		t = with_keys(t);
	END IF;
	IF has_key AND kind > 0.8 THEN
		t.batches = ARRAY[1 + floor(random() * 3)::int];
	END IF;
	RETURN t;
END $$;

CREATE FUNCTION check_policies() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	problems text[];
	t terms;
	policy text;
BEGIN
	t.on_missing = 'leave';
	FOREACH policy IN ARRAY '{stop, skip, overwrite, merge}'::text[] LOOP
		t.on_conflict = policy;
		problems = problems || check_rollback(t);
	END LOOP;
	RETURN problems || check_rollback(any_part());
END $$;

CREATE FUNCTION is_whole(t terms) RETURNS boolean LANGUAGE sql RETURN t.rows IS NULL AND t.columns IS NULL AND t.keys IS NULL AND t.batches IS NULL;

-- Nothing of a run that was taken back as a whole, and without a conflict, can be taken back again.
CREATE FUNCTION any_term() RETURNS terms LANGUAGE plpgsql AS $$
DECLARE
	t terms = any_part();
BEGIN
	IF random() < 0.4 THEN
		t = (NULL, NULL, NULL, NULL, NULL, NULL, NULL);
	END IF;
	t.on_missing = 'leave';
	t.on_conflict = any_of('skip', 'overwrite', 'merge');
	RETURN t;
END $$;

-- Rolls back and compares; the rows as they are then are those of now.
CREATE PROCEDURE roll_back_for_good(t terms, INOUT problems text[], INOUT id bigint) LANGUAGE plpgsql AS $$
DECLARE
	r result;
BEGIN
	CALL judge_rows(t);
	r = roll_back(t, false);
	problems = problems || compare(t || ': counts', r.counts, expected_counts()) || compare_rows();
	id = r.rollback_run_id;
	CALL copy_rows('now_row');
END $$;

-- One part after the other, or the rest after a part, or what was left; then both taken back.
CREATE FUNCTION check_two_parts() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	problems text[];
	t terms = any_term();
	is_done boolean;
	before text = migsafe.fingerprint('item');
	first bigint;
	second bigint;
BEGIN
	CALL roll_back_for_good(t, problems, first);
	is_done = is_whole(t) AND NOT EXISTS (SELECT FROM verdict WHERE outcome = 'conflict');
	BEGIN
		CALL roll_back_for_good(any_term(), problems, second);
		problems = problems || compare('taken back twice', 'true', (NOT is_done)::text);
		PERFORM migsafe.rollback(second);
	EXCEPTION WHEN object_not_in_prerequisite_state THEN
		problems = problems || compare(sqlerrm, 'true', is_done::text);
	END;
	PERFORM migsafe.rollback(first);
	problems = problems || compare('redo of both', migsafe.fingerprint('item')::text, before);
	RAISE 'undo' USING ERRCODE = 'RB000';
EXCEPTION WHEN SQLSTATE 'RB000' THEN
	RETURN (SELECT array_agg(format('two parts, first %s: %s', t, p)) FROM unnest(problems) p);
END $$;

-- A rollback, and changes since: to take it back is to redo the run.  What it wrote is in no transform.
CREATE FUNCTION check_late_redo() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	problems text[];
	t terms;
	done result;
BEGIN
	t.on_missing = 'leave';
	t.on_conflict = any_of('skip', 'overwrite', 'merge');
	done = roll_back(t, false);
	DELETE FROM before_run;
	INSERT INTO before_run TABLE now_row;
	CALL copy_rows('after_run');
	CALL find_entries();
	CALL copy_rows('now_row');
	CALL change_rows();
	CALL copy_rows('now_row');
	UPDATE present SET run_id = done.rollback_run_id, provable = false;
	CALL find_batches();
	t.on_conflict = any_of('stop', 'skip', 'overwrite', 'merge');
	problems = check_rollback(t) || check_rollback(any_part());
	RAISE 'undo' USING ERRCODE = 'RB000';
EXCEPTION WHEN SQLSTATE 'RB000' THEN
	RETURN (SELECT array_agg(format('late redo, %s', p)) FROM unnest(problems) p);
END $$;

-- Has the present run, whose work after_run is, changed a column of a row that the one before, whose entries are there, has?
CREATE FUNCTION stands_on_entries() RETURNS boolean LANGUAGE sql RETURN EXISTS (
	SELECT FROM entry e JOIN now_row b USING (key) JOIN after_run a USING (key) JOIN item_column c ON generated IS NULL
	WHERE e.before[place] IS DISTINCT FROM e.written[place] AND b.image[place] IS DISTINCT FROM a.image[place]);

CREATE FUNCTION is_refused(run bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	PERFORM migsafe.rollback(run, on_conflict => 'overwrite');
	RAISE 'undo' USING ERRCODE = 'RB000';
EXCEPTION
	WHEN object_not_in_prerequisite_state THEN
		RETURN sqlerrm LIKE '%cannot be taken back alone: later runs stand%';
	WHEN SQLSTATE 'RB000' THEN
		RETURN false;
END $$;

-- Another run since: the first is taken back with it, or alone if it stands on other rows and columns.
CREATE FUNCTION check_later_run() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	problems text[];
	t terms;
	first bigint = (SELECT run_id FROM present);
	later bigint;
BEGIN
	t.on_missing = 'leave';
	t.on_conflict = any_of('skip', 'overwrite');
	CALL judge_rows(t);
	CALL choose_transform();
	SELECT run_id INTO later FROM migsafe.run_safe('item', transform(), only_if => run_condition(), max_errors => 1000000);
	CALL copy_rows('after_run');
	problems = compare('refused', is_refused(first)::text, stands_on_entries()::text);
	PERFORM migsafe.rollback_runs(ARRAY[first, later], on_conflict => t.on_conflict);
	problems = problems || compare_rows();
	RAISE 'undo' USING ERRCODE = 'RB000';
EXCEPTION WHEN SQLSTATE 'RB000' THEN
	RETURN (SELECT array_agg(format('later run, %s: %s', t, p)) FROM unnest(problems) p);
END $$;

CREATE FUNCTION description() RETURNS text LANGUAGE sql RETURN (SELECT format('%s; key: %s; transform: %s; constraint: %s',
	column_list(false), key_list(), transform(), constraint_since) FROM present);

CREATE PROCEDURE report(round int, what text, problems text[]) LANGUAGE plpgsql AS $$
BEGIN
	IF problems <> '{}' THEN
		INSERT INTO problem VALUES (format(E'round %s, %s: %s\n#  %s', round, what, description(), array_to_string(problems[1:3], E'\n#  ')));
	END IF;
END $$;

CREATE FUNCTION run_condition() RETURNS text LANGUAGE sql RETURN CASE WHEN random() < 0.3 THEN any_predicate() END;

-- In a transaction, or in batches that commit.
CREATE PROCEDURE carry_out(online boolean) LANGUAGE plpgsql AS $$
DECLARE
	id bigint;
	n bigint;
	i int;
	j jsonb;
	e interval;
	s text;
	size int = 2 + floor(random() * 15);
	condition text = run_condition();
BEGIN
	IF online THEN
		CALL migsafe.run_online('item', transform(), only_if => condition, max_errors => 1000000, batch_size => size, run_id => id,
			total_rows => n, successful_rows => n, failed_rows => n, skipped_rows => n, skipped => j, not_visited => n, batches => i,
			elapsed => e, errors => j, samples => j, checks_result => j, note => s);
	ELSE
		SELECT run_id INTO id FROM migsafe.run_safe('item', transform(), only_if => condition, max_errors => 1000000, batch_size => size);
	END IF;
	DELETE FROM present;
	INSERT INTO present VALUES (id, NULL, true);
END $$;

CREATE PROCEDURE roll_back_online(id bigint, t terms) LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
	i int;
	j jsonb;
	e interval;
BEGIN
	CALL migsafe.rollback_online(id, rows => t.rows, on_conflict => t.on_conflict, on_missing => t.on_missing,
		pace => '{"batch_size": 5}', rollback_run_id => n, total_rows => n, restored_rows => n, unchanged_rows => n, skipped_rows => n,
		missing_rows => n, batch_count => i, elapsed => e, checks_result => j);
END $$;

CREATE PROCEDURE check_online(round int) LANGUAGE plpgsql AS $$
DECLARE
	t terms;
	id bigint;
	whole terms = ('stop', 'leave', NULL, NULL, NULL, NULL, NULL);
	before text = migsafe.fingerprint('item');
	problems text[];
BEGIN
	t.on_missing = 'leave';
	t.on_conflict = any_of('stop', 'skip', 'overwrite', 'merge');
	IF random() < 0.3 THEN
		t.rows = any_predicate();
	END IF;
	CALL judge_rows(t);
	IF must_stop(t) THEN
		t.on_conflict = 'skip';
	END IF;
	SELECT run_id INTO id FROM present;
	CALL roll_back_online(id, t);
	problems = compare_rows();
	SELECT max(run_id) INTO id FROM migsafe.run;
	CALL roll_back_online(id, whole);
	CALL report(round, 'online, ' || t, problems || compare('redo', migsafe.fingerprint('item')::text, before));
END $$;

-- seed: from -1 to 1; parts of a round that commit make another transaction of what follows
CREATE PROCEDURE round(round int, seed float) LANGUAGE plpgsql AS $$
DECLARE
	online boolean;
BEGIN
	PERFORM setseed(seed);
	CALL make_table();
	CALL fill_table();
	CALL choose_transform();
	CALL copy_rows('before_run');
	COMMIT;
	online = key_list() IS NOT NULL AND random() < 0.15;
	CALL carry_out(online);
	COMMIT;
	CALL copy_rows('after_run');
	CALL find_entries();
	IF key_list() IS NOT NULL THEN
		CALL find_batches();
	END IF;
	CALL copy_rows('now_row');
	CALL change_rows();
	CALL change_table();
	CALL copy_rows('now_row');
	COMMIT;
	CALL report(round, 'rollback', check_policies());
	IF random() < 0.2 THEN
		CALL report(round, 'rollback', check_two_parts());
		CALL copy_rows('now_row');
	END IF;
	IF key_list() IS NOT NULL AND random() < 0.2 THEN
		CALL report(round, 'rollback', check_late_redo());
	END IF;
	IF key_list() IS NOT NULL AND random() < 0.2 THEN
		CALL report(round, 'rollback', check_later_run());
	END IF;
	COMMIT;
	IF key_list() IS NOT NULL AND random() < 0.1 THEN
		CALL check_online(round);
	END IF;
END $$;
