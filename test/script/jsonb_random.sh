#!/usr/bin/env bash
# Random documents, the same each time: what the jsonb functions make of them is right, and has the bytes that the
# server's own build has.  And what works for long can be cancelled.
set -euo pipefail
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

export PGOPTIONS='-c client_min_messages=error -c search_path=random,migsafe,public -c jit=off'
rows=7000 # of three documents each

# Few keys and values, so that documents have much in common, but awkward ones: numbers by scale, strings by length, keys
# that need escapes, containers around the stride of offsets.
define_generator() {
	sql "CREATE FUNCTION any_of(choice anyarray) RETURNS anyelement LANGUAGE sql
		AS 'SELECT choice[1 + floor(random() * cardinality(choice))::int]'" \
		"CREATE FUNCTION any_scalar() RETURNS jsonb LANGUAGE sql RETURN CASE floor(random() * 4)::int
		WHEN 0 THEN any_of('{0, 1, 1.5, 1.50, -0, 0.00, 1e30, 1e-30, -12345678.9, true, false, \"null\"}'::jsonb[])
		WHEN 1 THEN to_jsonb(round((random() * 100000)::numeric, floor(random() * 20)::int))
		WHEN 2 THEN to_jsonb(left('text with é and 😀 in it', floor(random() * 12)::int))
		ELSE to_jsonb(repeat('x', floor(random() ^ 4 * 200)::int)) END" \
		"CREATE FUNCTION any_document(levels int) RETURNS jsonb LANGUAGE plpgsql AS \$\$
		DECLARE
			kind float = random();
			size int = CASE WHEN random() < 0.02 THEN 28 + random() * 10 ELSE random() * 4 END;
			parts jsonb[] = '{}';
		BEGIN
			IF levels = 0 OR kind < 0.2 THEN
				RETURN any_scalar();
			END IF;
			FOR i IN 1..size LOOP
				parts[i] = any_document(levels - 1);
			END LOOP;
			IF kind < 0.5 THEN
				RETURN to_jsonb(parts);
			END IF;
			RETURN coalesce(jsonb_object_agg(CASE WHEN size > 20 THEN 'k' || i
				ELSE any_of('{a, b, c, key, a/b, m~n, \"\", *, 0, é}'::text[]) END, parts[i]), '{}')
			FROM generate_series(1, size) i;
		END \$\$" \
		"CREATE FUNCTION alike(document jsonb) RETURNS jsonb LANGUAGE plpgsql AS \$\$
		BEGIN
			RETURN CASE WHEN random() < 0.01 THEN any_scalar() ELSE CASE jsonb_typeof(document)
				WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(key, alike(value)), '{}') FROM jsonb_each(document))
				WHEN 'array' THEN (SELECT coalesce(jsonb_agg(alike(value)), '[]') FROM jsonb_array_elements(document))
				WHEN 'string' THEN to_jsonb(repeat('y', floor(random() * 20)::int))
				WHEN 'number' THEN to_jsonb(round((random() * 100000)::numeric, floor(random() * 20)::int))
				ELSE document END END;
		END \$\$" \
		"CREATE FUNCTION changed(document jsonb) RETURNS jsonb LANGUAGE sql RETURN CASE
		WHEN random() < 0.2 THEN any_document(3)
		WHEN jsonb_typeof(document) = 'object' THEN (document - any_of('{a, b, z}'::text[]))
			|| jsonb_build_object(any_of('{a, b, z}'::text[]), any_document(2), any_of('{a, b, *}'::text[]), document->'a')
		WHEN jsonb_typeof(document) = 'array' THEN jsonb_insert(document - floor(random() * 3)::int,
			ARRAY[floor(random() * 3)::text], any_document(2))
		ELSE document END"
}

# Documents a, most of them like one before but for their scalars, and b and c that were made of each.
make_documents() {
	sql "CREATE TABLE item (id int PRIMARY KEY, a jsonb, b jsonb, c jsonb)" \
		"DO \$\$
		DECLARE
			last jsonb[];
			base jsonb;
		BEGIN
			PERFORM setseed(0.3);
			FOR i IN 1..$rows LOOP
				base = CASE WHEN i <= 16 OR random() < 0.2 THEN any_document(3) ELSE alike(last[i % 16]) END;
				last[i % 16] = base;
				INSERT INTO item VALUES (i, base, changed(base), changed(base));
			END LOOP;
		END \$\$"
	sql "CREATE FUNCTION same(a jsonb, b jsonb) RETURNS boolean LANGUAGE sql RETURN record_image_eq(ROW(a), ROW(b))" \
		"CREATE FUNCTION as_built(a jsonb) RETURNS boolean LANGUAGE sql RETURN record_image_eq(ROW(a), ROW(a::text::jsonb))"
}

# holds NAME CONDITION [FROM]: for every item; shows some for which it does not.
holds() {
	same "$1" "$(sql "SELECT format('a: %s b: %s c: %s', a, b, c) FROM item ${3-}
		WHERE ($2) IS NOT TRUE ORDER BY id LIMIT 3" 2>&1)" ''
}

check_diff() {
	local diff=', jsonb_diff(a, b) diff'
	holds 'diff: patching a gives b, byte for byte' 'same(jsonb_patch(a, diff), b)' "$diff"
	holds 'diff: is built as the server builds it' 'as_built(diff)' "$diff"
	holds 'diff: is empty for equals only' "(diff = '[]') = same(a, b)" "$diff"
	holds 'diff: is not much longer than replacing the whole' "pg_column_size(diff) <= 400 + 2 * pg_column_size(
		jsonb_build_array(jsonb_build_object('op', 'replace', 'path', '', 'value', b)))" "$diff"
}

