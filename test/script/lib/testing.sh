# shellcheck shell=bash
# testing.sh: what the test scripts share: statements, and verdicts.  Sourced, never run.

failures=0

# sql STATEMENT...: each in a transaction of its own, in one session
sql() {
	local commands=() statement
	for statement in "$@"; do commands+=(-c "$statement"); done
	psql -X -q -v ON_ERROR_STOP=1 -At "${commands[@]}"
}

# verdict NAME COMMAND...: whether the command succeeds
verdict() {
	if "${@:2}"; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		failures=$((failures + 1))
	fi
}

# same NAME ACTUAL EXPECTED
same() {
	verdict "$1" test "$2" = "$3"
	[[ $2 == "$3" ]] || printf '# got:      %s\n# expected: %s\n' "$2" "$3"
}

# at_most NAME NUMBER LIMIT [UNIT]
at_most() {
	verdict "$1: $2, at most $3${4:+ $4}" test "$2" -le "$3"
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	local end=$((SECONDS + $1))
	until "${@:2}" &>/dev/null; do
		((SECONDS < end)) || return 1
		sleep 0.05
	done
}

is_true() {
	[[ $(sql "SELECT $1") == t ]]
}

# until_true QUERY: asked for some seconds; an error is as good as false
until_true() {
	local _
	for _ in {1..150}; do
		[[ $(psql -X -q -At -c "$1" 2>/dev/null) != t ]] || return 0
		sleep 0.1
	done
	echo "not ok - in vain: $1"
	exit 1
}

# some_batches: wait until the run is in the middle of its rows; needs run_id.  The first batches of a rollback may meet
# none: since PostgreSQL 16 the server leaves empty blocks at the end of an undo log.
some_batches() {
	until_true "SELECT coalesce(sum(batches) > 3 AND sum(written) > 0, false) FROM migsafe.run_part WHERE run_id = $run_id"
}

# new_extension: without a trace of the tests before
new_extension() {
	sql 'SET client_min_messages = error' 'DROP EXTENSION IF EXISTS migsafe CASCADE' 'CREATE EXTENSION migsafe'
}

# drop_backups: they stay where they are when the extension goes
drop_backups() {
	local backups
	backups=$(sql "SELECT string_agg(format('%I.%I', backup_schema, backup_name), ', ') FROM migsafe.backup WHERE pruned_at IS NULL")
	[[ -z $backups ]] || sql "DROP TABLE $backups"
}

clean_up_database() {
	drop_backups
	sql 'DROP TABLE item' 'DROP EXTENSION migsafe CASCADE'
}

# kill_backend PID, terminate_backend PID, kill_server: needs find_server
kill_backend() {
	kill -KILL "$1"
}

terminate_backend() {
	sql "SELECT pg_terminate_backend($1)" >/dev/null
}

# The postmaster first: it would end the others by itself, and start anew.
kill_server() {
	local server children
	server=$(head -n 1 "$MIGSAFE_TEST_DATA/postmaster.pid")
	children=$(ps -o pid= --ppid "$server")
	kill -KILL "$server"
	# shellcheck disable=SC2086 # a list
	kill -KILL $children 2>/dev/null || :
	(cd / && wait_for 120 as_server "$bindir/pg_ctl" -D "$MIGSAFE_TEST_DATA" -l "$MIGSAFE_TEST_LOG" -w start)
}

# restart_with [NAME VALUE]...: settings of a cluster that start_cluster has made
restart_with() {
	(($# == 0)) || printf "%s = '%s'\n" "$@" >>"$work/data/postgresql.conf"
	(cd "$work" && quietly as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -w restart)
}

# enable_checksums: in a cluster that start_cluster has made, and that is stopped.  PostgreSQL 18 makes them anyway.
enable_checksums() {
	(
		cd "$work"
		as_server "$bindir/pg_controldata" -D "$work/data" | grep -q '^Data page checksum version: *[1-9]' ||
			quietly as_server "$bindir/pg_checksums" --enable --no-sync -D "$work/data"
	)
}

done_testing() {
	((failures == 0))
}
