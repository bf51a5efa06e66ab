#!/usr/bin/env bash
# The guide does what it says: its commands are executed, and print what stands below them.  With --renew what they print
# is written into it.
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

# play PAGE: in a new database, where runs and backups are numbered from 1
play() {
	drop_database
	createdb "$database"
	perl "$replay" commands "$root/doc/$1" >"$folder/commands"
	PGDATABASE=$database PGOPTIONS='-c statement_timeout=60s' psql -X -q -P footer=off <"$folder/commands" &>"$folder/output"
	perl "$replay" page "$root/doc/$1" "$folder/output" >"$folder/$1"
}

database=migsafe_guide
folder=$(mktemp -d)
trap clean_up EXIT
find_server
for page in guide.md; do
	play "$page"
	if [[ ${1-} == --renew ]]; then
		cp "$folder/$page" "$root/doc/$page"
	else
		verdict "$page" diff -u "$root/doc/$page" "$folder/$page"
	fi
done
done_testing
