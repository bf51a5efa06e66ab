-- Rollbacks of every kind: whole and in part.

CREATE FUNCTION any_columns() RETURNS name[] LANGUAGE sql
	RETURN (SELECT array_agg(name) FROM item_column WHERE generated IS NULL AND random() < 0.5);

CREATE PROCEDURE find_batches() LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('UPDATE entry e SET batch = u.batch FROM migsafe_undo.run_%s u WHERE e.key = %s',
		(SELECT run_id FROM present),
		(SELECT string_agg(format(CASE kind WHEN 'numeric' THEN 'trim_scale(u.key_%s)::text' ELSE 'u.key_%s::text' END, attnum),
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

-- Whole or not, but never one that stops.
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
