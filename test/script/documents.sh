#!/usr/bin/env bash
# The guide and the runbook do what they say: their commands are executed, and print what stands below them; messages
# that the runbook explains are messages of migsafe.  With --renew what the commands print is written into the pages.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
replay=$root/test/script/lib/replay.pl

drop_database() {
	PGOPTIONS='-c client_min_messages=error' dropdb --if-exists --force "$database"
}

clean_up() {
	drop_database
	rm -rf -- "$folder"
}

# play PAGE: in a new database, where runs and backups are numbered from 1; with what it takes for granted
play() {
	drop_database
	createdb "$database"
	[[ ! -e ${replay%/*}/${1%.md}.sql ]] || PGDATABASE=$database psql -X -q -v ON_ERROR_STOP=1 -f "${replay%/*}/${1%.md}.sql"
	perl "$replay" commands "$root/doc/$1" >"$folder/commands"
	PGDATABASE=$database PGOPTIONS='-c statement_timeout=60s' psql -X -q -P footer=off <"$folder/commands" &>"$folder/output"
	perl "$replay" page "$root/doc/$1" "$folder/output" >"$folder/$1"
}

# unknown_messages: which the runbook quotes
unknown_messages() {
	find "$root/src" '(' -name '*.?pp' -o -name '*.sql' ')' -exec perl "${replay%/*}/messages.pl" "$root/doc/runbook.md" {} +
}

database=migsafe_guide
folder=$(mktemp -d)
trap clean_up EXIT
find_server
for page in guide.md runbook.md; do
	play "$page"
	if [[ ${1-} == --renew ]]; then
		cp "$folder/$page" "$root/doc/$page"
	else
		verdict "$page" diff -u "$root/doc/$page" "$folder/$page"
	fi
done
same 'the runbook quotes messages that there are' "$(unknown_messages)" ''
done_testing
