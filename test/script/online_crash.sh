#!/usr/bin/env bash
# online_crash.sh [MOMENTS]: an online run whose backend or server is killed, or that is ended in other ways, at random
# moments, so many of each kind (3; MIGSAFE_MOMENTS says so as well), and a third of them with two workers and beside
# clients: its status is true at once, and resumed each time it does every row exactly once, though the transform is
# n + 1; the undo log is exact, and takes it all back.  With 20 it takes some minutes.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/script/lib/victim.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/victim.sh"

export PGOPTIONS='-c client_min_messages=error'
moments=${1-${MIGSAFE_MOMENTS-3}}
rows=50000
largest=0

# make_item: the transform's function writes each row that it evaluates to the server's log, which no crash takes back.
# So many seconds of sleep are spread over the rows, in naps of a millisecond, which is what the server's clock can do.
make_item() {
	new_extension
	sql 'DROP TABLE IF EXISTS item, done, nap' 'CREATE TABLE nap (each int)' "INSERT INTO nap VALUES ($1)" \
		'CREATE TABLE item (id int PRIMARY KEY, n int NOT NULL, m int NOT NULL, filler text)' \
		"INSERT INTO item SELECT i * 10, i * 1000, 0, repeat('x', 50) FROM generate_series(1, $rows) i" \
		'CREATE TABLE done (id int, what text)' \
		"CREATE OR REPLACE FUNCTION next(id int, n int) RETURNS int LANGUAGE plpgsql AS \$\$
		 BEGIN
			PERFORM pg_sleep(0.001) FROM nap WHERE id / 10 % each = 0;
			RAISE LOG 'evaluated %', id;
			RETURN n + 1;
		 END \$\$"
	sql "ALTER DATABASE $PGDATABASE SET log_error_verbosity = terse" \
		"ALTER DATABASE $PGDATABASE SET log_min_error_statement = panic" \
		'VACUUM ANALYZE item' CHECKPOINT
	log_before=$(wc -c <"$MIGSAFE_TEST_LOG")
}

# naps_for MOMENTS WORKERS: how many rows share a nap, so that the run lasts until the last of them
naps_for() {
	local each=$((rows * $2 / ($1 * 700)))
	echo $((each > 0 ? each : 1))
}

# worker: the process; the leader, if there is none
worker() {
	sql "SELECT coalesce(min(pid), $(leader)) FROM pg_stat_activity WHERE backend_type LIKE 'migsafe%' AND query LIKE '%work_on_run%'"
}

# all_moments SOME: of each kind so many, in any order
all_moments() {
	local kind
	for kind in $(for ((i = 0; i < $1; i++)); do
		printf '%s\n' backend worker server terminate cancel cancel_run timeout
	done | shuf); do
		case $kind in
			backend) moment 'backend killed' interrupted leader kill_backend ;;
			worker) moment 'worker killed' interrupted worker kill_backend ;;
			server) moment 'server killed' interrupted leader kill_server ;;
			terminate) moment 'backend terminated' interrupted leader terminate_backend ;;
			cancel) moment 'statement cancelled' interrupted leader cancel_backend ;;
			cancel_run) moment 'run cancelled' cancelled leader cancel_run ;;
			timeout) timed_out ;;
		esac
	done
}

# A statement timeout is set before the CALL: so it is cancelled first, and then comes to it.
timed_out() {
	cancel_run
	wait $session || :
	timeout="SET statement_timeout = '$((200 + RANDOM % 400))ms'" resume 'statement timeout'
	wait $session || :
	same 'statement timeout: that is what ended it' "$(head -n 1 "$folder/run.log")" 'ERROR:  canceling statement due to statement timeout'
	same 'statement timeout: its status, at once' "$(status_now)" interrupted
	resume 'statement timeout'
}

# begin_run WORKERS SWEEP
begin_run() {
	begin "CALL migsafe.run_online('item', '{\"n\": \"next(id, n)\"}', name => 'add one', workers => $1, sweep => $2,
		pace => '{\"target_batch_time\": 50, \"batch_size\": 100}')"
}

