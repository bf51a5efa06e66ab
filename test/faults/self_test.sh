#!/usr/bin/env bash
# self_test.sh: the invariants themselves: what is true of a world without faults, and what they say of damages that each
# of them is there to find.
set -euo pipefail
# shellcheck source=test/faults/lib/world.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/world.sh"

# finds WHAT PATTERN STATEMENT...: which are taken back afterwards
finds() {
	local found
	found=$(sql BEGIN "${@:3}" 'SELECT faults.violation()' ROLLBACK 2>&1)
	verdict "$1: ${found%%$'\n'*}" grep -qE "$2" <<<"$found"
}

# unfinished_run: a few batches of an online run, which is cancelled then
unfinished_run() {
	nap 2
	psql -X -q -c "CALL migsafe.run_online('item', '$transform', max_errors => 1000, pace => '$slow_pace')" &>/dev/null &
	until_true 'SELECT sum(written) > 100 FROM migsafe.run_part'
	open=$(sql 'SELECT max(run_id) FROM migsafe.run')
	sql "SELECT migsafe.cancel($open)" >/dev/null
	wait $! || :
	nap 0
}

begin_faults "$@"
faulty_cluster
new_world
standing_run
whole=$run_id
sql "SELECT migsafe.rollback($run_id)" >/dev/null
back=$((whole + 1))
unfinished_run
invariants 'no fault'

finds 'a row that nobody has recorded' 'are not what the undo logs say' 'UPDATE item SET n = n + 1 WHERE id = 7'
finds 'a row that was lost' 'are not what the undo logs say' 'DELETE FROM item WHERE id = 7'
finds 'a row that has come from nowhere' 'are not what the undo logs say' 'INSERT INTO item VALUES (0, 0)'
finds 'a row error that was lost' 'neither written nor reported' \
	"DELETE FROM migsafe.committed_error WHERE run_id = $whole AND key ->> 'id' = '500'"
finds 'a count that is wrong' '1 row errors|row errors' \
	"UPDATE migsafe.run_commit SET failed_rows = failed_rows + 1, total_rows = total_rows + 1 WHERE run_id = $whole"
finds 'an entry that was lost' 'entries of .* recorded' "DELETE FROM migsafe_undo.run_$open WHERE seq = (SELECT max(seq) FROM migsafe_undo.run_$open)"
finds 'an entry that was altered' 'hash [0-9]+ of [0-9]+' "UPDATE migsafe_undo.run_$back SET old_2 = 0 WHERE key_1 = 7"
finds 'an undo log that is gone' 'is gone' "DROP TABLE migsafe_undo.run_$back"
finds 'an undo log without a run' 'belongs to no run' 'CREATE TABLE migsafe_undo.run_99 ()'
finds 'a run that counts as done too early' 'parts are done' "UPDATE migsafe.online_run SET phase = 'done' WHERE run_id = $open"
finds 'half a record of a run' 'is not recorded' "DELETE FROM migsafe.run WHERE run_id = $open"
finds 'a run in one transaction that has not committed' 'is interrupted' "DELETE FROM migsafe.run_commit WHERE run_id = $whole"
finds 'a backup that is not what it was' 'backup 1: ' \
	"DO \$\$ BEGIN EXECUTE (SELECT format('DELETE FROM %I.%I WHERE id = 9', backup_schema, backup_name) FROM migsafe.backup WHERE backup_id = 1); END \$\$"
finds 'a backup without a record' 'belongs to no backup' 'DELETE FROM migsafe.backup WHERE backup_id = 1'
finds 'half a set of backups' 'has 1 backups' 'DELETE FROM migsafe.backup WHERE backup_id = 1'
finds 'a temporary table' 'temporary relation' 'CREATE TEMPORARY TABLE t ()'

psql -X -q -c 'BEGIN' -c 'LOCK item IN ACCESS SHARE MODE' -c 'SELECT pg_sleep(60)' &>/dev/null &
until_true "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'item'::regclass"
finds 'a lock' 'lock: relation AccessShareLock' 'SELECT'
sql "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE relation = 'item'::regclass" >/dev/null
settled 'and without these'
done_testing
