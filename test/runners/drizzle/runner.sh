# shellcheck shell=bash
# drizzle-orm: all files that a release adds in one transaction, so the file with require_finished comes in the release
# after the one with start.

# release FILE...: with the journal that drizzle-kit generate writes
release() {
	local file number=0 entries=()
	for file in "$@"; do
		file=${file##*/}
		number=$((number + 1))
		entries+=("{\"idx\": $number, \"when\": $number, \"tag\": \"${file%.sql}\", \"breakpoints\": true}")
	done
	mkdir -p migrations/meta
	(IFS=, && echo "{\"dialect\": \"postgresql\", \"entries\": [${entries[*]}]}") >migrations/meta/_journal.json
	node migrate.js
}

deploy_at_once() { release migrations/*.sql; }

deploy() {
	release migrations/000[12]_*.sql && release migrations/*.sql
}

add() { cp "later/0004_$1.sql" migrations/; }
remove() { rm "migrations/0004_$1.sql"; }
