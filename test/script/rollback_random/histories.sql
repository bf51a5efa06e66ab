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
