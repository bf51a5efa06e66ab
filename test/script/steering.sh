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

# start_run PACE [MILLISECONDS]: in the background, so many for each row; waits until it has begun
start_run() {
	sql "UPDATE item SET n = 0"
	psql -X -q -At -c "CALL migsafe.run_online('item',
		'{\"n\": \"n + 1 + length(pg_sleep(0.001 * ${2-5})::text)\"}', pace => '$1')" &>"$folder/run.log" &
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
	sql "CALL migsafe.resume_online($run_id)" >/dev/null
	same "$1: each row was done once" "$(sql 'SELECT count(*), min(n), max(n) FROM item')" "$rows|1|1"
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
sql 'DROP TABLE IF EXISTS item' 'CREATE TABLE item (id int PRIMARY KEY, n int)' \
	"INSERT INTO item SELECT i, 0 FROM generate_series(1, $rows) i"

start_run '{"target_batch_time": "60 s"}'
obeys 'in a long batch'
finish_run 'in a long batch'

start_run '{"batch_size": 10, "rest": 100}'
obeys 'resting'
sql "SELECT migsafe.set_pace($run_id, '{\"rest\": 0}')" >/dev/null
finish_run 'resting'

start_run '{"batch_size": 10, "hold_while": "SELECT NOT pg_try_advisory_xact_lock_shared(27)"}'
psql -X -q -c 'SELECT pg_advisory_lock(27)' -c 'SELECT pg_sleep(60)' &>/dev/null &
blocker=$!
until_true "SELECT held_back_by LIKE 'the query of %' FROM migsafe.online_run WHERE run_id = $run_id"
obeys 'held back'
kill "$blocker"
wait "$blocker" 2>/dev/null || :
sql "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'" >/dev/null
finish_run 'held back'

start_run '{"batch_size": 10, "lock_timeout": "60 s"}'
psql -X -q -c 'BEGIN; LOCK TABLE item IN SHARE MODE; SELECT pg_sleep(60)' &>/dev/null &
blocker=$!
until_true "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
obeys 'waiting for a lock'
kill "$blocker"
wait "$blocker" 2>/dev/null || :
blocker=''
sql "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE '%LOCK TABLE item IN SHARE MODE;%' AND pid <> pg_backend_pid()" >/dev/null
finish_run 'waiting for a lock'

clean_up_database
done_testing