# finish_run: one batch that was not finished may have been larger by a fifth
finish_run() {
	largest=$(sql "SELECT ceil(1.2 * max(count)) FROM (SELECT count(*) FROM migsafe_undo.run_$run_id GROUP BY batch) b")
	finish
}

# The undo log holds as many entries as rows were written, each row once, and its batches are those that committed.
exact_undo_log() {
	same 'undo log: an entry for each row that was written, none twice' "$(sql "SELECT count(*) - (SELECT sum(written)
		FROM migsafe.run_part WHERE run_id = $run_id), count(*) - count(DISTINCT key_1), count(*) - count(DISTINCT seq)
		FROM migsafe_undo.run_$run_id")" '0|0|0'
	same 'the result counts each row once' "$(sql "SELECT total_rows - sum(seen), successful_rows - sum(written), failed_rows
		FROM migsafe.run_commit JOIN migsafe.run_part USING (run_id) WHERE run_id = $run_id
		GROUP BY total_rows, successful_rows, failed_rows")" '0|0|0'
}

# few_repeated TIMES: as often a process was ended, and at most one batch of it each time.  Those that the run has given
# up by itself, because they took too long, count as well.
few_repeated() {
	local evaluations batches
	batches=$(($1 + $(sql "SELECT sum(retries) FROM migsafe.run_part WHERE run_id = $run_id")))
	evaluations=$(tail -c "+$((log_before + 1))" "$MIGSAFE_TEST_LOG" | grep -c 'evaluated [0-9]*$')
	at_most 'repeated' $((evaluations - rows)) $((batches * largest)) "rows, that is $batches batches of $largest"
	verdict "each row was evaluated" test "$evaluations" -ge "$rows"
}

# alone WORKERS MOMENTS
alone() {
	local before
	make_item "$(naps_for $((7 * $2)) "$1")"
	before=$(sql "SELECT migsafe.fingerprint('item')")
	echo "# workers: $1"
	begin_run "$1" false
	all_moments "$2"
	finish_run
	same 'each row is there, once more by one' \
		"$(sql 'SELECT count(*), count(*) FILTER (WHERE n = id * 100 + 1), min(m), max(m) FROM item')" "$rows|$rows|0|0"
	exact_undo_log
	# the last batch of a part may find that there are no more rows
	verdict 'undo log: as many batches as have committed' is_true "(SELECT sum(batches) - (SELECT count(DISTINCT batch)
		FROM migsafe_undo.run_$run_id) BETWEEN 0 AND count(*) FROM migsafe.run_part WHERE run_id = $run_id)"
	same 'undo log: the old values' "$(sql "SELECT count(*) FROM migsafe_undo.run_$run_id WHERE old_2 = key_1 * 100")" "$rows"
	few_repeated $((8 * $2 * $1)) # a timeout takes two
	same 'rollback: every row' "$(sql "SELECT restored_rows, conflicts FROM migsafe.rollback('add one')")" "$rows|0"
	same 'rollback: all is as before' "$(sql "SELECT migsafe.fingerprint('item')")" "$before"
}

# Each transaction of a client says in the same transaction what it has done.  Rows of other transactions lie between
# those that were there (whose numbers are multiples of ten), before them and behind them.
# shellcheck disable=SC2016 # the dollars are SQL's
make_client() {
	sql 'CREATE OR REPLACE PROCEDURE client(number int) LANGUAGE plpgsql AS $$
	 DECLARE
		old int;
		gone int;
	 BEGIN
		LOOP
			old := 10 * (1 + floor(random() * '$rows')::int);
			CASE floor(random() * 4)::int
				WHEN 0 THEN
					INSERT INTO item SELECT (random() * '$((rows * 11))')::int * 10 + number, 5, 0, $f$new$f$ ON CONFLICT DO NOTHING;
				WHEN 1 THEN
					UPDATE item SET m = m + 1, filler = repeat($f$y$f$, (random() * 200)::int) WHERE id = old;
					INSERT INTO done SELECT old, $f$m$f$ WHERE FOUND;
				WHEN 2 THEN
					UPDATE item SET n = n + 100 WHERE id = old;
					INSERT INTO done SELECT old, $f$n$f$ WHERE FOUND;
				ELSE
					DELETE FROM item WHERE id = old AND old % 100 = 0 RETURNING id INTO gone;
					INSERT INTO done SELECT old, $f$gone$f$ WHERE gone IS NOT NULL;
			END CASE;
			PERFORM pg_sleep(CASE WHEN random() < 0.05 THEN 0.1 ELSE 0.001 END); -- with its locks
			COMMIT;
		END LOOP;
	 END $$'
}

