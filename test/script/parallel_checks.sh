#!/usr/bin/env bash
# The checks of rows go over the table in one pass, in parallel where PostgreSQL allows, as the plans in the server's log
# show; what they find is the same either way.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGOPTIONS='-c client_min_messages=error'
checks='[{"check": "not_null", "column": "v"}, {"check": "has", "column": "doc", "path": "/a"},
	{"check": "expression", "expression": "id % 7 > 0"}, {"check": "coverage", "expression": "v > 5", "at_least": 0.9}]'
unsafe='[{"check": "expression", "expression": "nothing_special(id)"}]'

# results WORKERS CHECKS: what is found, planned for so many workers, as one line
results() {
	sql "SET max_parallel_workers_per_gather = $1" 'SET parallel_setup_cost = 0' 'SET parallel_tuple_cost = 0' \
		'SET min_parallel_table_scan_size = 0' "LOAD 'auto_explain'" 'SET auto_explain.log_min_duration = 0' \
		'SET auto_explain.log_nested_statements = on' 'SET auto_explain.log_analyze = on' \
		'SET auto_explain.log_timing = off' \
		"SELECT string_agg(r::text, ' ') FROM migsafe.validate_jsonb('item', '$2') r" |
		tail -1
}

# logged PATTERN LINE: how often since that line of the server's log
logged() {
	tail -n "+$2" "$MIGSAFE_TEST_LOG" | grep -cE "$1" || :
}

next_line() {
	echo $(($(wc -l <"$MIGSAFE_TEST_LOG") + 1))
}

new_extension
sql 'DROP TABLE IF EXISTS item' \
	"CREATE TABLE item (id integer PRIMARY KEY, v integer, doc jsonb) WITH (autovacuum_enabled = off)" \
	"INSERT INTO item SELECT g, nullif(g, 5000), jsonb_build_object(CASE g % 1000 WHEN 1 THEN 'b' ELSE 'a' END, g)
		FROM generate_series(1, 20000) g" \
	"CREATE OR REPLACE FUNCTION nothing_special(integer) RETURNS boolean LANGUAGE plpgsql PARALLEL UNSAFE
		AS 'BEGIN RETURN true; END'"

start=$(next_line)
alone=$(results 0 "$checks")
same 'alone: no workers' "$(logged 'Workers Launched' "$start")" 0
same 'alone: one pass counts' "$(logged 'Seq Scan on item' "$start")" 1

start=$(next_line)
together=$(results 2 "$checks")
verdict 'together: workers count' test "$(logged 'Workers Launched: [12]' "$start")" -ge 1
same 'together: one pass counts' "$(logged 'Parallel Seq Scan on item' "$start")" 1
same 'the same is found' "$together" "$alone"

start=$(next_line)
results 2 "$unsafe" >/dev/null
same 'a function that is not parallel safe keeps workers away' "$(logged 'Workers Launched' "$start")" 0

sql 'DROP FUNCTION nothing_special' 'DROP TABLE item' 'DROP EXTENSION migsafe CASCADE'
done_testing
