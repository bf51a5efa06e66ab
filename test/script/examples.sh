#!/usr/bin/env bash
# The example examples/tiers does what its text says: a migration that passes all its checks, and the same call after
# four mishaps, which finds each of them.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
examples=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../examples" && pwd)

new_extension
output=$(psql -X -q -f "$examples/tiers/demo.sql" 2>&1) || {
	echo "$output"
	exit 1
}
same 'tiers: checks that pass after the migration' "$(grep -cE '^ +[0-9]+ \|.*\| t +\|' <<<"$output")" 18
same 'tiers: checks that fail after the migration' "$(grep -cE '^ +[0-9]+ \|.*\| f +\|' <<<"$output" || :)" 0
same 'tiers: checks that fail after the mishaps' "$(grep -E '^no  ' <<<"$output" | tr -dc '0-9\n' | paste -sd ' ')" '5 6 9 12 15 16 17'
done_testing
