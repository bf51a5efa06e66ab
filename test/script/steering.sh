#!/usr/bin/env bash
# An online run obeys other sessions within a second: in the middle of a batch, while it rests, waits for a lock, is held
# back, and is paused; and no row is done twice, or left out, for it.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGOPTIONS='-c client_min_messages=error'
rows=600
folder=$(mktemp -d)
runner='' blocker=''

clean_up() {
	[[ -z $runner ]] || kill "$runner" 2>/dev/null || :
	[[ -z $blocker ]] || kill "$blocker" 2>/dev/null || :
	rm -rf -- "$folder"
}
trap clean_up EXIT

# start_run PACE [SECONDS [WORKERS]]: in the background, so many for each row; waits until it has begun
start_run() {
	sql "UPDATE item SET n = 0, u = id, nap = ${2-0.005}" "${also:-SELECT}"
	psql -X -q -At -c "CALL migsafe.run_online('item', '{\"n\": \"n + 1 + length(pg_sleep(nap)::text)\", \"u\": \"u + 1000\"}',
		pace => '$1', workers => ${3-1})" &>"$folder/run.log" &
	runner=$!
	until_true "SELECT migsafe.pause(max(run_id)) = 'paused' FROM migsafe.online_run WHERE phase = 'rows' AND control IS NOT NULL
		AND stopped IS NULL"
	run_id=$(sql 'SELECT max(run_id) FROM migsafe.online_run')
	sql "SELECT migsafe.resume($run_id)" >/dev/null
}

# finish_run: let it end, at once
finish_run() {
	wait "$runner" || :
	runner=''
	sql 'UPDATE item SET nap = 0' "CALL migsafe.resume_online($run_id)" >/dev/null
	same "$1: each row was done once" "$(sql 'SELECT count(*), min(n), max(n), count(*) FILTER (WHERE u = id + 1000) FROM item')" \
		"$rows|1|1|$rows"
}

# in_time STATE FUNCTION ARGUMENTS EXPECTED: answered within a second
in_time() {
	same "$1: $2 is obeyed within a second" "$(sql "SET statement_timeout = '1s'" "SELECT migsafe.$2($run_id$3)")" "$4"
}

# obeys STATE: pauses, goes on, takes another pace, and is cancelled
obeys() {
	in_time "$1" pause '' paused
	same "$1: it is paused" "$(sql "SELECT stopped FROM migsafe.online_run WHERE run_id = $run_id")" paused
	in_time "$1, paused" pause '' paused
	same "$1, paused: set_pace is obeyed within a second" "$(sql "SET statement_timeout = '1s'" \
		"SELECT migsafe.set_pace($run_id, '{\"max_hold\": \"20 min\"}') ->> 'max_hold'")" 1200000
	in_time "$1, paused" resume '' running
	sleep "${2-0.3}" # until it is in that state again
	same "$1: set_pace is obeyed within a second" "$(sql "SET statement_timeout = '1s'" \
		"SELECT migsafe.set_pace($run_id, '{\"max_hold\": \"10 min\"}') ->> 'max_hold'")" 600000
	sleep "${2-0.3}"
	in_time "$1" cancel '' cancelled
	same "$1: the pace was kept" "$(sql "SELECT stopped, pace ->> 'max_hold' FROM migsafe.online_run WHERE run_id = $run_id")" \
		'cancelled|600000'
}

new_extension
# block STATEMENTS: a session that stays in their transaction
block() {
	psql -X -q -c "SET application_name = 'blocker'" -c "BEGIN; $1; SELECT pg_sleep(60)" &>/dev/null &
	blocker=$!
	until_true "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'blocker' AND wait_event = 'PgSleep'"
}

unblock() {
	kill "$blocker"
	wait "$blocker" 2>/dev/null || :
	blocker=''
	sql "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'blocker'" >/dev/null
}

waits_for_a_lock() {
	until_true "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
}

sql 'DROP TABLE IF EXISTS item' 'CREATE TABLE item (id int PRIMARY KEY, n int, u int UNIQUE, nap float)' \
	"INSERT INTO item SELECT i, 0, i FROM generate_series(1, $rows) i"

for workers in 1 2; do
	start_run '{"target_batch_time": "60 s"}' 0.005 $workers
	obeys "in a long batch, workers: $workers"
	finish_run "in a long batch, workers: $workers"
done

also='UPDATE item SET nap = 30 WHERE id = 100' start_run '{"target_batch_time": "60 s"}' 0
obeys 'in a row that takes long'
finish_run 'in a row that takes long'

start_run '{"batch_size": 10, "rest": 100}'
obeys 'resting'
sql "SELECT migsafe.set_pace($run_id, '{\"rest\": 0}')" >/dev/null
finish_run 'resting'

start_run '{"batch_size": 10, "hold_while": "SELECT NOT pg_try_advisory_xact_lock_shared(27)"}'
block 'SELECT pg_advisory_lock(27)'
until_true "SELECT held_back_by LIKE 'the query of %' FROM migsafe.online_run WHERE run_id = $run_id"
obeys 'held back'
unblock
finish_run 'held back'

start_run '{"batch_size": 10, "lock_timeout": "60 s"}'
block 'LOCK TABLE item IN SHARE MODE'
waits_for_a_lock
obeys 'waiting for the table'
unblock
finish_run 'waiting for the table'

sql 'UPDATE item SET u = id'
block "INSERT INTO item VALUES (0, 0, $((rows / 2 + 1000)))"
start_run '{"lock_timeout": "60 s", "target_batch_time": "60 s"}' 0
waits_for_a_lock
obeys 'waiting for a key'
unblock
finish_run 'waiting for a key'

start_run '{"batch_size": 10, "rest": 0}'
block "SELECT FROM item WHERE id > $((rows - 10)) FOR UPDATE"
until_true "SELECT held_back_by LIKE '10 rows held by other sessions' FROM migsafe.online_run WHERE run_id = $run_id"
obeys 'waiting for rows'
unblock
finish_run 'waiting for rows'

clean_up_database
done_testing
