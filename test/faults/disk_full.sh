#!/usr/bin/env bash
# disk_full.sh [ROUNDS [SEED]]: each operation where its tables, its temporary files and its exports lie on a disk that is
# full after a random amount more: it succeeds, or fails with 53100.  And runs where the disk of the WAL gets full: the
# server goes down, and comes up again once there is room.  After each, all can be finished and taken back.
set -euo pipefail
# shellcheck source=test/faults/lib/world.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/world.sh"
# shellcheck source=test/faults/lib/operations.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/operations.sh"

mounted=''

clean_up() {
	stop_cluster
	[[ ! $mounted ]] || as_root umount -l "$mounted"
	finish
}

# small_disk FOLDER SIZE: the folder is one of its own from now on
small_disk() {
	mkdir -p "$1"
	as_root mount -t tmpfs -o "size=$2,mode=0700,uid=$(id -u "$(server_user)")" tmpfs "$1" 2>/dev/null ||
		skip 'may not mount a small disk (a tmpfs)'
	mounted=$1
}

# fill_disk LEAVE: in kB
fill_disk() {
	local room
	room=$(df -k --output=avail "$mounted" | tail -n 1)
	((room <= $1)) || as_server fallocate -l "$((room - $1))k" "$mounted/ballast"
}

free_disk() {
	rm -f "$mounted/ballast"
}

# full_after OPERATION
full_after() {
	local leave=$((RANDOM % 600)) name before
	name="$1, with $leave kB"
	prepare "$1"
	nap 0
	before=$(prints)
	sql "ALTER DATABASE $PGDATABASE SET work_mem = '64kB'" CHECKPOINT
	begin_victim
	fill_disk $leave
	goes
	wait "$session" || :
	wait_for 30 nobody_at_work || :
	free_disk
	ended_with "$name" '^53100$'
	[[ ! $error ]] || failed=$((failed + 1))
	judge "$1" "$name" "$before"
	settled "$name"
}

# wal_full OPERATION: the server crashes, and cannot always recover by itself
wal_full() {
	local name="$1, no room for WAL" before
	prepare "$1"
	before=$(prints)
	sql CHECKPOINT
	begin_victim
	fill_disk $((RANDOM % 3000))
	goes
	wait "$session" || :
	psql -X -q -c "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 1000000)) FROM generate_series(1, 100)" &>/dev/null || :
	free_disk
	verdict "$name: the server comes up" wait_for 60 comes_up
	same "$name: it was down" "$(tail -n "+$log_line" "$server_log" | grep -c 'PANIC:.*No space left' | sed 's/^[1-9].*/yes/')" yes
	sql CHECKPOINT
	judge "$1" "$name" "$before"
	settled "$name"
}

comes_up() {
	as_server "$bindir/pg_ctl" -D "$work/data" status || (cd "$work" && as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -w start)
	sql SELECT
}

# A database of its own there, so that undo logs and backups are, too.
data_disk() {
	small_disk "$work/small" 64m
	sql "CREATE TABLESPACE small LOCATION '$mounted'" 'CREATE DATABASE small TABLESPACE small'
	export PGDATABASE=small
	exports=$mounted/exports
	as_server mkdir "$exports"
	for ((round = 0; round < rounds; round++)); do
		for operation in $operations; do
			full_after "$operation"
			rm -rf "$exports/whole"
		done
	done
	verdict "the disk was full for $failed of them" test "$failed" -gt 0
	export PGDATABASE=postgres
	sql 'DROP DATABASE small' 'DROP TABLESPACE small'
	as_root umount "$mounted"
	mounted=''
}

# Segments of 1 MB, so that the disk can be small.
wal_disk() {
	cd "$work"
	quietly as_server "$bindir/pg_ctl" -D "$work/data" -w stop
	quietly as_server "$bindir/pg_resetwal" --wal-segsize=1 "$work/data"
	printf "%s = '%s'\n" min_wal_size 2MB max_wal_size 1GB >>"$work/data/postgresql.conf"
	small_disk "$work/wal" 64m
	as_server cp -a "$work/data/pg_wal/." "$work/wal"
	rm -rf "$work/data/pg_wal"
	as_server ln -s "$work/wal" "$work/data/pg_wal"
	quietly as_server "$bindir/pg_ctl" -D "$work/data" -l "$server_log" -w start
	cd "$root"
	exports=$work
	for ((round = 0; round < rounds; round++)); do
		for operation in run_safe run_online rollback_online restore; do
			wal_full "$operation"
		done
	done
}

begin_faults "$@"
trap clean_up EXIT
failed=0
faulty_cluster
data_disk
allowed_in_log='PANIC:.*No space left|was terminated by signal 6: Aborted'
wal_disk
done_testing
