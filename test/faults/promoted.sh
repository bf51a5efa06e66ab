#!/usr/bin/env bash
# promoted.sh [ROUNDS [SEED]]: the primary is lost in the middle of a run, a rollback or something else, and its standby
# promoted: there it is at once what it is, interrupted; what has come over is exact, and goes on to its end or back.  The
# old primary, started again, is no worse for it.
set -euo pipefail
# shellcheck source=test/faults/lib/world.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/world.sh"
# shellcheck source=test/faults/lib/operations.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/operations.sh"
# shellcheck source=test/script/lib/standby.sh
source "$faults/../script/lib/standby.sh"


# has_all: the standby
has_all() {
	[[ $(on_standby 'SELECT pg_last_wal_replay_lsn()') == "$(sql 'SELECT pg_current_wal_flush_lsn()')" ]]
}

# lose_primary OPERATION
lose_primary() {
	local name moment=$((100 + RANDOM % 500)) before primary=$PGHOST primary_log=$server_log
	name="$1, promoted after $moment ms"
	prepare "$1"
	before=$(prints)
	start_standby s1
	wait_for 20 has_all || verdict "$name: the standby follows" false
	begin_victim
	goes
	sleep "0.$(printf %03d $moment)"
	same "$name: the standby refuses a run" "$(on_standby "SELECT migsafe.run_safe('item', '$transform')" 2>&1 | grep -c '^ERROR')" 1
	kill_primary
	wait "$session" || :
	control_standby promote
	export PGHOST=$work/standby
	server_log=$work/standby.log log_line=1
	judge "$1" "$name" "$before"
	settled "$name"
	control_standby -m fast stop
	rm -rf "$work/standby" "$work/standby.log"

	export PGHOST=$primary
	server_log=$primary_log log_line=1
	(cd "$work" && quietly as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -w start)
	judge "$1" "$name, the old primary" "$before"
	settled "$name, the old primary"
}

kill_primary() {
	local server children
	server=$(head -n 1 "$work/data/postmaster.pid")
	children=$(ps -o pid= --ppid "$server")
	# shellcheck disable=SC2086 # a list
	kill -KILL "$server" $children 2>/dev/null || :
	wait_for 20 none_left "$server"
	rm -f "$work/data/postmaster.pid"
}

none_left() {
	! ps -o pid= -p "$1" | grep -q .
}

begin_faults "$@"
allowed_in_log='was terminated by signal 9: Killed'
trap standby_clean_up EXIT
faulty_cluster max_wal_senders 4
for ((round = 0; round < rounds; round++)); do
	for operation in run_online rollback_online $(shuf -n 1 --random-source=<(yes "$RANDOM") -e run_safe start rollback redo_online restore prune); do
		lose_primary "$operation"
	done
done
done_testing
