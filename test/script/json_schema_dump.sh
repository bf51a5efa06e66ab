#!/usr/bin/env bash
# Schemas come through pg_dump: constraints by schemas that stand alone are checked while the dump is loaded, whatever
# comes first, and the registered schemas are there afterwards, with their owners.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

here=migsafe_schema_dumped
there=migsafe_schema_restored
role=regress_migsafe_schema_dump
dump=$(mktemp)
broken=$(mktemp)

in_database() {
	PGDATABASE=$1 sql "${@:2}"
}

# rejected NAME FILE SQLSTATE: the file cannot be loaded into a new database, by that error
rejected() {
	local output
	dropdb --if-exists "$there"
	createdb "$there"
	output=$(psql -X -q -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate -d "$there" -f "$2" 2>&1 >/dev/null) || :
	verdict "$1" grep -q "ERROR:  $3" <<<"$output"
}

clean_up() {
	rm -f -- "$dump" "$broken"
	dropdb --if-exists "$here"
	dropdb --if-exists "$there"
	psql -X -q -c "DROP ROLE IF EXISTS $role" postgres
}
trap clean_up EXIT

clean_up 2>/dev/null
createdb "$here"
createdb "$there"
psql -X -q -v ON_ERROR_STOP=1 -v role="$role" -d "$here" >/dev/null <<'SQL'
CREATE ROLE :role;
CREATE EXTENSION migsafe;
GRANT CREATE ON SCHEMA public TO :role;
SET ROLE :role;
SELECT migsafe.register_schema('https://dump.example/city', '{"type": "string", "pattern": "^\\p{Lu}"}');
SELECT migsafe.register_schema('https://dump.example/home', '{"required": ["city"], "properties": {"city": {"$ref": "city"}}}');
SELECT quote_literal(migsafe.bundle_schema('{"items": {"$ref": "https://dump.example/home"}}')) AS bundle \gset
-- loaded before the registry: tables come in the order of their names
CREATE TABLE a_person (id integer PRIMARY KEY, homes jsonb CHECK (migsafe.jsonb_matches_schema(:bundle, homes)),
    draft json CHECK (migsafe.json_matches_schema('{"type": "object"}', draft)),
    valid boolean GENERATED ALWAYS AS (migsafe.jsonb_matches_schema(:bundle, homes)) STORED);
CREATE INDEX ON a_person ((migsafe.jsonb_matches_schema(:bundle, homes)));
INSERT INTO a_person VALUES (1, '[{"city": "Ålesund"}]', '{"a": 1}'), (2, '[]', NULL), (3, NULL, NULL);
SQL

pg_dump -d "$here" -f "$dump"
psql -X -q -v ON_ERROR_STOP=1 -d "$there" -f "$dump" >/dev/null
echo 'ok - the dump can be restored'
for query in 'SELECT * FROM a_person ORDER BY id' 'SELECT * FROM migsafe.registered_schema ORDER BY uri' \
	"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'a_person'::regclass ORDER BY 1" \
	"SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'a_person'::regclass ORDER BY 1" \
	"SELECT migsafe.bundle_schema('{\"items\": {\"\$ref\": \"https://dump.example/home\"}}')"; do
	expected=$(in_database "$here" "$query")
	same "the same: $query" "$(in_database "$there" "$query")" "${expected:-something}"
done
same 'the constraint holds' "$(in_database "$there" "INSERT INTO a_person VALUES (4, '[{\"city\": \"oslo\"}]')" 2>&1 |
	grep -o 'violates check constraint')" 'violates check constraint'
same 'the registry answers' "$(in_database "$there" "SELECT migsafe.jsonb_conforms(
	'{\"\$ref\": \"https://dump.example/home\"}', d) FROM unnest(ARRAY['{\"city\": \"Oslo\"}', '{\"city\": 1}']::jsonb[]) d" |
	paste -sd' ')" 't f'
same 'its owner may replace a schema' "$(in_database "$there" "SET ROLE $role" \
	"SELECT migsafe.register_schema('https://dump.example/city', 'false', replace => true)" \
	"SELECT migsafe.jsonb_conforms('{\"\$ref\": \"https://dump.example/home\"}', '{\"city\": \"Oslo\"}')" | tail -n 1)" f

# What does not match is found while the dump is loaded.
sed 's/Ålesund/ålesund/' "$dump" >"$broken"
rejected 'data that do not match are refused by the restore' "$broken" 23514
sed 's/\^\\\\p{Lu}/(/' "$dump" >"$broken"
verdict 'the second dump differs' test "$(cmp -s "$dump" "$broken"; echo $?)" = 1
rejected 'so is a schema that is broken' "$broken" 22023

# A copy by CREATE DATABASE holds as well, and has a registry of its own.
dropdb "$there"
createdb -T "$here" "$there"
in_database "$there" "SELECT migsafe.unregister_schema('https://dump.example/city')" >/dev/null
same 'the registry of the first database is its own' "$(in_database "$here" 'SELECT count(*) FROM migsafe.registered_schema')" 2
done_testing
