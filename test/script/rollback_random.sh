#!/usr/bin/env bash
# rollback_random.sh [ROUNDS]: random tables, random runs, random changes since, and rollbacks of them with every
# on_conflict, whole and in part: each row, and what the plan and the counts say, is as a slow oracle in SQL has it, which
# knows the specification only.  250 rounds unless told otherwise.  MIGSAFE_SEED repeats a call, and with it MIGSAFE_ROUND
# one of its rounds.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGOPTIONS='-c client_min_messages=error -c search_path=random_rollback,public -c jit=off -c synchronous_commit=off'
rounds=${1:-250}
at_once=50 # and then all is made anew, so that the catalogs stay small
parts=$(dirname "${BASH_SOURCE[0]}")/rollback_random
seed=${MIGSAFE_SEED-$RANDOM}
echo "# seed $seed"

define_all() {
	local file
	new_extension
	sql 'DROP SCHEMA IF EXISTS random_rollback CASCADE' 'CREATE SCHEMA random_rollback'
	for file in values tables run copies oracle changes compare parts histories round; do
		psql -X -q -v ON_ERROR_STOP=1 -f "$parts/$file.sql"
	done
}

# each_round FIRST LAST: what goes wrong
each_round() {
	local round
	for ((round = $1; round <= $2; round++)); do
		echo "CALL round($round, $(((seed * 7919 + round * 104729) % 2000003 - 1000001)) / 1000003.0);"
		echo 'VACUUM item_column, set_column, before_run, after_run, now_row, entry, verdict, present, statistic;'
	done | psql -X -q -At -v ECHO=errors 2>&1 | sed -n 1,60p
	sql 'TABLE problem LIMIT 10'
}

all_rounds() {
	local first last
	for ((first = 1; first <= rounds; first += at_once)); do
		last=$((first + at_once - 1))
		define_all
		same "rounds $first to $((last < rounds ? last : rounds))" "$(each_round "$first" $((last < rounds ? last : rounds)))" ''
		sql 'SELECT format($$# %s: %s$$, name, count) FROM statistic ORDER BY 1'
	done
}

if [[ ${MIGSAFE_ROUND-} ]]; then
	define_all
	same "round $MIGSAFE_ROUND" "$(each_round "$MIGSAFE_ROUND" "$MIGSAFE_ROUND")" ''
else
	all_rounds
	sql 'DROP SCHEMA random_rollback CASCADE' 'DROP EXTENSION migsafe CASCADE'
fi
done_testing
