#!/usr/bin/env bash
# script/bench works: it ends, its CSV has each contestant of each round and each figure to hold, and its picture is
# well-formed.  Nothing is said of times: the rows are few.  It takes a cluster of its own (start_cluster).
set -euo pipefail
# shellcheck source=script/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"
# shellcheck source=test/script/lib/testing.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/testing.sh"

# lines PATTERN: of the CSV
lines() {
	grep -cE "$1" "$work/bench.csv" || :
}

# measured BENCHMARK CONTESTANTS ROUNDS: each contestant of a benchmark has its time in each round
measured() {
	same "$1: times" "$(lines "^$1,.*,seconds,[0-9.e-]+,,,,$")" $(($2 * $3))
}

# open_tags: of the picture, in which no "<" or "&" stands for itself
open_tags() {
	perl -0777 -ne '
		die "not a picture\n" unless /\A<svg xmlns="[^"]+".*<\/svg>\n\z/s;
		my @open;
		while (/\G[^<&]*(?:&(?:amp|lt|gt);[^<&]*)*<(\/?)(\w+)(?: [\w:-]+="[^"<&]*")*(\/?)>/gc)
		{
			if ($1) { die "</$2> closes nothing\n" unless @open && pop @open eq $2 }
			elsif (!$3) { push @open, $2 }
		}
		print join(" ", @open), substr($_, pos() // 0)' "$work/bench.svg"
}

make_work_folder
run "$root/script/bench" --quick --as-is --csv "$work/bench.csv" --svg "$work/bench.svg" >"$work/log"
same 'it ends' "$status" 0
((failures == 0)) || cat "$work/log"
measured run_safe 10 2
measured online 13 1
measured rollback 15 1
measured jsonb_patch 16 2
measured json_schema 16 2
measured checks 9 2
measured recorder 6 2
measured transactions 12 1
measured growth 30 1
same 'every figure to hold was measured' "$(grep -c 'not measured' "$work/log")" 0
same 'figures to hold' "$(sed -n '/^figures to hold/,/^further/p' "$work/log" | grep -cE '\| (not )?met *$')" 14
same 'further goals' "$(sed -n '/^further/,$p' "$work/log" | grep -cE '\| (not )?met *$')" 16
same 'the CSV has them, too' "$(lines ',(<=|>=) [0-9.]+,(yes|no)$')" 30
measurement='[a-z_]+,.*,[0-9]+,[0-9]+,[^,]+,[0-9.e-]+,,,,'
figure='[a-z_]+,.*,,,[^,]+(,-?[0-9.]+){3},[^,]*,(yes|no)?'
header='benchmark,task,name,rows,round,measure,value,least,most,goal,met'
same 'and no other line than measurements and figures' "$(lines "^($header|$measurement|$figure)\$")" \
	"$(wc -l <"$work/bench.csv")"
same 'doc/performance.md has a place for each table' "$(sed -n 's/^<!-- measured: \(.*\) -->$/\1/p' "$root/doc/performance.md")" \
	"$(sed -n 's/^\\echo == //p' "$root/bench/tables.sql")"
same 'the picture is well-formed' "$(open_tags | tr -d '\n')" ''
done_testing
