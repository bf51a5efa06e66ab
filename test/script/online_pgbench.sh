#!/usr/bin/env bash
# online_pgbench.sh [SECONDS]: pgbench on a table while online runs go over it, one after the other: no client waits for
# more than a second behind a run, and no change of either side is lost.  Prints what the runs cost the clients.  12
# seconds without a run and 12 with them unless told otherwise.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGOPTIONS='-c client_min_messages=error'
seconds=${1:-12}
rows=200000
folder=$(mktemp -d)
bench='' # the process of pgbench

clean_up() {
	[[ -z $bench ]] || kill "$bench" 2>/dev/null || :
	rm -rf -- "$folder"
}
trap clean_up EXIT

new_table() {
	sql 'DROP TABLE IF EXISTS item' \
		'CREATE TABLE item (id bigserial PRIMARY KEY, n int NOT NULL, changes int NOT NULL, filler text)' \
		"INSERT INTO item (n, changes, filler) SELECT 0, 0, repeat('x', 100) FROM generate_series(1, $rows)" \
		'VACUUM ANALYZE item' CHECKPOINT
	cat >"$folder/script" <<-SQL
		\\set id random(1, $rows)
		BEGIN;
		UPDATE item SET changes = changes + 1 WHERE id = :id;
		INSERT INTO item (n, changes) VALUES (0, 1);
		END;
	SQL
}

# start_clients NAME SECONDS
start_clients() {
	PGAPPNAME=client "$("$PG_CONFIG" --bindir)/pgbench" -n -c 4 -T "$2" -f "$folder/script" --log --log-prefix="$folder/$1" \
		>"$folder/$1.out" 2>&1 &
	bench=$!
}

clients_are_at_work() {
	kill -0 "$bench" 2>/dev/null
}

# longest_wait SECONDS: of a client for a lock, in milliseconds, behind a session called "run" or behind another client
# that waits for it; looked at ten times a second
longest_wait() {
	sql "DO \$\$
		DECLARE
			most interval = '0';
			now_found interval;
		BEGIN
			FOR i IN 1..$1 * 10 LOOP
				PERFORM pg_stat_clear_snapshot();
				WITH RECURSIVE waiting AS MATERIALIZED (
					SELECT l.pid, l.waitstart, pg_blocking_pids(l.pid) AS behind FROM pg_locks l WHERE l.waitstart IS NOT NULL
				), blocked AS (
					SELECT a.pid FROM pg_stat_activity a WHERE a.application_name = 'run'
					UNION SELECT w.pid FROM waiting w JOIN blocked b ON b.pid = ANY (w.behind))
				SELECT max(clock_timestamp() - w.waitstart) INTO now_found
				FROM waiting w JOIN blocked USING (pid) JOIN pg_stat_activity a USING (pid)
				WHERE a.application_name = 'client';
				most = greatest(most, now_found);
				PERFORM pg_sleep(0.1);
			END LOOP;
			PERFORM set_config('test.most', (extract(epoch FROM most) * 1000)::int::text, false);
		END \$\$" "SELECT current_setting('test.most')"
}

# figures NAME: of pgbench's log, in milliseconds
figures() {
	sort -n -k 3 "$folder/$1".[0-9]* | awk -v seconds="$seconds" '{ took[NR] = $3 / 1000 }
		END { printf "%d transactions/s, median %.1f ms, p99 %.1f ms, longest %.0f ms\n", NR / seconds,
			took[int(NR * 0.5) + 1], took[int(NR * 0.99) + 1], took[NR] }'
}

transactions() {
	cat "$folder"/*.[0-9]* | wc -l
}

# A transaction that keeps many rows locked for longer than a run may.
control() {
	local most
	start_clients control 3
	PGAPPNAME=run sql "BEGIN" "UPDATE item SET n = n WHERE id <= $rows / 2" 'SELECT pg_sleep(1.3)' COMMIT >/dev/null &
	most=$(longest_wait 2)
	wait "$bench"
	verdict "control: somebody who keeps rows locked is seen (a client waited for $most ms)" test "$most" -gt 1000
}

# Runs until pgbench ends; each adds one to all rows but those of the clients.
runs=0
run_among_clients() {
	while clients_are_at_work; do
		PGAPPNAME=run sql "CALL migsafe.run_online('item', '{\"n\": \"n + 1\"}', only_if => 'id <= $rows',
			max_errors => 0, sweep => false)" \
			>>"$folder/runs" || return 1
		runs=$((runs + 1))
	done
}

new_extension
new_table
control
start_clients without "$seconds"
wait "$bench"
echo "# without a run: $(figures without)"
start_clients with "$seconds"
longest_wait "$seconds" >"$folder/longest" &
watcher=$!
verdict 'the runs finish' run_among_clients
wait "$bench" "$watcher"
bench=''
echo "# with $runs runs: $(figures with)"
at_most 'the longest that a client waited behind a run' "$(cat "$folder/longest")" 1000 ms
same 'pgbench met no error' "$(grep -c 'number of failed transactions: 0 ' "$folder/with.out")" 1
same 'no change of a client is lost' "$(sql 'SELECT sum(changes) FROM item')" $((2 * $(transactions)))
same 'each run changed each row once' "$(sql "SELECT min(n), max(n), count(*) FROM item WHERE id <= $rows")" "$runs|$runs|$rows"
clean_up_database
done_testing
