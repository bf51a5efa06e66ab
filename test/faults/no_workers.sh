#!/usr/bin/env bash
# no_workers.sh [ROUNDS [SEED]]: each operation where no background worker is free, or one only: nobody records, nobody
# helps, nobody starts what was to begin in the background.  All is as good; and as good when a backend is killed.
set -euo pipefail
# shellcheck source=test/faults/lib/world.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/world.sh"
# shellcheck source=test/faults/lib/operations.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/operations.sh"

# without_workers OPERATION HOW: undisturbed, or killed
without_workers() {
	local name="$1, $free workers, $2" before
	prepare "$1"
	before=$(prints)
	begin_victim
	goes
	if [[ $2 == killed ]]; then
		sleep "0.$(printf %03d $((RANDOM % 300)))"
		kill_backend "$pid" 2>/dev/null || :
	fi
	wait "$session" || :
	[[ $2 == killed ]] || ended_with "$name" '^$'
	judge "$1" "$name" "$before"
	settled "$name"
}

begin_faults "$@"
allowed_in_log='was terminated by signal 9: Killed'
make_exports_folder
faulty_cluster
for free in 0 1; do
	restart_with max_worker_processes "$free" max_logical_replication_workers 0
	for ((round = 0; round < rounds; round++)); do
		for operation in run_safe run_online start rollback rollback_online restore; do
			without_workers "$operation" undisturbed
			[[ $free -gt 0 ]] || without_workers "$operation" killed
		done
	done
done
done_testing