# client NUMBER: until it is told to stop, whatever becomes of the server
client() {
	while [[ ! -e $folder/stop ]]; do
		psql -X -q -c "SET application_name = 'client'" -c "CALL client($1)" 2>>"$folder/client$1.log" || sleep 0.1
	done
}

stop_clients() {
	touch "$folder/stop"
	sql "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'client'" >/dev/null
	# shellcheck disable=SC2086 # a list
	wait $clients || :
	clients=''
	same 'clients: no error but for crashes' "$(cat "$folder"/client*.log |
		grep -E '(ERROR|FATAL|PANIC):' | grep -vE 'terminating connection|the database system is|server closed the connection|No such file' || :)" ''
	rm "$folder/stop" "$folder"/client*.log
}

# beside_clients WORKERS SWEEP MOMENTS
beside_clients() {
	make_item "$(naps_for $((7 * $3)) "$1")"
	make_client
	echo "# workers: $1, beside clients, sweep: $2"
	client 1 &
	clients=$!
	client 2 &
	clients+=" $!"
	begin_run "$1" "$2"
	all_moments "$3"
	sql "INSERT INTO item VALUES (3, 5, 0, 'new')" # behind the run, if chance has let no client do so
	stop_clients
	finish_run
	verdict 'clients: they have worked' is_true "(SELECT count(DISTINCT what) = 3 FROM done)
		AND (SELECT count(*) > 10 FROM item WHERE id % 10 <> 0)"
	same 'no row is lost that was there, none has come back' "$(sql "SELECT (SELECT count(*) FROM item WHERE id % 10 = 0)
		+ (SELECT count(*) FROM done WHERE what = 'gone')")" "$rows"
	same 'each row that was there was done once, with all that clients have done to it' "$(sql "
		SELECT count(*) FROM item i LEFT JOIN (SELECT id, count(*) FILTER (WHERE what = 'n') AS n,
			count(*) FILTER (WHERE what = 'm') AS m FROM done GROUP BY id) d USING (id)
		WHERE id % 10 = 0 AND (i.n, i.m) IS DISTINCT FROM (id * 100 + 1 + 100 * coalesce(d.n, 0)::int, coalesce(d.m, 0)::int)")" 0
	same 'rows that were inserted were done once, or are reported' "$(sql "SELECT count(*) FILTER (WHERE n NOT IN (5, 6)),
		count(*) FILTER (WHERE n = 5) - (SELECT not_visited FROM migsafe.online_run WHERE run_id = $run_id),
		count(*) FILTER (WHERE n = 5) > 0 FROM item WHERE id % 10 <> 0")" "0|0|$([[ $2 == true ]] && echo f || echo t)"
	exact_undo_log
}

find_server
seed=${MIGSAFE_SEED-$RANDOM}
RANDOM=$seed
echo "# seed $seed"
alone 1 "$moments"
others=$(((moments + 2) / 3))
alone 2 "$others"
beside_clients 1 false "$others"
beside_clients 2 true "$others"
sql "ALTER DATABASE $PGDATABASE RESET ALL" 'DROP TABLE done, nap' 'DROP FUNCTION next' 'DROP PROCEDURE client'
clean_up_database
done_testing
