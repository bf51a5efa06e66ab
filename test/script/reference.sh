#!/usr/bin/env bash
# doc/reference.md says what there is, all of it and no more: functions with their arguments, defaults and results, the
# columns of tables, views and undo logs, settings, members of a pace, SQLSTATEs.  No page names what there is not.
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"
page=$root/doc/reference.md

clean_up() {
	sql 'SET client_min_messages = error' 'DROP SCHEMA IF EXISTS reference CASCADE' 'DROP EXTENSION IF EXISTS migsafe CASCADE'
	finish
}

# said FACTS: what the page says, and found QUERY: what there is; one a line
said() {
	perl "$root/test/script/lib/reference.pl" "$1" "$page" | sort -u
}

found() {
	sql "$@" | sort -u
}

# agree NAME SAID FOUND
agree() {
	local differences
	differences=$({ diff <(echo "$2") <(echo "$3") || :; } | sed -n 's/^< /only in the reference: /p; s/^> /not in the reference: /p')
	same "$1" "$differences" ''
}

# functions SCHEMA: with all that is to be known of a call
functions() {
	found "SELECT format('%s %s(%s) %s', p.prokind, p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid))
		FROM pg_proc p WHERE p.pronamespace = '$1'::regnamespace AND p.proname <> ALL (string_to_array('$(said internal)', E'\n'))"
}

# The server reads what stands in the reference: so types, defaults and spaces are compared by what they mean.
compare_functions() {
	sql 'CREATE SCHEMA reference' "$(said_functions)"
	agree 'functions' "$(functions reference)" "$(functions migsafe)"
	agree 'internal functions' "$(said internal)" "$(found "SELECT DISTINCT p.proname FROM pg_proc p
		WHERE p.pronamespace = 'migsafe'::regnamespace
			AND p.proname NOT IN (SELECT d.proname FROM pg_proc d WHERE d.pronamespace = 'reference'::regnamespace)")"
	same 'arguments and results are all explained, and there are no others' "$(said arguments)" ''
}

said_functions() {
	perl "$root/test/script/lib/reference.pl" functions "$page"
}

# columns: of all relations; those of an undo log have numbers where they depend on the target
columns() {
	found "SELECT concat_ws(E'\t', CASE WHEN n.nspname = 'migsafe' THEN c.relname ELSE 'undo log' END,
			CASE WHEN n.nspname = 'migsafe' THEN a.attname ELSE regexp_replace(a.attname, '[0-9]+', '<n>') END,
			CASE WHEN a.attname ~ '[0-9]' THEN 'of column n' ELSE format_type(a.atttypid, a.atttypmod) END)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE n.nspname LIKE 'migsafe%' AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped"
}

# said_columns: with the names of types that the server uses
said_columns() {
	said columns | sed 's/\ttimestamptz$/\ttimestamp with time zone/'
}

# Undo logs of a table with a key, and of one without.
make_undo_logs() {
	sql 'CREATE TABLE reference.item (id integer PRIMARY KEY, n integer)' 'CREATE TABLE reference.heap (n integer)' \
		'INSERT INTO reference.item VALUES (1, 1)' \
		"SELECT migsafe.run_safe('reference.heap', '{\"n\": \"n + 1\"}')" \
		"CALL migsafe.run_online('reference.item', '{\"n\": \"n + 1\"}')" >/dev/null
}

# raised: the SQLSTATEs of the ERRORs that migsafe makes itself, by name or by number; but for one that always gets
# another on its way, of a pattern in a schema
raised() {
	{
		grep -rhoE '(failure|raise_error|row_failure why|failure error)[({]ERRCODE_\w+|return \{?ERRCODE_\w+[;,]' "$root/src" --include='*.?pp'
		grep -rhoE 'RAISE [a-z_]+ USING' "$root/src" --include='*.sql'
	} | condition_names
	grep -rhoE '(sqlstate|fail|missing)\("[0-9A-Z]{5}"' "$root/src" --include='*.?pp' | cut -d '"' -f 2 | grep -v 2201B
}

# known: besides, those on which it acts
known() {
	raised
	grep -rhoE 'ERRCODE_\w+' "$root/src" --include='*.?pp' | condition_names
}

# condition_names: their SQLSTATEs, from the server's list
condition_names() {
	grep -oE 'ERRCODE_\w+|RAISE [a-z_]+' | sort -u |
		awk 'NR == FNR { if ($3 ~ /^ERRCODE_/) { of[$3] = $1; if ($4) of["RAISE " $4] = $1 } next } $0 in of { print of[$0] }' \
			"$("$PG_CONFIG" --sharedir)/errcodes.txt" -
}

# What the server says to a restore, and to text that is no expression.
of_the_server='23503 42601 42803'

compare_sqlstates() {
	local missing unknown
	missing=$(comm -13 <(said sqlstates) <(raised | sort -u))
	unknown=$(comm -23 <(said sqlstates) <({ known; tr ' ' '\n' <<<"$of_the_server"; } | sort -u))
	same 'every SQLSTATE that migsafe raises is in the reference' "$missing" ''
	same 'every SQLSTATE of the reference can be raised' "$unknown" ''
}

# mentioned: names with their schema, on any page, that are no files
mentioned() {
	grep -rhoE '\bmigsafe\.[a-z_]+' "$root/README.md" "$root/doc" "$root/examples" --include='*.md' |
		grep -vE '\.(so|control|cpp)$' | sort -u
}

# named: what can be mentioned
named() {
	found "LOAD 'migsafe'" "SELECT 'migsafe.' || p.proname FROM pg_proc p WHERE p.pronamespace = 'migsafe'::regnamespace
		UNION SELECT 'migsafe.' || c.relname FROM pg_class c WHERE c.relnamespace = 'migsafe'::regnamespace
		UNION SELECT name FROM pg_settings WHERE name LIKE 'migsafe.%'"
}

trap clean_up EXIT
find_server
new_extension
compare_functions
make_undo_logs
agree 'columns' "$(said_columns)" "$(columns)"
agree 'settings' "$(said settings)" "$(found "LOAD 'migsafe'" "SELECT name FROM pg_settings WHERE name LIKE 'migsafe.%'")"
agree 'members of a pace' "$(said pace)" "$(found 'SELECT jsonb_object_keys(pace) FROM migsafe.online_run')"
same 'there are no types to be explained' "$(found "SELECT typname FROM pg_type
	WHERE typnamespace = 'migsafe'::regnamespace AND typrelid = 0 AND typelem = 0")" ''
compare_sqlstates
same 'no page mentions what is not there' "$(comm -23 <(mentioned) <(named))" ''
done_testing
