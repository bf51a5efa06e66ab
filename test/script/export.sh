#!/usr/bin/env bash
# export_backup and import_backup: a table with columns of all kinds goes into another database, by migsafe and by hand;
# what was altered on the way is refused, and so is what a hostile hand has written; nothing is left of an export that
# was cancelled, and who may not write files makes none.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
# shellcheck source=test/script/lib/exported.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/exported.sh"

export PGOPTIONS='-c client_min_messages=error'
there=migsafe_imported

clean_up() {
	dropdb --if-exists "$there"
	drop_backups
	sql 'DROP SCHEMA IF EXISTS shop CASCADE' 'DROP EXTENSION IF EXISTS migsafe CASCADE' \
		'DROP ROLE IF EXISTS regress_migsafe_export'
	sql 'ALTER SYSTEM RESET fsync' 'SELECT pg_reload_conf()' >/dev/null
	finish
}

# with_fsync: exports flush their files where the server flushes its own
with_fsync() {
	sql 'ALTER SYSTEM SET fsync = on' 'SELECT pg_reload_conf()' >/dev/null
	until_true "SELECT current_setting('fsync') = 'on'"
}

# new_database: the other one, empty
new_database() {
	dropdb --if-exists "$there"
	createdb "$there"
	in_database "$there" 'CREATE EXTENSION migsafe'
}

# execute FILE: of the export, in the other database
execute() {
	PGDATABASE=$there psql -X -q -v ON_ERROR_STOP=1 -f "$exports/whole/$1"
}

# answer STATEMENT: its message if it fails
answer() {
	PGDATABASE=$there psql -X -q -At -c '\set VERBOSITY verbose' -c "$1" 2>&1 | sed -n 's/^ERROR:  //p'
}

import() {
	answer "SELECT backup_id FROM migsafe.import_backup('$exports/$1')"
}

# definition DATABASE: of the table, its types and sequences; backups are named by the clock
definition() {
	PGDATABASE=$1 psql -X -q -c '\d+ shop.*' -c '\dT+ shop.*' -c '\dD shop.*' | perl -00 -ne 'print unless /_backup_/'
}

round_trip() {
	local fingerprint
	fingerprint=$(new_export)
	new_database
	same 'without the table: an error that says what to do' "$(import whole | sed 's/shop.*/.../')" '42P01: table ...'
	execute types.sql
	execute table.sql
	same 'imported' "$(in_database "$there" "SELECT backup_id, fingerprint FROM migsafe.import_backup('$exports/whole')")" \
		"1|$fingerprint"
	same 'its record' "$(in_database "$there" 'SELECT label, row_count, runs_seen FROM migsafe.backup')" "a label|$1|{}"
	same 'verified' "$(in_database "$there" 'SELECT verified FROM migsafe.verify_backup(1)')" t
	if (($1)); then
		same 'restored' "$(in_database "$there" "SELECT rows_inserted, fingerprint FROM migsafe.restore($target)")" "$1|$fingerprint"
	fi
	execute indexes.sql
	execute constraints.sql
	execute foreign_keys.sql
	same 'the table and its types have the same definition' "$(diff <(definition "$PGDATABASE") <(definition "$there") && echo same)" same
	same 'the same sequence of its identity' "$(in_database "$there" "SELECT seqstart, seqincrement FROM pg_sequence
		WHERE seqrelid = pg_get_serial_sequence($target, 'id')::regclass")" '5|5'
	in_database "$there" "CREATE TABLE shop.by_hand (LIKE shop.\"$quoted\")"
	zstd -dc "$exports/whole/data.copy.zst" | PGDATABASE=$there psql -X -q -c '\copy shop.by_hand FROM STDIN (FORMAT binary)'
	same 'loaded by hand, without migsafe' "$(in_database "$there" "SELECT migsafe.fingerprint('shop.by_hand')")" "$fingerprint"
}

