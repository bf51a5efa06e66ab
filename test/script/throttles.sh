#!/usr/bin/env bash
# What holds an online run back, besides standbys: WAL files that nobody archives, autovacuum of the target, and a query.
# The run says so, and goes on once it is over; and it stops, resumable, where that takes too long.  On a cluster of its
# own, for the archive.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/script/lib/held_back.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/held_back.sh"

rows=2000

# start_run MEMBER...: of the pace
start_run() {
	local IFS=,
	sql 'UPDATE item SET n = 0'
	begin_run "{\"target_batch_time\": \"50 ms\", \"batch_size\": 50, $*}"
}

# held_back_by PATTERN: migsafe.progress says so
held_back_by() {
	until_true "SELECT phase = 'held back' AND waiting_for ~ '^$1\$' FROM migsafe.progress WHERE run_id = $run_id"
	echo "ok - held back by: $1"
}

# all_done NAME
all_done() {
	each_row_once "$1"
	same "$1, and nothing is waited for" "$(sql "SELECT status, held_back_by FROM migsafe.status
		JOIN migsafe.online_run USING (run_id) WHERE run_id = $run_id")" 'committed|'
}

# goes_on NAME: to its end
goes_on() {
	wait "$runner" || cat "$work/run.log"
	all_done "$1"
}

archive() {
	start_run '"max_archive_backlog": 1'
	some_batches
	sql 'SELECT pg_switch_wal()' 'CREATE TABLE wal ()' 'SELECT pg_switch_wal()' >/dev/null
	held_back_by 'archive backlog: [0-9]+ WAL files'
	stands_still 'an archive that is behind stops the run'
	# the second switch wakes the archiver on any version
	sql "ALTER SYSTEM SET archive_command = 'true'" 'SELECT pg_reload_conf()' 'DROP TABLE wal' 'SELECT pg_switch_wal()' >/dev/null
	goes_on 'once the files are archived, it goes on'
}

hold_while() {
	sql 'CREATE TABLE busy (jobs int)' 'INSERT INTO busy VALUES (0)'
	start_run '"hold_while": "SELECT jobs FROM busy"'
	some_batches
	sql 'UPDATE busy SET jobs = 3'
	held_back_by 'the query of "hold_while" gives 3'
	stands_still 'a query that says so stops the run'
	sql 'UPDATE busy SET jobs = 0'
	goes_on 'once the query says otherwise, it goes on'
}

max_hold() {
	start_run '"hold_while": "SELECT true"' '"max_hold": "1 s"'
	held_back_by 'the query of "hold_while" gives true'
	ends_with '55000: the run was held back for longer than 1000 ms'
	same 'what it waited for is told' "$(grep '^DETAIL:' "$work/run.log")" \
		'DETAIL:  It waited for: the query of "hold_while" gives true.'
	same 'and what to do' "$(grep '^HINT:' "$work/run.log")" \
		"HINT:  Remove what holds it back, or allow more by migsafe.set_pace($run_id, ...), \"max_hold\" among it; then CALL migsafe.resume_online($run_id)."
	sql "SELECT migsafe.set_pace($run_id, '{\"hold_while\": null}')" "CALL migsafe.resume_online($run_id)" >/dev/null
	all_done 'resumed without that query, it does its rows'
}

# autovacuum_of_item: the worker that is at it
autovacuum_of_item() {
	sql "SELECT pid FROM pg_stat_progress_vacuum JOIN pg_stat_activity USING (pid)
		WHERE relid = 'item'::regclass AND backend_type = 'autovacuum worker'"
}

# A page in 0.1 s at best: it has hundreds to do, that is far more time than is needed here.
autovacuum() {
	local worker reason='autovacuum of public\.item \([a-z ]+\)'
	sql 'UPDATE item SET n = n - 1' 'ALTER TABLE item SET (autovacuum_enabled = on, autovacuum_vacuum_threshold = 1,
		autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)'
	until_true "SELECT count(*) = 1 FROM pg_stat_progress_vacuum WHERE relid = 'item'::regclass"
	worker=$(autovacuum_of_item)
	start_run '"max_hold": "200 ms"' # which does not count here
	held_back_by "$reason"
	stands_still 'autovacuum stops the run'
	sql "SELECT migsafe.set_pace($run_id, '{\"yield_to_autovacuum\": \"1 s\"}')" >/dev/null
	goes_on 'with a limit it goes on'
	start_run '"yield_to_autovacuum": "2 s"'
	held_back_by "$reason"
	goes_on 'with a limit from the start it goes on after that'
	same 'while the same autovacuum is at work' "$(autovacuum_of_item)" "$worker"
}

find_server
make_work_folder
start_cluster fsync off archive_mode on archive_command false autovacuum_naptime 1
export PGOPTIONS='-c client_min_messages=error'
new_extension
make_item
archive
hold_while
max_hold
autovacuum
verdict 'the server was fine' check_log 1
done_testing
