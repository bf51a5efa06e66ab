#!/usr/bin/env bash
# An online rollback whose backend or server is killed, or that is ended in other ways, and resumed each time: the target
# is as before the run, though the rollback of n + 1 would show each row that it missed.  Taken back itself, and
# interrupted in that as well: as after the run.  While it is half-way, nobody else takes the run back or goes on with it.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/script/lib/victim.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/victim.sh"

export PGOPTIONS='-c client_min_messages=error'
rows=20000

# make_item: whoever writes a row with an even id naps for a millisecond, if there is a row in nap
make_item() {
	new_extension
	sql 'DROP TABLE IF EXISTS item, nap' 'CREATE TABLE nap ()' \
		"CREATE OR REPLACE FUNCTION slow(id int) RETURNS boolean LANGUAGE plpgsql AS \$\$
		 BEGIN
			PERFORM pg_sleep(0.001) FROM public.nap WHERE id % 2 = 0;
			RETURN true;
		 END \$\$" \
		'CREATE TABLE item (id int PRIMARY KEY, n int NOT NULL, CHECK (slow(id)))' \
		"INSERT INTO item SELECT i, i * 1000 FROM generate_series(1, $rows) i"
	sql 'VACUUM ANALYZE item' CHECKPOINT
}

fingerprint() {
	sql "SELECT migsafe.fingerprint('item')"
}

# roll_back RUN: in batches of some 50 rows
roll_back() {
	sql 'INSERT INTO nap DEFAULT VALUES'
	begin "CALL migsafe.rollback_online($1, pace => '{\"target_batch_time\": 50, \"batch_size\": 20}')"
	some_batches
}

# refused NAME MESSAGE STATEMENT...: each with ERROR 55000
refused() {
	local statement
	for statement in "${@:3}"; do
		same "$1: refused: $statement" "$(psql -X -q -At -v VERBOSITY=verbose -c "$statement" 2>&1 | grep -E '^ERROR|^[0-9]')" \
			"ERROR:  55000: $2"
	done
}

# half_way NAME: some rows are as before the run, and some as after it
half_way() {
	verdict "$1: half-way" is_true '(SELECT count(DISTINCT n % 1000) = 2 FROM item)'
}

# exact: the rollback has an undo log of its own, and each row is in it once
exact() {
	same "$1: counts and undo log" "$(sql "SELECT total_rows, successful_rows, (SELECT count(*) FROM migsafe_undo.run_$run_id),
		(SELECT count(DISTINCT key_1) FROM migsafe_undo.run_$run_id) FROM migsafe.status WHERE run_id = $run_id")" \
		"$rows|$rows|$rows|$rows"
}

statuses() {
	sql "SELECT string_agg(status, ', ' ORDER BY run_id) FROM migsafe.status"
}

find_server
seed=${MIGSAFE_SEED-$RANDOM}
RANDOM=$seed
echo "# seed $seed"
make_item
before=$(fingerprint)
run=$(sql "CALL migsafe.run_online('item', '{\"n\": \"n + 1\"}', name => 'add one')" | cut -d '|' -f 1)
after=$(fingerprint)
verdict 'the run has changed the rows' test "$before" != "$after"

roll_back "$run"
back=$run_id
interrupt 'backend terminated' interrupted leader terminate_backend
half_way 'rollback'
refused 'rollback, half-way' "run $run is being taken back" "CALL migsafe.resume_online($run)" \
	"SELECT migsafe.rollback($run)" "CALL migsafe.rollback_online($run, rows => 'true')" "SELECT migsafe.rollback('add one')" \
	"CALL migsafe.run_online('item', '{\"n\": \"n + 1\"}', name => 'add one')"
resume 'backend terminated'
moment 'backend killed' interrupted leader kill_backend
moment 'run cancelled' cancelled leader cancel_run
moment 'server killed' interrupted leader kill_server
moment 'statement cancelled' interrupted leader cancel_backend
moment 'backend killed again' interrupted leader kill_backend
finish
same 'rollback: all is as before the run' "$(fingerprint)" "$before"
same 'rollback: statuses' "$(statuses)" 'rolled back, committed'
exact 'rollback'

roll_back "$back"
interrupt 'redo: backend killed' interrupted leader kill_backend
half_way 'redo'
refused 'redo, half-way' "run $back is being taken back" "CALL migsafe.resume_online($back)" \
	"SELECT migsafe.rollback($back)" "CALL migsafe.rollback_online($back, rows => 'true')"
refused 'redo, half-way' "run $run has already been taken back" "CALL migsafe.resume_online($run)" \
	"SELECT migsafe.rollback($run)" "CALL migsafe.rollback_online($run)"
resume 'redo'
moment 'redo: run cancelled' cancelled leader cancel_run
finish
same 'redo: all is as after the run' "$(fingerprint)" "$after"
same 'redo: statuses' "$(statuses)" 'committed, rolled back, committed'
exact 'redo'

clean_up_database
sql 'DROP TABLE nap' 'DROP FUNCTION slow'
done_testing
