# shellcheck shell=bash
# victim.sh: a long online run whose process or server is ended at some moment, and that is resumed.  Sourced after
# script/lib.sh and testing.sh, never run.

folder=$(mktemp -d)
session='' clients=''

clean_up() {
	touch "$folder/stop"
	# shellcheck disable=SC2086 # a list
	[[ -z $session$clients ]] || kill $session $clients 2>/dev/null || :
	rm -rf -- "$folder"
}
trap clean_up EXIT

# start STATEMENT: what carries the run out, in the background
start() {
	psql -X -q -At -c "SET application_name = 'victim'" -c "${timeout:-SELECT}" -c "$1" &>"$folder/run.log" &
	session=$!
}

started() {
	is_true "EXISTS (SELECT FROM migsafe.live_run l JOIN migsafe.online_run o USING (run_id)
		WHERE o.control IS NOT NULL AND l.run_id = $run_id)"
}

# begin STATEMENT: a new run, whose run_id it will be
begin() {
	run_id=$(sql 'SELECT 1 + CASE WHEN is_called THEN last_value ELSE 0 END FROM migsafe.run_id_seq')
	start "$1"
	wait_for 20 started || verdict 'the run begins' false
}

# resume NAME
resume() {
	start "CALL migsafe.resume_online($run_id)"
	wait_for 20 started || verdict "$1: goes on" false
}

# leader: the process
leader() {
	sql "SELECT pid FROM migsafe.live_run WHERE run_id = $run_id"
}

cancel_backend() {
	sql "SELECT pg_cancel_backend($1)" >/dev/null
}

cancel_run() {
	sql "SELECT migsafe.cancel($run_id)" >/dev/null
}

status_now() {
	sql "SELECT status FROM migsafe.status WHERE run_id = $run_id"
}

# interrupt NAME STATUS WHO HOW: a run that is under way, after a while
interrupt() {
	local who
	sleep "0.$(printf %03d $((RANDOM % 450)))"
	who=$("$3")
	[[ $who ]] || {
		verdict "$1: the run is still under way" false
		return
	}
	"$4" "$who"
	wait $session || :
	session=''
	wait_for 120 sql 'SELECT' || verdict "$1: the server recovers" false
	same "$1: its status, at once" "$(status_now)" "$2"
}

# moment: the same, and it goes on
moment() {
	interrupt "$@"
	resume "$1"
}

# finish: as fast as it can
finish() {
	verdict 'it lasted until the last moment' is_true "EXISTS (SELECT FROM migsafe.run_part WHERE run_id = $run_id AND NOT done)"
	sql 'DELETE FROM nap'
	wait $session || verdict "resumed for the last time, it finishes: $(cat "$folder/run.log")" false
	session=''
	same 'its status at the end' "$(status_now)" committed
	same 'nothing is left of it' "$(sql "SELECT (SELECT count(*) FROM migsafe.deferred_row), (SELECT count(*) FROM migsafe.live_run),
		(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')")" '0|0|0'
}
