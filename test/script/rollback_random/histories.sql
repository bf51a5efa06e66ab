-- Rollbacks after one another, late ones of rollbacks, and of several runs together.

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

-- One part after the other, or the rest after a part, or what a conflict had left; then both taken back.  Where nothing is
-- left, that is refused.
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

-- Has a later run, before which the rows were those of before_run, changed what is to come back?
CREATE FUNCTION later_run_stands(t terms) RETURNS boolean LANGUAGE sql RETURN EXISTS (
	SELECT FROM verdict v JOIN entry e ON e.id = v.entry JOIN before_run b USING (key) JOIN now_row a USING (key)
		CROSS JOIN unnest(places_of(e, t)) place
	WHERE b.image[place] IS DISTINCT FROM a.image[place]);

-- Of a part: refused just if the later run stands on it; else the rows are as they should be.
CREATE FUNCTION check_beside_later_run(t terms) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	problems text[];
	expected text = later_run_stands(t)::text;
BEGIN
	PERFORM roll_back(t, false);
	problems = compare_rows() || compare('refused', 'false', expected);
	RAISE 'undo' USING ERRCODE = 'RB000';
EXCEPTION
	WHEN object_not_in_prerequisite_state THEN
		RETURN compare(sqlerrm, (sqlerrm LIKE '%cannot be taken back alone: later runs stand%')::text, expected);
	WHEN SQLSTATE 'RB000' THEN
		RETURN problems;
END $$;

-- Another run since: the first one is taken back with it, or alone where it stands on other rows and columns.
CREATE FUNCTION check_later_run() RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	problems text[];
	t terms = any_term();
	first bigint = (SELECT run_id FROM present);
	set_by_first set_column[] = (SELECT array_agg(s) FROM set_column s);
	later bigint;
BEGIN
	t.on_conflict = any_of('skip', 'overwrite');
	DELETE FROM before_run;
	INSERT INTO before_run TABLE now_row;
	CALL choose_transform();
	SELECT run_id INTO later FROM migsafe.run_safe('item', transform(), only_if => run_condition(), max_errors => 1000000);
	DELETE FROM set_column;
	INSERT INTO set_column SELECT (s).* FROM unnest(set_by_first) s;
	CALL copy_rows('now_row');
	CALL judge_rows(t);
	problems = (SELECT array_agg(format('of a part %s: %s', t, p)) FROM unnest(check_beside_later_run(t)) p);
	DELETE FROM now_row;
	INSERT INTO now_row TABLE before_run;
	t = (t.on_conflict, 'leave', NULL, NULL, NULL, NULL, NULL);
	CALL judge_rows(t);
	PERFORM migsafe.rollback_runs(ARRAY[first, later], on_conflict => t.on_conflict);
	problems = problems || compare_rows();
	RAISE 'undo' USING ERRCODE = 'RB000';
EXCEPTION WHEN SQLSTATE 'RB000' THEN
	RETURN (SELECT array_agg(format('later run, %s: %s', t, p)) FROM unnest(problems) p);
END $$;
