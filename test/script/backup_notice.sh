#!/usr/bin/env bash
# What backup_table tells: name, rows, size, how to verify, how to restore; and what it says works.  The same of restore:
# what it has kept, and how to undo it.  (Names of backups hold the time, so that no expected file could have it.)
set -euo pipefail

schema=migsafe_notice

sql() {
	psql -X -q -v ON_ERROR_STOP=1 -At -c "SET search_path = pg_catalog" -c "$1" 2>&1
}

sql 'CREATE EXTENSION IF NOT EXISTS migsafe' >/dev/null
sql "CREATE SCHEMA $schema; CREATE TABLE $schema.\"it's\" (id integer PRIMARY KEY);
	INSERT INTO $schema.\"it's\" SELECT generate_series(1, 365)" >/dev/null
trap 'sql "DROP SCHEMA $schema CASCADE; DROP EXTENSION migsafe CASCADE" >/dev/null' EXIT

said=$(sql "SELECT row_count FROM migsafe.backup_table('$schema.\"it''s\"')")
id=$(sql 'SELECT max(backup_id) FROM migsafe.backup')
failed=0

# matches NAME PATTERN
matches() {
	if [[ $said =~ $2 ]]; then
		echo "ok - it tells $1"
	else
		printf 'not ok - it tells %s\n# %s\n' "$1" "$said"
		failed=1
	fi
}

# works NAME RESULT PATTERN: the statement that the pattern finds gives that result
works() {
	[[ $said =~ $3 ]]
	if [[ $(sql "${BASH_REMATCH[1]}") =~ $2 ]]; then
		echo "ok - $1 as it says"
	else
		printf 'not ok - %s as it says\n# %s\n' "$1" "${BASH_REMATCH[1]}"
		failed=1
	fi
}

matches 'the number and the table' "NOTICE: +backup $id of table $schema\\.\"it's\""
matches 'the name' "$schema\\.\"it's_backup_[0-9]{8}_[0-9]{6}\""
matches 'the rows' '365 rows'
matches 'the size' '[0-9]+ (bytes|kB|MB)'
matches 'that it is verified' 'verified'
works 'verify' '^t\|365\|365\|' '(SELECT \* FROM migsafe\.verify_backup\([0-9]+\))'
works 'restore' '\|0\|0\|0\|' '(SELECT \* FROM migsafe\.restore\([^;]*\));'

sql "DELETE FROM $schema.\"it's\" WHERE id > 300" >/dev/null
said=$(sql "SELECT rows_inserted FROM migsafe.restore('$schema.\"it''s\"', $id)")
matches 'what a restore has kept' "NOTICE: +backup $((id + 1)) of table $schema\.\"it's\" as it was before this restore: \
$schema\.\"it's_backup_[0-9_]+\", 300 rows, "
works 'undo' '\|0\|0\|65\|' 'To undo this restore: (SELECT \* FROM migsafe\.restore\([^;]*\));'
((failed == 0))
