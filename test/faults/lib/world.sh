# shellcheck shell=bash
# shellcheck disable=SC2119,SC2120 # arguments that may be left out
# world.sh: what the fault tests share: a cluster of their own, tables whose every row can be accounted for, and the
# invariants that hold after each fault.  Sourced, never run.
faults=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=script/lib.sh
source "$faults/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$faults/../script/lib/testing.sh"

rows=3000
failing=6 # of them
transform='{"n": "n + 1 + 0 / (id % 500)"}'
slow_pace='{"batch_size": 50, "target_batch_time": "30 ms"}'
allowed_in_log='' # a pattern of what is meant to happen
log_line=1        # up to where the server's log has been read

# begin_faults [ROUNDS [SEED]]: the number of rounds is in $rounds; MIGSAFE_ROUNDS and MIGSAFE_SEED say them as well
begin_faults() {
	rounds=${1:-${MIGSAFE_ROUNDS:-1}}
	seed=${2:-${MIGSAFE_SEED:-$RANDOM}}
	RANDOM=$seed
	echo "# ${0##*/} $rounds $seed"
	find_server
	make_work_folder
}

# skip REASON: all of the script
skip() {
	echo "SKIPPED - ${0##*/}: $1"
	exit 0
}

# faulty_cluster [NAME VALUE]...
faulty_cluster() {
	start_cluster log_line_prefix '%m [%p] %e ' log_error_verbosity terse max_prepared_transactions 2 \
		log_min_error_statement error fsync off "$@"
	export MIGSAFE_TEST_DATA=$work/data MIGSAFE_TEST_LOG=$server_log PGOPTIONS='-c client_min_messages=error'
	sql "DO 'BEGIN CREATE EXTENSION amcheck; EXCEPTION WHEN OTHERS THEN NULL; END'" # which is not everywhere
}

# nap EACH: in each session from now on, who writes or tests a row whose id is divisible by it sleeps for a millisecond
nap() {
	sql "ALTER DATABASE $PGDATABASE SET faults.nap = $1"
}

# new_world: item, other which refers to it, and a backup of both, which is number 1
new_world() {
	sql 'DROP SCHEMA IF EXISTS faults CASCADE' 'DROP SCHEMA IF EXISTS world CASCADE' 'CREATE SCHEMA world'
	new_extension
	sql "ALTER DATABASE $PGDATABASE SET search_path = world, public"
	sql "CREATE FUNCTION nap(id int) RETURNS boolean LANGUAGE plpgsql AS \$\$
		 DECLARE
			each int = coalesce(nullif(current_setting('faults.nap', true), ''), '0');
		 BEGIN
			IF each > 0 AND id % each = 0 THEN PERFORM pg_sleep(0.001); END IF;
			RETURN true;
		 END \$\$" \
		"CREATE TABLE item (id int PRIMARY KEY, n int NOT NULL CHECK (nap(id)), filler text, doc jsonb)" \
		"CREATE TABLE other (id int PRIMARY KEY REFERENCES item ON DELETE CASCADE, n int NOT NULL)" \
		"INSERT INTO item SELECT i, i * 1000, repeat(md5(i::text), 8) FROM generate_series(1, $rows) i" \
		'INSERT INTO other SELECT id, n FROM item WHERE id % 3 = 0'
	fill_world
	sql "SELECT migsafe.backup_tables('{item,other}')" >/dev/null
	psql -X -q -v ON_ERROR_STOP=1 -f "$faults/invariants.sql"
	sql "SELECT faults.add_target('item')" "SELECT faults.add_target('other')" 'VACUUM ANALYZE item' >/dev/null
}

# fill_world: more in the tables, before they are backed up
fill_world() {
	:
}

# standing_run: of all rows; its number is in $run_id
standing_run() {
	run_id=$(sql "SELECT run_id FROM migsafe.run_safe('item', '$transform', max_errors => 1000)")
}

