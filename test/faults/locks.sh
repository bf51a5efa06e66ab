#!/usr/bin/env bash
# locks.sh [ROUNDS [SEED]]: each operation meets locks of others: a lock_timeout while a row or the table is locked, and a
# deadlock of which it is the victim, or the other.  It ends with 55P03 or 40P01, or goes on, and leaves nothing half-done.
set -euo pipefail
# shellcheck source=test/faults/lib/world.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/world.sh"
# shellcheck source=test/faults/lib/operations.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/operations.sh"

# begin_other STATEMENT...: another session, in a transaction that has executed these
begin_other() {
	rm -f "$work/other" "$work/other.log"
	mkfifo "$work/other"
	psql -X -q -At -v VERBOSITY=verbose <"$work/other" &>"$work/other.log" &
	other_session=$!
	exec {other}>"$work/other"
	other_does BEGIN "$@" "SELECT 'ready'"
	wait_for 10 grep -q ready "$work/other.log"
}

# other_does STATEMENT...
other_does() {
	printf '%s;\n' "$@" >&"$other"
}

# end_other: without a trace
end_other() {
	other_does ROLLBACK
	exec {other}>&-
	wait "$other_session" || :
}

some_row() {
	echo $((1 + RANDOM % rows))
}

is_over() {
	! kill -0 "$session" 2>/dev/null
}

victim_waits() {
	[[ $(sql "SELECT count(*) > 0 FROM pg_locks WHERE pid = $pid AND NOT granted") == t ]]
}

victim_waits_or_is_over() {
	is_over || victim_waits
}

# times_out OPERATION STATEMENT: what the other has done; the lock is held until the victim has ended, or for a second
times_out() {
	local name="$1, beside $2" before
	prepare "$1"
	before=$(prints)
	begin_other "$2"
	begin_victim
	echo "SET lock_timeout = '$((50 + RANDOM % 200))ms';" >&"$victim"
	goes
	wait_for 2 is_over || :
	end_other
	wait "$session" || :
	ended_with "$name" '^(55P03|55006|55000)$'
	judge "$1" "$name" "$before"
	settled "$name"
}

# deadlock OPERATION WHO: the other has a row that the victim wants, and then wants one that the victim has
deadlock() {
	local name="$1, a deadlock that ends the $2" before mine=100ms theirs=20s
	[[ $2 == operation ]] || { mine=20s theirs=100ms; }
	prepare "$1"
	before=$(prints)
	begin_other "SET LOCAL deadlock_timeout = '$theirs'" "UPDATE item SET filler = 'x' WHERE id = $((rows - 1))"
	begin_victim
	echo "SET deadlock_timeout = '$mine';" >&"$victim"
	goes
	wait_for 20 victim_waits_or_is_over || :
	other_does "UPDATE item SET filler = 'x' WHERE id = 1"
	wait_for 3 is_over || :
	end_other
	wait "$session" || :
	ended_with "$name" '^40P01$'
	if grep -q 40P01 "$work/other.log"; then
		deadlocks=$((deadlocks + 1))
	elif [[ $error ]]; then
		deadlocks=$((deadlocks + 1))
	fi
	judge "$1" "$name" "$before"
	settled "$name"
}

begin_faults "$@"
deadlocks=0
make_exports_folder
faulty_cluster
for ((round = 0; round < rounds; round++)); do
	for operation in $operations; do
		times_out "$operation" "$(shuf -n 1 --random-source=<(yes "$RANDOM") -e "UPDATE item SET filler = 'x' WHERE id = $(some_row)" \
			"SELECT FROM item WHERE id % 7 = 0 FOR UPDATE" 'LOCK item' 'LOCK item IN SHARE ROW EXCLUSIVE MODE' 'LOCK other, item' \
			'LOCK migsafe.run IN SHARE ROW EXCLUSIVE MODE')"
		rm -rf "$exports/whole"
	done
	for operation in run_safe rollback; do # the others lock the table
		deadlock "$operation" operation
		deadlock "$operation" other
	done
done
verdict "there were $deadlocks deadlocks" test "$deadlocks" -gt 0
done_testing
