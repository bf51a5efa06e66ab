#!/usr/bin/env bash
# A standby that replays nothing stops an online run, which says so, and goes on once the standby does; and a run that is
# held back for too long stops with an ERROR, and can be resumed.  On clusters of its own.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/script/lib/standby.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/standby.sh"
# shellcheck source=test/script/lib/held_back.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/held_back.sh"

# start_run PACE: up to the middle of its rows
start_run() {
	sql 'UPDATE item SET n = 0'
	until_true 'SELECT bool_and(replay_lsn >= pg_current_wal_lsn()) FROM pg_stat_replication'
	begin_run "$1"
	some_batches
}

held_back='held_back_by ~ '\''^replay lag of standby "s1": [0-9]+ m?s, '\'''

find_server
make_work_folder
trap standby_clean_up EXIT
start_cluster fsync off
export PGOPTIONS='-c client_min_messages=error'
new_extension
make_item
start_standby s1
until_true 'SELECT count(*) = 1 FROM pg_stat_replication WHERE replay_lsn IS NOT NULL'

start_run '{"target_batch_time": "50 ms", "max_replay_lag": "500 ms"}'
same 'a standby that replays holds nothing back' \
	"$(sql "SELECT held_back_by FROM migsafe.online_run WHERE run_id = $run_id")" ''
on_standby 'SELECT pg_wal_replay_pause()' >/dev/null
until_true "SELECT $held_back FROM migsafe.online_run WHERE run_id = $run_id"
stands_still 'a paused standby stops the run'
on_standby 'SELECT pg_wal_replay_resume()' >/dev/null
wait "$runner"
same 'and lets it go on' "$(rows_done)" "$rows"

start_run '{"target_batch_time": "50 ms", "max_replay_lag": "200 ms", "max_hold": "1 s"}'
on_standby 'SELECT pg_wal_replay_pause()' >/dev/null
ends_with '55000: the run was held back for longer than 1000 ms'
on_standby 'SELECT pg_wal_replay_resume()' >/dev/null
sql "CALL migsafe.resume_online($run_id)" >/dev/null
each_row_once 'resumed, it does the rest, and no row twice'

start_run '{"target_batch_time": "50 ms", "max_replay_lag": false, "max_replay_lag_bytes": "100 kB"}'
on_standby 'SELECT pg_wal_replay_pause()' >/dev/null
until_true "SELECT $held_back FROM migsafe.online_run WHERE run_id = $run_id"
same 'set_pace releases it' "$(sql "SELECT migsafe.set_pace($run_id, '{\"max_replay_lag_bytes\": false}') ->> 'max_replay_lag_bytes'")" 0
wait "$runner"
same 'so that it ends' "$(rows_done)" "$rows"
on_standby 'SELECT pg_wal_replay_resume()' >/dev/null
verdict 'the server was fine' check_log 1
done_testing
