#!/usr/bin/env bash
# Memory: what a backend takes does not grow with the table, and nothing is left of a thousand calls that fail, whatever
# made them fail: neither memory, nor a warning in the server's log, nor a lock, nor an undo log.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

# What the server's own compiler takes is not counted.
export PGOPTIONS='-c client_min_messages=error -c jit=off'

# new_table ROWS
new_table() {
	sql 'DROP TABLE IF EXISTS item' \
		"CREATE TABLE item (id int PRIMARY KEY, n text NOT NULL, filler text DEFAULT 'some text') WITH (autovacuum_enabled = off)" \
		"INSERT INTO item SELECT i, i FROM generate_series(1, $1) i"
}

# anonymous PID: memory of that process that is not shared, in kB
anonymous() {
	awk '/^RssAnon:/ { print $2 }' "/proc/$1/status" 2>/dev/null || :
}

# peak STATEMENT: in kB, sampled while it runs in a session of its own
peak() {
	local output pid now most=0 psql
	output=$(mktemp)
	psql -X -q -v ON_ERROR_STOP=1 -At -c 'SELECT pg_backend_pid()' -c "$1" >"$output" &
	psql=$!
	until [[ -s $output ]] || ! kill -0 $psql 2>/dev/null; do sleep 0.01; done
	pid=$(head -1 "$output")
	while kill -0 $psql 2>/dev/null; do
		now=$(anonymous "$pid")
		((${now:-0} <= most)) || most=$now
		sleep 0.02
	done
	wait $psql
	rm "$output"
	echo "$most"
}

run_statement="SELECT total_rows FROM migsafe.run_safe('item', '{\"n\": \"n || 1 / (id % 100)\"}',
	name => 'run', max_errors => 1000000)"

# steps ROWS: the peak of each
steps() {
	new_extension
	new_table "$1"
	peak "SELECT migsafe.backup_table('item')"
	peak "${run_statement/max_errors => 1000000/dry_run => true}"
	peak "$run_statement"
	peak "SELECT count(*) FROM migsafe.row_log((SELECT max(run_id) FROM migsafe.run))"
	peak "SELECT migsafe.rollback('run')"
	sql 'VACUUM item'
	peak "CALL migsafe.run_online('item', '{\"n\": \"n || 1 / (id % 100)\"}', max_errors => 1000000)"
	peak "CALL migsafe.run_online('item', '{\"n\": \"n || 1\"}', only_if => 'id % 1000 = 1', sweep => true)"
	sql "UPDATE item SET n = 'other'"
	peak "SELECT migsafe.restore('item')"
	peak "SELECT count(*) FROM migsafe.validate_jsonb('item', '[{\"check\": \"expression\", \"expression\": \"n <> ''1''\"}]')"
	peak "SELECT count(*) FROM migsafe.validate_jsonb('item', '[{\"check\": \"unique\", \"column\": \"filler\"},
		{\"check\": \"foreign_key\", \"column\": \"id\", \"references\": \"item\"},
		{\"check\": \"reconcile\", \"reference\": \"item\", \"key\": \"id\"}]')"
	document_steps "$1"
	clean_up_database
}

document="jsonb_build_object('id', i, 'name', 'item ' || i, 'price', i * 0.25, 'tags', ARRAY['a', 'b'])"
schema='{"type": "object", "required": ["id", "name"], "unevaluatedProperties": false, "properties": {
	"id": {"type": "integer", "minimum": 0}, "name": {"type": "string", "pattern": "^item [0-9]+$"},
	"price": {"type": "number", "multipleOf": 0.25}, "tags": {"type": "array", "uniqueItems": true}}}'
document_checks='[{"check": "schema", "column": "content", "schema": '$schema'},
	{"check": "not_null", "columns": ["id", "content"]},
	{"check": "type", "column": "content", "type": "object"},
	{"check": "has", "column": "content", "path": "/tags/*"},
	{"check": "lacks", "column": "content", "path": "/error"},
	{"check": "expression", "expression": "10 / (id % 1000) >= 0"}]'

# document_steps ROWS: the peak of each, in one process.  Each hundredth document fails the schema.
document_steps() {
	local -x PGOPTIONS="$PGOPTIONS -c max_parallel_workers_per_gather=0"
	sql "CREATE TABLE document WITH (autovacuum_enabled = off) AS
		SELECT i AS id, $document || jsonb_build_object('id', CASE WHEN i % 100 > 0 THEN i END) AS content
		FROM generate_series(1, $1) i"
	peak "SELECT count(*) FROM migsafe.validate_jsonb('document', '$document_checks')"
	peak "SELECT count(*) FROM document WHERE migsafe.jsonb_matches_schema('$schema', content)"
	peak "SELECT count(*) FROM document WHERE migsafe.json_matches_schema('$schema', content::text::json)"
	peak "SELECT count(*) FROM document, migsafe.jsonb_schema_errors('$schema', content)"
	sql 'DROP TABLE document'
}