# Into a table of another name, and into the database that the export is of.
other_targets() {
	in_database "$there" "CREATE TABLE shop.\"Other\" (LIKE shop.\"$quoted\")"
	same 'another target' "$(in_database "$there" "SELECT rows_inserted FROM migsafe.import_backup('$exports/whole',
		target => 'shop.\"Other\"') i, migsafe.restore('shop.\"Other\"', i.backup_id)")" "$rows"
	sql "SELECT migsafe.run_safe($target, '{\"doc\": \"NULL\"}')" >/dev/null
	new_export >/dev/null
	sql "SELECT migsafe.import_backup('$exports/whole')" >/dev/null
	same 'in its own database it still knows the runs' "$(sql 'SELECT runs_seen FROM migsafe.backup ORDER BY backup_id DESC LIMIT 1')" '{1}'
	same 'which of its folders are private' "$(stat -c %a "$exports/whole" "$exports/whole/MANIFEST" | xargs)" '700 600'
	same 'sums that sha256sum can check' "$(cd "$exports/whole" && sed -n 's/^ *"\(name\|sha256\)": "\(.*\)",\?$/\2/p' MANIFEST |
		head -n 14 | paste -d' ' - - | awk '{ print $2 "  " $1 }' | sha256sum -c --quiet && echo good)" good
}

# list FILE: in the MANIFEST, as it is now
list() {
	BYTES=$(stat -c %s "$1") SUM=$(sha256sum <"$1") FILE=$1 perl -0pi -e \
		's/("name": "\Q$ENV{FILE}\E",\s+"bytes": )\d+(,\s+"sha256": ")\w+/$1 . $ENV{BYTES} . $2 . substr($ENV{SUM}, 0, 64)/e' MANIFEST
	seal
}

# member NAME VALUE: of the MANIFEST
member() {
	sed -i "s#\"$1\": .*,#\"$1\": $2,#" MANIFEST
	seal
}

# seal: what was altered looks right
seal() {
	perl -MDigest::SHA=sha256_hex -0pi -e \
		's/,\n    "manifest_sha256".*//s; $_ .= ",\n    \"manifest_sha256\": \"" . sha256_hex($_) . "\"\n}\n"' MANIFEST
}

# compress: what comes in is the data of an export
compress() {
	zstd -q -f -o data.copy.zst
	list data.copy.zst
}

# refused ANSWER COMMAND: done to a copy of the export, which then is refused with the answer
refused() {
	rm -rf "$exports/copy"
	cp -a "$exports/whole" "$exports/copy"
	(cd "$exports/copy" && eval "$2")
	chown -hR "$(server_user)" "$exports/copy"
	same "refused: $2" "$(import copy | sed "s#$exports/copy/##")" "$1"
}

# shellcheck disable=SC2016 # evaluated later
damage() {
	refused 'XX001: file "table.sql" is missing' 'rm table.sql'
	refused 'XX001: file "renamed.sql" is not listed in the MANIFEST' 'mv table.sql renamed.sql'
	refused 'XX001: file ".more" is not listed in the MANIFEST' 'touch .more'
	refused 'XX001: file "data.copy.zst" has 500 bytes instead of '"$(stat -c %s "$exports/whole/data.copy.zst")" \
		'truncate -s 500 data.copy.zst'
	refused 'XX001: file "data.copy.zst" is not what was exported: its SHA-256 is another' \
		'printf "\\0\\1" | dd of=data.copy.zst bs=1 seek=1000 conv=notrunc status=none'
	refused 'XX001: file "types.sql" is not what was exported: its SHA-256 is another' 'sed -i s/sad/bad/ types.sql'
	refused 'XX001: file "MANIFEST" is missing' 'rm MANIFEST'
	refused 'XX001: file "MANIFEST" is damaged' ': >MANIFEST'
	refused 'XX001: file "MANIFEST" is damaged' 'sed -i "s/a label/b label/" MANIFEST'
	refused 'XX001: file "MANIFEST" is damaged' 'truncate -s -1 MANIFEST'
}

