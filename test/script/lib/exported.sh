# shellcheck shell=bash
# exported.sh: a table with columns of many kinds, a backup of it, and its export.  Sourced after script/lib.sh and
# testing.sh, never run.

# The name of a table may take 63 bytes, and hold anything.
long='Mixed "Case", größer als man denkt: 63 bytes, with $ and '\''!xx'
exports='' # the folder where exports are written, and damaged

# in_database NAME STATEMENT...
in_database() {
	PGDATABASE=$1 sql "${@:2}"
}

# make_exports_folder: one that the server may write
make_exports_folder() {
	make_work_folder
	exports=$work/exports
	mkdir "$exports"
	chown "$(server_user)" "$exports"
}

# make_item ROWS
make_item() {
	sql 'DROP SCHEMA IF EXISTS shop CASCADE' 'CREATE SCHEMA shop' \
		"CREATE TYPE shop.mood AS ENUM ('sad', 'o''k', 'Happy Ä')" \
		"CREATE DOMAIN shop.short AS varchar(20) COLLATE \"C\" DEFAULT 'x' CHECK (length(value) > 0)" \
		'CREATE DOMAIN shop.moods AS shop.mood[]' 'CREATE TYPE shop.span AS RANGE (subtype = float8)' \
		"CREATE TYPE shop.pair AS (a integer, \"m M\" shop.mood, s shop.short, t text COLLATE \"C\")" \
		'CREATE SEQUENCE shop.plain AS integer START 7' \
		"CREATE TABLE shop.\"$quoted\" (
			id bigint GENERATED ALWAYS AS IDENTITY (START 5 INCREMENT 5) PRIMARY KEY, gone text,
			plain integer DEFAULT nextval('shop.plain'), m shop.mood DEFAULT 'sad', ms shop.moods, sh shop.short,
			p shop.pair, ps shop.pair[], sp shop.span, doc jsonb, bin bytea, nums numeric(20,4)[], n numeric,
			ts timestamptz DEFAULT now(), c text COMPRESSION pglz COLLATE \"C\",
			twice bigint GENERATED ALWAYS AS (id * 2) STORED, x xml, b bit(3), f float8 CHECK (f > -1000),
			parent bigint CONSTRAINT of_parent REFERENCES shop.\"$quoted\", UNIQUE (c, f))" \
		"ALTER TABLE shop.\"$quoted\" DROP COLUMN gone, ALTER doc SET STORAGE EXTERNAL, ALTER doc SET STATISTICS 55" \
		"CREATE INDEX ON shop.\"$quoted\" (m) WHERE f > 0" \
		"INSERT INTO shop.\"$quoted\" (m, ms, sh, p, ps, sp, doc, bin, nums, n, c, x, b, f)
			SELECT 'o''k', '{sad,\"Happy Ä\"}', 'abc', ROW(1, 'sad', 'x', 't')::shop.pair, ARRAY[ROW(1, 'sad', 'x', 't'), NULL]::shop.pair[],
				'[1,2)', jsonb_build_object('n', 1.50, 'text', repeat('ä', g % 3000)), decode(md5(g::text), 'hex'),
				ARRAY[g, 1.5], g * 1.50, 'c' || g, '<a>ä</a>', '101', g / 3.0
			FROM generate_series(1, $1) g" \
		"INSERT INTO shop.\"$quoted\" (sh) SELECT NULL FROM generate_series(1, 2)"
}
quoted=${long//\"/\"\"}
target="'shop.\"${quoted//\'/\'\'}\"'"

# new_export: of a new backup of the table, in folder "whole"
new_export() {
	local backup
	backup=$(sql "SELECT backup_id FROM migsafe.backup_table($target, 'a label')")
	rm -rf "$exports/whole"
	sql "SELECT fingerprint FROM migsafe.export_backup($backup, '$exports/whole')"
}