# A backup needs no work_mem, a join more than one: a hash, by hash_mem_multiplier, two; a sort and the result one each.
size_of_the_table() {
	local names=(backup 'dry run' run row_log rollback 'online run' 'online run that leaves most rows alone' restore validate
		'whole checks' 'validate documents' jsonb_matches_schema json_matches_schema jsonb_schema_errors)
	local shares=(0 1 1 1 4 1 1 4 1 4 0 0 0 0)
	local few many i work_mem
	work_mem=$(sql "SELECT setting FROM pg_settings WHERE name = 'work_mem'")
	few=$(steps 10000)
	many=$(steps 1000000)
	mapfile -t few <<<"$few"
	mapfile -t many <<<"$many"
	for i in "${!names[@]}"; do
		at_most "${names[i]}: a million rows against ten thousand" \
			$((many[i] - few[i])) $((shares[i] * work_mem + 10240)) kB
	done
}

# small_batches ROWS: the peak of an online run whose batches are a few rows, since they may write no more WAL, and how
# many batches there were
small_batches() {
	new_extension
	new_table "$1"
	peak "CALL migsafe.run_online('item', '{\"n\": \"n || repeat(''x'', 500)\"}',
		pace => '{\"batch_size\": 1, \"max_batch_wal\": \"8kB\"}')"
	sql 'SELECT batches FROM migsafe.run_commit'
}

number_of_batches() {
	local few many
	few=$(small_batches 500)
	many=$(small_batches 10000)
	mapfile -t few <<<"$few"
	mapfile -t many <<<"$many"
	verdict "online run of many batches: ${many[1]}, at least 500" test "${many[1]}" -ge 500
	at_most "online run: ${many[1]} batches against ${few[1]}" $((many[0] - few[0])) 1024 kB
}

