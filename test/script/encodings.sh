#!/usr/bin/env bash
# Messages that quote a string cut it where they must, and arrive whole, in whatever encoding the database is.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGCLIENTENCODING=UTF8

# message_in ENCODING CHARACTER LETTERS: what a failing test says of a long string of the character, after so many
# letters that move the cut
message_in() {
	createdb --encoding="$1" --locale=C --template=template0 "migsafe_$1"
	PGDATABASE=migsafe_$1 sql 'CREATE EXTENSION migsafe' "DO \$\$
		BEGIN
			PERFORM migsafe.jsonb_patch(jsonb_build_object('k', repeat('x', $3) || repeat('$2', 100)),
				'[{\"op\": \"test\", \"path\": \"/k\", \"value\": \"end\"}]');
		EXCEPTION WHEN data_exception THEN
			RAISE NOTICE '%', right(SQLERRM, 17);
		END \$\$" 2>&1 || :
	dropdb "migsafe_$1"
}

check() {
	local message
	message=$(message_in "$@")
	verdict "$1, cut after $3 letters" grep -q '\.\.\.", not "end"$' <<<"$message"
	grep -q '\.\.\.", not "end"$' <<<"$message" || printf '# %s\n' "$message"
}

for letters in 0 1; do
	check UTF8 日 "$letters"
	check EUC_JP 日 "$letters"
	check LATIN1 ° "$letters"
done
done_testing