# change_rows: some rows come and go, as nothing but a restore takes back; before all runs
change_rows() {
	sql 'DELETE FROM item WHERE id % 50 = 7' "INSERT INTO item SELECT i, i FROM generate_series($rows + 1, $rows + 50) i" \
		'TRUNCATE faults.base, faults.print' "SELECT faults.add_target('item')" "SELECT faults.add_target('other')" >/dev/null
}

# begin_victim: a session that waits for its statement; its process is in $pid
begin_victim() {
	rm -f "$work/victim" "$work/victim.log"
	mkfifo "$work/victim"
	psql -X -q -At -v VERBOSITY=verbose <"$work/victim" &>"$work/victim.log" &
	session=$!
	exec {victim}>"$work/victim"
	echo 'SELECT pg_backend_pid();' >&"$victim"
	wait_for 10 test -s "$work/victim.log"
	pid=$(head -n 1 "$work/victim.log")
}

# goes: the victim gets its $statement
goes() {
	echo "$statement;" >&"$victim"
	exec {victim}>&-
}

# victim_error: the SQLSTATE of what it ended with; empty: it succeeded
victim_error() {
	sed -n 's/.*ERROR:  \([0-9A-Z]\{5\}\): .*/\1/p' "$work/victim.log" | head -n 1
}

# ended_with NAME PATTERN: the victim has succeeded, or failed with such an SQLSTATE, which is in $error then
ended_with() {
	error=$(victim_error)
	if [[ -z $error || $error =~ $2 ]]; then
		echo "ok - $1: ${error:-it succeeds}"
	else
		verdict "$1: $(grep -m 1 'ERROR:' "$work/victim.log")" false
	fi
}

nobody_at_work() {
	is_true "NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type LIKE 'migsafe%')"
}

# log_is_clean NAME: what the server's log betrays; each line is read once
log_is_clean() {
	local bad='TRAP:|was terminated by signal|PANIC:|(reference|refcount|file) leak|resource was not closed'
	bad+='|non-empty SPI stack|problem in alloc set| XX00[0-2] ERROR:|terminate called'
	same "$1: server log" "$(tail -n "+$log_line" "$server_log" | grep -E "$bad" | grep -vE "${allowed_in_log:-^\$}" | head -n 5 || :)" ''
	log_line=$(($(wc -l <"$server_log") + 1))
}

# invariants NAME
invariants() {
	wait_for 120 sql 'SELECT' || verdict "$1: the server works" false
	wait_for 20 nobody_at_work || :
	same "$1: invariants" "$(sql 'SELECT faults.violation()' 2>&1)" ''
	log_is_clean "$1"
}

# unfinished: the online run that can be resumed; a rollback comes before what it takes back
unfinished() {
	sql "SELECT max(run_id) FROM migsafe.status JOIN migsafe.online_run USING (run_id) WHERE status NOT IN ('committed', 'rolled back')"
}

standing() {
	sql "SELECT max(run_id) FROM migsafe.status JOIN migsafe.run USING (run_id) WHERE status.kind = 'run' AND status = 'committed'
		AND pruned_at IS NULL"
}

# settled NAME: what was not finished is resumed to its end, all runs are taken back, in one transaction or in batches,
# and every target is, byte for byte, as it was.
settled() {
	local run how
	nap 0
	while run=$(unfinished) && [[ $run ]]; do
		sql "CALL migsafe.resume_online($run)" >/dev/null || {
			verdict "$1: run $run can be resumed" false
			return 0
		}
	done
	[[ $(sql 'SELECT faults.violation()' 2>&1) == '' ]] || invariants "$1, resumed"
	while run=$(standing) && [[ $run ]]; do
		how='SELECT migsafe.rollback'
		((RANDOM % 2)) || how='CALL migsafe.rollback_online'
		sql "$how($run)" >/dev/null || {
			verdict "$1: run $run can be rolled back" false
			return 0
		}
	done
	invariants "$1, finished and rolled back"
	same "$1, finished and rolled back: fingerprints" "$(sql "SELECT target FROM faults.beginning()
		WHERE fingerprint <> migsafe.fingerprint(target) AND NOT EXISTS (SELECT FROM migsafe.run WHERE pruned_at IS NOT NULL)")" ''
}
