#!/usr/bin/env bash
# corrupted.sh [ROUNDS [SEED]]: an undo log that is no longer what the run wrote: rows altered, deleted, doubled, moved to
# other keys; a page zeroed, or with random bytes in it.  Whoever wants to use it finds that out, and nothing of the target
# is changed; a restore from a backup still works, as does what does not need that undo log.
set -euo pipefail
# shellcheck source=test/faults/lib/world.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/world.sh"

damages=(altered deleted doubled swapped emptied zeroed random)
target_rows=''

# some_key: of a row that the run wrote
some_key() {
	echo $((1 + RANDOM % 498))
}

# in_file: a page of the last run's undo log, in its file; the server is stopped meanwhile.  A page with an entry: since
# PostgreSQL 16 there are empty ones as well, made ahead.
in_file() {
	local file page
	sql CHECKPOINT
	file=$work/data/$(sql "SELECT pg_relation_filepath('migsafe_undo.run_$run_id')")
	page=$(sql "SELECT (ctid::text::point)[0] FROM migsafe_undo.run_$run_id ORDER BY seq OFFSET $((RANDOM % 700)) LIMIT 1")
	(cd "$work" && quietly as_server "$bindir/pg_ctl" -D "$work/data" -w stop)
	"$1" "$file" $page
	(cd "$work" && quietly as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -w start)
}

# zero_page FILE PAGE
zero_page() {
	dd if=/dev/zero of="$1" bs=8192 seek="$2" count=1 conv=notrunc status=none
}

# random_bytes FILE PAGE
random_bytes() {
	for _ in {1..8}; do
		dd if=/dev/urandom of="$1" bs=1 seek=$(($2 * 8192 + RANDOM % 8192)) count=1 conv=notrunc status=none
	done
}

# damage KIND: to the undo log of the last run
damage() {
	local undo_log=migsafe_undo.run_$run_id key
	key=$(some_key)
	case $1 in
		altered) sql "UPDATE $undo_log SET old_2 = old_2 + 1 WHERE key_1 = $key" ;;
		deleted) sql "DELETE FROM $undo_log WHERE key_1 = $key" ;;
		doubled) sql "INSERT INTO $undo_log SELECT * FROM $undo_log WHERE key_1 = $key" ;;
		swapped) sql "UPDATE $undo_log SET key_1 = CASE key_1 WHEN $key THEN $key + 1 ELSE $key END WHERE key_1 IN ($key, $key + 1)" ;;
		emptied) sql "TRUNCATE $undo_log" ;;
		zeroed) in_file zero_page ;;
		random) in_file random_bytes ;;
	esac
}

# refused NAME STATEMENT...: each because of the undo log, and nothing has changed
refused() {
	local statement expected
	for statement in "${@:2}"; do
		expected=XX001
		[[ $1 != doubled*run || $statement != *overwrite* ]] || expected=40001 # met twice, it looks like somebody else's
		same "$1: refused: $statement" "$(psql -X -q -At -v VERBOSITY=verbose -c "$statement" 2>&1 | sed -n 's/^ERROR:  \(.....\):.*/\1/p')" "$expected"
		same "$1: and the rows are as they were" "$(target_prints)" "$target_rows"
	done
}

target_prints() {
	sql "SELECT migsafe.fingerprint('item')"
}

# detected NAME: by the invariants as well, and that is all they find
detected() {
	local found
	wait_for 20 nobody_at_work || :
	found=$(sql 'SELECT faults.violation()' 2>&1) || :
	same "$1: nothing else is wrong" "$(grep -vE "^undo log of run $run_id:|invalid page in block|^\$" <<<"${found%%CONTEXT*}" || :)" ''
	verdict "$1: the invariants see it" test -n "$found"
}

# mended NAME: by a restore, after which the run counts as taken back
mended() {
	same "$1: a restore does not need it" "$(sql "SELECT rows_changed FROM migsafe.restore('item', 1)")" "$2"
	same "$1: all is as before" "$(target_prints)" "$(sql "SELECT fingerprint FROM faults.print WHERE target = 'item'::regclass")"
	same "$1: the run no longer stands" "$(sql "SELECT status FROM migsafe.status WHERE run_id = $run_id")" 'rolled back'
	standing_run
	same "$1: the next run can be taken back" "$(sql "SELECT restored_rows, conflicts FROM migsafe.rollback($run_id)")" "$((rows - failing))|0"
	log_is_clean "$1"
}

# whole_run DAMAGE: of a run that has committed
whole_run() {
	local name="$1, a committed run"
	new_world
	standing_run
	damage "$1"
	target_rows=$(target_prints)
	refused "$name" "SELECT migsafe.rollback($run_id)" "SELECT migsafe.rollback_runs(ARRAY[$run_id])" \
		"SELECT migsafe.rollback($run_id, on_conflict => 'overwrite')" "SELECT migsafe.rollback($run_id, rows => 'true')" \
		"CALL migsafe.rollback_online($run_id)" # which is recorded, and forbids others
	detected "$name"
	mended "$name" $((rows - failing))
}

# unfinished_run DAMAGE: of an online run that was cancelled on its way
unfinished_run() {
	local name="$1, an unfinished run" written
	new_world
	nap 2
	psql -X -q -c "CALL migsafe.run_online('item', '$transform', max_errors => 1000, pace => '{\"batch_size\": 100, \"target_batch_time\": \"100 ms\"}')" &>/dev/null &
	until_true 'SELECT sum(written) > 700 FROM migsafe.run_part'
	run_id=$(sql 'SELECT max(run_id) FROM migsafe.run')
	sql "SELECT migsafe.cancel($run_id)" >/dev/null
	wait $! || :
	nap 0
	damage "$1"
	target_rows=$(target_prints)
	written=$(sql "SELECT sum(written) FROM migsafe.run_part WHERE run_id = $run_id")
	refused "$name" "SELECT migsafe.rollback($run_id)" "CALL migsafe.rollback_online($run_id)"
	detected "$name"
	mended "$name" "$written"
}

# half_taken_back DAMAGE: while a rollback in batches is on its way; it neither ends nor is it believed to have ended
half_taken_back() {
	local name="$1, a rollback on its way" back
	new_world
	standing_run
	nap 2
	psql -X -q -c "CALL migsafe.rollback_online($run_id, pace => '{\"batch_size\": 100, \"target_batch_time\": \"100 ms\"}')" &>/dev/null &
	until_true 'SELECT sum(written) > 700 FROM migsafe.run_part'
	back=$(sql 'SELECT max(run_id) FROM migsafe.run')
	sql "SELECT migsafe.cancel($back)" >/dev/null
	wait $! || :
	nap 0
	damage "$1"
	target_rows=$(target_prints)
	refused "$name" "CALL migsafe.resume_online($back)"
	same "$name: its status" "$(sql "SELECT status <> 'committed' FROM migsafe.status WHERE run_id = $back")" t
	detected "$name"
}

begin_faults "$@"
allowed_in_log=' XX001 ERROR:'
faulty_cluster
cd "$work"
quietly as_server "$bindir/pg_ctl" -D "$work/data" -w stop
enable_checksums
quietly as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -w start
cd "$root"
for ((round = 0; round < rounds; round++)); do
	for kind in "${damages[@]}"; do
		whole_run "$kind"
	done
	for kind in $(shuf -n 3 -e "${damages[@]}" --random-source=<(yes "$RANDOM")); do
		unfinished_run "$kind"
		half_taken_back "$kind"
	done
done
done_testing
