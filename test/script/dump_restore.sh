#!/usr/bin/env bash
# A database with runs and backups, dumped and restored into another one: records, undo logs and backups still hold,
# and a run of the first database can be rolled back in the second.
set -euo pipefail

failed=0
here=migsafe_dumped
there=migsafe_restored
dump=$(mktemp -d)

sql() {
	psql -X -q -v ON_ERROR_STOP=1 -At -d "$1" -c "SET client_min_messages = error" -c "$2"
}

# is NAME EXPECTED ACTUAL: an ERROR of psql shows as another result.
is() {
	if [[ $2 == "$3" ]]; then
		echo "ok - $1"
	else
		printf 'not ok - %s\n# expected: %s\n# got:      %s\n' "$1" "$2" "$3"
		failed=1
	fi
}

# same NAME QUERY: gives the same in both databases.
same() {
	local expected
	expected=$(sql "$here" "$2")
	is "$1" "${expected:-something}" "$(sql "$there" "$2")"
}

clean_up() {
	rm -rf -- "$dump"
	dropdb --if-exists "$here"
	dropdb --if-exists "$there"
	dropdb --if-exists "$there-copy"
	dropdb --if-exists "$there-parallel"
	psql -X -q -c 'DROP ROLE IF EXISTS regress_migsafe_dump' postgres
}
trap clean_up EXIT

createdb "$here"
createdb "$there"
psql -X -q -v ON_ERROR_STOP=1 -d "$here" &>/dev/null <<'SQL'
CREATE ROLE regress_migsafe_dump;
CREATE EXTENSION migsafe;
CREATE SCHEMA dump AUTHORIZATION regress_migsafe_dump;
SET ROLE regress_migsafe_dump;
CREATE TYPE dump.mood AS ENUM ('sad', 'ok');
CREATE TABLE dump.bag (a integer);
CREATE TABLE dump.t (id integer PRIMARY KEY, doc jsonb, m dump.mood, big text, r numrange, c regclass);
INSERT INTO dump.t SELECT g, jsonb_build_object('n', 1.50), 'sad', repeat('x' || g, 3000), numrange(g, 1.50 * g), 'dump.bag'
FROM generate_series(1, 10) g;
INSERT INTO dump.bag VALUES (1), (1), (2);
SELECT migsafe.backup_table('dump.t', 'before');
SELECT migsafe.run_safe('dump.t',
	'{"doc": "jsonb_build_object(''n'', 6 / (id - 3))", "m": "''ok''", "big": "reverse(big)", "r": "NULL", "c": "NULL"}',
	only_if => 'id < 9', name => 'first');
SELECT migsafe.run_safe('dump.bag', '{"a": "a + 1"}', name => 'taken back');
SELECT migsafe.rollback('taken back');
SELECT migsafe.run_safe('dump.bag', '{"a": "a + 1"}', name => 'bag');
BEGIN;
SELECT migsafe.run_safe('dump.t', '{"m": "CASE id WHEN 3 THEN (1 / (id - 3))::text END::dump.mood"}', name => 'given up');
ROLLBACK;
DO $$ BEGIN
	WHILE NOT EXISTS (SELECT FROM migsafe.status WHERE name = 'given up' AND status = 'aborted') LOOP
		PERFORM pg_sleep(0.01);
	END LOOP;
END $$;
SELECT migsafe.store_checks('sound', '[{"check": "unique", "column": "id"}, {"check": "exists", "type": "dump.mood"}]');
SELECT migsafe.enforce('dump.t', '[{"check": "type", "column": "doc", "type": "object"}]', validate => true);
SQL
before=$(sql "$here" 'SELECT fingerprint FROM migsafe.backup')

pg_dump -d "$here" -f "$dump/plain.sql"
psql -X -q -v ON_ERROR_STOP=1 -d "$there" -f "$dump/plain.sql" >/dev/null
echo 'ok - the dump can be restored'

