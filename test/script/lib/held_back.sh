# shellcheck shell=bash
# held_back.sh: an online run in the background that something is to hold back.  Sourced after script/lib.sh, whose
# temporary folder it needs, and testing.sh, never run.

rows=6000
runner=''

make_item() {
	sql 'DROP TABLE IF EXISTS item' 'CREATE TABLE item (id int PRIMARY KEY, n int, filler text) WITH (autovacuum_enabled = off)' \
		"INSERT INTO item SELECT i, 0, repeat('x', 400) FROM generate_series(1, $rows) i"
}

# begin_run PACE: over rows whose n is 0, of batches that take about 50 ms if the pace says so
begin_run() {
	local before
	before=$(sql 'SELECT coalesce(max(run_id), 0) FROM migsafe.online_run')
	psql -X -q -At -v VERBOSITY=verbose -c "CALL migsafe.run_online('item',
		'{\"n\": \"n + 1 + length(pg_sleep(0.0005)::text)\"}', pace => '$1')" &>"$work/run.log" &
	runner=$!
	until_true "SELECT max(run_id) > $before FROM migsafe.online_run"
	run_id=$(sql 'SELECT max(run_id) FROM migsafe.online_run')
}

rows_done() {
	sql "SELECT sum(seen) FROM migsafe.run_part WHERE run_id = $run_id"
}

# stands_still NAME: no batch within a second, and rows are left
stands_still() {
	local before
	before=$(rows_done)
	sleep 1
	same "$1" "$(rows_done)" "$before"
	verdict "$1, in the middle of it" test "$before" -lt "$rows"
}

# ends_with MESSAGE: an error of the run, with its SQLSTATE
ends_with() {
	wait "$runner" || :
	same "it ends with: $1" "$(grep -c "ERROR:  $1" "$work/run.log")" 1
	same 'and says so in its record' "$(sql "SELECT stopped, sqlstate FROM migsafe.online_run WHERE run_id = $run_id")" \
		"failed|${1%%:*}"
}

each_row_once() {
	same "$1" "$(sql 'SELECT count(*), min(n), max(n) FROM item')" "$rows|1|1"
}
