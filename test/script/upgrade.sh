#!/usr/bin/env bash
# ALTER EXTENSION migsafe UPDATE in a database that is at an earlier version: afterwards it has exactly what CREATE
# EXTENSION makes; it keeps its records; and what the module of that version has written can be taken back.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

from=1.0.0
base=migsafe--$from.sql
old=migsafe_updated
new=migsafe_created
export PGOPTIONS='-c client_min_messages=error'

# extension_folder COMMAND...: in the server's folder, which may be root's
extension_folder() {
	local wrapper=command
	[[ -w $folder ]] || wrapper=as_root
	"$wrapper" "$@"
}

clean_up() {
	extension_folder rm -f "$folder/$base"
	dropdb --if-exists "$old"
	dropdb --if-exists "$new"
	finish
}

# old_version: a database where migsafe is of the earlier version
old_version() {
	dropdb --if-exists "$old"
	createdb "$old"
	export PGDATABASE=$old
	sql "CREATE EXTENSION migsafe VERSION '$from'"
}

# definition DATABASE: all that belongs to the extension, as pg_upgrade has it dumped; without OIDs and xids, which are
# accidental, and the version.
definition() {
	pg_dump -s --binary-upgrade "$1" |
		sed -E '/^SELECT pg_catalog.binary_upgrade_(set_next|create_empty)/d; /^(SET relfrozenxid|WHERE oid)/d; /^\\(un)?restrict/d'
	PGDATABASE=$1 sql "SELECT 'dumped: ' || c.oid::regclass || ' ' || e.extcondition[i] FROM pg_extension e,
		generate_subscripts(extconfig, 1) i, pg_class c WHERE extname = 'migsafe' AND c.oid = extconfig[i] ORDER BY 1"
}

as_created() {
	diff <(definition "$new") <(definition "$old")
}

# records: what users see of them
records() {
	sql 'SELECT run_id, name, kind, target, status, total_rows, successful_rows, failed_rows, skipped_rows FROM migsafe.status
			ORDER BY 1' \
		'SELECT run_id, key, sqlstate, message, row_before FROM migsafe.row_error ORDER BY 1, 2' \
		'SELECT backup_id, backup_name, row_count, fingerprint FROM migsafe.backup ORDER BY 1' \
		'SELECT name, checks FROM migsafe.stored_checks' 'SELECT uri, schema FROM migsafe.registered_schema' \
		'SELECT migsafe.row_log(run_id)::text FROM migsafe.run ORDER BY run_id, 1'
}

# as_backed_up TABLE: both fingerprints are equal
as_backed_up() {
	is_true "fingerprint = migsafe.fingerprint('$1') FROM migsafe.backup
		WHERE (target_schema || '.' || target_name, label) = ('$1', 'before')"
}

# goes_on: runs from before the update are taken back after it, and so on
goes_on() {
	sql "CALL migsafe.rollback_online('online')" >/dev/null
	same 'a run is rolled back' "$(sql "SELECT restored_rows FROM migsafe.rollback('quota')")" 7
	verdict 'the table is as it was before its runs' as_backed_up shop.customer
	same 'so is one without a key' "$(sql "SELECT restored_rows FROM migsafe.rollback('without a key')")" 2
	verdict 'that table is as it was, too' as_backed_up shop.visit
	same 'stored checks are used' "$(sql "SELECT passed FROM migsafe.validate_jsonb('shop.customer', '\"has mail\"')")" t
	same 'schemas are found' "$(sql "SELECT migsafe.jsonb_conforms('{\"\$ref\": \"https://shop.example/quota\"}', '1')")" t
	sql 'DELETE FROM shop.customer WHERE id > 4'
	same 'a backup is restored' "$(sql "SELECT rows_inserted FROM migsafe.restore('shop.customer', 1)")" 4
	verdict 'and gives back what it had' as_backed_up shop.customer
	same 'there are new runs and backups' "$(sql "SELECT run_id > 5 FROM migsafe.run_safe('shop.visit', '{\"pages\": \"0\"}')" \
		"SELECT backup_id > 2 FROM migsafe.backup_table('shop.visit')" | xargs)" 't t'
}

# differs STATEMENT: what undoes the update in part, or adds to it, is found by the comparison
differs() {
	sql "$1"
	verdict "the comparison sees: $1" eval '! as_created >/dev/null'
}

update() {
	sql 'ALTER EXTENSION migsafe UPDATE'
	same 'the version is that of today' "$(sql "SELECT extversion = default_version FROM pg_extension, pg_available_extensions
		WHERE extname = 'migsafe' AND name = extname")" t
}

# definitions: with nothing else in the databases
definitions() {
	echo '# what belongs to the extension'
	createdb "$new"
	PGDATABASE=$new sql 'CREATE EXTENSION migsafe'
	old_version
	verdict 'there is something to update' eval '! as_created >/dev/null'
	update
	verdict 'it has what CREATE EXTENSION makes' as_created
	differs 'GRANT DELETE ON migsafe.run TO PUBLIC'
	sql 'REVOKE DELETE ON migsafe.run FROM PUBLIC'
	verdict 'and that this is gone again' as_created
	differs 'COMMENT ON COLUMN migsafe.run.settings IS NULL'
}

# content: what the module of that version has written is there after an update
content() {
	local before
	echo '# what is in the database'
	old_version
	psql -X -q -v ON_ERROR_STOP=1 -f "$root/test/upgrade/written_by_$from.sql" >/dev/null
	before=$(records)
	update
	same 'the records are kept' "$(records)" "$before"
	goes_on
}

find_server
folder=$("$PG_CONFIG" --sharedir)/extension
make_work_folder
trap clean_up EXIT
extension_folder install -m 644 "$root/test/upgrade/$base" "$folder/"

definitions
content
((failures == 0))
