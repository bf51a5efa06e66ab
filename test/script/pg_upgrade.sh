#!/usr/bin/env bash
# pg_upgrade makes a new cluster of an old one, from each older server of this machine and from the same one: there
# migsafe goes on as if nothing had happened.  Runs are taken back exactly, backups are restored, what was interrupted
# goes on.  With an older server also from version 1.0.0 of the extension.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

base=migsafe--1.0.0.sql

clean_up() {
	[[ -z ${old_folder-} ]] || as_root rm -f "$old_folder/$base"
	finish
}

major() {
	"$1" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/'
}

# older_servers: the pg_config of each that an extension can be built for, beside the chosen one as Debian has them
older_servers() {
	local other
	for other in "$(dirname "$(dirname "$bindir")")"/*/bin/pg_config; do
		[[ ! -f $("$other" --includedir-server 2>/dev/null)/postgres.h ]] || (($(major "$other") >= $(major "$PG_CONFIG"))) ||
			echo "$other"
	done
}

# install_for PG_CONFIG: built in a copy of the sources, whose objects stay for the next time
install_for() {
	local copy PG_CONFIG=$1
	copy=$root/build/server-$(major "$1")
	mkdir -p "$copy"
	tar -C "$root" --exclude='*.[od]' --exclude='*.so' --exclude=.build-id --exclude=.git --exclude=./build -cf - . |
		tar -C "$copy" -xf -
	local root=$copy
	install_module
}

# as_owner STATEMENT...: the role whose tables they are
as_owner() {
	PGUSER=$role sql "$@"
}

# hold_at TABLE NUMBER: the pace of a run that waits when it has done so many rows, until the gate is open
hold_at() {
	echo "{\"batch_size\": 10, \"hold_while\": \"SELECT closed AND (SELECT count(*) >= $2 FROM $1 WHERE n <> id) FROM gate\"}"
}

holds() {
	is_true "EXISTS (SELECT FROM migsafe.progress WHERE name = '$1' AND waiting_for LIKE '%hold_while%')"
}

# fill: what is to be taken over; of a role that gets another name in the end
fill() {
	role=regress_migsafe_upgrade
	sql "CREATE ROLE $role LOGIN" "GRANT CREATE ON DATABASE postgres TO $role" 'CREATE EXTENSION migsafe' \
		"CREATE SCHEMA up AUTHORIZATION $role" "ALTER ROLE $role SET search_path = up" >/dev/null
	as_owner "CREATE TYPE mood AS ENUM ('sad', 'ok')" 'CREATE TABLE gate AS SELECT true AS closed'
	PGUSER=$role psql -X -q -v ON_ERROR_STOP=1 -f "$root/test/upgrade/before_pg_upgrade.sql" >/dev/null
	as_owner "CALL migsafe.run_online('failed', '{\"n\": \"n + 1 / (50 - id) * 0 + 1\"}', max_errors => 0, batch_size => 10,
		name => 'failed')" &>/dev/null || :
	as_owner "CALL migsafe.rollback_online('half', pace => '{\"batch_size\": 10}')" &>/dev/null || :
	as_owner "SELECT migsafe.start('background', '{\"n\": \"n + 1\"}', name => 'background', pace => '$(hold_at background 30)')" >/dev/null
	as_owner "CALL migsafe.run_online('interrupted', '{\"n\": \"n + 1\"}', name => 'interrupted',
		pace => '$(hold_at interrupted 30)')" &>/dev/null &
	wait_for 20 holds interrupted
	wait_for 20 holds background
	sql "SELECT pg_terminate_backend(pid, 10000) FROM migsafe.live_run" >/dev/null
	wait $! || :
	sql "ALTER ROLE $role RENAME TO ${role}d"
	role+=d
}

# fill_old_version: a database where the extension is of the earlier version
fill_old_version() {
	as_root install -m 644 "$root/test/upgrade/$base" "$old_folder/"
	createdb old_version
	PGDATABASE=old_version sql "CREATE EXTENSION migsafe VERSION '1.0.0'"
	psql -X -q -v ON_ERROR_STOP=1 -d old_version -f "$root/test/upgrade/written_by_1.0.0.sql" >/dev/null
}

# records: all that users see of them
records() {
	sql 'SELECT run_id, name, kind, target, status, total_rows, successful_rows, failed_rows, skipped_rows, rollback_of,
			is_partial FROM migsafe.status' \
		'SELECT * FROM migsafe.run_commit ORDER BY 1' 'SELECT * FROM migsafe.row_error ORDER BY 1, 2' \
		"SELECT to_jsonb(b) FROM migsafe.backup b ORDER BY backup_id" 'SELECT * FROM migsafe.stored_checks' \
		'SELECT * FROM migsafe.registered_schema' 'SELECT * FROM migsafe.installation' \
		'SELECT run_id, migsafe.undo_hash(run_id) FROM migsafe.run ORDER BY 1' \
		"SELECT relname, relowner::regrole, relacl FROM pg_class WHERE relnamespace = 'migsafe_undo'::regnamespace
			AND relkind = 'r' ORDER BY 1" \
		"SELECT oid::regclass, migsafe.fingerprint(oid) FROM pg_class WHERE relnamespace = 'up'::regnamespace
			AND relkind IN ('r', 'p') ORDER BY relname"
}

# by_server BINDIR COMMAND...: with its programs
by_server() {
	local bindir=$1
	"${@:2}"
}

# upgrade OLD-BINDIR: the cluster that is running
upgrade() {
	by_server "$1" stop_cluster
	by_server "$1" enable_checksums # both must have them, or none
	as_server mv "$work/data" "$work/old"
	start_cluster fsync off
	export PGOPTIONS='-c client_min_messages=error'
	stop_cluster
	enable_checksums
	run upgrade_files "$1" >"$work/pg_upgrade.log" 2>&1
	verdict 'pg_upgrade' test "$status" -eq 0
	((status == 0)) || {
		cat "$work/pg_upgrade.log"
		find "$work/data/pg_upgrade_output.d" -name '*.log' -exec tail -n 20 {} +
		exit 1
	}
	(cd "$work" && quietly as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -w start)
}

upgrade_files() {
	cd "$work"
	as_server "$bindir/pg_upgrade" -b "$1" -B "$bindir" -d "$work/old" -D "$work/data" -U "$PGUSER" -s "$work"
}

# as_backed_up TABLE [LABEL]: both fingerprints are equal
as_backed_up() {
	is_true "count(*) = 1 FROM migsafe.backup WHERE (target_oid, label, fingerprint)
		= ('up.$1'::regclass, '${2-before}', migsafe.fingerprint('up.$1'))"
}

# taken_back RUN ROWS TABLE
taken_back() {
	same "$1: rollback" "$(as_owner "SELECT restored_rows, conflicts FROM migsafe.rollback('$1')")" "$2|0"
	[[ -z ${3-} ]] || verdict "$1: $3 is what it was before, byte for byte" as_backed_up "$3"
}

status_of() {
	sql "SELECT status FROM migsafe.status WHERE name = '$1' ORDER BY run_id DESC LIMIT 1"
}

once_more() {
	is_true "(SELECT count(*) = 100 AND bool_and(n = id + 1) FROM up.$1)"
}

# resume CONDITION: the newest run of which it is true
resume() {
	as_owner "CALL migsafe.resume_online($(sql "SELECT max(run_id) FROM migsafe.run WHERE $1"))" >/dev/null
}

finished_runs() {
	same 'row_log' "$(as_owner "SELECT count(*) FROM migsafe.row_log(1)")" 8
	same 'verify_backup' "$(as_owner 'SELECT bool_and(verified), count(*) FROM migsafe.backup, migsafe.verify_backup(backup_id)')" 't|10'
	same 'a plan has the values of before' "$(as_owner "SELECT count(*) FROM migsafe.rollback_plan('names')")" 10
	taken_back names 10
	taken_back 'with a key' 7
	same 'columns that have changed names: each has what was its own' \
		"$(as_owner "SELECT count(*) FROM t WHERE (a, b) = ('b' || id, 'a' || id)")" 10
	as_owner 'ALTER TABLE t RENAME a TO x' 'ALTER TABLE t RENAME b TO a' 'ALTER TABLE t RENAME x TO b'
	verdict 't is what it was before, byte for byte' as_backed_up t
	taken_back 'without a key' 3 bag
	taken_back 'in parts' 70 parted
	same 'a plan knows which row came after the run' "$(as_owner "SELECT count(*), max((key ->> 'id')::int)
		FROM migsafe.rollback_plan('renamed')" 'DELETE FROM new_name WHERE id > 100')" '101|101'
	taken_back renamed 100 new_name
	taken_back online 100 online
	same 'rolled back, and again: the status' "$(as_owner "SELECT restored_rows FROM migsafe.rollback((SELECT max(run_id) FROM migsafe.run))"):$(status_of online)" '100:committed'
	verdict 'online: each row is migrated again' once_more online
}

unfinished_runs() {
	same 'interrupted: the status' "$(status_of interrupted)" interrupted
	as_owner 'UPDATE gate SET closed = false'
	resume "name = 'interrupted'"
	verdict 'interrupted: resumed, it has done each row once' once_more interrupted
	taken_back interrupted 100 interrupted
	as_owner "SELECT migsafe.require_finished('background', '20 s')" >/dev/null
	verdict 'background: a worker has gone on with it, and done each row once' once_more background
	taken_back background 100 background
	same 'failed: the status' "$(status_of failed)" failed
	verdict 'failed: some rows are done' is_true '(SELECT count(*) BETWEEN 1 AND 99 FROM up.failed WHERE n <> id)'
	as_owner "CALL migsafe.rollback_online('failed')" >/dev/null
	verdict 'failed: taken back, failed is what it was before' as_backed_up failed
	as_owner 'UPDATE half SET n = 51 WHERE id = 50'
	resume "rollback_of IS NOT NULL AND target_name = 'half'"
	same 'half: its rollback has gone on' "$(status_of half)" 'rolled back'
	verdict 'half: half is what it was before' as_backed_up half
}

backups_and_checks() {
	as_owner "DELETE FROM restored WHERE id < 4" >/dev/null
	same 'restore' "$(as_owner "SELECT rows_inserted, rows_changed FROM migsafe.restore('restored')")" '3|97'
	verdict 'restored is what it was before' as_backed_up restored
	same 'a run that a restore took back does not stand' "$(status_of 'to be restored')" 'rolled back'
	same 'stored checks and registered schemas are used' \
		"$(as_owner "SELECT passed FROM migsafe.validate_jsonb('t', '\"sound\"')")" t
	same 'constraints hold' "$(as_owner "UPDATE t SET doc = '{}'" 2>&1 | grep -c 'violates check')" 1
	same 'an index with a function of migsafe' "$(as_owner 'SET enable_seqscan = off' \
		"SELECT count(*) FROM t WHERE migsafe.jsonb_has_path(doc, '/n')")" 10
	same 'new runs and backups get new numbers' "$(as_owner \
		"SELECT run_id > 13 FROM migsafe.run_safe('online', '{\"n\": \"0\"}', name => 'new')" \
		"SELECT backup_id > 10 FROM migsafe.backup_table('online')" | xargs)" 't t'
	taken_back new 100
}

# goes_on_from_old_version: records of 1.0.0 do not know their installation, so names count
goes_on_from_old_version() {
	export PGDATABASE=old_version
	sql 'ALTER EXTENSION migsafe UPDATE'
	sql "CALL migsafe.rollback_online('online')" >/dev/null
	same '1.0.0, updated: a run is rolled back' "$(sql "SELECT restored_rows FROM migsafe.rollback('quota')")" 7
	same '1.0.0, updated: so is one without a key' "$(sql "SELECT restored_rows FROM migsafe.rollback('without a key')")" 2
	same '1.0.0, updated: tables are as before' "$(sql "SELECT count(*) FROM migsafe.backup WHERE label = 'before'
		AND fingerprint = migsafe.fingerprint((target_schema || '.' || target_name)::regclass)")" 2
	export PGDATABASE=postgres
}

# upgraded_from PG_CONFIG
upgraded_from() {
	local old_bindir
	old_bindir=$("$1" --bindir)
	echo "# from $("$1" --version)"
	by_server "$old_bindir" start_cluster fsync off
	export PGOPTIONS='-c client_min_messages=error'
	fill
	[[ -z $old_folder ]] || fill_old_version
	records >"$work/before"
	upgrade "$old_bindir"
	records >"$work/after"
	verdict 'records, undo logs, tables and backups are the same' diff "$work/before" "$work/after"
	finished_runs
	unfinished_runs
	backups_and_checks
	[[ -z $old_folder ]] || goes_on_from_old_version
	stop_cluster
	as_server rm -rf "$work/data" "$work/old"
}

find_server
make_work_folder
trap clean_up EXIT

old_folder=''
upgraded_from "$PG_CONFIG"
for old in $(older_servers); do
	quietly install_for "$old"
	old_folder=$("$old" --sharedir)/extension
	upgraded_from "$old"
done
done_testing
