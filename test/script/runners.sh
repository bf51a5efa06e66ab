#!/usr/bin/env bash
# Runners of migrations execute files that use migsafe: the projects in test/runners, each of which has the same three
# migrations.  Those from npm are installed into a temporary folder.  Where npm's registry cannot be reached, they
# are skipped, and that is said.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/runners/scenario.sh
source "$root/test/runners/scenario.sh"

# what npm says where nobody answers, or somebody in between refuses
no_registry='code (E[45][0-9][0-9]|ENOTFOUND|EAI_AGAIN|ECONN[A-Z]+|E[A-Z_]*TIMED?OUT|E[A-Z]*UNREACH)'

# runner NAME: a copy of its project, and a database of its own
runner() {
	runner=$1
	export PGDATABASE=migsafe_runners
	createdb "$PGDATABASE"
	cp -r "$root/test/runners/${1% -?}" "$work/$1"
	cd "$work/$1"
	# shellcheck source=/dev/null
	source ./runner.sh
	scenario
	dropdb --force "$PGDATABASE"
	done_testing
}

# runners NAME...: each in a subshell, which takes its functions along
runners() {
	local name
	for name in "$@"; do
		(runner "$name") || failures=$((failures + 1))
	done
}

# from_npm: installs what the lock file says
from_npm() {
	cp "$root"/test/runners/npm/package*.json "$work"
	timeout 120 npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=1 \
		--fetch-retry-mintimeout=1000 --fetch-timeout=20000 &>"$work/npm.log" || {
		(($? != 124)) || echo 'code ETIMEDOUT after two minutes' >>"$work/npm.log"
		return 1
	}
}

npm_runners() {
	if from_npm; then
		PATH=$work/node_modules/.bin:$PATH
		runners node-pg-migrate drizzle
	elif grep -qE "$no_registry" "$work/npm.log"; then
		echo "SKIPPED - node-pg-migrate and drizzle were not tested, npm's registry cannot be reached:"
		grep -E -m1 "$no_registry" "$work/npm.log"
	else
		sed 's/^/# /' "$work/npm.log"
		verdict 'npm ci' false
	fi
}

make_work_folder
runners 'psql -f' 'psql -1' sqitch alembic
npm_runners
done_testing