# left: locks of others in this database, undo logs, backups, records
left() {
	sql "SELECT (SELECT count(*) FROM pg_locks WHERE pid <> pg_backend_pid()
			AND pid IN (SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend')
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
		(SELECT count(*) FROM pg_class WHERE relnamespace = 'migsafe_undo'::regnamespace AND relkind = 'r'),
		(SELECT count(*) FROM pg_class WHERE relname LIKE 'item%' AND relkind = 'r'),
		(SELECT count(*) FROM migsafe.run), (SELECT count(*) FROM migsafe.committed_error)"
}

# repeat COUNT TEXT
repeat() {
	local i
	for ((i = 0; i < $1; i++)); do printf '%s\n' "$2"; done
}

# report: a psql script that shows the session's memory by the system's account and by the server's, in kB, and how many
# memory contexts of ours there are.  The server's own caches are left out: they keep the name of each table that there
# ever was, those of failed calls too.  Whose part a context is PostgreSQL tells by name, and since 18 by a path.
report() {
	cat <<-'SQL'
		RESET statement_timeout;
		\set memory `awk '/^RssAnon:/ { print $2 }' /proc/:pid/status`
		WITH c AS MATERIALIZED (SELECT name, total_bytes, to_jsonb(v) AS r FROM pg_backend_memory_contexts v)
		SELECT :memory AS memory, sum(total_bytes)::bigint / 1024 AS contexts, count(*) FILTER (WHERE name LIKE 'migsafe%') AS ours
		FROM c WHERE 'CacheMemoryContext' NOT IN (name, coalesce(r ->> 'parent',
			(SELECT p.name FROM c p WHERE p.r #> '{path,-1}' = c.r #> '{path,-2}'), '')) \gset
		\echo :memory :contexts :ours
	SQL
}

# fail_often STATEMENT SETTINGS: a session in which the statement fails 1200 times, and then others work.  Shows the
# SQLSTATE of each, and reports after 200 and after all.
fail_often() {
	local call="$1;
\\if :ERROR
\\echo :SQLSTATE
\\endif"
	{
		echo "SET application_name = 'often'; SELECT pg_backend_pid() AS pid \gset"
		echo "$2;"
		repeat 200 "$call"
		report
		echo "$2;"
		repeat 1000 "$call"
		report
		echo "\\! '$self' left"
		echo "RESET migsafe.debug_fault; SET test.at_row = 'SELECT';"
		echo "SELECT 'run', successful_rows FROM migsafe.run_safe('item', '{\"n\": \"n || pause(id)\"}', name => 'second');"
		echo "SELECT 'rollback', restored_rows FROM migsafe.rollback('second');"
	} | psql -X -q -At 2>/dev/null
}

# growth OUTPUT FIELD: of fail_often, between its reports
growth() {
	awk -v field="$2" 'NF == 3 { if (seen++) print $field - first; first = $field }' <<<"$1"
}

# failing NAME SQLSTATE STATEMENT SETTINGS: 200 calls to warm up, 1000 to see
failing() {
	local start before output
	new_extension
	new_table 100
	sql "SELECT migsafe.run_safe('item', '{\"n\": \"n || 1\"}', name => 'first')" >/dev/null
	before=$(left)
	start=$(($(wc -l <"$MIGSAFE_TEST_LOG") + 1))
	output=$(fail_often "$3" "$4")
	same "$1: fails each time" "$(grep -cx "$2" <<<"$output")" 1200
	same "$1: the session is usable" "$(grep -E 'run|rollback' <<<"$output")" $'run|100\nrollback|100'
	same "$1: no lock, table or record is left" "$(grep -E '^[0-9]+[|]' <<<"$output")" "$before"
	at_most "$1: growth against failing CREATE TABLEs" $(($(growth "$output" 1) - baseline)) 120 kB
	at_most "$1: growth of memory contexts" "$(growth "$output" 2)" 32 kB
	same "$1: no memory context of ours" "$(awk 'NF == 3 { print $3 }' <<<"$output" | sort -u)" 0
	same "$1: no warning in the log" "$(tail -n "+$start" "$MIGSAFE_TEST_LOG" | grep WARNING: | grep -v 'row (id=30) failed' |
		head -n 3)" ''
}

# cancel_often: whatever the session called "often" does while it sleeps, each statement once
cancel_often() {
	sql "DO \$\$
	DECLARE
		s record;
		last timestamptz = '-infinity';
	BEGIN
		FOR i IN 1..60000 LOOP
			PERFORM pg_stat_clear_snapshot();
			SELECT pid, query_start, wait_event INTO s FROM pg_stat_activity WHERE application_name = 'often';
			EXIT WHEN NOT found AND last > '-infinity';
			IF s.wait_event = 'PgSleep' AND s.query_start > last THEN
				last = s.query_start;
				PERFORM pg_cancel_backend(s.pid);
			END IF;
			PERFORM pg_sleep(0.001);
		END LOOP;
	END \$\$"
}

failing_calls() {
	local write="SELECT migsafe.run_safe('item', '{\"n\": \"n || pause(id)\"}', max_errors => 0)" canceller
	local at_row='SET test.at_row' fault='SET migsafe.debug_fault'
	failing 'C++ exception' XX000 "$write" "$at_row = 'SELECT'; $fault = 'write:exception'"
	failing 'no memory' 53200 "$write" "$at_row = 'SELECT'; $fault = 'write:bad_alloc'"
	failing 'error of the server' XX000 "$write" "$at_row = 'SELECT'; $fault = 'write:error'"
	failing 'error inside SPI' 22000 "$write" "$at_row = 'SELECT 1 / 0'"
	failing 'error inside SPI that ends the run' 42501 "$write" "$at_row = 'DO \$\$ BEGIN RAISE insufficient_privilege; END \$\$'"
	failing 'statement timeout' 57014 "$write" "$at_row = 'SELECT pg_sleep(60)'; SET statement_timeout = '5ms'"
	cancel_often &
	canceller=$!
	failing 'cancel' 57014 "$write" "$at_row = 'SELECT pg_sleep(60)'"
	wait $canceller
	failing 'C++ exception in a backup' XX000 "SELECT migsafe.backup_table('item')" "$fault = 'backup:exception'"
	failing 'C++ exception in a rollback' XX000 "SELECT migsafe.rollback('first')" "$fault = 'rollback:exception'"
}

self=$(realpath "$0")
[[ ${1-} != left ]] || {
	left
	exit
}

sql "CREATE OR REPLACE FUNCTION pause(id int) RETURNS text LANGUAGE plpgsql AS
	'BEGIN IF id = 30 THEN EXECUTE current_setting(''test.at_row''); END IF; RETURN 1; END'"
new_extension
new_table 1
baseline=$(growth "$(fail_often 'BEGIN; CREATE TABLE item_new (id int, name text, other text); SELECT 1/0; ROLLBACK' "SET test.at_row = 'SELECT'")" 1)
echo "# baseline: $baseline kB"
failing_calls
size_of_the_table
number_of_batches
sql 'DROP FUNCTION pause'
done_testing