same 'the target came over' "SELECT migsafe.fingerprint('dump.t')"
same 'status' 'SELECT run_id, name, kind, target, status, total_rows, successful_rows, failed_rows, skipped_rows
	FROM migsafe.status'
same 'runs' 'SELECT * FROM migsafe.run'
same 'markers' 'SELECT * FROM migsafe.run_commit'
same 'row errors' 'SELECT * FROM migsafe.row_error'
same 'recorded runs' 'SELECT * FROM migsafe.recorded_run'
same 'backups' 'SELECT * FROM migsafe.backup'
same 'stored checks' 'SELECT * FROM migsafe.stored_checks'
same 'stored checks, in use' "SET ROLE regress_migsafe_dump; SELECT * FROM migsafe.validate_jsonb('dump.t', '\"sound\"')"
same 'enforced checks' "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
	WHERE conrelid = 'dump.t'::regclass ORDER BY 1"
same 'row_log' 'SELECT * FROM migsafe.row_log(1, true)'
same 'owners of the undo logs' "SELECT relname, relowner::regrole, relacl FROM pg_class
	WHERE relnamespace = 'migsafe_undo'::regnamespace AND relkind = 'r' ORDER BY 1"
same 'what the owner sees' 'SET ROLE regress_migsafe_dump; SELECT run_id FROM migsafe.status'
same 'what the undo logs hold' 'SELECT run_id, migsafe.undo_hash(run_id) FROM migsafe.run_commit ORDER BY 1'
is 'verify_backup' t "$(sql "$there" 'SELECT verified FROM migsafe.verify_backup(1)')"
is 'the same name again is no work' 1 "$(sql "$there" "SELECT run_id FROM migsafe.run_safe('dump.t',
	'{\"doc\": \"jsonb_build_object(''n'', 6 / (id - 3))\", \"m\": \"''ok''\", \"big\": \"reverse(big)\", \"r\": \"NULL\", \"c\": \"NULL\"}',
	only_if => 'id < 9', name => 'first')")"
is 'a new run gets a new number' t "$(sql "$there" "SELECT run_id > (SELECT max(run_id) FROM migsafe.run)
	FROM migsafe.run_safe('dump.bag', '{\"a\": \"a\"}')")"
is 'a new backup gets a new number' 2 "$(sql "$there" "SELECT backup_id FROM migsafe.backup_table('dump.bag')")"
is 'rollback' 7 "$(sql "$there" "SELECT restored_rows FROM migsafe.rollback('first')")"
is 'rollback gives back what was there' "$before" "$(sql "$there" "SELECT migsafe.fingerprint('dump.t')")"
is 'rollback without a key' 3 "$(sql "$there" "SELECT restored_rows FROM migsafe.rollback('bag')")"
sql "$there" "UPDATE dump.t SET doc = NULL WHERE id = 1"
is 'restore' 1 "$(sql "$there" "SELECT rows_changed FROM migsafe.restore('dump.t')")"
is 'restore gives back what was there' "$before" "$(sql "$there" "SELECT migsafe.fingerprint('dump.t')")"
is 'the first database is as it was' committed "$(sql "$here" "SELECT status FROM migsafe.status WHERE name = 'first'")"

# A copy by CREATE DATABASE holds as well.
createdb -T "$here" "$there-copy"
is 'rollback in a copied database' 7 "$(sql "$there-copy" "SELECT restored_rows FROM migsafe.rollback('first')")"

# Several processes dump and load at a time, in an order that nobody chose.
pg_dump -d "$here" -Fd -j 2 -f "$dump/parts"
createdb "$there-parallel"
pg_restore -e -j 2 -d "$there-parallel" "$dump/parts"
is 'rollback where several processes restored' 7 \
	"$(sql "$there-parallel" "SELECT restored_rows FROM migsafe.rollback('first')")"
is 'and it gives back what was there' "$before" "$(sql "$there-parallel" "SELECT migsafe.fingerprint('dump.t')")"

((failed == 0))
