#!/usr/bin/env bash
# What is left of a run whose process or server was killed, or that was ended from outside: its row errors, how far it
# came, and a status that is true at once.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGOPTIONS='-c client_min_messages=error'

status_of() {
	sql "SELECT status, sqlstate FROM migsafe.status WHERE name = '$1'"
}

# begin NAME: a run that comes to row 50 with three row errors behind it, and stays there
begin() {
	local n='CASE WHEN id = 50 THEN length(pg_sleep(60)::text) WHEN id IN (7, 8, 9) THEN 1 / (n - n) ELSE n END'
	psql -X -q &>/dev/null -c "SELECT migsafe.run_safe('item', jsonb_build_object('n', '$n'), name => '$1')" &
	session=$!
	verdict "$1: its row errors can be seen" \
		wait_for 20 is_true "(SELECT count(*) = 3 FROM migsafe.row_error JOIN migsafe.status USING (run_id) WHERE name = '$1')"
	verdict "$1: it is running" is_true "(SELECT status = 'running' FROM migsafe.status WHERE name = '$1')"
	pid=$(sql "SELECT pid FROM migsafe.progress WHERE name = '$1'")
}

# ended NAME STATUS: with the SQLSTATE, if it has one; the recorder commits it a little later
ended() {
	wait "$session" || :
	verdict "$1: the server works" wait_for 120 sql 'SELECT'
	wait_for 20 is_true "(SELECT status || coalesce(' ' || sqlstate, '') = '$2' FROM migsafe.status WHERE name = '$1')" || :
	same "$1: its status" "$(status_of "$1")" "${2/ /|}$([[ $2 == *' '* ]] || echo '|')"
	same "$1: its row errors" "$(sql "SELECT string_agg(key->>'id', ' ' ORDER BY error_no), min(e.sqlstate)
		FROM migsafe.row_error e JOIN migsafe.status USING (run_id) WHERE name = '$1'")" '7 8 9|22012'
	same "$1: its counts" "$(sql "SELECT failed_rows FROM migsafe.status WHERE name = '$1'")" 3
	same "$1: nothing is live" "$(sql 'SELECT count(*) FROM migsafe.progress')" 0
	verdict "$1: its recorder has gone" wait_for 20 is_true \
		"NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'migsafe recorder')"
}

find_server
new_extension
sql 'DROP TABLE IF EXISTS item' 'CREATE TABLE item (id int PRIMARY KEY, n int)' \
	'INSERT INTO item SELECT i, i FROM generate_series(1, 100) i'

begin terminated
sql "SELECT pg_terminate_backend($pid)" >/dev/null
ended terminated interrupted

begin cancelled
sql "SELECT pg_cancel_backend($pid)" >/dev/null
ended cancelled 'failed 57014'

begin killed
kill -KILL "$pid"
ended killed interrupted

begin 'recorder terminated'
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'migsafe recorder'" >/dev/null
sql "SELECT pg_cancel_backend($pid)" >/dev/null
ended 'recorder terminated' interrupted

# The sessions that these were are gone, and the next run is none of theirs.
same 'the next run works' "$(sql "SELECT successful_rows FROM migsafe.run_safe('item', '{\"n\": \"n + 1\"}', name => 'next')")" 100
same 'and counts' "$(status_of next)" 'committed|'
clean_up_database
done_testing
