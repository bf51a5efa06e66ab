#!/usr/bin/env bash
# killed.sh [ROUNDS [SEED]]: each operation is killed at random moments, so many times each (1): its backend, a worker or
# the recorder; and the whole server.  What it was doing is there whole, or not at all, or can be finished.
# shellcheck disable=SC2119 # arguments that may be left out
set -euo pipefail
# shellcheck source=test/faults/lib/world.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/world.sh"
# shellcheck source=test/faults/lib/operations.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/operations.sh"

declare -A takes # milliseconds

now() {
	echo $(($(date +%s%N) / 1000000))
}

# undisturbed OPERATION: how long it takes
undisturbed() {
	local began
	prepare "$1"
	begin_victim
	began=$(now)
	goes
	wait "$session" || :
	[[ $1 != start ]] || wait_for 30 nobody_at_work
	takes[$1]=$(($(now) - began))
	same "$1, undisturbed: no error" "$(grep -E 'ERROR|FATAL' "$work/victim.log" || :)" ''
	rm -rf "$exports/new"
}

# some_process: one of those that carry the operation out
some_process() {
	local processes
	mapfile -t processes < <(ps -o pid=,args= --ppid "$(head -n 1 "$work/data/postmaster.pid")" | awk -v pid="$pid" '$1 == pid || /migsafe/ { print $1 }')
	echo "${processes[RANDOM % (${#processes[@]} + 1)]-$pid}"
}

crash_server() {
	if ((RANDOM % 2)); then
		kill_server
	else
		(cd "$work" && as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -m immediate -w restart) &>/dev/null
	fi
}

# kill_at_random OPERATION WHO
kill_at_random() {
	local moment=$((RANDOM % (takes[$1] + 10))) name before
	prepare "$1"
	name="$1, $2 killed after $moment ms of ${takes[$1]}"
	before=$(prints)
	begin_victim
	goes
	sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
	if [[ $2 == process ]]; then kill_backend "$(some_process)" 2>/dev/null || :; else crash_server; fi
	wait "$session" || :
	judge "$1" "$name" "$before"
	settled "$name"
}

begin_faults "$@"
allowed_in_log='was terminated by signal (9: Killed|3: Quit)'
make_exports_folder
faulty_cluster
for operation in $operations; do
	undisturbed "$operation"
	for ((round = 0; round < rounds; round++)); do
		kill_at_random "$operation" process
		kill_at_random "$operation" server
	done
	rm -rf "$exports/whole"
done
done_testing
