# shellcheck shell=bash
# standby.sh: a streaming standby of a cluster of the script's own, which is small and so quickly copied.  Sourced after
# script/lib.sh, which starts that cluster and stops it at exit, and testing.sh, never run.

# standby_clean_up: instead of script/lib.sh's "finish"
standby_clean_up() {
	[[ ! -e $work/standby/data/postmaster.pid ]] || control_standby -m immediate stop || :
	finish
}

control_standby() {
	(cd "$work" && as_server "$bindir/pg_ctl" -D "$work/standby/data" -l "$work/standby.log" -w "$@") &>/dev/null
}

# start_standby NAME
start_standby() {
	cd "$work"
	quietly as_server mkdir "$work/standby"
	quietly as_server "$bindir/pg_basebackup" -h "$PGHOST" -p "$PGPORT" -U "$PGUSER" -D "$work/standby/data" -X stream \
		-c fast -R --no-sync
	printf "%s = '%s'\n" unix_socket_directories "$work/standby" cluster_name "$1" >>"$work/standby/data/postgresql.conf"
	cd "$root"
	control_standby start
}

on_standby() {
	PGHOST=$work/standby sql "$@"
}
