#!/usr/bin/env bash
# The recorder where a server is short of workers, and beside prepared transactions: on a cluster of its own, whose
# settings cannot be changed while it runs.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

warning='WARNING:  no background worker is free to record the run'

# output STATEMENT...: all in one session, with its messages, but for details
output() {
	sql "$@" 2>&1 | grep -v '^\(DETAIL\|HINT\):' || :
}

status() {
	sql "SELECT name, status FROM migsafe.status ORDER BY run_id"
}

run_as() {
	echo "SELECT successful_rows FROM migsafe.run_safe('item', '{\"n\": \"n + 1\"}', name => '$1')"
}

without_workers() {
	restart_with max_worker_processes 0
	same 'without a free worker a WARNING comes, once a transaction' \
		"$(output BEGIN "$(run_as one)" "$(run_as two)" COMMIT)" "$warning"$'\n10\n10'
	same 'and with the next one again' "$(output "$(run_as three)")" "$warning"$'\n10'
	same 'the runs are as good' "$(status)" $'one|committed\ntwo|committed\nthree|committed'
	same 'nothing is left of one that fails but its ERROR' \
		"$(output "SELECT migsafe.run_safe('item', '{\"n\": \"1 / (n - n)\"}', max_errors => 0)" | grep -c 'WARNING.*worker\|ERROR:')|$(sql 'SELECT count(*) FROM migsafe.status')" '2|3'
}

prepared() {
	restart_with max_worker_processes 8 max_prepared_transactions 2
	sql BEGIN "$(run_as 'to commit')" "PREPARE TRANSACTION 'to commit'" >/dev/null
	sql 'UPDATE item SET n = 1 WHERE false' 'CREATE TABLE other (id int PRIMARY KEY, n int)' 'INSERT INTO other VALUES (1, 1)'
	sql BEGIN "SELECT migsafe.run_safe('other', '{\"n\": \"n + 1\"}', name => 'to roll back')" "PREPARE TRANSACTION 'to roll back'" >/dev/null
	verdict 'prepared runs are seen' wait_for 20 is_true "(SELECT count(*) = 2 FROM migsafe.status WHERE status = 'prepared')"
	verdict 'their recorders do not wait for them' wait_for 20 is_true \
		"NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'migsafe recorder')"
	same 'they are live, in no process' "$(sql 'SELECT name, pid IS NULL FROM migsafe.progress ORDER BY run_id')" \
		$'to commit|t\nto roll back|t'
	sql "COMMIT PREPARED 'to commit'" "ROLLBACK PREPARED 'to roll back'"
	same 'what was prepared and committed has committed, the other was aborted' "$(status | tail -n 2)" \
		$'to commit|committed\nto roll back|aborted'
	sql "SELECT migsafe.run_safe('other', '{\"n\": \"n + 1\"}')" >/dev/null
	verdict 'the next recorder tidies up' wait_for 20 is_true \
		"(SELECT count(*) = 1 FROM migsafe.recorded_run)"
}

# Each transaction has a recorder at its side, and not one of its own.
many_small_runs() {
	same 'many small runs start one recorder' "$(output "DO \$\$ BEGIN FOR i IN 1..200 LOOP
		PERFORM migsafe.run_safe('other', '{\"n\": \"n + 1\"}'); COMMIT; END LOOP; END \$\$")" ''
	same 'and all of them count' "$(sql "SELECT count(*) FROM migsafe.status WHERE status = 'committed' AND target = 'public.other'")" 201
}

find_server
make_work_folder
start_cluster fsync off
new_extension 2>/dev/null
sql 'CREATE TABLE item (id int PRIMARY KEY, n int)' 'INSERT INTO item SELECT i, i FROM generate_series(1, 10) i'
without_workers
prepared
many_small_runs
done_testing
