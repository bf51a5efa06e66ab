#!/usr/bin/env bash
# The examples do what their texts say.  tiers: a migration that passes all its checks, and the same call after four
# mishaps, which finds each of them.  online: a run that is paused, cancelled, killed and resumed does each row once.  rollback:
# each scenario proves its claims, and prints what is in the folder "expected", but for the times.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/script/lib/exported.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/exported.sh"
examples=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../examples" && pwd)

# demo NAME: what that example prints, in output
demo() {
	new_extension
	output=$(cd "$examples/$1" && psql -X -q -f demo.sql 2>&1) || {
		echo "$output"
		exit 1
	}
}

# scenario FILE: of the folder "rollback"
scenario() {
	local name=${1##*/}
	name=${name%.sql}
	new_extension
	psql -X -q -v directory="$exports/$name" -f "$1" 2>&1 | grep -v ' ms$' >"$work/$name.out" || :
	verdict "rollback: $name" diff -u "$examples/rollback/expected/$name.out" "$work/$name.out"
}

# on_page, expected: what scenario D prints, without empty lines and times
# shellcheck disable=SC2016 # the backquotes are the page's
on_page() {
	sed '1,/^`d_hours_later.sql`:/d; s/^    //' "$examples/rollback/README.md" | grep -vE '^$| ms$'
}

expected() {
	sed 's/ *$//' "$examples/rollback/expected/d_hours_later.out" | grep -v '^$'
}

demo tiers
same 'tiers: checks that pass after the migration' "$(grep -cE '^ +[0-9]+ \|.*\| t +\|' <<<"$output")" 18
same 'tiers: checks that fail after the migration' "$(grep -cE '^ +[0-9]+ \|.*\| f +\|' <<<"$output" || :)" 0
same 'tiers: checks that fail after the mishaps' "$(grep -E '^no  ' <<<"$output" | tr -dc '0-9\n' | paste -sd ' ')" '5 6 9 12 15 16 17'

demo online
same 'online: statuses on the way' "$(grep -oE '^ *(paused|running|cancelled|interrupted)( \| t)?$' <<<"$output" | tr -d ' ' | paste -sd ' ')" \
	'paused paused|t running cancelled cancelled|t interrupted'
same 'online: each row exactly once' "$(grep -cE '^ +(0 \|    10|1 \| 99990)$' <<<"$output")" 2
same 'online: all of it taken back' "$(grep -cE '^99990 entries, 99990 rows restored$|^EQUAL: ' <<<"$output")" 2

same 'rollback: the page shows what scenario D prints' "$(diff <(on_page) <(expected))" ''

make_exports_folder
for script in "$examples"/rollback/[a-d1-4]_*.sql; do
	[[ ${script##*/} == [a-z0-9]_*_work.sql ]] || scenario "$script"
done
done_testing
