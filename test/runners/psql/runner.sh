# shellcheck shell=bash
# psql: executes every file each time, so a file has to bear that.  With -1 each file is one transaction, and must not
# begin one itself.  "runner" tells which of both this is.
# shellcheck disable=SC2154
deploy() {
	local file options=(-f)
	[[ $runner == 'psql -f' ]] || options=(-1 -f)
	for file in migrations/*.sql; do
		psql -X -q -v ON_ERROR_STOP=1 "${options[@]}" "$file" || return
	done
}

add() {
	if [[ $runner == 'psql -f' ]]; then
		cp "later/$1.sql" "migrations/4_$1.sql"
	else
		grep -vxE 'BEGIN;|COMMIT;' "later/$1.sql" >"migrations/4_$1.sql"
	fi
}

remove() { rm "migrations/4_$1.sql"; }

if [[ $runner == 'psql -1' ]]; then
	deploy_at_once() {
		psql -X -q -v ON_ERROR_STOP=1 -1 -f migrations/1_table.sql -f migrations/2_backfill.sql \
			-f migrations/3_mail_required.sql
	}
fi
