#!/usr/bin/env bash
# export_crash.sh [MOMENTS]: exports whose backend or server is killed at random moments, so many of each kind (4;
# MIGSAFE_MOMENTS says so as well): afterwards there is a whole export, or there is none, and the next one of that name
# succeeds and removes what was left.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/script/lib/exported.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/exported.sh"

export PGOPTIONS='-c client_min_messages=error'
moments=${1-${MIGSAFE_MOMENTS-4}}
partial=0 whole=0

clean_up() {
	wait_for 120 sql 'SELECT' || :
	drop_backups
	sql 'DROP SCHEMA IF EXISTS shop CASCADE' 'DROP EXTENSION IF EXISTS migsafe CASCADE'
	finish
}

partial_folders() {
	find "$exports" -maxdepth 1 -name 'killed.partial-*' | wc -l
}

# export_to NAME [SETTING]: in the background; its backend is in $backend
export_to() {
	: >"$work/export.log"
	psql -X -q -At -c 'SELECT pg_backend_pid()' -c "SET migsafe.debug_fault = '${2-}'" \
		-c "SELECT migsafe.export_backup($backup, '$exports/$1')" &>"$work/export.log" &
	session=$!
	wait_for 10 test -s "$work/export.log"
	backend=$(head -n 1 "$work/export.log")
}

# Whole and believed, or not there; never something in between.
judge() {
	if [[ -e $exports/killed ]]; then
		whole=$((whole + 1))
		same "$1: the export is whole" "$(sql "SELECT fingerprint FROM migsafe.import_backup('$exports/killed')")" "$fingerprint"
	else
		verdict "$1: there is no export" true
	fi
	partial=$((partial + $(partial_folders)))
	rm -rf "$exports/killed"
}

# killed KIND MILLISECONDS
killed() {
	export_to killed
	sleep "$(printf '0.%03d' "$2")"
	if [[ $1 == server ]]; then kill_server; else kill -KILL "$backend" 2>/dev/null || :; fi
	wait $session || :
	wait_for 120 sql 'SELECT' || verdict 'the server recovers' false
	judge "$1 killed after $2 ms"
}

# While it writes, nobody takes its folder away; once it is killed, the next one does.
stale() {
	export_to killed export:sleep
	until_true "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%export_backup%'"
	same 'before: one partial folder' "$(partial_folders)" 1
	sql "SELECT migsafe.export_backup($backup, '$exports/killed')" >/dev/null
	same 'another export of that name leaves the folder of one that is being written' "$(partial_folders)" 1
	rm -rf "$exports/killed"
	kill -KILL "$backend"
	wait $session || :
	wait_for 120 sql 'SELECT' || verdict 'the server recovers' false
	same 'killed: its partial folder is left' "$(partial_folders)" 1
	verdict 'and is not believed' eval "! sql \"SELECT migsafe.import_backup('$exports/$(cd "$exports" && echo killed.partial-*)')\" 2>/dev/null"
	sql "SELECT migsafe.export_backup($backup, '$exports/killed')" >/dev/null
	same 'the next export of that name removes it' "$(partial_folders)" 0
	judge 'the next export'
}

find_server
make_exports_folder
trap clean_up EXIT
seed=${MIGSAFE_SEED-$RANDOM}
RANDOM=$seed
echo "# seed $seed"
new_extension
make_item 30000
fingerprint=$(new_export)
backup=$(sql 'SELECT max(backup_id) FROM migsafe.backup')
began=$(date +%s%N)
sql "SELECT migsafe.export_backup($backup, '$exports/timed')" >/dev/null
lasts=$((($(date +%s%N) - began) / 1000000))
echo "# an export takes $lasts ms"
sql CHECKPOINT
for ((i = 0; i < moments; i++)); do
	killed backend $((RANDOM % lasts % 1000))
	killed server $((RANDOM % lasts % 1000))
done
echo "# $partial partial folders were left, $whole exports were whole"
sql "SELECT migsafe.export_backup($backup, '$exports/killed')" >/dev/null
same 'nothing of all that is left' "$(partial_folders)" 0
rm -rf "$exports/killed"
stale
done_testing
