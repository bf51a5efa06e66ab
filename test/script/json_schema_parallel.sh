#!/usr/bin/env bash
# Parallel workers test documents as one process does: by constant schemas, by those of columns, and by registered ones,
# also those that the transaction has registered itself and that nobody else can see.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

# Since PostgreSQL 16 force_parallel_mode is called debug_parallel_query.
parallel="SET max_parallel_workers_per_gather = 2; SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0;
	SET parallel_tuple_cost = 0;
	DO 'BEGIN PERFORM set_config(name, \$\$on\$\$, false) FROM pg_settings
		WHERE name IN (\$\$force_parallel_mode\$\$, \$\$debug_parallel_query\$\$); END'"
serial='SET max_parallel_workers_per_gather = 0'

# compare NAME FROM NUMBER: how many rows there are, in one process and in workers
compare() {
	local query="SELECT count(*) FROM $2" alone beside plan
	alone=$(sql "$serial" "$query")
	beside=$(sql "$parallel" "$query")
	plan=$(sql "$parallel" "EXPLAIN (ANALYZE, TIMING off, SUMMARY off) $query")
	same "$1: as many rows" "$beside" "$alone"
	same "$1: the number of them" "$alone" "$3"
	verdict "$1: in workers" grep -q 'Workers Launched: [12]' <<<"$plan"
}

new_extension
sql 'CREATE TABLE item (id integer, doc jsonb, schema jsonb)' \
	"INSERT INTO item SELECT i, jsonb_build_object('n', i, 'name', 'item ' || i),
		jsonb_build_object('properties', jsonb_build_object('n', jsonb_build_object('multipleOf', i % 7 + 1)))
		FROM generate_series(1, 20000) i" \
	'ANALYZE item' \
	"SELECT migsafe.register_schema('urn:parallel', '{\"properties\": {\"n\": {\"maximum\": 15000}, \"name\": {\"pattern\": \"9\$\"}}}')" \
	>/dev/null

compare 'constant schema' "item WHERE migsafe.jsonb_matches_schema('{\"properties\": {\"n\": {\"multipleOf\": 3}}}', doc)" 6666
compare 'schema in a column' 'item WHERE migsafe.jsonb_matches_schema(schema, doc)' \
	"$(sql 'SELECT count(*) FROM generate_series(1, 20000) i WHERE i % (i % 7 + 1) = 0')"
compare 'registered schema' "item WHERE migsafe.jsonb_conforms('{\"\$ref\": \"urn:parallel\"}', doc)" 1500
compare 'errors' "item, migsafe.jsonb_schema_errors('{\"\$ref\": \"urn:parallel\"}', doc)" 23000
same 'registered by the transaction itself' "$(sql "$parallel" BEGIN \
	"SELECT migsafe.register_schema('urn:parallel', '{\"properties\": {\"n\": {\"maximum\": 5}}}', replace => true)" \
	"SELECT count(*) FROM item WHERE migsafe.jsonb_conforms('{\"\$ref\": \"urn:parallel\"}', doc)" ROLLBACK | tail -n 1)" 5
same 'and gone with it' "$(sql "$parallel" \
	"SELECT count(*) FROM item WHERE migsafe.jsonb_conforms('{\"\$ref\": \"urn:parallel\"}', doc)")" 1500

# An error of a worker arrives whole.
error=$(sql "$parallel" "SELECT count(*) FROM item WHERE migsafe.jsonb_conforms('{\"\$ref\": \"urn:nobody\"}', doc)" 2>&1 || :)
verdict 'an error of a worker has its hint' grep -q 'HINT:  Register it with migsafe.register_schema' <<<"$error"

clean_up_database
done_testing
