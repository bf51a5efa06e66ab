#!/usr/bin/env bash
# DROP EXTENSION leaves nothing that stands in the way of a new CREATE EXTENSION, and says what goes with it.
set -euo pipefail

failed=0

sql() {
	psql -X -q -v ON_ERROR_STOP=1 -At -c "$1"
}

# expect NAME GOT WANTED
expect() {
	if [[ $2 == "$3" ]]; then
		echo "ok - $1"
	else
		echo "not ok - $1: $2"
		failed=1
	fi
}

relations_left() {
	sql "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text LIKE 'migsafe%'"
}

sql 'CREATE EXTENSION migsafe'
sql 'DROP EXTENSION migsafe CASCADE'
expect 'DROP EXTENSION leaves no relation behind' "$(relations_left)" 0
sql 'CREATE EXTENSION migsafe'
echo 'ok - the extension can be created again'

# Undo logs keep it from being dropped, as everything does that depends on it.  Backups are ordinary tables.
sql "CREATE ROLE regress_migsafe_drop;
	CREATE SCHEMA dropping AUTHORIZATION regress_migsafe_drop;
	SET ROLE regress_migsafe_drop;
	CREATE TABLE dropping.t (id integer PRIMARY KEY, a integer);
	INSERT INTO dropping.t VALUES (1, 1);
	SET client_min_messages = warning;
	SELECT FROM migsafe.backup_table('dropping.t');
	SELECT FROM migsafe.run_safe('dropping.t', '{\"a\": \"2\"}', name => 'before');
	ALTER TABLE dropping.t ADD CHECK (migsafe.jsonb_matches_schema('true', to_jsonb(a)))" >/dev/null
backup=$(sql "SELECT format('%I.%I', backup_schema, backup_name) FROM migsafe.backup")

refusal=$(sql 'DROP EXTENSION migsafe' 2>&1 || :)
expect 'without CASCADE it names the undo logs and constraints that depend on it' \
	"$(grep -oE 'migsafe_undo\.run_[0-9]+|t_a_check' <<<"$refusal" | LC_ALL=C sort | tr '\n' ' ')" 'migsafe_undo.run_1 t_a_check '
expect 'and drops nothing' "$(sql "SELECT status FROM migsafe.status WHERE name = 'before'")" committed
dropped=$(sql 'DROP EXTENSION migsafe CASCADE' 2>&1)
expect 'with CASCADE it says that they go' \
	"$(grep -oE 'migsafe_undo\.run_[0-9]+|t_a_check' <<<"$dropped" | LC_ALL=C sort | tr '\n' ' ')" 'migsafe_undo.run_1 t_a_check '
expect 'no relation of it is left' "$(relations_left)" 0
expect 'the table stays as it is' "$(sql 'SELECT a FROM dropping.t')" 2
expect 'its backup stays, and is an ordinary table of its owner' \
	"$(sql "SET ROLE regress_migsafe_drop; SELECT a FROM $backup")" 1

# What was recorded is gone; what is there can be put back by hand, or begun anew.
sql 'CREATE EXTENSION migsafe'
expect 'a new extension knows no old backup' "$(sql 'SELECT count(*) FROM migsafe.backup')" 0
expect 'nor an old run' "$(sql "SELECT FROM migsafe.rollback('before')" 2>&1 | grep -c 'no committed run named "before"')" 1
expect 'and takes the same names again' \
	"$(sql "SET ROLE regress_migsafe_drop; SELECT successful_rows FROM migsafe.run_safe('dropping.t', '{\"a\": \"3\"}', name => 'before')")" 1
sql 'SET client_min_messages = warning; DROP SCHEMA dropping CASCADE; DROP OWNED BY regress_migsafe_drop;
	DROP ROLE regress_migsafe_drop; DROP EXTENSION migsafe CASCADE' 2>/dev/null
exit "$failed"
