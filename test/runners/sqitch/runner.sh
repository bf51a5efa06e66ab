# shellcheck shell=bash
# sqitch: executes a file by psql, without a transaction but the file's own.
export SQITCH_FULLNAME=Ann SQITCH_EMAIL=ann@example.org

deploy() { sqitch deploy db:pg:; }
revert() { sqitch revert -y ${2:+--to "$2"} db:pg:; }

add() {
	cp "later/$1.sql" deploy/
	echo "SELECT * FROM migsafe.rollback('online');" >"revert/$1.sql"
	cp sqitch.plan "$1.plan"
	echo "$1 2026-01-04T00:00:00Z Ann <ann@example.org> # Added by the test" >>sqitch.plan
}

remove() { mv "$1.plan" sqitch.plan; }
