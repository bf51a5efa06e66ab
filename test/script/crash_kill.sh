#!/usr/bin/env bash
# Sessions and servers killed in the middle of what migsafe does: after recovery the target is as it was, no undo log or
# backup is there that the catalogs do not know, or the reverse, nothing counts as running, and the next call works.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGOPTIONS='-c client_min_messages=error'
rows=20000
write="SELECT migsafe.run_safe('item', '{\"n\": \"n || pause(id)\"}', batch_size => 1000)"

# Everything that there may be in the middle of: a run to roll back, a backup to restore.  The check makes a restore
# pause as well.
make_item() {
	new_extension
	sql 'DROP TABLE IF EXISTS item' 'DROP FUNCTION IF EXISTS pause' \
		"CREATE FUNCTION pause(id int) RETURNS text LANGUAGE plpgsql AS \$\$
		 BEGIN
			IF id = $((rows / 2)) AND current_setting('test.pause', true) = 'on' THEN PERFORM pg_sleep(60); END IF;
			RETURN '1';
		 END \$\$" \
		"CREATE TABLE item (id int PRIMARY KEY, n text CHECK (pause(id) = '1'))" \
		"INSERT INTO item SELECT i, i FROM generate_series(1, $rows) i"
	sql "SELECT migsafe.backup_table('item')" \
		"SELECT migsafe.run_safe('item', '{\"n\": \"n || 0\"}', name => 'first')" >/dev/null
	sql CHECKPOINT # the tests before may have left much to recover
}

# state: of all that must not change.  What is recorded of runs that did not commit is not part of it, but for those that
# would count as running.
state() {
	sql "SELECT migsafe.fingerprint('item'),
		(SELECT string_agg(status, ' ' ORDER BY run_id) FROM migsafe.status
			WHERE status NOT IN ('interrupted', 'failed', 'aborted')),
		(SELECT count(*) FROM migsafe.committed_error),
		(SELECT count(*) FROM pg_class c WHERE relnamespace = 'migsafe_undo'::regnamespace AND relkind = 'r'
			AND NOT EXISTS (SELECT FROM migsafe.run r WHERE r.undo_name = c.relname)),
		(SELECT count(*) FROM pg_class c WHERE relname LIKE 'item\_backup%' AND relkind = 'r'
			AND NOT EXISTS (SELECT FROM migsafe.backup b WHERE b.backup_name = c.relname)),
		(SELECT count(*) FROM migsafe.run WHERE kind <> 'restore'
			AND (pruned_at IS NULL) <> (to_regclass('migsafe_undo.' || undo_name) IS NOT NULL)),
		(SELECT count(*) FROM migsafe.backup WHERE (pruned_at IS NULL) <> (to_regclass('public.' || backup_name) IS NOT NULL)),
		(SELECT count(*) FROM migsafe.run WHERE pruned_at IS NOT NULL),
		(SELECT count(*) FROM migsafe.backup WHERE pruned_at IS NULL),
		(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')"
}

# The next calls work, and lead back to where they began.
works_again() {
	[[ $(sql "SELECT successful_rows FROM migsafe.run_safe('item', '{\"n\": \"n || 1\"}', name => 'next')" \
		"SELECT restored_rows FROM migsafe.rollback('next')" \
		"SELECT row_count FROM migsafe.backup_table('item')") == "$rows"$'\n'"$rows"$'\n'"$rows" ]]
}

# in_the_middle NAME HOW SETTINGS STATEMENT [SECONDS]: while it sleeps, or after that time.  It never commits.
in_the_middle() {
	local name=$1 how=$2 session pid before busy="state = 'active' AND wait_event = 'PgSleep'"
	before=$(state)
	psql -X -q &>/dev/null <<<"SET application_name = 'victim'; $3; BEGIN; $4; SELECT pg_sleep(60)" &
	session=$!
	[[ -z ${5-} ]] || busy="xact_start IS NOT NULL"
	wait_for 20 is_true "EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'victim' AND $busy)" ||
		verdict "$name: gets there" false
	sleep "${5:-0}"
	pid=$(sql "SELECT pid FROM pg_stat_activity WHERE application_name = 'victim'")
	[[ -n ${5-} ]] || verdict "$name: is in the middle of it" \
		is_true "EXISTS (SELECT FROM pg_stat_activity WHERE pid = $pid AND query LIKE '%migsafe%')"
	"$how" "$pid"
	wait $session || :
	wait_for 120 sql 'SELECT' || verdict "$name: the server recovers" false
	same "$name: everything is as before" "$(state)" "$before"
	verdict "$name: the next calls work" works_again
}

sleep_at() {
	echo "SET migsafe.debug_fault = '$1:sleep'"
}

moments() {
	local pause="SET test.pause = 'on'" rollback="SELECT migsafe.rollback('first')" restore="SELECT migsafe.restore('item', 1)"
	local backup="SELECT migsafe.backup_table('item')" prune="SELECT migsafe.prune('0 s', 0, dry_run => false)" i

	in_the_middle 'backend killed, run, between batches' kill_backend "$pause" "$write"
	in_the_middle 'backend killed, run, in a write' kill_backend "$(sleep_at write)" "$write"
	in_the_middle 'backend killed, run, before its commit' kill_backend 'SELECT 1' "$write; SELECT 'migsafe', pg_sleep(60)"
	in_the_middle 'backend killed, rollback' kill_backend "$pause" "$rollback"
	in_the_middle 'backend killed, rollback, at its end' kill_backend "$(sleep_at rollback)" "$rollback"
	in_the_middle 'backend killed, restore' kill_backend "$pause" "$restore"
	in_the_middle 'backend killed, backup' kill_backend "$(sleep_at backup)" "$backup"
	in_the_middle 'backend killed, prune, after the first of its tables' kill_backend "$(sleep_at prune)" "$prune"
	in_the_middle 'backend killed, prune, before its commit' kill_backend 'SELECT 1' "$prune; SELECT 'migsafe', pg_sleep(60)"
	for i in 1 2 3; do
		in_the_middle "backend killed, run, random moment $i" kill_backend 'SELECT 1' "$write" "0.$(printf %03d $((RANDOM % 150)))"
	done

	in_the_middle 'backend terminated, run, between batches' terminate_backend "$pause" "$write"
	in_the_middle 'backend terminated, run, in a write' terminate_backend "$(sleep_at write)" "$write"
	in_the_middle 'backend terminated, rollback' terminate_backend "$pause" "$rollback"
	in_the_middle 'backend terminated, restore' terminate_backend "$pause" "$restore"
	in_the_middle 'backend terminated, backup' terminate_backend "$(sleep_at backup)" "$backup"

	in_the_middle 'server killed, run' kill_server "$pause" "$write"
	in_the_middle 'server killed, prune' kill_server "$(sleep_at prune)" "$prune"
	in_the_middle 'server killed, rollback' kill_server "$(sleep_at rollback)" "$rollback"
}

find_server
make_item
moments
# what was committed before a crash, on the other hand, stays
same 'what was committed can still be rolled back' "$(sql "SELECT restored_rows, conflicts FROM migsafe.rollback('first')")" "$rows|0"
same 'and what was not dropped can still be' "$(sql "SELECT count(*) FILTER (WHERE NOT dropped) FROM migsafe.prune('0 s', 0, false)")" 0
verdict 'all of it' is_true "(SELECT bool_and(pruned_at IS NOT NULL) FROM migsafe.backup)"
clean_up_database
sql 'DROP FUNCTION pause'
done_testing
