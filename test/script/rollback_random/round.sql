-- A round: a table, a run, changes since, and rollbacks of it.

-- what went wrong
CREATE TABLE problem (description text);

CREATE FUNCTION description() RETURNS text LANGUAGE sql RETURN (SELECT format('%s; key: %s; transform: %s; constraint: %s',
	column_list(false), key_list(), transform(), constraint_since) FROM present);

CREATE PROCEDURE report(round int, what text, problems text[]) LANGUAGE plpgsql AS $$
BEGIN
	IF problems <> '{}' THEN
		INSERT INTO problem VALUES (format(E'round %s, %s: %s\n#  %s', round, what, description(),
			array_to_string(problems[1:3], E'\n#  ')));
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
		SELECT run_id INTO id
		FROM migsafe.run_safe('item', transform(), only_if => condition, max_errors => 1000000, batch_size => size);
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
	CALL migsafe.rollback_online(id, rows => t.rows, columns => t.columns, on_conflict => t.on_conflict, keys => t.keys,
		batches => t.batches, on_missing => t.on_missing,
		pace => '{"batch_size": 5}', rollback_run_id => n, total_rows => n, restored_rows => n, unchanged_rows => n,
		skipped_rows => n, missing_rows => n, batch_count => i, elapsed => e, checks_result => j);
END $$;

CREATE PROCEDURE check_online(round int) LANGUAGE plpgsql AS $$
DECLARE
	t terms = any_part();
	id bigint;
	whole terms = ('stop', 'leave', NULL, NULL, NULL, NULL, NULL);
	before text = migsafe.fingerprint('item');
	problems text[];
BEGIN
	CALL judge_rows(t);
	IF must_stop(t) THEN
		t = any_term();
		CALL judge_rows(t);
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
