#!/usr/bin/env bash
# Whatever the encoding of the database is, lengths are those in characters, patterns and formats see the characters,
# and messages arrive whole.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGCLIENTENCODING=UTF8

# matches NAME SCHEMA DOCUMENT EXPECTED
matches() {
	same "$PGDATABASE: $1" "$(sql "SELECT migsafe.jsonb_matches_schema('$2', '$3', true)")" "$4"
}

# says NAME STATEMENT TEXT: what comes of it, an ERROR or rows, contains the text
says() {
	local output
	output=$(sql "$2" 2>&1 || :)
	verdict "$PGDATABASE: $1" grep -qF -- "$3" <<<"$output"
	grep -qF -- "$3" <<<"$output" || printf '# %s\n' "$output"
}

# new_encoded ENCODING
new_encoded() {
	export PGDATABASE=migsafe_$1
	createdb --encoding="$1" --locale=C --template=template0 "$PGDATABASE"
	sql 'CREATE EXTENSION migsafe'
}

clean_up() {
	local encoding
	for encoding in UTF8 LATIN1 EUC_JP SQL_ASCII; do
		PGDATABASE=postgres dropdb --if-exists "migsafe_$encoding"
	done 2>/dev/null
}
trap clean_up EXIT

# check ENCODING LETTER CAPITAL PROPERTY: a letter beyond ASCII that the encoding has, and the property of both
check() {
	new_encoded "$1"
	matches 'lengths are in characters' "{\"minLength\": 3, \"maxLength\": 3}" "\"$2$2$2\"" t
	matches 'not more of them' '{"maxLength": 2}' "\"$2$2$2\"" f
	matches 'a dot is a character' '{"pattern": "^...$"}' "\"$2$2$2\"" t
	matches 'a letter of the pattern' "{\"pattern\": \"^[$2]+\$\"}" "\"$2$2$2\"" t
	matches 'another letter' "{\"pattern\": \"^[$2]+\$\"}" "\"$2$3$2\"" f
	matches 'a property' "{\"pattern\": \"^\\\\p{$4}+\$\"}" "\"$2$3$2\"" t
	matches 'names of members' "{\"patternProperties\": {\"^$2.\$\": false}}" "{\"$2$2\": 1}" f
	matches 'their lengths' '{"propertyNames": {"maxLength": 2}}' "{\"$2$2\": 1}" t
	matches 'a format' '{"format": "idn-email"}' "\"$2@example.org\"" t
	matches 'another' '{"format": "email"}' "\"$2@example.org\"" f
	says 'messages' "SELECT message FROM migsafe.jsonb_schema_errors('{\"pattern\": \"^$3\"}', '\"$2$2\"')" \
		"\"$2$2\" does not match the pattern ^$3"
	says 'places' "SELECT instance_path || keyword_path FROM migsafe.jsonb_schema_errors(
		'{\"properties\": {\"$2\": false}}', '{\"$2\": 1}')" "/$2/properties/$2"
	says 'errors about schemas' "SELECT migsafe.jsonb_matches_schema('{\"properties\": {\"$2\": {\"type\": \"$3\"}}}', '1')" \
		"At /properties/$2/type stands \"$3\"."
	says 'errors about patterns' "SELECT migsafe.jsonb_matches_schema('{\"pattern\": \"$2(?<=$2+)\"}', '1')" \
		"At /pattern stands \"$2(?<=$2+)\"."
	says 'errors about unknown properties' "SELECT migsafe.jsonb_matches_schema('{\"pattern\": \"\\\\p{$2}\"}', '1')" \
		"\\\\p{$2}"
	says 'patterns that run away' "SELECT migsafe.jsonb_matches_schema('{\"pattern\": \"^($2+)+\$\"}',
		to_jsonb(repeat('$2', 5000) || 'x'))" "for \"^($2+)+\$\"."
	sql "SELECT migsafe.register_schema('urn:$2', '{\"const\": \"$2\"}')" >/dev/null
	same "$PGDATABASE: registered" "$(sql "SELECT migsafe.jsonb_conforms('{\"\$ref\": \"urn:$2\"}', '\"$2\"')")" t
}

clean_up
check UTF8 ä Ä L
check LATIN1 ä Ä L
check EUC_JP 日 本 Script=Han

# Without an encoding there are no characters beyond ASCII: what is valid UTF-8 is taken for that, anything else is not.
new_encoded SQL_ASCII
matches 'UTF-8 is counted as such' '{"minLength": 3, "maxLength": 3}' '"äöü"' t
matches 'and matched' '{"pattern": "^\\p{L}{3}$"}' '"äöü"' t
says 'other bytes are an error' "SELECT migsafe.jsonb_matches_schema('{\"maxLength\": 3}', to_jsonb(E'\\xE4'::text))" \
	'invalid byte sequence for encoding "UTF8"'
done_testing