# What somebody has written who can compute a SHA-256.
# shellcheck disable=SC2016 # evaluated later
hostile() {
	local before
	before=$(in_database "$there" 'SELECT count(*) FROM migsafe.backup')
	refused 'XX001: file "table.sql" is a symbolic link' 'mv table.sql ../table; ln -s ../table table.sql'
	refused 'XX001: file "MANIFEST" is a symbolic link' 'mv MANIFEST ../manifest; ln -s ../manifest MANIFEST'
	refused 'XX001: file "table.sql" is no ordinary file' 'rm table.sql; mkfifo table.sql'
	refused 'XX001: file "MANIFEST" lists "../../etc/passwd", which is no file of an export' \
		'sed -i s#\"table.sql\"#\"../../etc/passwd\"# MANIFEST; seal'
	refused 'XX001: file "MANIFEST" does not list "types.sql" once' 'sed -i s/\"types.sql\"/\"table.sql\"/ MANIFEST; seal'
	refused 'XX001: file "MANIFEST" is too large for a MANIFEST' 'truncate -s 20M MANIFEST'
	refused '0A000: file "MANIFEST" is of the unknown version 2' 'member migsafe_export 2'
	refused '0A000: file "MANIFEST" has a fingerprint of the unknown version 2' 'member fingerprint_version 2'
	refused 'XX001: file "MANIFEST" is damaged' 'sed -i "s/\"files\": /\"files\": 1, \"more\": /" MANIFEST; seal'
	refused 'XX001: file "MANIFEST" is damaged' 'member row_count \"many\"'
	refused 'XX001: file "MANIFEST" is damaged' 'member created_at \"-infinity\"'
	refused 'XX001: file "MANIFEST" is damaged' 'printf "{ [" >MANIFEST; seal'
	refused '22021: file "MANIFEST" is no text in the encoding of this database' 'member server_version "\"\\xff\""'
	refused '0A000: the export is from a database with encoding LATIN1, and this one has UTF8' 'member encoding \"LATIN1\"'
	refused 'XX001: the rows in file "data.copy.zst" are not those of the backup' 'member row_count 1'
	refused 'XX001: the rows in file "data.copy.zst" are not those of the backup' 'member row_count 99999999999'
	refused 'XX001: the rows in file "data.copy.zst" are not those of the backup' \
		'member fingerprint \"00000000000000000000000000000000\"'
	refused 'XX001: file "data.copy.zst" cannot be decompressed' 'member data_bytes 1000'
	refused 'XX001: file "data.copy.zst" cannot be decompressed' ': >data.copy.zst; list data.copy.zst'
	refused 'XX001: file "data.copy.zst" cannot be decompressed' 'head -c 50000 /dev/urandom >data.copy.zst; list data.copy.zst'
	refused 'XX001: file "data.copy.zst" cannot be decompressed' 'truncate -s -5 data.copy.zst; list data.copy.zst'
	refused 'XX001: file "data.copy.zst" cannot be decompressed' 'cat ../whole/data.copy.zst >>data.copy.zst; list data.copy.zst'
	refused 'XX001: file "data.copy.zst" cannot be decompressed' \
		'head -c 200000000 /dev/zero | zstd -q -f --long=27 -o data.copy.zst; list data.copy.zst'
	refused '22P04: COPY file signature not recognized' 'head -c 200000000 /dev/zero | compress'
	refused '22P04: row field count is 77, expected 19' \
		'{ head -c 19 <(zstd -dc ../whole/data.copy.zst 2>/dev/null); printf "\\0M"; head -c 90000 /dev/zero; } | compress'
	same 'nothing of all that was imported' "$(in_database "$there" 'SELECT count(*) FROM migsafe.backup')" "$before"
	mv "$exports/copy" "$exports/copy.partial-0123456789abcdef"
	same 'refused: an unfinished export' "$(import copy.partial-0123456789abcdef | sed 's/".*"/.../')" \
		'55000: ... is an export that was not finished'
}

