#!/usr/bin/env bash
# Online runs and a streaming standby: one whose replay is paused stops the run within a batch, and releases it; and
# readers, there and on the primary, have nothing to look up in pg_subtrans, whatever fails.  On clusters of its own.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/script/lib/standby.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/standby.sh"

rows=2000
slow_rows=6000 # each of which takes a millisecond
background=() # processes of this script

clean_up() {
	((${#background[@]} == 0)) || kill "${background[@]}" 2>/dev/null || :
	standby_clean_up
}

# new_table ROWS: every hundredth n is no number; the filler makes some WAL
new_table() {
	sql 'DROP TABLE IF EXISTS item' \
		'CREATE TABLE item (id int PRIMARY KEY, n text NOT NULL, filler text) WITH (autovacuum_enabled = off)' \
		"INSERT INTO item SELECT i, CASE WHEN i % 100 = 0 THEN 'bad ' || i ELSE i::text END, repeat('x', 500)
		 FROM generate_series(1, $1) i"
}

# online NAME TRANSFORM PACE: a run in the background; its row of results goes into a file.
online() {
	sql "CALL migsafe.run_online('item', '{\"n\": \"$2\"}', name => '$1', max_errors => 1000000, pace => '$3')" \
		>"$work/$1" 2>&1 &
	run_process=$!
	background+=("$run_process")
}

# The standby has all that is committed, the last of it a later transaction than those that are open.
standby_is_level() {
	sql 'INSERT INTO other VALUES (0)'
	wait_for 30 standby_has "$(sql 'SELECT pg_current_wal_flush_lsn()')"
}

standby_has() {
	[[ $(on_standby "SELECT pg_last_wal_replay_lsn() >= '$1'") == t ]]
}

held_back() {
	is_true "(SELECT count(*) = 1 FROM migsafe.progress WHERE phase = 'held back')"
}

# so_far NAME: batches, and the rows that they have taken
so_far() {
	sql "SELECT sum(p.batches), sum(p.seen) FROM migsafe.run_part p JOIN migsafe.run r USING (run_id) WHERE r.name = '$1'"
}

# hold NAME PACE LIMIT QUERY: pauses the standby's replay, and begins a run that it is to hold back before the number
# of the query is above the limit.
hold() {
	local before
	new_table $slow_rows
	standby_is_level
	on_standby 'SELECT pg_wal_replay_pause()' >/dev/null
	wait_for 10 on_standby_is_paused
	online "$1" "n::int + 1 + length(pg_sleep(0.0002)::text)" "$2"
	verdict "$1: a paused standby holds the run back" wait_for 30 held_back
	same "$1: progress names it" "$(sql "SELECT name, waiting_for ~ '^replay lag of standby \"berlin\": [0-9]+ m?s, [0-9]+ [kM]?B'
		FROM migsafe.progress")" "$1|t"
	at_most "$1: it stopped in time" "$(sql "$4")" "$3"
	before=$(so_far "$1")
	sleep 1.5
	same "$1: it stands still" "$(so_far "$1")" "$before"
	verdict "$1: before its end" test "${before#*|}" -lt $slow_rows
	on_standby 'SELECT pg_wal_replay_resume()' >/dev/null
	verdict "$1: the standby's replay goes on, and releases it" wait "$run_process"
	same "$1: every row is migrated once, on the standby as well" "$(standby_is_level && on_standby "
		SELECT count(*) FROM item WHERE n = CASE WHEN id % 100 = 0 THEN 'bad ' || id ELSE (id + 1)::text END")" $slow_rows
	same "$1: no longer held back" "$(sql "SELECT status FROM migsafe.status WHERE name = '$1'")" 'committed'
}

on_standby_is_paused() {
	[[ $(on_standby 'SELECT pg_get_wal_replay_pause_state()') == paused ]]
}

holds() {
	hold bytes '{"max_replay_lag_bytes": "1MB", "max_replay_lag": false, "max_batch_wal": "256kB", "batch_size": 100, "rest": 0}' \
		$((1024 + 512)) "SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn))::bigint / 1024 FROM pg_stat_replication"
	hold time '{"max_replay_lag": "1 s", "max_replay_lag_bytes": false, "target_batch_time": "100 ms", "batch_size": 100, "rest": 0}' \
		3000 "SELECT (extract(epoch FROM p.updated_at - r.started_at) * 1000)::bigint
			FROM migsafe.run_part p JOIN migsafe.run r USING (run_id) WHERE r.name = 'time'"
}

# A batch waits at its end, once all rows have been written, for as long as that file is there.
new_gate() {
	sql "CREATE OR REPLACE FUNCTION public.wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN WHILE (pg_stat_file(''gate'', true)).size IS NOT NULL LOOP PERFORM pg_sleep(0.02); END LOOP; RETURN NEW; END'" \
		"CREATE TRIGGER gate BEFORE UPDATE ON migsafe.run_part FOR EACH ROW
			WHEN (new.seen >= $rows / 2 AND old.seen < $rows / 2) EXECUTE FUNCTION public.wait_at_gate()"
}

at_gate() {
	is_true "EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"
}

slru_statement="SELECT blks_hit + blks_read FROM pg_stat_slru WHERE name IN ('Subtrans', 'subtransaction')"

# look_ups: of pg_subtrans by a reader on the primary and by one on the standby, after a later transaction has ended
look_ups() {
	local primary standby
	standby_is_level || return 1
	primary=$(sql "$slru_statement")
	sql 'SELECT count(*) FROM item' >/dev/null
	primary=$(($(sql "$slru_statement") - primary))
	standby=$(on_standby "$slru_statement")
	on_standby 'SELECT count(*) FROM item' >/dev/null
	echo "$primary $(($(on_standby "$slru_statement") - standby))"
}

# session STATEMENT...: a transaction that executes them, and stays open until end_session
session() {
	rm -f "$work/go_on"
	{
		printf '%s;\n' BEGIN "$@" "SET application_name = 'ready'"
		echo "\\! until [ -e '$work/go_on' ]; do sleep 0.02; done"
		echo 'COMMIT;'
	} | psql -X -q -v ON_ERROR_STOP=1 -At >/dev/null &
	session_process=$!
	background+=("$session_process")
	wait_for 20 is_true "EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'ready')"
}

end_session() {
	touch "$work/go_on"
	wait "$session_process"
}

# run_among_readers NAME TRANSFORM WHAT FAILED: an older transaction is open all the time, so that whatever overflowed
# for a moment would show ever after.
run_among_readers() {
	session 'INSERT INTO other VALUES (1)'
	as_server touch "$work/data/gate"
	online "$1" "$2" '{"batch_size": 400, "target_batch_time": "60 s", "max_replay_lag": false, "rest": 0}'
	verdict "$3: a batch has written its rows" wait_for 30 at_gate
	same "$3, $level: look-ups of pg_subtrans during a batch, on the primary and the standby" "$(look_ups)" '0 0'
	rm "$work/data/gate"
	verdict "$3: the run finishes" wait "$run_process"
	same "$3: failed rows" "$(sql "SELECT failed_rows FROM migsafe.status WHERE name = '$1'")" "$4"
	same "$3, $level: look-ups after the run" "$(look_ups)" '0 0'
	end_session
}

# What must overflow does.
controls() {
	local found i savepoints=()
	new_table $rows
	for ((i = 1; i <= 70; i++)); do
		savepoints+=("SAVEPOINT s" "UPDATE item SET n = n WHERE id = $i" "RELEASE s")
	done
	session 'INSERT INTO other VALUES (1)' "${savepoints[@]}"
	found=$(look_ups)
	verdict "control, $level: 70 savepoints make look-ups on the primary ($found)" test "${found% *}" -gt 0
	verdict "control, $level: and on the standby" test "${found#* }" -gt 0
	end_session
	session "${savepoints[@]:0:3}"
	found=$(look_ups)
	case $level in
		replica) same 'control, replica: one savepoint that writes first makes none' "$found" '0 0' ;;
		logical) verdict "control, logical: one savepoint that writes first makes some on the standby ($found)" test "${found#* }" -gt 0 ;;
	esac
	end_session
}

subtransactions() {
	controls
	new_table $rows
	run_among_readers "evaluation_$level" 'n::int + 1' '1 % errors of evaluation' $((rows / 100))
}

# The new value of each COUNT-th row is in the table already.
failing_writes() {
	new_table $rows
	sql "INSERT INTO item SELECT $rows + i, 'new ' || o.n, '' FROM generate_series(1, $rows / $1) i JOIN item o ON o.id = i * $1" \
		'CREATE UNIQUE INDEX ON item (n)'
	run_among_readers "writing_$1_$level" "CASE WHEN id > $rows THEN n ELSE ''new '' || n END" "one error on writing in $1" $((rows / $1))
}

make_work_folder
trap clean_up EXIT
find_server
start_cluster fsync off autovacuum off
export PGOPTIONS='-c client_min_messages=error'
start_standby berlin
new_extension
sql 'CREATE TABLE other (id int)'
holds
for level in replica logical; do
	printf "wal_level = '%s'\n" $level >>"$work/data/postgresql.conf"
	(cd "$work" && quietly as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -w restart)
	[[ $level == logical ]] || new_gate
	subtransactions
	failing_writes 100
	failing_writes 10
done
done_testing
