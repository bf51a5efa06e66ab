#!/usr/bin/env bash
# Runs that are started in the background, where a server is short of workers, beside prepared transactions, and where
# workers are killed: on a cluster of its own, whose settings cannot be changed while it runs.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

# start NAME [TABLE]
start() {
	echo "SELECT migsafe.start('${2-item}', '{\"n\": \"n + 1\"}', name => '$1')"
}

# finished NAME: within ten seconds
finished() {
	sql "SELECT migsafe.require_finished('$1', '10 s') > 0" 2>&1
}

status() {
	sql "SELECT status FROM migsafe.status WHERE name = '$1'"
}

without_workers() {
	restart_with max_worker_processes 0
	same 'without a free worker a WARNING comes' "$(sql "$(start one)" 2>&1 | grep -c '^WARNING:  no background worker is free for run')" 1
	same 'and the run is pending' "$(status one)" pending
	same 'which is said' "$(sql "SELECT migsafe.require_finished('one')" 2>&1 | sed -n 's/^DETAIL:  //p')" \
		'It is pending: no background worker has begun with it.'
	same 'nothing starts it in a read-only transaction' \
		"$(sql BEGIN 'SET TRANSACTION READ ONLY' "SELECT migsafe.require_finished('one')" 2>&1 | grep -c '^ERROR:')" 1
}

with_workers() {
	restart_with max_worker_processes 8 max_prepared_transactions 2
	same 'the next call that finds one free starts it' "$(finished one)" t
	same 'it was carried out once' "$(sql 'SELECT DISTINCT n - id FROM item')" 1
}

prepared() {
	sql BEGIN "$(start prepared)" "PREPARE TRANSACTION 'p'" >/dev/null
	verdict 'a worker does not wait for a prepared transaction' wait_for 20 is_true \
		"NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type LIKE 'migsafe run%')"
	sql "COMMIT PREPARED 'p'"
	same 'once that has committed the run is picked up' "$(finished prepared)" t
	sql BEGIN "$(start 'never')" "PREPARE TRANSACTION 'p'" >/dev/null
	sql "ROLLBACK PREPARED 'p'"
	same 'and is gone with its rollback' "$(status never)" ''
	same 'each was carried out once' "$(sql 'SELECT DISTINCT n - id FROM item')" 2
}

# slow NAME: a run that takes some seconds
slow() {
	sql "SELECT migsafe.start('large', '{\"n\": \"n + 1 + length(pg_sleep(0.001)::text)\"}', name => '$1', batch_size => 50)" >/dev/null
	wait_for 20 is_true "EXISTS (SELECT FROM migsafe.run_part p JOIN migsafe.run r USING (run_id) WHERE r.name = '$1' AND p.batches > 0)"
}

worker_pid() {
	sql "SELECT pid FROM pg_stat_activity WHERE backend_type LIKE 'migsafe run%'"
}

killed() {
	sql 'CREATE TABLE large (id int PRIMARY KEY, n int)' 'INSERT INTO large SELECT i, 0 FROM generate_series(1, 2000) i'
	slow terminated
	sql "SELECT pg_terminate_backend($(worker_pid), 5000)" >/dev/null
	verdict 'a run whose worker was terminated is not carried out' wait_for 20 is_true \
		"NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type LIKE 'migsafe run%')"
	same 'and goes on by the next call' "$(finished terminated)" t
	slow killed
	kill -9 "$(worker_pid)"
	verdict 'the server comes back' wait_for 20 is_true true
	same 'a run whose worker was killed goes on by the next call' "$(finished killed)" t
	same 'each row was done once by each' "$(sql 'SELECT DISTINCT n FROM large')" 2
	slow first
	sql "$(start second large)" >/dev/null
	sql "SELECT pg_terminate_backend(pid, 5000) FROM migsafe.live_run JOIN migsafe.run USING (run_id) WHERE name = 'first'" >/dev/null
	same 'one that waits for an interrupted run is interrupted with it' "$(status first) $(status second)" 'interrupted pending'
	sql "SELECT migsafe.resume(run_id) FROM migsafe.run WHERE name = 'second'" >/dev/null
	verdict 'to resume it picks up the one before it' wait_for 30 is_true \
		"(SELECT count(*) = 2 FROM migsafe.status WHERE name IN ('first', 'second') AND status = 'committed')"
}

# The same, and nobody can go on with it.
dropped() {
	slow dropped
	sql "SELECT pg_terminate_backend($(worker_pid), 5000)" 'DROP TABLE large' >/dev/null
	verdict 'an interrupted run whose table is gone is tried once more, and failed then' wait_for 30 failed_by_next_call dropped
	same 'which the gate says at once' "$(sql "SELECT migsafe.require_finished('dropped', '1 min')" 2>&1 | sed -n 's/^DETAIL:  //p')" \
		'Its table public.large was dropped.'
}

# failed_by_next_call NAME
failed_by_next_call() {
	sql "SELECT migsafe.require_finished('$1')" || :
	[[ $(status "$1") == failed ]]
}

# Fewer workers than runs, and some runs that wait for others on their table.
many() {
	sql "DO \$\$ BEGIN FOR i IN 1..12 LOOP EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, n int)', i);
		EXECUTE format('INSERT INTO t%s VALUES (1, 1)', i); END LOOP; END \$\$"
	sql 'SET client_min_messages = error' BEGIN \
		"SELECT migsafe.start(format('t%s', 1 + i % 12)::regclass, '{\"n\": \"n + 1\"}', name => 'many ' || i) FROM generate_series(1, 36) i" \
		COMMIT >/dev/null
	same 'many runs at once all finish' \
		"$(sql "SELECT count(migsafe.require_finished('many ' || i, '1 min')) FROM generate_series(1, 36) i" 2>&1)" 36
}

find_server
make_work_folder
start_cluster fsync off
new_extension 2>/dev/null
sql 'CREATE TABLE item (id int PRIMARY KEY, n int)' 'INSERT INTO item SELECT i, i FROM generate_series(1, 10) i'
without_workers
with_workers
prepared
killed
dropped
many
done_testing
