#!/usr/bin/env bash
# DROP EXTENSION leaves nothing that stands in the way of a new CREATE EXTENSION.
set -euo pipefail

sql() {
	psql -X -q -v ON_ERROR_STOP=1 -At -c "$1"
}

sql 'CREATE EXTENSION migsafe'
sql 'DROP EXTENSION migsafe CASCADE'

left=$(sql "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text LIKE 'migsafe%'")
if ((left == 0)); then
	echo 'ok - DROP EXTENSION leaves no relation behind'
else
	echo "not ok - DROP EXTENSION leaves $left relations behind"
fi

sql 'CREATE EXTENSION migsafe'
echo 'ok - the extension can be created again'
sql 'DROP EXTENSION migsafe CASCADE'
((left == 0))
