#!/usr/bin/env bash
# Random tables with random foreign keys between them, circles included, changed at random: restored together they are
# byte for byte what they were, and the restore undone as well; and with keep_new nothing of the backup is missing.
# ROUNDS says how often.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGOPTIONS='-c client_min_messages=error -c search_path=rr,public'
rounds=${ROUNDS:-60}

# What each round needs; one_of and attempt are for chance and for what constraints may refuse.
define_round() {
	sql "CREATE FUNCTION one_of(choice text[]) RETURNS text LANGUAGE sql
		AS 'SELECT choice[1 + floor(random() * cardinality(choice))::int]'" \
		"CREATE FUNCTION attempt(statement text) RETURNS void LANGUAGE plpgsql AS \$\$
		BEGIN
			EXECUTE statement;
		EXCEPTION WHEN integrity_constraint_violation OR feature_not_supported THEN -- rows that would change partitions
		END \$\$" \
		"CREATE FUNCTION prints(tables regclass[]) RETURNS text LANGUAGE sql
		AS 'SELECT string_agg(migsafe.fingerprint(t), '' '' ORDER BY i) FROM unnest(tables) WITH ORDINALITY u (t, i)'" \
		"CREATE FUNCTION make_tables(count int) RETURNS regclass[] LANGUAGE plpgsql AS \$\$
		DECLARE
			names text[] = (SELECT array_agg('t' || i) FROM generate_series(1, count) i);
		BEGIN
			FOR i IN 1..count LOOP -- a partitioned one cannot have the unique column
				IF random() < 0.7 THEN
					EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, u int UNIQUE, a int, b int)', i);
				ELSE
					EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, u int, a int, b int) PARTITION BY RANGE (id)', i);
					EXECUTE format('CREATE TABLE t%s_1 PARTITION OF t%1\$s FOR VALUES FROM (MINVALUE) TO (5)', i);
					EXECUTE format('CREATE TABLE t%s_2 PARTITION OF t%1\$s FOR VALUES FROM (5) TO (MAXVALUE)', i);
				END IF;
			END LOOP;
			FOR i IN 1..count LOOP
				EXECUTE format('INSERT INTO t%s SELECT g, g FROM generate_series(1, 8) g', i);
			END LOOP;
			FOR i IN 1..count * 2 LOOP -- some to a unique column that is no key, where there is one
				PERFORM refer(one_of(names), one_of('{a,b}'), one_of(names), one_of('{id,u}'));
			END LOOP;
			FOR i IN 1..count LOOP
				EXECUTE format('UPDATE t%s SET a = one_of(''{1,2,3,4,5,6,7,8}'')::int', i);
				EXECUTE format('UPDATE t%s SET b = one_of(''{1,2,3,4,5,6,7,8}'')::int WHERE random() < 0.5', i);
			END LOOP;
			RETURN names::regclass[];
		END \$\$" \
		"CREATE FUNCTION refer(child text, from_column text, parent text, to_column text) RETURNS void
		LANGUAGE plpgsql AS \$\$
		BEGIN
			EXECUTE format('ALTER TABLE %s ADD FOREIGN KEY (%s) REFERENCES %s (%s) ON DELETE %s ON UPDATE %s %s', child,
				from_column, parent, to_column, one_of('{NO ACTION,CASCADE,SET NULL,RESTRICT}'),
				one_of('{NO ACTION,CASCADE,CASCADE}'), one_of('{NOT DEFERRABLE,DEFERRABLE INITIALLY DEFERRED}'));
		EXCEPTION WHEN invalid_foreign_key THEN -- no unique constraint there
		END \$\$" \
		"CREATE FUNCTION change(tables regclass[]) RETURNS void LANGUAGE plpgsql AS \$\$
		DECLARE
			t text;
		BEGIN
			SET CONSTRAINTS ALL IMMEDIATE;
			FOR i IN 1..25 LOOP
				t = one_of(tables::text[]);
				PERFORM attempt(format(one_of(ARRAY[
					'DELETE FROM %s WHERE id = floor(1 + random() * 12)',
					'INSERT INTO %s SELECT i, i, nullif(i %% 5, 0), NULL FROM CAST(floor(1 + random() * 14) AS int) i',
					'INSERT INTO %s SELECT i, i + 20 FROM CAST(floor(1 + random() * 14) AS int) i',
					'UPDATE %s SET a = floor(1 + random() * 10) WHERE id = floor(1 + random() * 12)',
					'UPDATE %s SET b = NULL WHERE id = floor(1 + random() * 12)',
					'UPDATE %s SET u = floor(1 + random() * 16) WHERE id = floor(1 + random() * 12)',
					'UPDATE %s SET id = 15 - id WHERE id = floor(1 + random() * 12)']), t));
			END LOOP;
			PERFORM swap(t);
		END \$\$" \
		"CREATE FUNCTION swap(t text) RETURNS void LANGUAGE plpgsql AS \$\$
		BEGIN
			EXECUTE format('UPDATE %s SET u = 100 WHERE id = 2', t);
			EXECUTE format('UPDATE %s SET u = 2 WHERE u = 3', t);
			EXECUTE format('UPDATE %s SET u = 3 WHERE u = 100', t);
		EXCEPTION WHEN integrity_constraint_violation THEN
		END \$\$" \
		"CREATE FUNCTION drop_round() RETURNS void LANGUAGE plpgsql AS \$\$
		DECLARE
			t text;
		BEGIN
			FOR t IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'rr'::regnamespace AND relkind IN ('r', 'p')
				AND NOT relispartition LOOP
				EXECUTE 'DROP TABLE ' || t || ' CASCADE';
			END LOOP;
			DELETE FROM migsafe.backup;
		END \$\$"
}