# The table, or a type, is another one there.
differences() {
	in_database "$there" "ALTER TYPE shop.mood ADD VALUE 'new'"
	same 'more labels do no harm' "$(in_database "$there" "SELECT row_count FROM migsafe.import_backup('$exports/whole')")" "$rows"
	in_database "$there" "ALTER TYPE shop.mood RENAME VALUE 'sad' TO 'SAD'"
	same 'another label' "$(import whole)" '42804: type shop.mood is another one than in the export'
	in_database "$there" "ALTER TYPE shop.mood RENAME VALUE 'SAD' TO 'sad'" "ALTER TYPE shop.pair ADD ATTRIBUTE z int"
	same 'another attribute' "$(import whole)" '42804: type shop.pair is another one than in the export'
	in_database "$there" "ALTER TYPE shop.pair DROP ATTRIBUTE z" "ALTER TABLE shop.\"$quoted\" ADD COLUMN z int"
	same 'another column' "$(import whole | sed 's/shop.* has/.../')" '42804: table ... other columns than the export'
	in_database "$there" "ALTER TABLE shop.\"$quoted\" DROP COLUMN z"
	same 'as it was' "$(import whole)" ''
}

partial_folders() {
	find "$exports" -maxdepth 1 -name '*.partial-*' | wc -l
}

# interrupted NAME SIGNAL: an export that writes its files, ended by pg_cancel_backend or pg_terminate_backend
interrupted() {
	rm -rf "$exports/copy"*
	psql -X -q -c "SET migsafe.debug_fault = 'export:sleep'" -c "SELECT migsafe.export_backup($backup, '$exports/copy')" &>/dev/null &
	until_true "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%export_backup%'"
	same "$1: its folder, under another name" "$(partial_folders), $(find "$exports" -name copy | wc -l)" '1, 0'
	sql "SELECT $2(pid, 5000) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%export_backup%'" >/dev/null
	wait $! || :
	same "$1: nothing is left" "$(partial_folders), $(find "$exports" -name copy | wc -l)" '0, 0'
}

unfinished() {
	sql 'CREATE OR REPLACE FUNCTION shop.cancel(pid int, unused int) RETURNS boolean LANGUAGE sql AS $$ SELECT pg_cancel_backend(pid) $$'
	interrupted 'cancelled' shop.cancel
	interrupted 'terminated' pg_terminate_backend
	for kind in error exception bad_alloc; do
		psql -X -q -c "SET migsafe.debug_fault = 'export:$kind'" -c "SELECT migsafe.export_backup($backup, '$exports/copy')" &>/dev/null || :
		same "$kind: nothing is left" "$(partial_folders), $(find "$exports" -name copy | wc -l)" '0, 0'
	done
	psql -X -q -v ON_ERROR_STOP=1 -c BEGIN -c "SELECT migsafe.export_backup($backup, '$exports/copy')" -c ROLLBACK >/dev/null
	same 'a transaction that is rolled back leaves its export' "$(partial_folders), $(find "$exports" -name copy | wc -l)" '0, 1'
	same 'which is whole' "$(import copy)" ''
}

# exported_as ROLE STATEMENT: its SQLSTATE if it fails, and whether there is a folder
exported_as() {
	rm -rf "$exports/copy"
	PGDATABASE=$PGDATABASE psql -X -q -At -c '\set VERBOSITY sqlstate' -c "SET ROLE $1" -c "$2" 2>&1 | sed -n 's/^ERROR:  //p'
	find "$exports" -name copy -printf '%f\n'
}

