#!/usr/bin/env bash
# On a streaming standby whatever only reads works as on the primary, and whatever writes says that it cannot.  On clusters
# of its own.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/script/lib/standby.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/standby.sh"

# as_on_primary NAME STATEMENT
as_on_primary() {
	local expected
	expected=$(sql "$2")
	same "$1" "$(on_standby "$2")" "$expected"
}

# refused NAME STATEMENT: with the SQLSTATE of a read-only transaction
refused() {
	same "$1 is refused" "$(PGHOST=$work/standby psql -X -q -v VERBOSITY=sqlstate -c "$2" 2>&1)" 'ERROR:  25006'
}

find_server
make_work_folder
trap standby_clean_up EXIT
start_cluster fsync off
export PGOPTIONS='-c client_min_messages=error'
new_extension
sql 'CREATE TABLE item (id int PRIMARY KEY, doc jsonb)' \
	"INSERT INTO item SELECT i, jsonb_build_object('n', CASE WHEN i % 10 = 0 THEN 'bad' ELSE i::text END) FROM generate_series(1, 1000) i" \
	"SELECT migsafe.backup_table('item')" "SELECT migsafe.run_safe('item', '{\"doc\": \"doc || ''{\\\"v\\\": 2}''\"}', name => 'first')" >/dev/null
start_standby s1
transform="{\"doc\": \"jsonb_build_object(''n'', (doc->>''n'')::int)\"}"
as_on_primary 'dry run' "SELECT total_rows, successful_rows, failed_rows, skipped_rows, errors, samples
	FROM migsafe.run_safe('item', '$transform', dry_run => true)"
as_on_primary 'validate_jsonb' "SELECT * FROM migsafe.validate_jsonb('item', '[{\"check\": \"has\", \"column\": \"doc\", \"path\": \"/v\"},
	{\"check\": \"expression\", \"expression\": \"doc->>''n'' <> ''bad''\"}]')"
as_on_primary 'fingerprint' "SELECT migsafe.fingerprint('item')"
as_on_primary 'verify_backup' 'SELECT verified FROM migsafe.backup b, migsafe.verify_backup(b.backup_id)'
as_on_primary 'row_log' "SELECT count(*) FROM migsafe.row_log(1)"
as_on_primary 'status' 'SELECT name, target, status, successful_rows FROM migsafe.status'
as_on_primary 'dry run of a rollback' "SELECT restored_rows, conflicts FROM migsafe.rollback('first', dry_run => true)"
as_on_primary 'dry run of a restore' "SELECT rows_changed FROM migsafe.restore('item', dry_run => true)"
as_on_primary 'dry run of prune' "SELECT kind, id, target, dropped, bytes > 0 FROM migsafe.prune('0 s', 0)"
refused 'prune' "SELECT migsafe.prune('0 s', 0, false)"
refused 'run' "SELECT migsafe.run_safe('item', '$transform')"
refused 'rollback' "SELECT migsafe.rollback('first')"
refused 'restore' "SELECT migsafe.restore('item')"
refused 'backup' "SELECT migsafe.backup_table('item')"
verdict 'the server was fine' check_log 1
done_testing