# same_for_all NAME OPERATION,...: all of them optional.  A patch that is applied to one document after the other does the
# same as one that is made for each: a comment makes it another.
same_for_all() {
	holds "patch: $1" 'as_built(together) AND same(together, alone)' ", jsonb_patch(a, optional('[$2]'), true) together,
		LATERAL (SELECT jsonb_patch(a, jsonb_set(optional('[$2]'), '{0,comment}', to_jsonb(id)), true) AS alone) x"
}

check_patches() {
	sql "CREATE FUNCTION optional(patch jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
		RETURN (SELECT jsonb_agg(o || '{\"optional\": true}' ORDER BY n) FROM jsonb_array_elements(patch) WITH ORDINALITY e (o, n))"
	same_for_all 'default' '{"op": "default", "path": "/a", "value": 1.50},
		{"op": "default", "path": "/*/b", "value": [{}]}'
	same_for_all 'add and replace' '{"op": "add", "path": "/*/0", "value": "text"}, {"op": "add", "path": "/*/-", "value": 0.0},
		{"op": "replace", "path": "/*/*/a", "value": null}, {"op": "add", "path": "/k31", "value": {}}'
	same_for_all 'remove' '{"op": "remove", "path": "/*/a"}, {"op": "remove", "path": "/~2"}, {"op": "remove", "path": "/1"}'
	same_for_all 'move and copy' '{"op": "copy", "from": "/a", "path": "/*/new"}, {"op": "move", "from": "/*/b", "path": "/*/new"},
		{"op": "copy", "from": "", "path": "/0"}, {"op": "move", "from": "/a~1b", "path": "/m~0n"}'
	same_for_all 'move and copy from stars to stars' '{"op": "move", "from": "/a/*", "path": "/b/*"},
		{"op": "copy", "from": "/*/a", "path": "/*/new"}'
	same_for_all 'rename' '{"op": "rename", "path": "/a", "to": "renamed"}, {"op": "rename", "path": "/*/b", "to": "renamed"}'
	same_for_all 'wrap and unwrap' '{"op": "wrap", "path": "/*"}, {"op": "wrap", "path": "/a", "key": "k"},
		{"op": "unwrap", "path": "/b"}, {"op": "unwrap", "path": "/a", "key": "k"}'
}

# The standard's own pseudocode
define_oracle() {
	sql "CREATE FUNCTION by_the_rfc(target jsonb, patch jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS \$\$
		DECLARE
			name text;
			value jsonb;
		BEGIN
			IF jsonb_typeof(patch) <> 'object' THEN
				RETURN patch;
			END IF;
			IF jsonb_typeof(target) IS DISTINCT FROM 'object' THEN
				target = '{}';
			END IF;
			FOR name, value IN SELECT * FROM jsonb_each(patch) LOOP
				target = CASE WHEN value = 'null' THEN target - name
					ELSE target || jsonb_build_object(name, by_the_rfc(target->name, value)) END;
			END LOOP;
			RETURN target;
		END \$\$"
}

check_merges() {
	define_oracle
	holds 'merge patch: as RFC 7396 has it, byte for byte' 'same(jsonb_merge_patch(a, b), by_the_rfc(a, b))'
	holds 'merge: who changed nothing gives way' \
		"same(m.merged, b) AND same(n.merged, c) AND m.conflicts || n.conflicts = '{}'" \
		', jsonb_merge(a, b, a) m, jsonb_merge(a, a, c) n'
	holds 'merge: the same change is no conflict' "same(merged, b) AND conflicts = '{}'" ', jsonb_merge(a, b, b)'
	holds 'merge: the sides may change places, but for conflicts' "m.conflicts = n.conflicts AND as_built(m.merged)
		AND (same(m.merged, n.merged) OR m.conflicts <> '{}')" ', jsonb_merge(a, b, c) m, jsonb_merge(a, c, b) n'
	same 'merge: there were some with conflicts and some without' "$(sql "SELECT count(DISTINCT conflicts = '{}')
		FROM item, jsonb_merge(a, b, c)")" 2
}

# cancelled NAME EXPRESSION INPUT: what would take long is cancelled within a second.
cancelled() {
	local output
	output=$(psql -X -q -At -v VERBOSITY=sqlstate 2>&1 <<-SQL
		CREATE TEMPORARY TABLE input AS SELECT $3;
		SELECT clock_timestamp() AS start \gset
		SET statement_timeout = '300ms';
		SELECT pg_column_size($2) FROM input;
		RESET statement_timeout;
		SELECT clock_timestamp() - :'start' < '1.3 s';
	SQL
	)
	same "cancel: $1" "$output" $'ERROR:  57014\nt'
}

check_cancel() {
	cancelled 'a patch of many operations' "jsonb_patch('[]', patch)" \
		"jsonb_agg('{\"op\": \"add\", \"path\": \"/0\", \"value\": 1}'::jsonb) AS patch FROM generate_series(1, 300000)"
	cancelled 'one operation with many places' \
		"jsonb_patch(jsonb_build_array(a, b), '[{\"op\": \"copy\", \"from\": \"/0/*\", \"path\": \"/1/*\"}]', true)" \
		"jsonb_agg(0) FILTER (WHERE i < 50000) AS a, jsonb_agg(0) AS b FROM generate_series(1, 500000) i"
}

new_extension
sql 'DROP SCHEMA IF EXISTS random CASCADE' 'CREATE SCHEMA random'
define_generator
make_documents
check_diff
check_patches
check_merges
check_cancel
sql 'DROP SCHEMA random CASCADE' 'DROP EXTENSION migsafe CASCADE'
done_testing
