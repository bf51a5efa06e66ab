#!/usr/bin/env bash
# clock.sh [ROUNDS [SEED]]: the server's clock is set back by a day, or forward, while migsafe is at work and between its
# calls: what is later is told by numbers, never by times, and nobody waits for the old time to come again.
set -euo pipefail
# shellcheck source=test/faults/lib/world.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/world.sh"
# shellcheck source=test/faults/lib/operations.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/operations.sh"

# shift_clock SECONDS: from the machine's time
shift_clock() {
	echo "$1" >"$work/shift.new"
	mv "$work/shift.new" "$work/shift"
}

preload_clock() {
	local library=$work/clock.so
	cc -shared -fPIC -O1 -o "$library" "$faults/lib/clock.c" 2>/dev/null || skip 'there is no C compiler'
	chmod 755 "$library"
	shift_clock 0
	chmod 644 "$work/shift"
	(cd "$work" && quietly as_server "$bindir/pg_ctl" -D "$work/data" -w stop)
	(cd "$work" && LD_PRELOAD=$library CLOCK_SHIFT=$work/shift quietly as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -w start)
	shift_clock -86400
	is_true "now() < to_timestamp($(date +%s)) - interval '23 hours'" || skip 'the clock of the server cannot be shifted'
	shift_clock 0
}

# shifted OPERATION SECONDS: while it is at work
shifted() {
	local name="$1, the clock is set by $2 s on the way" before
	shift_clock 0
	prepare "$1"
	nap 0 # pg_sleep would wait for the old time to come
	before=$(prints)
	begin_victim
	goes
	sleep "0.$(printf %03d $((RANDOM % 400)))"
	shift_clock "$2"
	verdict "$name: it ends" wait_for 30 is_over
	is_over || kill_backend "$pid"
	wait "$session" || :
	ended_with "$name" '^$'
	judge "$1" "$name" "$before"
	settled "$name"
}

is_over() {
	! kill -0 "$session" 2>/dev/null
}

# sqlstate STATEMENT: of its ERROR
sqlstate() {
	psql -X -q -At -v VERBOSITY=verbose -c "$1" 2>&1 | sed -n 's/^ERROR:  \(.....\):.*/\1/p'
}

# What comes later has the earlier times here.
later_with_earlier_times() {
	local first second
	shift_clock 0
	new_world
	standing_run
	first=$run_id
	shift_clock -86400
	standing_run
	second=$run_id
	same 'the second run has the earlier time' "$(sql "SELECT a.started_at > b.finished_at FROM migsafe.run a, migsafe.run_commit b
		WHERE a.run_id = $first AND b.run_id = $second")" t
	same 'the first run cannot be taken back before the second' "$(sqlstate "SELECT migsafe.rollback($first)")" 55000
	invariants 'two runs'
	same 'the second one can' "$(sql "SELECT restored_rows FROM migsafe.rollback($second)")" $((rows - failing))
	same 'it is taken back, the first one stands' "$(sql "SELECT string_agg(status, ' ' ORDER BY run_id) FROM migsafe.status WHERE kind = 'run'")" \
		'committed rolled back'
	shift_clock -172800
	sql "SELECT migsafe.backup_table('item')" >/dev/null
	same 'the newest backup is the one with the earliest time' "$(sql "SELECT backup_used, rows_changed FROM migsafe.restore('item')")" '3|0'
	same 'and holds the first run, which stands' "$(sql "SELECT status FROM migsafe.status WHERE run_id = $first")" committed
	same 'a restore of the first one takes the run back' "$(sql "SELECT rows_changed FROM migsafe.restore('item', 1)" \
		"SELECT status FROM migsafe.status WHERE run_id = $first")" $((rows - failing))$'\nrolled back'
	settled 'later with earlier times'
}

# A backup or an undo log whose time lies ahead is kept; nothing that is needed is dropped because it looks old.
prune() {
	local needed
	shift_clock 0
	new_world
	shift_clock -31536000
	nap 2
	psql -X -q -c "CALL migsafe.run_online('item', '$transform', max_errors => 1000, pace => '$slow_pace')" &>/dev/null &
	until_true 'SELECT sum(written) > 100 FROM migsafe.run_part'
	needed=$(sql 'SELECT max(run_id) FROM migsafe.run')
	sql "SELECT migsafe.cancel($needed)" >/dev/null
	wait $! || :
	nap 0
	shift_clock 0
	same 'what an unfinished run needs is kept, however old it looks' \
		"$(sql "SELECT kind, id, dropped FROM migsafe.prune('7 days', 0, dry_run => false)")" "undo log|$needed|f"
	settled 'prune'
	shift_clock -86400
	sql "SELECT migsafe.prune('0 s', 0, dry_run => false)" >/dev/null
	same 'what seems to come from the future is kept, though nobody needs it' "$(backups_left)" 2
	shift_clock 0
	sql "SELECT migsafe.prune('0 s', 0, dry_run => false)" >/dev/null
	same 'until then' "$(backups_left)" 0
	invariants 'prune'
}

backups_left() {
	sql 'SELECT count(*) FROM migsafe.backup WHERE pruned_at IS NULL'
}

# Backups within what the clock says to be one second have names of their own, and all of them are there.
one_second_twice() {
	local start
	shift_clock 0
	new_world
	start=$(date +%s)
	for _ in 1 2 3; do
		shift_clock $((start - $(date +%s)))
		sql "SELECT migsafe.backup_table('item')" >/dev/null
		sleep 0.5
	done
	same 'backups of one second, thrice' "$(sql "SELECT count(*), count(DISTINCT backup_name) FROM migsafe.backup WHERE backup_set IS NULL")" '3|3'
	invariants 'one second twice'
}

# A wait has an end, though the time that it was to end at is a day ahead.
waits_end() {
	shift_clock 0
	new_world
	begin_victim
	statement="CALL migsafe.run_online('item', '$transform', max_errors => 1000, pace => '{\"batch_size\": 500, \"rest\": 50}')"
	goes
	until_true 'SELECT sum(batches) > 0 FROM migsafe.run_part'
	shift_clock -86400
	verdict 'a rest between batches ends' wait_for 30 is_over
	is_over || terminate_backend "$pid"
	wait "$session" || :
	invariants 'rests'
	settled 'rests'

	shift_clock 0
	begin_victim
	statement="SELECT migsafe.require_finished('unknown', '2 s')"
	goes
	sleep 0.5
	shift_clock -86400
	verdict 'require_finished ends' wait_for 20 is_over
	is_over || terminate_backend "$pid"
	wait "$session" || :
}

begin_faults "$@"
make_exports_folder
faulty_cluster
preload_clock
later_with_earlier_times
prune
one_second_twice
waits_end
for ((round = 0; round < rounds; round++)); do
	for operation in run_safe run_online start rollback_online restore; do
		shifted "$operation" $((RANDOM % 2 ? -86400 : -3600))
	done
	shifted run_online 86400
	shifted run_safe 86400
done
done_testing
