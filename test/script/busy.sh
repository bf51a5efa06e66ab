#!/usr/bin/env bash
# Runs and backups among writers who never stop: no change of theirs is lost, no row is missed, no row is migrated twice,
# and each backup is good.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGOPTIONS='-c client_min_messages=error'
rows=20000
folder=$(mktemp -d)
writers=''

clean_up() {
	[[ -z $writers ]] || kill "$writers" 2>/dev/null || :
	rm -rf -- "$folder"
}
trap clean_up EXIT

# start_beside SQL: by three sessions, again and again
start_beside() {
	printf '%s\n' "$1" >"$folder/beside.sql"
	"$("$PG_CONFIG" --bindir)/pgbench" -n -c 3 -T 60 -f "$folder/beside.sql" &>"$folder/log" &
	writers=$!
}

stop_beside() {
	kill "$writers"
	wait "$writers" || :
	writers=''
}

# Each writer counts what it does to a row in "changes", and in "n" below the million, while runs count in millions.
# Longer fillers move rows to other pages.
start_writers() {
	start_beside "\\set id random(1, $rows)
		UPDATE item SET n = n + 1, changes = changes + 1, filler = repeat('x', :id % 500) WHERE id = :id;
		\\set id random(1, $rows)
		UPDATE item SET n = n + 1, changes = changes + 1 WHERE id = :id;
		INSERT INTO item VALUES (DEFAULT, 0, 0, 'new');
		DELETE FROM item WHERE id = (SELECT min(id) FROM item WHERE id > $rows) AND random() < 0.5;"
}

changes() {
	sql 'SELECT sum(changes) FROM item'
}

# round NUMBER: a run that adds a million to all that has less than NUMBER millions
round() {
	local result before
	before=$(changes)
	result=$(sql "SELECT total_rows = successful_rows + skipped_rows AND failed_rows = 0
		FROM migsafe.run_safe('item', '{\"n\": \"n + 1000000\"}', only_if => 'n < $1 * 1000000', batch_size => 200)")
	same "run $1: the counts add up" "$result" t
	same "run $1: no row was missed, or migrated twice, and no change was lost" "$(sql "
		SELECT count(*), min(n / 1000000), max(n / 1000000), bool_and(n % 1000000 = changes) FROM item WHERE id <= $rows")" \
		"$rows|$1|$1|t"
	verdict "run $1: the writers were at work" test "$(changes)" -gt "$before"
	same "run $1: a backup is good" "$(sql "
		SELECT verified FROM migsafe.verify_backup((SELECT backup_id FROM migsafe.backup_table('item')))")" t
}

new_extension
sql 'DROP TABLE IF EXISTS item' \
	'CREATE TABLE item (id serial PRIMARY KEY, n int, changes int, filler text)' \
	"INSERT INTO item (n, changes) SELECT 0, 0 FROM generate_series(1, $rows)"
start_writers
for i in 1 2 3 4 5; do round $i; done
stop_beside
same 'the writers met no error' "$(grep -ci error "$folder/log")" 0

# Each change of rights makes all sessions look the table up anew, while they are at it. The lock: two at once are refused.
sql 'CREATE TABLE looked_up (id int PRIMARY KEY, n int)' 'INSERT INTO looked_up SELECT i, i FROM generate_series(1, 20) i'
run=$(sql "SELECT run_id FROM migsafe.run_safe('looked_up', '{\"n\": \"n + 1\"}')")
start_beside 'BEGIN; LOCK item; GRANT SELECT ON looked_up TO public; REVOKE SELECT ON looked_up FROM public; COMMIT;'
same 'rollbacks beside changes of rights' "$(for ((i = 0; i < 200; i++)); do
	echo "SELECT total_rows FROM migsafe.rollback($run, dry_run => true);"
done | psql -X -qAt 2>&1 | sort | uniq -c | xargs)" '200 20'
stop_beside
sql 'DROP TABLE looked_up'
clean_up_database
done_testing
