#!/usr/bin/env bash
# Transaction ids: how many a run uses up whatever the number of bad rows, and how many of its writing subtransactions
# survive.  With more than 64 of those in an open transaction every other reader has to look up pg_subtrans, which
# pg_stat_slru counts; so 60 survive at most if four more can be added without any look-up.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

self=$(realpath "$0")
export PGOPTIONS='-c client_min_messages=error'

# new_table ROWS [EVERY]: each EVERY-th row has a text that is no number
new_table() {
	sql 'DROP TABLE IF EXISTS item' \
		'CREATE TABLE item (id int PRIMARY KEY, n text NOT NULL) WITH (autovacuum_enabled = off)' \
		"INSERT INTO item SELECT i, CASE WHEN i % ${2:-$(($1 + 1))} = 0 THEN 'bad ' || i ELSE i::text END
		 FROM generate_series(1, $1) i"
}

next_xid() {
	sql 'SELECT pg_snapshot_xmax(pg_current_snapshot())'
}

# bad_rows EVERY NAME: a run over 100,000 rows, each EVERY-th of which is bad
bad_rows() {
	local before used rows=100000 bad=$((100000 / $1))
	new_table $rows "$1"
	before=$(next_xid)
	same "$2 bad rows: total, successful, failed, skipped" "$(sql "
		SELECT total_rows, successful_rows, failed_rows, skipped_rows
		FROM migsafe.run_safe('item', '{\"n\": \"n::int + 1\"}', name => '$2', batch_size => 2000, max_errors => $rows)")" \
		"$rows|$((rows - bad))|$bad|0"
	used=$(($(next_xid) - before))
	at_most "$2 bad rows: transaction ids" "$used" 110
	same "$2 bad rows: every good row is migrated, every bad one is as it was" \
		"$(sql "SELECT count(*) FROM item WHERE n = CASE WHEN id % $1 = 0 THEN 'bad ' || id ELSE (id + 1)::text END")" $rows
	same "$2 bad rows: each is on record as it was" "$(sql "
		SELECT count(*), count(DISTINCT key) FROM migsafe.row_error
		WHERE run_id = (SELECT run_id FROM migsafe.run WHERE name = '$2') AND sqlstate = '22P02'
		  AND (key->>'id')::int % $1 = 0
		  AND row_before = jsonb_build_object('id', key->'id', 'n', 'bad ' || (key->>'id'))")" "$bad|$bad"
}

# look_ups: of pg_subtrans by a reader, after a later transaction has ended (its second name is that since PostgreSQL 17)
look_ups() {
	local statement="SELECT blks_hit + blks_read FROM pg_stat_slru WHERE name IN ('Subtrans', 'subtransaction')" before
	before=$(sql "$statement")
	sql 'SELECT pg_current_xact_id()' 'SELECT count(*) FROM item' >/dev/null
	echo $(($(sql "$statement") - before))
}

# look_ups_during STATEMENT: while its transaction is open, with four more writing subtransactions
look_ups_during() {
	psql -X -q -v ON_ERROR_STOP=1 -At <<-SQL
		BEGIN;
		\\o /dev/null
		$1;
		SAVEPOINT a; UPDATE item SET n = n WHERE id = 1; RELEASE a;
		SAVEPOINT b; UPDATE item SET n = n WHERE id = 2; RELEASE b;
		SAVEPOINT c; UPDATE item SET n = n WHERE id = 3; RELEASE c;
		SAVEPOINT d; UPDATE item SET n = n WHERE id = 4; RELEASE d;
		\\! '$self' look_ups
		COMMIT;
	SQL
}

run_statement() {
	echo "SELECT migsafe.run_safe('item', '{\"n\": \"n::int + 1\"}', batch_size => 10, max_errors => 1000000)"
}

# few_subtransactions ROWS [EVERY]
few_subtransactions() {
	new_table "$@"
	same "$1 rows${2:+, one bad in $2}: no look-up of pg_subtrans" "$(look_ups_during "$(run_statement)")" 0
}

# The first half of the table's pages says nothing about the second, which has a hundred times the rows.
uneven_table() {
	new_table 200000
	sql "DELETE FROM item WHERE id <= 100000 AND id % 200 > 0" 'VACUUM item'
	same 'rows that come late: no look-up of pg_subtrans' "$(look_ups_during "$(run_statement)")" 0
}

# control: COUNT exception blocks in PL/pgSQL
exception_blocks() {
	new_table 1000
	look_ups_during "DO \$\$ BEGIN FOR i IN 1..$1 LOOP
		BEGIN UPDATE item SET n = n WHERE id = i; EXCEPTION WHEN division_by_zero THEN NULL; END;
		END LOOP; END \$\$"
}

# 10 % of the writes break a unique constraint: batches are split, and yet no more survive
failing_writes() {
	new_table 1000
	sql "INSERT INTO item SELECT 1000 + i, 'new ' || i * 10 FROM generate_series(1, 100) i" \
		'CREATE UNIQUE INDEX ON item (n)'
	same '100 failing writes in 1000 rows: no look-up of pg_subtrans' "$(look_ups_during "
		SELECT migsafe.run_safe('item', '{\"n\": \"''new '' || n\"}', only_if => 'id <= 1000', batch_size => 10,
			max_errors => 1000)")" 0
	same '100 failing writes in 1000 rows: successful and failed' \
		"$(sql "SELECT successful_rows, failed_rows FROM migsafe.status ORDER BY run_id DESC LIMIT 1")" '900|100'
}

many_runs() {
	new_table 50
	same '100 runs in one transaction: no look-up of pg_subtrans' \
		"$(look_ups_during "SELECT $(run_statement | sed 's/^SELECT //') FROM generate_series(1, 100)")" 0
	same '100 runs in one transaction: all of them did their work' \
		"$(sql 'SELECT count(*) FROM item WHERE n::int = id + 100')" 50
}

[[ ${1-} != look_ups ]] || {
	look_ups
	exit
}

new_extension
bad_rows 100 '1 %'
bad_rows 10 '10 %'
same 'control: 60 exception blocks and the four make no look-up' "$(exception_blocks 60)" 0
verdict 'control: 61 exception blocks and the four make look-ups' test "$(exception_blocks 61)" -gt 0
few_subtransactions 10
few_subtransactions 1000
few_subtransactions 100000
few_subtransactions 100000 10
few_subtransactions 1000000
uneven_table
failing_writes
many_runs
clean_up_database
done_testing