rights() {
	local export="SELECT migsafe.export_backup($backup, '$exports/copy')" import="SELECT migsafe.import_backup('$exports/whole')"
	sql 'DROP ROLE IF EXISTS regress_migsafe_export' 'CREATE ROLE regress_migsafe_export' \
		'GRANT CREATE, USAGE ON SCHEMA shop TO regress_migsafe_export' "GRANT SELECT ON shop.\"$quoted\" TO regress_migsafe_export"
	same 'who may not write files' "$(exported_as regress_migsafe_export "$export")" 42501
	same 'who may not read files' "$(exported_as regress_migsafe_export "$import")" 42501
	sql 'GRANT pg_write_server_files, pg_read_server_files TO regress_migsafe_export'
	same 'who may' "$(exported_as regress_migsafe_export "$export")" copy
	same 'who may not write the table' "$(exported_as regress_migsafe_export "$import")" 42501
	sql "GRANT INSERT, UPDATE, DELETE ON shop.\"$quoted\" TO regress_migsafe_export"
	same 'who may' "$(exported_as regress_migsafe_export "$import")" ''
	sql "REVOKE SELECT ON shop.\"$quoted\" FROM regress_migsafe_export"
	same 'who may not read the table' "$(exported_as regress_migsafe_export "$export")" 42501
	sql 'DROP OWNED BY regress_migsafe_export'
}

# A backup whose table was altered is no export.
altered_backup() {
	local table
	table=$(sql "SELECT format('%I.%I', backup_schema, backup_name) FROM migsafe.backup WHERE backup_id = $backup")
	sql "DELETE FROM $table WHERE id = 5"
	same 'altered: no export' "$(exported_as postgres "SELECT migsafe.export_backup($backup, '$exports/copy')")" XX001
	sql "ALTER TABLE $table RENAME COLUMN m TO m2"
	same 'altered columns: no export' "$(exported_as postgres "SELECT migsafe.export_backup($backup, '$exports/copy')")" XX001
	same 'nothing is left' "$(partial_folders)" 0
}

# Where the encoding is another one, text goes through as it is; xml would not, so it is not exported.
encodings() {
	dropdb --if-exists "$there"
	createdb -T template0 -E LATIN1 --locale=C "$there"
	PGCLIENTENCODING=UTF8 in_database "$there" 'CREATE EXTENSION migsafe' 'CREATE TABLE "ä" ("ö" text)' \
		"INSERT INTO \"ä\" VALUES ('äöü'), (NULL)" "SELECT migsafe.backup_table('\"ä\"', 'ü')" >/dev/null
	same 'LATIN1' "$(in_database "$there" "SELECT migsafe.export_backup(1, '$exports/latin')" \
		"SELECT row_count FROM migsafe.import_backup('$exports/latin')" | tail -n 1)" 2
	same 'LATIN1 into UTF8' "$(psql -X -q -At -c '\set VERBOSITY verbose' -c "SELECT migsafe.import_backup('$exports/latin')" 2>&1 |
		sed -n 's#^ERROR:  ##p' | sed "s#$exports/latin/##")" '22021: file "MANIFEST" is no text in the encoding of this database'
	in_database "$there" 'CREATE TABLE x (x xml)' "INSERT INTO x VALUES ('<a/>')" "SELECT migsafe.backup_table('x')" >/dev/null
	same 'xml in LATIN1' "$(answer "SELECT migsafe.export_backup(3, '$exports/xml')")" \
		'XX001: the export of backup 3 cannot be read back as it was written'
	same 'is not exported' "$(find "$exports" -name 'xml*' | wc -l)" 0
}

make_exports_folder
trap clean_up EXIT
with_fsync
new_extension
rows=3002
make_item 3000
round_trip $rows
other_targets
damage
hostile
differences
backup=$(sql 'SELECT min(backup_id) FROM migsafe.backup')
unfinished
rights
altered_backup
encodings
drop_backups
new_extension
sql "DELETE FROM shop.\"$quoted\""
round_trip 0
done_testing
