#!/usr/bin/env bash
# The pages do what they say: commands of README, guide and runbook, and examples of the reference, are executed, and
# print what stands below them; messages that the runbook explains are messages of migsafe.  With --renew what the
# commands print is written into the pages.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/script/lib/exported.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/exported.sh"
replay=$root/test/script/lib/replay.pl

drop_database() {
	PGOPTIONS='-c client_min_messages=error' dropdb --if-exists --force "$database"
}

clean_up() {
	drop_database
	finish
}

# play PAGE KIND: in a new database, where runs and backups are numbered from 1; with what the page takes for granted.
# Exports go into a folder that the server may write.
play() {
	local name=${1##*/}
	local given=${replay%/*}/${name%.md}.sql
	drop_database
	createdb "$database"
	perl "$replay" commands "$2" "$root/$1" | sed "s#/srv/backups#$exports#g" >"$work/commands"
	[[ ! -e $given ]] || PGDATABASE=$database psql -X -q -v ON_ERROR_STOP=1 -f "$given"
	PGDATABASE=$database PGOPTIONS='-c statement_timeout=60s' psql -X -q -P footer=off <"$work/commands" 2>&1 |
		sed "s#$exports#/srv/backups#g" >"$work/output"
	perl "$replay" page "$2" "$root/$1" "$work/output" >"$work/page"
}

# compare PAGE KIND
compare() {
	play "$@"
	if [[ $renew ]]; then
		cp "$work/page" "$root/$1"
	else
		verdict "$1" diff -u "$root/$1" "$work/page"
	fi
}

# unknown_messages: which the runbook quotes
unknown_messages() {
	find "$root/src" '(' -name '*.?pp' -o -name '*.sql' ')' -exec perl "${replay%/*}/messages.pl" "$root/doc/runbook.md" {} +
}

database=migsafe_documents
renew=${1-}
find_server
make_exports_folder
trap clean_up EXIT
compare README.md sql
compare doc/guide.md sql
compare doc/runbook.md sql
compare doc/reference.md transcripts
same 'the runbook quotes messages that there are' "$(unknown_messages)" ''
done_testing
