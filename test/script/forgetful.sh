#!/usr/bin/env bash
# The operations once more on a server that forgets all that it has cached as soon as it may: what was only there by luck
# is gone.  Only a server with assertions can do that (script/check assertions); any other does the same as ever.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGOPTIONS='-c client_min_messages=error'

new_extension
sql 'DROP TABLE IF EXISTS item' 'CREATE TABLE item (id integer PRIMARY KEY, n integer UNIQUE, doc jsonb)' \
	"INSERT INTO item SELECT i, i, '{\"a\": 1}' FROM generate_series(1, 4) i"
# an undo log of ten blocks, so that a part of it is found by its digest
sql 'DROP TABLE IF EXISTS wide' 'CREATE TABLE wide (id integer PRIMARY KEY, filler text)' \
	"INSERT INTO wide SELECT i, repeat('x', 1000) FROM generate_series(1, 80) i" \
	"SELECT migsafe.run_safe('wide', '{\"filler\": \"filler || id\"}', name => 'wide')" >/dev/null
[[ $(sql 'SHOW debug_assertions') != on ]] || PGOPTIONS+=' -c debug_discard_caches=1'

same 'a backup' "$(sql "SELECT row_count FROM migsafe.backup_table('item')")" 4
same 'a run, with a row that fails, and one that cannot be written' "$(sql "SELECT successful_rows, failed_rows
	FROM migsafe.run_safe('item', '{\"n\": \"CASE id WHEN 1 THEN 1 / (id - 1) WHEN 2 THEN 3 ELSE n + 10 END\",
	\"doc\": [{\"op\": \"move\", \"from\": \"/a\", \"path\": \"/b\"}]}',
	name => 'forgetful')")" '2|2'
same 'checks' "$(sql "SELECT bool_and(passed) FROM migsafe.validate_jsonb('item',
	'[{\"check\": \"schema\", \"column\": \"doc\", \"schema\": {\"type\": \"object\"}}, {\"check\": \"unique\", \"column\": \"n\"}]')")" t
same 'a rollback' "$(sql "SELECT restored_rows FROM migsafe.rollback('forgetful')")" 2
same 'a rollback of a part' "$(sql "SELECT restored_rows FROM migsafe.rollback('wide', rows => 'id IN (7, 8, 60)')" \
	"SELECT string_agg(id::text, ',' ORDER BY id) FROM wide WHERE filler NOT LIKE '%' || id")" $'3\n7,8,60'
sql 'DELETE FROM item WHERE id = 4'
same 'a restore' "$(sql "SELECT rows_inserted FROM migsafe.restore('item')")" 1
same 'a run in batches' "$(sql "CALL migsafe.run_online('item', '{\"n\": \"n + 20\"}', name => 'in-batches')" | cut -d '|' -f 3)" 4
same 'all is there' "$(sql "SELECT string_agg(n || ' ' || doc, ',' ORDER BY id) FROM item")" \
	'21 {"a": 1},22 {"a": 1},23 {"a": 1},24 {"a": 1}'
drop_backups
sql 'DROP TABLE item, wide' 'DROP EXTENSION migsafe CASCADE'
done_testing
