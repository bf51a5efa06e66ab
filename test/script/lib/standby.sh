# shellcheck shell=bash
# standby.sh: a streaming standby of the server that is tested.  Sourced after script/lib.sh and testing.sh, never run.

# It is called s1, and lives in the temporary folder of script/lib.sh, which is stopped and removed at exit.
start_standby() {
	make_work_folder
	cd "$work"
	quietly as_server "$bindir/pg_basebackup" -h "$PGHOST" -p "$PGPORT" -U "$PGUSER" -D "$work/data" -X stream -c fast -R \
		-d 'application_name=s1'
	printf "%s = '%s'\n" unix_socket_directories "$work" >>"$work/data/postgresql.conf"
	quietly as_server "$bindir/pg_ctl" -D "$work/data" -l "$work/server.log" -w start
	cd "$root"
}

on_standby() {
	PGHOST=$work sql "$@"
}