# What became of keep_new, which constraints may refuse: kept, refused; or what is wrong.
define_keep_new() {
	sql "CREATE FUNCTION missing(backup bigint) RETURNS bigint LANGUAGE plpgsql AS \$\$
		DECLARE
			b migsafe.backup = (SELECT b FROM migsafe.backup b WHERE backup_id = backup);
			number bigint;
		BEGIN
			EXECUTE format('SELECT count(*) FROM (TABLE %I.%I EXCEPT TABLE %I.%I) x', b.backup_schema, b.backup_name,
				b.target_schema, b.target_name) INTO number;
			RETURN number;
		END \$\$" \
		"CREATE FUNCTION keep_new(tables regclass[], kept bigint) RETURNS text LANGUAGE plpgsql AS \$\$
		DECLARE
			before text = prints(tables);
			missed bigint;
		BEGIN
			SELECT sum(missing(backup_used)) INTO missed FROM migsafe.restore_tables(tables, kept, 'keep_new');
			RETURN CASE missed WHEN 0 THEN 'kept' ELSE missed || ' rows are missing' END;
		EXCEPTION WHEN integrity_constraint_violation OR data_corrupted THEN
			RETURN CASE prints(tables) WHEN before THEN 'refused' ELSE 'refused, but changed' END;
		END \$\$"
}

# play_round SEED: what became of it, all in one session
play_round() {
	psql -X -q -v ON_ERROR_STOP=1 -At <<-END
		SELECT drop_round(), setseed(1.0 / $1) \\g /dev/null
		SELECT make_tables(1 + $1 % 4) AS tables \\gset
		SELECT prints(:'tables') AS first, max(backup_set) AS kept FROM migsafe.backup_tables(:'tables') \\gset
		SELECT change(:'tables') \\g /dev/null
		SELECT prints(:'tables') AS later \\gset
		SELECT sum(rows_changed + rows_inserted + rows_deleted) AS rows, array_remove(array_agg(CASE WHEN backup_taken
			IS NOT NULL THEN target END), NULL) AS changed, max(backup_taken) AS taken
		FROM migsafe.restore_tables(:'tables', :kept) \\gset
		SELECT CASE WHEN prints(:'tables') = :'first' THEN 'exact' ELSE 'not as before' END;
		SELECT :'taken' <> '' AS is_taken \\gset
		\\if :is_taken
		SELECT backup_set AS back FROM migsafe.backup WHERE backup_id = :taken \\gset
		SELECT count(*) FROM migsafe.restore_tables(:'changed', :back) \\g /dev/null
		\\endif
		SELECT CASE WHEN prints(:'tables') = :'later' THEN 'undone' ELSE 'not undone' END;
		SELECT keep_new(:'tables', :kept);
	END
}

new_extension
sql 'DROP SCHEMA IF EXISTS rr CASCADE' 'CREATE SCHEMA rr'
define_round
define_keep_new

exact=0 undone=0 kept=0 refused=0
for ((seed = 1; seed <= rounds; seed++)); do
	outcome=$(play_round "$seed" 2>&1) || :
	case $(paste -sd ' ' <<<"$outcome") in
		'exact undone kept') kept=$((kept + 1)) ;;
		'exact undone refused') refused=$((refused + 1)) ;;
		*) printf '# round %s:\n%s\n' "$seed" "$outcome" ;;
	esac
	[[ $outcome != exact* ]] || exact=$((exact + 1))
	[[ $outcome != *$'\n'undone* ]] || undone=$((undone + 1))
done

same 'restored together, tables are what they were' "$exact" "$rounds"
same 'undone, they are what they were before that' "$undone" "$rounds"
same "keep_new brings all back ($kept) or is refused ($refused)" "$((kept + refused))" "$rounds"
verdict 'keep_new works now and then' test "$kept" -gt 0
sql 'SELECT drop_round()' 'DROP SCHEMA rr CASCADE' 'DROP EXTENSION migsafe CASCADE' >/dev/null
done_testing
